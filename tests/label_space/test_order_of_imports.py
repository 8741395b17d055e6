"""An import keeps the order of what people said, also of what the label space has already."""

from __future__ import annotations

import pytest

from protolabel import Example, LabelSpace
from protolabel.copies.near_copies import document_groups
from protolabel.label_space.changes import later_statements

LETTER = (
    "please transfer the amount of the bill within fourteen days to our account at the bank number "
    "{} thank you very much sincerely"
)
OTHERS = [
    ("enclosed you find my cv for the job as a driver", "application"),
    ("heater may catch fire return it", "recall"),
    ("pay the invoice", "invoice"),
]
REFUSAL = Example("invoice", LETTER.format("one"), negative=True)
EXAMPLE = Example("invoice", LETTER.format("two"))
OFFER = Example("offer", "we offer you ten desks at a low price")
NEAR = LETTER.format("three")


def space_with(*statements: Example) -> LabelSpace:
    space = LabelSpace.create(encoder="hashing", background=False)
    space.add([Example(label, text) for text, label in OTHERS])
    for statement in statements:
        space.add([statement])
    return space


def exported(space: LabelSpace) -> list[dict[str, object]]:
    """The records of a label space, under ids that no other has."""
    records = list(space.view().export())
    return [one | {"id": f"there {one['id']}"} if "id" in one else one for one in records]


@pytest.mark.parametrize("order", [(REFUSAL, EXAMPLE), (EXAMPLE, REFUSAL)])
@pytest.mark.parametrize("present", [(), (REFUSAL,), (EXAMPLE,)], ids=["none", "not", "example"])
@pytest.mark.parametrize("skip_known", [False, True])
def test_near_copies_follow_the_later_statement_of_an_export(order, present, skip_known):
    with space_with(*order) as source, space_with(*present) as target:
        label = source.label(NEAR).label
        assert (label == "invoice") == (order[1] is EXAMPLE)
        target.import_records(exported(source), skip_known=skip_known)
        assert target.label(NEAR).label == label


def test_an_export_does_not_make_what_is_here_the_later_statement_without_need():
    """The export has the example first: what was said here before stays as old as it was."""
    with space_with(EXAMPLE, OFFER) as source, space_with(EXAMPLE, REFUSAL) as target:
        label = target.label(NEAR).label
        target.import_records(exported(source), skip_known=True)
        assert target.label(NEAR).label == label


POSTCARD = Example("recall", "a postcard from the sea with a short greeting", negative=True)


@pytest.mark.parametrize("there", [(POSTCARD, EXAMPLE), (REFUSAL, EXAMPLE)], ids=["other", "same"])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_an_export_overrules_nothing_that_was_said_here_later(there, is_mirrored):
    """Neither with a statement of another document in it, nor with one of the same letter."""
    here = (EXAMPLE, Example("invoice", LETTER.format("four"), negative=True))
    if is_mirrored:
        here = (REFUSAL, Example("invoice", LETTER.format("four")))
        there = (OFFER, REFUSAL) if POSTCARD in there else (EXAMPLE, REFUSAL)
    with space_with(*there) as source, space_with(*here) as target:
        label = target.label(NEAR).label
        assert (label == "invoice") == is_mirrored
        target.import_records(exported(source), skip_known=True)
        assert target.label(NEAR).label == label


def test_settings_that_are_kept_are_not_said_to_be_imported():
    with space_with(REFUSAL) as source, space_with() as target:
        change = target.import_records(exported(source), skip_known=True)
        assert change.detail["settings"] == "kept"
        assert "settings" not in change.summary
        assert change.summary.startswith("added 1 negative example (not 'invoice')")


def test_an_undo_takes_an_import_back_whole():
    with space_with(REFUSAL, EXAMPLE) as source, space_with(EXAMPLE) as target:
        before = [record for record in target.view().export() if "id" in record]
        target.import_records(exported(source), skip_known=True)
        target.undo()
        assert [record for record in target.view().export() if "id" in record] == before
        assert not target.check()


@pytest.mark.parametrize("statements", [(REFUSAL, EXAMPLE), (EXAMPLE, REFUSAL)])
@pytest.mark.parametrize("change", ["move", "remove", "import", "correct"])
def test_what_is_taken_back_alters_no_order_of_statements(statements, change):
    """A move says of an example what it is; once the move is undone, nobody has said so."""
    with space_with(*statements) as space, space_with(REFUSAL, EXAMPLE) as other:
        label, version = space.label(NEAR).label, space.version
        (example,) = [one for one in space.show("invoice")[1] if one.text == EXAMPLE.text]
        if change == "move":
            space.move(example.id, "recall")
        elif change == "remove":
            space.remove(example.id)
        elif change == "import":
            space.import_records(exported(other), skip_known=False)
        else:
            space.correct(example.id, "recall")
        space.undo()
        assert space.label(NEAR).label == label
        space.redo()
        space.return_to(version)
        assert space.label(NEAR).label == label


def test_an_import_compares_each_text_that_is_here_once_and_not_with_each_refusal(monkeypatch):
    """Others wait for the lock meanwhile: 3,000 examples and 300 refusals took a minute."""
    compared: list[int] = []

    def spy(digests, texts, labels):
        compared.append(len(texts))
        return document_groups(digests, texts, labels)

    monkeypatch.setattr(later_statements, "document_groups", spy)
    subjects = [f"{word} {n}" for n in range(20) for word in ("lamps", "roofs")]
    letters = [Example("invoice", f"the amount for {subject} is due now") for subject in subjects]
    refusals = [Example("recall", f"we offer {n} new desks", negative=True) for n in range(20)]
    refusals += [Example("invoice", f"a card from the sea {n}", negative=True) for n in range(20)]
    with space_with(*refusals, *letters) as source, space_with(*letters) as target:
        target.import_records(exported(source), skip_known=True)
        assert len(target.negatives("invoice")) == 20
    assert 0 < sum(compared) <= 2 * len(letters + refusals)
