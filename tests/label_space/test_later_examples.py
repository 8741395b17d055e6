"""What a person says of a near copy later holds against "not this"; so do a class's examples."""

from __future__ import annotations

import pytest

from protolabel import Document, LabelSpace

SHORT = [f"Invoice {n}: please pay {n * 3} EUR." for n in range(17, 27)]
LONG = [
    "The roof of the warehouse in the harbour street was repaired by our team in March and the "
    f"amount is due, order number {n}. Please pay on our account within thirty days, thank you"
    for n in range(1000, 1010)
]
KINDS = pytest.mark.parametrize("texts", [SHORT, LONG], ids=["short", "long"])


def documents_of(texts: list[str]) -> list[Document]:
    return [Document(f"d{n}", text) for n, text in enumerate(texts)]


def space_of(labels: str) -> LabelSpace:
    space = LabelSpace.create(encoder="hashing", background=False, labels=labels)
    space.configure(refine=False)
    space.add(
        ["please pay the amount due", "a bill for the roof", "settle the invoice within days"],
        "invoice",
    )
    space.add(["I apply for work as a cook", "my skills and my education"], "job")
    space.add(["return the dangerous product", "recall of all heaters, return them"], "recall")
    return space


def labels_of(space: LabelSpace, document: Document) -> set[str]:
    answer = space.view().unremembered().label(document)
    return {one.label for one in answer.labels} if answer.labels else {answer.label}


@pytest.fixture
def mail():
    with space_of("one") as space:
        yield space


@KINDS
@pytest.mark.parametrize("labels", ["one", "several"])
def test_a_later_example_is_answered_by_its_class_though_an_earlier_near_copy_was_refused(
    labels, texts
):
    with space_of(labels) as space:
        first, second, third, *_ = documents_of(texts)
        space.refute(first, "invoice")
        assert all("invoice" not in labels_of(space, one) for one in (first, second, third))
        space.correct(second, "invoice")
        assert "invoice" in labels_of(space, second)
        assert "invoice" in labels_of(space, third)
        assert "invoice" not in labels_of(space, first)


@KINDS
def test_a_later_refusal_holds_for_near_copies_but_not_for_the_examples_of_the_class(mail, texts):
    example, refused, third, *_ = documents_of(texts)
    mail.correct(example, "invoice")
    mail.refute(refused, "invoice")
    assert labels_of(mail, example) == {"invoice"}
    assert "invoice" not in labels_of(mail, refused) | labels_of(mail, third)


@KINDS
def test_undo_says_nothing_anew_of_a_near_copy(mail, texts):
    first, second, third, *_ = documents_of(texts)
    (negative,) = (mail.refute(first, "invoice"), mail.negatives("invoice"))[1]
    mail.correct(second, "invoice")
    mail.remove(negative.id)
    mail.undo()
    assert labels_of(mail, third) == {"invoice"}


@KINDS
def test_an_example_of_a_class_below_holds_against_an_earlier_refusal_of_the_class_above(
    mail, texts
):
    mail.add(["pay the bill of the dentist", "the dentist sends a bill"], "dental")
    mail.nest(["dental"], under="invoice")
    first, second, *_ = documents_of(texts)
    mail.refute(first, "invoice")
    assert not labels_of(mail, second) & {"invoice", "dental"}
    mail.correct(second, "dental")
    assert labels_of(mail, second) == {"dental"}


@KINDS
def test_a_preview_of_a_correction_says_that_near_copies_come_back(mail, texts):
    first, second, third, *_ = documents_of(texts)
    mail.refute(first, "invoice")
    before = mail.label(third).label
    mail.answer_log.write()
    preview = mail.preview.correct(second, "invoice")
    assert [(one.id, one.before.label, one.after.label) for one in preview.moved] == [
        (third.id, before, "invoice")
    ]


@KINDS
def test_an_estimator_keeps_what_was_said_later(mail, texts):
    pytest.importorskip("sklearn")
    from protolabel.estimator import PrototypicalClassifier

    first, second, third, *_ = texts
    mail.refute(Document("a", first), "invoice")
    mail.correct(Document("b", second), "invoice")
    estimator = PrototypicalClassifier.from_label_space(mail)
    assert estimator.predict([second]).tolist() == ["invoice"]
    assert estimator.predict([third]).tolist() == ["invoice"]
    assert estimator.predict([first]).tolist() != ["invoice"]
    estimator.partial_fit(["I apply for a post"], ["job"])
    assert estimator.predict([third]).tolist() == ["invoice"]
