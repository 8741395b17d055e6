"""Long documents are answered by their passages near a description; examples stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from passage_words import PassageWords
from stored import connection_of, store_of

from protolabel import Document, Example, LabelSpace
from protolabel.store.answer_passages import MOST_VECTORS

REMARKS = "box ship box\n" * 12
LETTER = REMARKS + "secret sign secret\n" + REMARKS  # says what it is in one line of twenty-five
CLASSES = {"secrets": "secret", "money": "pay", "jobs": "cv work box"}


def space_with(descriptions, examples=()):
    space = LabelSpace.create(encoder=PassageWords(), names_mean=False, background=False)
    if descriptions:
        space.describe(descriptions)
    for label, text in examples:
        space.add([Example(label, text)])
    space.configure(threshold="none", refine=False)
    return space


def focused_by_hand(text, descriptions):
    """The vector of a text by loops: each line by its words and exp(10 x nearest description)."""
    encoder = PassageWords()
    names = [row / np.linalg.norm(row) for row in encoder.encode(list(descriptions)).astype(float)]
    total = np.zeros(encoder.dim)
    for line in text.splitlines():
        (row,) = encoder.encode([line]).astype(float)
        row /= np.linalg.norm(row)
        near = max(float(row @ name) for name in names)
        total += len(line.split()) * np.exp(10 * near) * row
    return total / np.linalg.norm(total)


def test_a_letter_is_of_the_class_that_one_of_its_lines_names():
    """By the mean of its lines it is of the class that the remarks are near to."""
    with space_with(CLASSES) as space:
        answer = space.label(Document("d", LETTER))
        vector = focused_by_hand(LETTER, CLASSES.values())
        encoder = PassageWords()
        for one in answer.alternatives:
            (name,) = encoder.encode([CLASSES[one.label]]).astype(float)
            assert one.score == pytest.approx(float(vector @ name / np.linalg.norm(name)), abs=1e-5)
        plain = encoder.encode_documents([LETTER]).embeddings[0]
        before = space.label(Document("d", embedding=plain))
    assert (before.label, answer.label) == ("jobs", "secrets")
    passage = answer.evidence.passage
    assert LETTER[passage.start : passage.end] == "secret sign secret\n"
    assert passage.influence > 0.1


def test_a_document_of_one_passage_and_a_space_without_descriptions_answer_as_ever():
    """Bit for bit: by the vector of the encoder."""
    examples = [("a", "pay bill"), ("b", "cv work"), ("b", "box")]
    encoder = PassageWords()
    for descriptions, text in ((CLASSES, "secret sign"), ({}, LETTER)):
        with space_with(descriptions, examples) as space:
            plain = encoder.encode_documents([text]).embeddings[0]
            answer = space.label(Document("d", text))
            bare = space.label(Document("d", embedding=plain))
        assert answer.alternatives == bare.alternatives


def test_examples_are_stored_by_the_rule_of_the_encoder_whatever_the_classes_are_called():
    plain = PassageWords().encode_documents([LETTER]).embeddings[0]
    with space_with(CLASSES, [("secrets", LETTER)]) as space:
        space.describe("remarks", "box ship")
        (record,) = [r for r in space.view().export(vectors=True) if r.get("text") == LETTER]
    np.testing.assert_array_equal(np.array(record["embedding"], np.float32), plain)


def test_undo_and_earlier_versions_answer_long_documents_as_they_did():
    with space_with(CLASSES) as space:
        first = space.label(LETTER)
        version = space.version
        space.describe({"secrets": "ship", "boxes": "box"})
        second = space.label(LETTER)
        assert second.alternatives != first.alternatives
        assert space.at(version).label(LETTER).alternatives == first.alternatives
        space.retire("boxes")
        space.undo()
        assert space.label(LETTER).alternatives == second.alternatives
        space.undo()
        assert space.label(LETTER).alternatives == first.alternatives


def test_a_retired_class_draws_no_passage():
    rest = {name: words for name, words in CLASSES.items() if name != "secrets"}
    with space_with(CLASSES) as space, space_with(rest) as without:
        space.retire("secrets")
        ours, theirs = (s.label(LETTER).alternatives for s in (space, without))
        assert [(a.label, a.score) for a in ours] == [(a.label, a.score) for a in theirs]


def test_one_document_and_many_have_the_same_answers():
    documents = [LETTER, "pay\ncv\n", "pay bill", REMARKS + "pay pay\n"]
    with space_with(CLASSES) as space:
        together = [a.alternatives for a in space.label_many(documents)]
        assert together == [space.label(d).alternatives for d in documents]


def test_a_remembered_document_is_compared_as_if_it_were_labelled_again():
    """Its passages are kept: a new description finds what it names in documents that are past."""
    texts = [REMARKS + f"{word} {word} sign\n" + REMARKS for word in ("secret", "pay", "bill")]
    documents = [Document(str(i), text) for i, text in enumerate(texts)]
    with space_with(CLASSES, [("money", "pay cv"), ("jobs", "cv work")]) as space:
        first = [answer.label for answer in space.label_many(documents)]
        assert first == ["secrets", "money", "jobs"]
        assert space.answer_log.suggestions() == []
        rows = store_of(space).answers.rows()
        for text, row in zip(texts, rows, strict=True):
            vector = focused_by_hand(text, CLASSES.values())
            assert row.embedding == pytest.approx(vector, abs=1e-5)

        preview = space.preview.describe("bills", "bill")
        space.describe("bills", "bill")
        (suggestion,) = space.answer_log.suggestions()
        view = space.view().unremembered()
        again = {
            d.id: answer for d, answer in zip(documents, view.label_many(documents), strict=True)
        }
        assert {k: a.label for k, a in again.items()} == {
            "0": "secrets",
            "1": "money",
            "2": "bills",
        }
        (moved,) = [one for one in preview.moved if one.kind == "document"]
        for answer in (moved.after, suggestion.answer):
            assert [(a.label, a.score) for a in answer.alternatives] == [
                (a.label, a.score) for a in again["2"].alternatives
            ]
            assert [e.score for e in answer.evidence.examples] == [
                e.score for e in again["2"].evidence.examples
            ]
        space.undo()
        assert space.answer_log.suggestions() == []


def test_a_document_of_too_many_passages_is_compared_by_the_vector_of_its_answer(tmp_path):
    long = Document("long", "box ship\n" * MOST_VECTORS + "bill bill\n")
    with space_with(CLASSES) as space:
        answer = space.label(long)
        space.describe("bills", "bill")
        assert space.answer_log.suggestions() == []
        (row,) = store_of(space).answers.rows()
        (split,) = store_of(space).answers.split_documents([row.document], 8).values()
        assert len(split.passage_embeddings) == 0
        preview = space.preview.rename(answer.label, "other")
        assert [one.before.label for one in preview.moved] == [answer.label]


def test_kept_passages_count_as_bytes_and_damaged_ones_are_not_used(tmp_path):
    path = tmp_path / "s.space"
    with LabelSpace.create(path, encoder=PassageWords(), background=False) as space:
        space.describe(CLASSES)
        space.label(Document("d", LETTER))
        answers = store_of(space).answers
        space.answer_log.write()
        (row,) = answers.rows()
        plain = PassageWords().encode_documents([LETTER])
        split = answers.split_documents([row.document], 8)[row.document]
        np.testing.assert_array_equal(split.embeddings, plain.embeddings)
        np.testing.assert_array_equal(split.passage_embeddings, plain.passage_embeddings)
        np.testing.assert_array_equal(split.passage_weights, plain.passage_weights)
        np.testing.assert_array_equal(split.passage_spans, plain.passage_spans)
        assert space.answer_log.size > 25 * 8 * 4
        with connection_of(space).transaction("IMMEDIATE") as db:
            (kept,) = db.execute("SELECT passages FROM answers").fetchone()
        for damaged in (kept[1:], bytes([kept[0] ^ 1]) + kept[1:], b"", bytes(9)):
            with connection_of(space).transaction("IMMEDIATE") as db:
                db.execute("UPDATE answers SET passages = ?", (damaged,))
            assert answers.split_documents([row.document], 8) == {}
        space.answer_log.forget()
        assert answers.split_documents([row.document], 8) == {}
