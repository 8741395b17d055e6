"""Near copies of what is not of a class never get its label, whichever way it is answered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from protolabel import Document, LabelSpace
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.near_copies import near_groups
from protolabel.copies.near_text_pairs import near_text_pairs
from protolabel.copies.sketches import sketch_of
from protolabel.label_space.remembered_documents.document_map import Kind
from protolabel.label_space.session import session_of
from protolabel.open_world.next_to_label import next_to_label
from protolabel.open_world.watched_documents import watched_documents

LETTER = "please pay attention to my work and to all my studies of the last years in Vienna"
REFUSED = {"bill": "bill 14 pay 3 77", "letter": LETTER}
COPIES = {
    "bill": "bill 20271 pay 8812 440091",
    "letter": f"a second bill for the old roof and the door is due now: {LETTER}",
}
OTHERS = {"job": "I apply for the job", "roof": "please pay the bill for the roof"}


@pytest.fixture
def mail():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.configure(refine=False)
        space.add(
            ["please pay the amount due", "pay attention to the bill, please", "my roof: a bill"],
            "invoice",
        )
        space.add(["education and skills so far", "I apply for the job", "a degree in law"], "cv")
        yield space


def answered(space: LabelSpace, words: str, remembered: str) -> dict[str, str | None]:
    """Label the documents of which one is a near copy, and return the labels by id."""
    space.answer_log.remember(remembered)
    documents = [Document(words, COPIES[words]), *(Document(i, t) for i, t in OTHERS.items())]
    labels = {answer.id: answer.label for answer in space.label_many(documents)}
    space.answer_log.write()
    return labels


def by_inbox(space: LabelSpace) -> dict[str, str | None]:
    documents, _ = space.inbox.documents()
    return {one.document.id: one.answer.label for one in documents if one.answer is not None}


def by_map(space: LabelSpace) -> dict[str, str | None]:
    one = space.inbox.map()
    points = zip(one.titles, one.labels, one.kinds, strict=True)
    return {title: one.classes[k] for title, k, kind in points if kind == Kind.DOCUMENT}


def by_next(space: LabelSpace) -> dict[str, str | None]:
    return {one.id: one.nearest for one in next_to_label(space).chosen}


def by_watch(space: LabelSpace) -> dict[str, str | None]:
    watched = watched_documents(session_of(space), "document")
    names = dict(zip(watched.view.head.keys.tolist(), watched.view.head.labels, strict=True))
    keys = zip(watched.rows, watched.keys, strict=True)
    return {row.id: None if key is None else names[key] for row, key in keys}


WAYS: list[Callable[[LabelSpace], dict[str, str | None]]] = [by_inbox, by_map, by_next, by_watch]


CASES = pytest.mark.parametrize(  # other numbers are known without a text, a quotation is not
    ("words", "remembered"), [("bill", "text"), ("bill", "answers"), ("letter", "text")]
)


@CASES
@pytest.mark.parametrize("way", WAYS)
def test_remembered_documents_have_the_answers_that_label_gives(mail, way, words, remembered):
    best = answered(mail, words, remembered)[words]
    mail.refute(Document("n", REFUSED[words]), best)
    now = mail.view().unremembered()
    fresh = {
        name: now.label(text).label for name, text in [(words, COPIES[words]), *OTHERS.items()]
    }
    assert fresh[words] not in (best, None)
    labels = way(mail)
    assert labels[words] == fresh[words]
    assert set(labels.items()) <= set(fresh.items())


@CASES
def test_the_review_the_history_and_a_preview_say_what_is_refused(mail, words, remembered):
    best = answered(mail, words, remembered)[words]
    preview = mail.preview.refute(Document("n", REFUSED[words]), best)
    mail.refute(Document("n", REFUSED[words]), best)
    now = mail.view().unremembered().label(COPIES[words]).label
    moves = [(one.id, one.before.label, one.after.label) for one in preview.moved]
    assert (words, best, now) in moves
    assert [(s.document.id, s.answer.label) for s in mail.answer_log.suggestions()] == [
        (words, now)
    ]
    movement = mail.inbox.moved_at(mail.at(mail.version - 1), mail.view())
    assert [(one.id, before, after) for one, before, after in movement.moved] == [
        (words, best, now)
    ]


def test_a_class_keeps_its_own_example_though_a_near_copy_is_refused(mail):
    (example,) = [one for one in mail.show("cv")[1] if one.text == OTHERS["job"]]
    refused = Document("n", "I apply, for the job!")
    assert not mail.preview.refute(refused, "cv").moved
    mail.refute(refused, "cv")
    assert mail.label(example.text).label == "cv"
    assert mail.label(refused).label != "cv"


def test_two_texts_are_near_copies_as_their_groups_say():
    rng = np.random.default_rng(3)
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    texts = []
    for n in (12, 13, 20, 24):
        first = list(rng.permutation(words)[:n])
        texts.append(" ".join(first))
        for changed in range(5):
            other = list(first)
            for place in rng.permutation(n)[:changed].tolist():
                other[place] = f"new{words[place]}"
            texts += [" ".join(other), " ".join([*other, *rng.permutation(words)[:n]])]
    sketches = [sketch_of(text) for text in texts]
    pairs = [(i, j) for i in range(len(texts)) for j in range(len(texts)) if i != j]
    near = near_text_pairs(sketches, *np.array(pairs, np.int64).T)
    alone = DocumentClasses.of(np.zeros(2, np.int64))
    expected = [len(set(near_groups([sketches[i], sketches[j]], alone))) == 1 for i, j in pairs]
    assert near.tolist() == expected
    assert 0 < sum(expected) < len(expected)
