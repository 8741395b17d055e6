"""The one class of a file that holds several documents, and its numbers."""

from __future__ import annotations

from protolabel import Answer
from protolabel.answers import Level
from protolabel.batch.sorting.verdict import Verdict

CHANCES = {"money": 0.9, "invoice": 0.8, "payslip": 0.7, "cv": 0.95}
ABOVE = {"invoice": "money", "payslip": "money"}


def answer(label: str | None, *, less: float = 0.0) -> Answer:
    """An answer whose label stands where ``ABOVE`` says; ``less``: so much less sure."""
    path = [name for name in (ABOVE.get(label or ""), label) if name is not None]
    if label == "money":
        path.append("invoice")  # the nearest class, which is not sure enough
    levels = tuple(Level(name, CHANCES[name], CHANCES[name] - less) for name in path)
    chance = None if label is None else CHANCES[label] - less
    return Answer(
        id="a", label=label, score=0.5, margin=None,
        probability=None if label is None else CHANCES[label], probability_of=label,
        threshold=None, alternatives=(), evidence=None, reason="far", head="refined",
        space_version=1, encoder_fingerprint="", chance=chance, none_probability=0.1 + less,
        levels=levels if label in {*ABOVE, "money"} else (),
    )  # fmt: skip


def verdict(*answers: Answer) -> Verdict:
    of_file = Verdict()
    for one in answers:
        of_file.count(one)
    return of_file


def test_documents_of_one_class_make_its_file():
    one = verdict(answer("cv"), answer("cv", less=0.25), answer(None))
    assert one.numbers == {"label": "cv", "probability": 0.95, "chance": 0.95 - 0.25}
    assert one.none_probability == 0.1 + 0.25


def test_documents_of_several_classes_make_a_file_of_the_deepest_class_above_all():
    one = verdict(answer("invoice"), answer("payslip", less=0.2))
    assert one.numbers == {"label": "money", "probability": 0.9, "chance": 0.9 - 0.2}
    assert one.none_probability == 0.1 + 0.2
    assert one.reason == ""
    assert verdict(answer("invoice"), answer("money")).label == "money"
    assert verdict(answer("invoice"), answer("invoice")).numbers["chance"] == 0.8


def test_documents_that_no_class_holds_together_are_for_a_person():
    one = verdict(answer("invoice"), answer("cv"))
    assert one.numbers == {"label": None, "probability": None, "chance": None}
    assert one.none_probability is None
    assert "several classes: invoice 1, cv 1" in one.reason
    assert verdict(answer("invoice"), answer(None), answer(None)).label is None
