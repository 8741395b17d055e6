"""The one class of a file that holds several documents, and its numbers."""

from __future__ import annotations

from dataclasses import replace

from protolabel import Answer
from protolabel.answers import Level
from protolabel.batch.sorting.verdict import Verdict

CHANCES = {"money": 0.9, "invoice": 0.8, "payslip": 0.7, "cv": 0.95}
ABOVE = {"invoice": "money", "payslip": "money"}


def answer(label: str | None, *, less: float = 0.0, name: str = "a") -> Answer:
    """An answer whose label stands where ``ABOVE`` says; ``less``: so much less sure."""
    path = [name for name in (ABOVE.get(label or ""), label) if name is not None]
    if label == "money":
        path.append("invoice")  # the nearest class, which is not sure enough
    levels = tuple(Level(name, CHANCES[name], CHANCES[name] - less) for name in path)
    chance = None if label is None else CHANCES[label] - less
    return Answer(
        id=name, label=label, score=0.5, margin=None,
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
    one = verdict(answer("invoice"), answer("payslip", less=0.1))
    assert one.numbers == {"label": "money", "probability": 0.9, "chance": 0.9 - 0.1}
    assert one.none_probability == 0.1 + 0.1
    assert one.reason == ""
    assert verdict(answer("invoice"), answer("money")).label == "money"
    assert verdict(answer("invoice"), answer("invoice")).numbers["chance"] == 0.8


def test_documents_that_no_class_holds_together_are_for_a_person():
    one = verdict(answer("invoice"), answer("cv"))
    assert one.numbers == {"label": None, "probability": None, "chance": None}
    assert one.none_probability is None
    assert "several classes: a: invoice 80%, a: cv 95%" in one.reason
    many = verdict(answer("invoice"), answer("cv"), answer("cv"))
    assert "its 3 documents have several classes: cv 2, invoice 1" in many.reason
    assert verdict(answer("invoice"), answer(None), answer(None)).label is None


def test_an_answer_of_an_even_chance_is_sure_and_one_below_it_is_not():
    even, below = (replace(answer("cv"), chance=chance) for chance in (0.5, 0.49))
    other = replace(answer("invoice"), chance=0.49)
    assert verdict(even, other).label == "cv"
    assert verdict(below, other).label is None


def of_mail(text: Answer, *attachments: Answer) -> Verdict:
    """The verdict on a mail with that text, whose attachments are called 2/a, 3/a, ..."""
    of_file = Verdict("m.eml")
    for number, one in enumerate((text, *attachments), start=1):
        of_file.count(replace(one, id="m.eml" if number == 1 else f"m.eml/{number}/a"))
    return of_file


def test_a_sure_attachment_decides_where_the_text_of_a_mail_is_unsure_and_it_is_said():
    one = of_mail(answer("cv", less=0.7), answer("invoice"))
    assert (one.label, one.decided_by) == ("invoice", ("2/a",))
    assert one.numbers == {"label": "invoice", "probability": 0.8, "chance": 0.8}
    assert one.basis == "by 2/a; its own text is unsure: cv 25%"
    silent = of_mail(answer(None), answer("invoice"))
    assert (silent.label, silent.basis) == ("invoice", "by 2/a; its own text is none of these")


def test_a_mail_has_the_chance_of_what_decided_though_its_text_agrees_weakly():
    one = of_mail(answer("invoice", less=0.6), answer("invoice", less=0.05))
    assert one.numbers == {"label": "invoice", "probability": 0.8, "chance": 0.8 - 0.05}
    assert one.none_probability == 0.1 + 0.05


def test_an_attachment_never_decides_against_a_text_that_is_sure_of_another_class():
    one = of_mail(answer("cv"), answer("invoice"))
    assert (one.label, one.decided_by, one.basis) == (None, (), "")
    assert one.reason == (
        "its 2 documents have several classes: its own text: cv 95%, 2/a: invoice 80%"
    )


def test_a_sure_text_of_a_mail_decides_where_its_attachment_is_unsure():
    one = of_mail(answer("invoice"), answer("cv", less=0.7))
    assert (one.label, one.decided_by) == ("invoice", ("its own text",))
    assert one.basis == "by its own text; 2/a is unsure: cv 25%"


def test_answers_that_are_all_unsure_decide_as_sure_ones_do():
    assert of_mail(answer("cv", less=0.7), answer("cv", less=0.6)).label == "cv"
    one = of_mail(answer("cv", less=0.7), answer("invoice", less=0.6))
    assert (one.label, one.numbers["chance"]) == (None, None)


def test_unsure_documents_of_the_class_are_counted_and_the_sure_one_decided():
    one = of_mail(answer("cv"), answer("cv", less=0.7), answer(None))
    assert one.numbers["chance"] == 0.95
    assert one.decided_by == ("its own text",)
    assert one.basis == "by its own text; 2/a is unsure: cv 25%; 3/a is none of these"
    assert of_mail(answer("cv", less=0.7), answer("cv", less=0.7)).decided_by == (
        "its own text", "2/a",
    )  # fmt: skip


def test_one_sure_document_of_many_does_not_decide_about_all():
    one = of_mail(answer("cv", less=0.7), answer("invoice"), answer(None))
    assert one.label is None
    assert one.reason == "only 1 of its 3 documents was of the class 'invoice'"


def test_a_class_of_too_few_documents_is_named_with_all_that_have_it_unsure_ones_too():
    sure, unsure = answer("invoice"), answer("invoice", less=0.5)
    one = of_mail(sure, unsure, answer("cv", less=0.7), answer(None), answer(None), answer(None))
    assert one.reason == "only 2 of its 6 documents were of the class 'invoice'"


def test_of_a_file_whose_other_documents_have_no_class_it_is_said_how_many_were_answered():
    one = of_mail(answer("invoice"), answer(None), answer(None))
    assert one.reason == "only 1 of its 3 documents was answered"
    both = of_mail(answer("invoice"), answer("invoice", less=0.5), *[answer(None)] * 3)
    assert both.reason == "only 2 of its 5 documents were answered"


def test_answers_without_a_chance_all_decide():
    bare = [replace(answer(name), chance=None, probability=None) for name in ("cv", "invoice")]
    assert of_mail(*bare).label is None
    assert of_mail(bare[0], bare[0]).label == "cv"


def test_of_a_large_archive_it_is_said_how_many_decided():
    archive = Verdict("a.zip")
    for number in range(9):
        archive.count(answer("invoice", name=f"a.zip/{number}.txt"))
    archive.count(answer("cv", less=0.7, name="a.zip/9.txt"))
    assert archive.label == "invoice"
    assert archive.decided_by == tuple(f"{number}.txt" for number in range(5))
    assert archive.basis == "by 9 of its 10 documents"
