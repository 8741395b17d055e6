"""What a person decides about remembered documents that may have several labels."""

from __future__ import annotations

import pytest
from stored import store_of

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes import Correct

TEXTS = {"a": "pay the bill now urgent", "b": "my cv", "copy": "Pay the bill  now urgent"}


of_several = pytest.mark.parametrize("space", ["several"], indirect=True)
of_one = pytest.mark.parametrize("space", ["one"], indirect=True)


@pytest.fixture(params=["several", "one"])
def space(request):
    with LabelSpace.create(encoder="hashing", labels=request.param, background=False) as space:
        space.add(["pay the bill please", "my cv and work", "urgent now"], ["bill", "job", "haste"])
        space.answer_log.remember("text")
        list(space.label_many([Document(name, text) for name, text in TEXTS.items()]))
        space.answer_log.write()
        yield space


def keys_of(space: LabelSpace) -> dict[str, str]:
    return {one.document.id: one.document.key for one in space.inbox.documents()[0]}


def test_different_decisions_on_copies_of_one_document_are_refused(space):
    keys, version = keys_of(space), space.version
    with pytest.raises(InputError, match=r"two decisions: 'bill' \(a\) and 'job' \(copy\)"):
        space.inbox.decide({keys["a"]: "bill", keys["copy"]: "job", keys["b"]: "job"})
    assert space.version == version
    assert space.inbox.decided(list(keys.values())) == {}
    space.inbox.decide({keys["a"]: "bill", keys["copy"]: "bill"})


@of_several
def test_copies_may_have_the_same_labels_in_any_order(space):
    keys = keys_of(space)
    with pytest.raises(InputError, match=r"two decisions: 'bill', 'haste' .* and 'bill'"):
        space.inbox.decide({keys["a"]: ["bill", "haste"], keys["copy"]: "bill"})
    space.inbox.decide({keys["a"]: ["bill", "haste"], keys["copy"]: ["haste", "bill"]})
    texts = [member.text for name in ("bill", "haste", "job") for member in space.show(name)[1]]
    assert texts.count(TEXTS["a"]) + texts.count(TEXTS["copy"]) == 2


@of_several
@pytest.mark.parametrize("others", [["job", "post"], ["post", "job"]])
def test_an_answered_label_that_a_person_confirms_among_others_stays_and_is_not_refused(
    space, others
):
    key = keys_of(space)["a"]
    answered = space.inbox.explain(key).document.label
    assert answered is not None
    space.inbox.decide({key: [others[0], answered, others[1]]})
    assert space.inbox.decided([key])[key].label == answered
    assert store_of(space).answers.refusals() == set()
    space.inbox.decide({key: others})
    assert space.inbox.decided([key])[key].label == others[0]
    assert len(store_of(space).answers.refusals()) == 2  # of the document and its copy


@of_several
def test_all_labels_of_a_decision_are_listed_with_the_document(space):
    key = keys_of(space)["a"]
    assert space.inbox.explain(key).document.labels is None  # nobody has decided yet
    space.inbox.decide({key: ["haste", "bill"]})
    (listed,) = [one for one in space.answer_log.documents() if one.key == key]
    for one in (
        listed,
        space.inbox.decided([key])[key],
        space.inbox.explain(key).document,
        next(o.document for o in space.inbox.documents()[0] if o.document.key == key),
    ):
        assert one.labels == ("bill", "haste")
        assert one.label_words == "bill, haste"
        assert one.to_dict()["labels"] == ("bill", "haste")
    space.rename("haste", "urgent")
    assert space.inbox.explain(key).document.labels == ("bill", "urgent")
    space.undo()
    space.undo()
    assert space.inbox.explain(key).document.labels is None


@of_one
def test_of_a_document_with_one_label_the_label_is_listed_alone(space):
    key = keys_of(space)["a"]
    space.inbox.decide({key: "haste"})
    one = space.inbox.decided([key])[key]
    assert (one.label, one.labels, one.label_words) == ("haste", None, "haste")
    assert "labels" not in one.to_dict()


def copies(*labels: tuple[str, str]) -> Correct:
    """One new document, each time with a label and a source."""
    return Correct([Example(label, "a text of its own", source=source) for label, source in labels])


def test_labels_of_copies_are_not_added_up_in_a_correction(space):
    version = space.version
    with pytest.raises(InputError, match=r"two decisions: 'bill' \(a.txt\) and 'job' \(b.txt\)"):
        space.commit(copies(("bill", "a.txt"), ("job", "b.txt")))
    assert space.version == version
    change = space.commit(copies(("bill", "a.txt"), ("bill", "b.txt")))
    assert "added 1 example" in change.summary
    assert space.commit(copies(("bill", "a.txt"), ("bill", "b.txt"))).detail["known"] == 1


@of_several
def test_each_copy_may_come_with_the_same_labels(space):
    both = (("bill", "a.txt"), ("job", "b.txt"), ("job", "a.txt"), ("bill", "b.txt"))
    assert "added 2 examples" in space.commit(copies(*both)).summary
    assert space.commit(copies(*both)).detail["known"] == 1
    with pytest.raises(InputError, match=r"two decisions: 'bill', 'job' .* and 'job'"):
        space.commit(copies(*both[:3]))


def decided_of(space: LabelSpace, key: str) -> tuple[str | None, tuple[str, ...] | None, str]:
    (one,) = [one for one in space.answer_log.documents() if one.key == key]
    return one.label, one.labels, one.by


@of_several
@pytest.mark.parametrize("refused", ["bill", "haste"])
@pytest.mark.parametrize("door", ["correct", "desk"])
def test_a_label_that_is_refused_leaves_the_other_labels_that_a_person_gave(space, refused, door):
    key = keys_of(space)["a"]
    if door == "desk":
        space.inbox.decide({key: ["bill", "haste"]})
    else:
        space.correct(Document("a", TEXTS["a"]), ["bill", "haste"])
    (other,) = {"bill", "haste"} - {refused}
    space.refute(Document("a", TEXTS["a"]), refused)
    assert decided_of(space, key) == (other, (other,), "person")
    assert key in {one.key for one in space.answer_log.decided()}
    list(space.label_many([Document("a", TEXTS["a"])]))
    space.answer_log.write()
    assert decided_of(space, key) == (other, (other,), "person")
    space.undo()
    assert decided_of(space, key)[1] == ("bill", "haste")


@of_several
def test_a_document_is_open_again_when_its_last_label_is_refused(space):
    key = keys_of(space)["a"]
    space.inbox.decide({key: ["bill", "haste"]})
    space.refute(Document("a", TEXTS["a"]), "bill")
    space.refute(Document("a", TEXTS["a"]), "haste")
    assert decided_of(space, key) == (None, None, "nobody")
