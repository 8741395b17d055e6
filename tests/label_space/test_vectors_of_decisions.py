"""A person's decision on a long document that was answered costs no encoding of its passages."""

from __future__ import annotations

import numpy as np
import pytest
from passage_words import PassageWords
from stored import store_of

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import Correct, Refute
from protolabel.store.answer_passages import MOST_VECTORS

LINE = "box ship box skills work and box of the ship in the box\n"
LETTER = LINE * 50 + "secret sign secret\n"  # in passages that are kept
TOME = LINE * 2 * MOST_VECTORS + "pay the bill\n"  # in more passages than are kept
CLASSES = {"secrets": "secret", "money": "pay", "jobs": "cv work"}


class CountingWords(PassageWords):
    """Counts the documents that it encodes."""

    def __init__(self):
        super().__init__()
        self.documents = []

    def encode_documents(self, texts):
        self.documents += texts
        return super().encode_documents(texts)


@pytest.fixture
def encoder():
    return CountingWords()


@pytest.fixture
def space(tmp_path, encoder):
    path = tmp_path / "letters.space"
    with LabelSpace.create(path, encoder=encoder, names_mean=False, background=False) as one:
        one.describe(CLASSES)  # by which the passages of a document are weighed when it is answered
        one.answer_log.remember("text")
        yield one


def answered(space, *texts):
    """Return the keys under which texts are remembered, in their order."""
    for text in texts:
        space.label(Document(f"letter {len(text)}", text, source=f"{len(text)}.txt"))
    keys = {one.document.text: one.document.key for one in space.inbox.documents()[0]}
    return [keys[text] for text in texts]


def vectors_of_examples(space):
    """Return the stored vector of each text, by text."""
    rows = store_of(space).rows
    version = rows.version()
    items = rows.example_items(version).tolist()
    items += [row.item for row in rows.negatives(version)]
    stored = rows.vectors_of(items, rows.encoding(version))
    return {rows.content(item).text: stored[item] for item in items}


def whole(text):
    """Return the vector of a text by its definition: all lines, each by its number of words."""
    plain = PassageWords()
    total = np.zeros(plain.dim)
    for line in text.splitlines(keepends=True):
        (vector,) = plain.encode([line]).astype(float)
        total += len(line.split()) * vector / np.linalg.norm(vector)
    return total / np.linalg.norm(total)


def give_a_class(space, keys):
    space.inbox.decide(dict.fromkeys(keys, "money"))


def refuse_all(space, keys):
    space.inbox.decide({key: [] for key in keys})


def correct_by_key(space, keys):
    for key in keys:
        space.correct(key, "jobs")


@pytest.mark.parametrize("decide", [give_a_class, refuse_all, correct_by_key])
def test_a_decision_on_documents_that_were_answered_encodes_none_of_them(space, encoder, decide):
    keys = answered(space, LETTER, TOME)
    encoder.documents.clear()
    decide(space, keys)
    assert not {LETTER, TOME} & {*encoder.documents}
    vectors = vectors_of_examples(space)
    for text in (LETTER, TOME):
        np.testing.assert_allclose(vectors[text], whole(text), atol=1e-6)


def test_a_preview_of_such_a_decision_encodes_none_of_them(space, encoder):
    answered(space, LETTER, TOME)
    encoder.documents.clear()
    space.preview.commit(Correct([Example("money", LETTER), Example("jobs", TOME)]))
    assert not {LETTER, TOME} & {*encoder.documents}


def test_another_text_that_is_equal_but_for_its_blanks_is_encoded(space, encoder):
    """Two texts that count as one document may be split otherwise."""
    answered(space, LETTER)
    encoder.documents.clear()
    other = LETTER.replace("\n", " \n")
    space.add([Example("money", other)])
    assert encoder.documents == [other]


def test_a_vector_of_another_encoder_is_not_taken(space):
    class OtherWords(CountingWords):
        def __init__(self):
            super().__init__()
            self.fingerprint = f"others:{self.dim}"

    (key,) = answered(space, LETTER)
    space.add(["pay the bill"], "money")
    other = OtherWords()
    space.reencode(other)
    other.documents.clear()
    space.inbox.decide({key: "money"})
    assert LETTER in other.documents


@pytest.mark.parametrize("remembers", [False, True])
def test_a_document_that_is_refused_for_many_classes_is_encoded_once_at_most(
    space, encoder, remembers
):
    texts = [LETTER, "box work", TOME]
    if remembers:
        answered(space, LETTER, TOME)
    encoder.documents.clear()
    space.commit(Refute([Example(n, t, negative=True) for n in CLASSES for t in texts]))
    assert sorted(encoder.documents) == (["box work"] if remembers else sorted(texts))


def test_a_fault_has_the_position_of_its_document_where_others_come_twice(space):
    examples = [Example("money", "pay"), Example("jobs", "pay"), Example("jobs", "cv"),
                Example("jobs", embedding=np.ones(2, np.float32))]  # fmt: skip
    with pytest.raises(Exception, match="example 3"):
        space.add(examples)
