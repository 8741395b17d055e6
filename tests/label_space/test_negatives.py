"""Negative examples in a label space: "not this" said, undone, exported, merged, split, kept."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WordEncoder
from stored import damage

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError, UnknownClassError
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.label_space.changes import Add, Correct, Refute, request_from

LETTER = "please pay attention to my work and to all my studies of the last years in Vienna"
NEAR = "please pay attention to my work and to all my studies of the last years in Graz"


@pytest.fixture
def mail():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.describe({"invoice": "a bill that asks for payment", "cv": "my work and my studies"})
        space.add(
            ["please pay the amount due", "second reminder to pay", "the bill for the roof"],
            "invoice",
        )
        space.add(["my work and studies so far", "I apply for the job"], "cv")
        space.add(["both parties keep secrets", "confidential terms"], "nda")
        yield space


def ranks(space: LabelSpace, text: str) -> list[str]:
    return [one.label for one in space.label(text, alternatives=10).alternatives]


def scores(space: LabelSpace, text: str) -> dict[str, float]:
    return {a.label: a.score for a in space.label(text, alternatives=10).alternatives}


def test_a_document_never_gets_a_label_again_that_a_person_has_refuted(mail):
    for threshold in ("auto", "none"):
        mail.configure(threshold=threshold)
    best = mail.label(LETTER).label
    others = [name for name in ranks(mail, LETTER) if name != best]
    assert (
        mail.refute(Document("d", LETTER), best).summary
        == f"added 1 negative example (not {best!r})"
    )
    assert ranks(mail, LETTER) == others
    assert best not in ranks(mail, NEAR)  # by its words
    mail.settle()
    assert ranks(mail, LETTER) == others
    chances = [one.probability for one in mail.label(LETTER).alternatives]
    assert None in chances or sum(chances) == pytest.approx(1.0)
    for name in others:
        mail.refute(Document("d", LETTER), name)
    answer = mail.label(LETTER)
    assert (answer.label, answer.score, answer.alternatives, answer.evidence) == (
        None,
        None,
        (),
        None,
    )
    assert answer.reason == (
        "a person has said of each class that the document does not belong to it"
    )


def test_classes_without_negatives_have_the_scores_that_they_had_and_so_have_far_documents(mail):
    texts = [LETTER, "confidential terms of both", "pay the bill now", "rain and wind"]
    before = [scores(mail, text) for text in texts]
    mail.refute(Document("d", LETTER), "cv")
    after = [scores(mail, text) for text in texts]
    assert [{**b, "cv": 0} for b in before] == [{**a, "cv": 0} for a in after]
    assert [b["cv"] for b in before[1:]] == [a["cv"] for a in after[1:]]


def test_many_negatives_of_a_class_do_not_delete_it(mail):
    rng = np.random.default_rng(0)
    words = ["rain", "wind", "snow", "storm", "fog", "sun", "hail", "cloud", "frost", "thunder"]
    mail.add([
        Example("invoice", " ".join(rng.permutation(words)[:5]), negative=True) for _ in range(200)
    ])  # fmt: skip
    for text in ("please pay the amount due", "the bill for the roof", "pay the bill of the roof"):
        assert mail.label(text).label == "invoice"


def test_undo_redo_and_removal_restore_every_answer(mail):
    texts = [LETTER, NEAR, "pay the bill"]
    before = [scores(mail, text) for text in texts]
    mail.refute(Document("d", LETTER), "cv")
    after = [scores(mail, text) for text in texts]
    mail.undo()
    assert [scores(mail, text) for text in texts] == before
    mail.redo()
    assert [scores(mail, text) for text in texts] == after
    (one,) = mail.negatives("cv")
    assert (one.text, mail.negatives(), mail.negatives("nda")) == (LETTER, [one], [])
    assert mail.remove(one.id).summary == f"removed negative example {one.id!r}"
    assert [scores(mail, text) for text in texts] == before
    assert mail.at(mail.version - 1).label(LETTER).label != "cv"
    assert damage(mail) == []


def test_the_later_statement_holds(mail):
    (first, *_) = mail.show("invoice")[1]
    change = mail.refute(first.id, "invoice")
    assert change.summary == "added 1 negative example and removed 1 example (not 'invoice')"
    assert change.detail["removed"] == [first.id]
    assert first.text not in [one.text for one in mail.show("invoice")[1]]
    change = mail.add(first.text.upper(), "invoice")
    assert "ended 1 negative example" in change.summary
    assert mail.negatives() == []
    for take_back in (
        lambda: mail.correct(Document("d", LETTER), "cv"),
        lambda: mail.move(mail.add(LETTER, "nda").detail["examples"][0], "cv"),
    ):
        mail.refute(Document("d", LETTER), "cv")
        take_back()
        assert mail.negatives() == []
    assert LETTER in [one.text for one in mail.show("cv")[1]]


def test_what_is_said_twice_or_of_no_class_changes_nothing(mail):
    mail.refute(Document("d", LETTER), "cv")
    version = mail.version
    assert (
        mail.refute(Document("d", LETTER.upper()), "cv").summary
        == "nothing to refute: it is so already"
    )
    with pytest.raises(UnknownClassError):
        mail.refute(Document("d", LETTER), "letter")
    with pytest.raises(InputError, match="is 'cv' and is not"):
        mail.add([Example("cv", LETTER), Example("cv", LETTER, negative=True)])
    with pytest.raises(InputError, match=r"refute\(\) says"):
        mail.commit(Correct([Example("cv", LETTER, negative=True)]))
    assert mail.version == version


def test_a_batch_of_both_kinds_is_one_change(mail):
    change = mail.add([
        Example("letter", "a letter from home"), Example("letter", LETTER, negative=True),
        Example("cv", "a letter from home", negative=True),
    ])  # fmt: skip
    assert change.summary == (
        "added 1 example to 'letter' (1 new); added 2 negative examples (not 'letter', 'cv')"
    )
    again = mail.add([Example("cv", "a letter from home", negative=True)])
    assert (again.version, again.detail["known"]) == (mail.version, 1)


def test_what_a_document_is_not_is_no_truth_to_evaluate_by(mail):
    with pytest.raises(InputError, match="says what the document is not"):
        evaluate_space_on(mail, [Example("cv", LETTER, negative=True)])


def test_requests_survive_json():
    request = Refute([Example("cv", LETTER, negative=True)])
    assert request_from(request.to_dict()) == request
    both = Add([Example("cv", LETTER, negative=True), Example("cv", "work")])
    assert request_from(both.to_dict()) == both
    assert both.to_dict()["examples"][0] == {"not_label": "cv", "text": LETTER}


def test_an_export_brings_negatives_into_another_label_space(mail):
    mail.refute(Document("d", LETTER, source="in/a.txt"), "cv")
    mail.add(Example("nda", embedding=np.eye(512, dtype=np.float32)[3], negative=True))
    records = list(mail.view().export())
    with LabelSpace.create(encoder="hashing", background=False) as other:
        assert "added 2 negative examples" in other.import_records(records).summary
        assert list(other.view().export()) == records
        assert scores(other, NEAR) == scores(mail, NEAR)


def test_what_is_refuted_is_no_longer_the_label_that_is_remembered_nor_proposed(mail):
    mail.label(Document("d", LETTER, source="in/a.txt"))
    (one,) = mail.answer_log.documents()
    mail.refute(Document("d", LETTER), one.label)
    (now,) = mail.answer_log.documents()
    assert (now.label, now.by, now.refused) == (None, "nobody", (one.label,))
    mail.add([LETTER + " and more", LETTER + " and then"], one.label)
    assert one.label not in [s.answer.label for s in mail.answer_log.suggestions()]
    for _ in range(2):
        mail.undo()
    assert next(iter(mail.answer_log.documents())).label == one.label


def test_a_preview_says_what_a_refutation_would_change(mail):
    document = Document("d", LETTER)
    label = mail.label(document).label
    preview = mail.preview.refute(document, label)
    assert [(m.before.label, m.id) for m in preview.moved] == [(label, "d")]
    assert mail.negatives() == []
    after = preview.moved[0].after.label
    mail.refute(document, label)
    assert mail.label(document).label == after != label


def test_merge_keeps_what_is_of_none_of_the_classes_and_split_gives_it_to_each(mail):
    mail.refute(Document("d", LETTER), ["cv", "nda"])
    mail.refute(Document("e", "rain and wind"), "cv")
    ids = [one.id for one in mail.show("invoice")[1]]
    mail.refute(Document("f", "snow and hail"), "invoice")
    mail.split("invoice", {"reminder": [ids[1]]})
    assert [one.text for one in mail.negatives("reminder")] == ["snow and hail"]
    mail.merge(["cv", "nda"], into="paper")
    assert [one.text for one in mail.negatives("paper")] == [LETTER]
    assert len(mail.negatives()) == 3
    assert damage(mail) == []


def test_what_is_not_of_a_class_is_not_of_the_classes_under_it(mail):
    mail.nest(["invoice", "nda"], "business", new=True)
    mail.refute(Document("d", LETTER), "business")
    assert ranks(mail, LETTER) == ["cv"]
    mail.settle()
    assert mail.label(LETTER).label in ("cv", None)


def test_negatives_move_to_another_encoder_and_hold_by_euclidean_distance(tmp_path):
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", metric="euclidean", background=False) as space:
        space.add(["please pay", "pay the bill"], "invoice")
        space.add(["my work", "my studies"], "cv")
        space.configure(threshold="none")
        space.refute(Document("d", LETTER), space.label(LETTER).label)
        left = ranks(space, LETTER)
        assert len(left) == 1
        space.reencode("hashing:64")
        assert ranks(space, LETTER) == left
        assert damage(space) == []
    with LabelSpace(path, background=False) as space:
        assert ranks(space, LETTER) == left


def test_several_labels_leave_out_what_is_refuted():
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        space.add(
            [["invoice"]] and ["pay the bill", "pay now"], [["invoice"], ["invoice", "urgent"]]
        )
        space.add(["my work", "my studies"], "cv")
        space.configure(threshold=0.0)
        space.refute(Document("d", LETTER), "invoice")
        assert "invoice" not in [one.label for one in space.label(LETTER).labels]
        assert "invoice" not in ranks(space, LETTER)


def test_several_labels_lose_chance_near_what_is_not_of_a_class():
    rng = np.random.default_rng(0)
    words = {"bill": ["pay", "bill", "money", "due"], "job": ["cv", "work", "study", "degree"]}
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        for label, own in words.items():
            others = ["rain", "wind", "snow", "storm", "fog", "sun", "hail", "cloud"]
            texts = [" ".join([*own[:3], *rng.permutation(others)[:3]]) for _ in range(8)]
            space.add(texts, label)
        near = "pay bill money rain wind garden house"
        space.settle()
        before = {a.label: a.probability for a in space.label(near).alternatives}
        space.refute(Document("d", "pay bill money garden house sea"), "bill")
        space.settle()
        after = {a.label: a.probability for a in space.label(near).alternatives}
        assert after["bill"] < before["bill"]
        assert "bill" not in [
            one.label for one in space.label("pay bill money garden house sea").labels
        ]


def test_several_documents_of_no_class_are_counted_by_the_change_and_by_its_undo(tmp_path):
    """Before, it spoke of negative examples, and nowhere of how many documents were meant."""
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        space.add(["pay bill", "cv work", "box ship"], ["bill", "cv", "parcel"])
        space.answer_log.remember("text")
        documents = [Document(str(n), f"secret {word}") for n, word in enumerate(["sign", "key"])]
        list(space.label_many(documents))
        keys = [one.document.key for one in space.inbox.documents()[0]]
        change = space.inbox.decide({key: [] for key in keys})
        words = "2 documents belong to none of the classes: added 6 negative examples"
        assert (change.summary, change.detail["none"]) == (words, 2)
        assert space.undo().summary == f"undid version {change.version}: {words}"
        two = [
            Example(name, one.text, negative=True) for one in documents for name in ("bill", "cv")
        ]
        left = space.commit(Refute(two))  # both may still be parcels
        assert left.summary == "added 4 negative examples (not 'bill', 'cv')"
        assert "none" not in left.detail
