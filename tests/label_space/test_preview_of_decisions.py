"""A preview lists the documents whose decisions a change ends, with the label they have then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protolabel import Document, LabelSpace
from protolabel.label_space.preview import Preview
from protolabel.label_space.previewing import Previews

HEATER = Document("u", "the dangerous heater catches fire, return it at once", source="in/u.txt")


@pytest.fixture
def mail():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.configure(refine=False)
        space.add(["please pay the amount due", "pay the bill by June"], "invoice")
        space.add(["return the dangerous product", "a recall of heaters"], "recall")
        assert space.label(HEATER).label == "recall"
        space.correct(HEATER, "invoice")
        yield space


def example_id(space: LabelSpace) -> str:
    (example,) = [one for one in space.show("invoice")[1] if one.text == HEATER.text]
    return example.id


def remove(space: LabelSpace, methods: LabelSpace | Previews) -> object:
    return methods.remove(example_id(space))


def refute(space: LabelSpace, methods: LabelSpace | Previews) -> object:
    return methods.refute(HEATER, "invoice")


def undo(space: LabelSpace, methods: LabelSpace | Previews) -> object:
    return methods.undo()


@pytest.mark.parametrize("change", [remove, refute, undo])
def test_a_decision_that_ends_is_listed_with_the_label_that_the_change_leaves(
    mail, change: Callable[..., object]
):
    preview = change(mail, mail.preview)
    assert isinstance(preview, Preview)
    moves = {one.id: (one.before.label, one.after.label) for one in preview.moved}
    (row,) = mail.answer_log.documents(texts=False)
    assert row.label == "invoice"  # nothing was changed
    change(mail, mail)
    (row,) = mail.answer_log.documents(texts=False)
    assert moves["u"] == ("invoice", row.label)


def test_a_decision_that_stays_is_not_listed(mail):
    assert "u" not in {one.id for one in mail.preview.add(["pay at once"], "invoice").moved}


def test_a_decision_that_was_made_before_the_document_was_labelled_is_listed_when_it_ends():
    """Its label stays in the log when it is undone, and the next answer is another one."""
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.configure(refine=False)
        space.add(["please pay the amount due", "pay the bill by June"], "invoice")
        space.add(["return the dangerous product", "a recall of heaters"], "recall")
        space.correct(HEATER, "invoice")
        space.label(HEATER)
        moves = {one.id: (one.before.label, one.after.label) for one in space.preview.undo().moved}
        space.undo()
        assert moves["u"] == ("invoice", space.label(Document("again", HEATER.text)).label)
        assert moves["u"][1] == "recall"
