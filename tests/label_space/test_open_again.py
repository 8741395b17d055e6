"""A class that a person took a document out of is its answer only once it is taught anew."""

from __future__ import annotations

import pytest

from protolabel import Document, LabelSpace

BILL = Document("v", "please pay the bill of the dentist", source="in/v.txt")
OTHER = Document("x", "please pay the bill of the doctor", source="in/x.txt")


@pytest.fixture
def mail():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.configure(refine=False)
        space.add(["please pay the amount due", "pay the bill by June"], "invoice")
        space.add(["I apply for work as a cook", "I apply for work"], "job")
        assert space.label(BILL).label == "invoice"
        yield space


def teach(space: LabelSpace, label: str) -> str:
    """Make the bill an example of a class, and return its id."""
    space.correct(BILL, label)
    (example,) = [one for one in space.show(label)[1] if one.text == BILL.text]
    return example.id


def test_a_document_whose_example_was_removed_never_gets_that_class_again(mail):
    mail.remove(teach(mail, "invoice"))
    assert mail.label(BILL).label == "job"
    mail.answer_log.write()
    (row,) = mail.answer_log.documents(texts=False)
    assert (row.label, row.refused) == ("job", ("invoice",))


def test_no_other_document_loses_the_class(mail):
    mail.remove(teach(mail, "invoice"))
    assert mail.label(OTHER).label == "invoice"


def test_undo_of_the_removal_brings_the_answer_back(mail):
    mail.remove(teach(mail, "invoice"))
    mail.undo()
    assert mail.label(BILL).label == "invoice"


@pytest.mark.parametrize("by", ["add", "correct"])
def test_the_class_answers_again_once_the_document_is_its_example_again(mail, by):
    mail.remove(teach(mail, "invoice"))
    if by == "add":
        mail.add([BILL.text], "invoice")
    else:
        mail.correct(BILL, "invoice")
    assert mail.label(BILL).label == "invoice"


def test_both_classes_that_were_taken_back_are_no_answer(mail):
    mail.add(["return the dangerous heater", "a recall of heaters"], "recall")
    mail.remove(teach(mail, "job"))
    assert mail.label(BILL).label == "recall"


def test_a_negative_example_that_is_removed_refuses_nothing_any_more(mail):
    mail.refute(BILL, "invoice")
    assert mail.label(BILL).label == "job"
    mail.remove(mail.negatives("invoice")[0].id)
    assert mail.label(BILL).label == "invoice"


def test_a_reconsidered_document_may_get_the_class_again(mail):
    mail.remove(teach(mail, "invoice"))
    (row,) = mail.answer_log.documents(texts=False)
    mail.answer_log.reconsider(row.key)
    assert mail.label(BILL).label == "invoice"
