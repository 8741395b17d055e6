"""Negative examples of classes above others: the later statement holds on the whole way up."""

from __future__ import annotations

import pytest
from stored import connection_of

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError

TRANSFER = "Please transfer EUR 420 for our services within fourteen days."
LETTER = Document("d", TRANSFER)


@pytest.fixture
def office():
    """invoice and reminder under finance under business; application at the top."""
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.describe({
            "invoice": "a bill asking for payment", "reminder": "a bill that is unpaid",
            "application": "somebody wants a job",
        })  # fmt: skip
        space.add("Enclosed you find my CV; I would love to join your team.", "application")
        space.add("Invoice of the plumber, due in ten days.", "invoice")
        space.nest(["invoice", "reminder"], "finance", new=True)
        space.nest("finance", "business", new=True)
        yield space


def texts(space: LabelSpace, label: str) -> list[str | None]:
    return [one.text for one in space.show(label)[1]]


def contradictions(space: LabelSpace) -> list[tuple[str | None, str, str]]:
    """Each example with the class that its document is not of, by a plain walk up."""
    parents = {info.name: info.parent for info in space.classes()}
    pairs = []
    for label in parents:
        for text in texts(space, label):
            above: str | None = label
            while above is not None:
                refuted = [one.text for one in space.negatives(above)]
                pairs += [(text, label, above)] if text in refuted else []
                above = parents[above]
    return pairs


@pytest.mark.parametrize("refuted", ["invoice", "finance", "business"])
def test_a_correction_ends_what_says_that_a_class_above_is_wrong(office, refuted):
    office.refute(LETTER, refuted)
    change = office.correct(LETTER, "invoice")
    assert change.summary.endswith("; ended 1 negative example that said otherwise")
    assert (office.negatives(), contradictions(office)) == ([], [])
    assert office.label(TRANSFER).label == "invoice"
    office.undo()
    assert [one.text for one in office.negatives(refuted)] == [TRANSFER]


@pytest.mark.parametrize("how", ["add", "move", "import"])
def test_every_way_of_making_an_example_ends_it(office, how):
    if how == "move":
        office.correct(LETTER, "application")
    office.refute(LETTER, "business")
    if how == "add":
        office.add(TRANSFER.upper(), "reminder")
    elif how == "move":
        office.move(office.show("application")[1][-1].id, "reminder")
    else:
        office.import_records([{"id": "t", "label": "reminder", "text": TRANSFER, "source": ""}])
    assert (office.negatives(), contradictions(office)) == ([], [])


@pytest.mark.parametrize("refuted", ["invoice", "finance", "business"])
def test_a_refutation_ends_the_examples_of_the_classes_under_it(office, refuted):
    office.correct(LETTER, "invoice")
    change = office.refute(LETTER, refuted)
    assert change.summary == f"added 1 negative example and removed 1 example (not {refuted!r})"
    assert TRANSFER not in texts(office, "invoice")
    assert office.label(TRANSFER).label == "application"
    office.undo()
    assert TRANSFER in texts(office, "invoice")


def test_what_is_not_of_one_class_may_be_of_the_class_above_or_of_a_class_beside(office):
    office.refute(LETTER, "invoice")
    office.correct(LETTER, "reminder")
    assert len(office.negatives()) == 1
    office.correct(LETTER, "finance")
    assert (len(office.negatives()), texts(office, "finance")) == (1, [TRANSFER])
    office.refute(LETTER, "application")
    assert texts(office, "finance") == [TRANSFER]


@pytest.mark.parametrize("parents", [{}, {"letter": "finance"}])
def test_one_change_cannot_say_both_at_two_levels(office, parents):
    label, version = ("letter" if parents else "invoice"), office.version
    with pytest.raises(InputError, match=f"is '{label}', which stands under 'finance', and is not"):
        office.add(
            [Example(label, TRANSFER), Example("finance", TRANSFER, negative=True)],
            **({"parents": parents} if parents else {}),
        )
    assert office.version == version


def test_a_class_that_is_put_under_another_ends_what_its_examples_contradict(office):
    office.correct(LETTER, "application")
    office.refute(LETTER, ["business", "invoice"])
    change = office.nest("application", "finance")
    assert change.summary.endswith("; ended 1 negative example that said otherwise")
    assert contradictions(office) == []
    assert [one.label for one in office.negatives()] == ["invoice"]
    assert office.label(TRANSFER).label == "application"


def test_a_merge_of_classes_at_different_levels_ends_what_its_examples_contradict(office):
    office.correct(LETTER, "application")
    office.refute(LETTER, "business")
    office.merge(["application", "reminder"], into="reminder")
    assert (office.negatives(), contradictions(office)) == ([], [])


def test_the_places_of_an_import_count_before_its_statements(office):
    office.refute(LETTER, "business")
    office.correct(Document("e", "rain and wind"), "reminder")
    records = list(office.view().export())
    with LabelSpace.create(encoder="hashing", background=False) as other:
        other.import_records(records)
        assert list(other.view().export()) == records
        with pytest.raises(InputError, match="which stands under 'business'"):
            other.import_records([
                {"id": "a", "label": "reminder", "text": "a new one", "source": ""},
                {"id": "b", "not_label": "business", "text": "a new one", "source": ""},
            ])  # fmt: skip


def test_a_check_finds_an_earlier_file_that_says_both(office):
    office.correct(LETTER, "invoice")
    office.refute(LETTER, "application")
    assert office.check() == []
    with connection_of(office).reading() as db:
        db.execute(
            "UPDATE negatives SET class = (SELECT class FROM classes WHERE name = 'business')"
        )
    (example,) = [one.id for one in office.show("invoice")[1] if one.text == TRANSFER]
    (negative,) = [one.id for one in office.negatives()]
    assert [(one.kind, one.what) for one in office.check()] == [(
        "duplicate",
        f"one text that is of a class and is not: example '{example}' of class 'invoice' and "
        f"negative example '{negative}' of class 'business'",
    )]  # fmt: skip
    office.remove(negative)
    assert office.check() == []
