"""Answers to documents of odd forms are remembered too, or left out alone."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from fakes import WordEncoder
from remembered import remembered_ids

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.session import session_of
from protolabel.label_space.waiting_answers.answer_batch import AnswerBatch


@pytest.fixture
def space() -> LabelSpace:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    return space


def test_an_embedding_in_a_list_is_remembered_as_one_in_an_array_is(space):
    vector = space.view().embedder.documents([Document("b", "pay")]).embeddings[0]
    for embedding in (vector.tolist(), vector):
        documents = [Document("a", "pay"), Document("b", embedding=embedding), Document("c", "cv")]
        list(space.label_many(documents))
        space.answer_log.write()
        assert sorted(remembered_ids(space)) == ["a", "b", "c"]


def test_one_answer_that_no_file_can_hold_takes_no_other_with_it(space, monkeypatch):
    session = session_of(space)
    documents = [Document(f"d{i}", f"pay cv {'bill ' * i}") for i in range(9)]
    batches: list[AnswerBatch] = []
    take = session.answer_queue.take
    monkeypatch.setattr(session.answer_queue, "take", batches.append)
    list(space.label_many([*documents[:6], Document("x", "pay cv pay"), *documents[6:]]))
    (batch,) = batches
    odd = [replace(d, id="\udce9") if d.id == "x" else d for d in batch.documents]
    take(replace(batch, documents=odd))
    take(batch.pick([0]))
    space.answer_log.write()
    assert sorted(remembered_ids(space)) == [f"d{i}" for i in range(9)]
    assert session.answer_queue.left_out == 1


@pytest.mark.parametrize("field", ["id", "source"])
def test_a_name_that_no_file_can_hold_is_refused_before_the_answer(space, field):
    name = os.fsdecode(b"caf\xe9.txt")
    document = replace(Document("a", "pay"), **{field: name})
    with pytest.raises(InputError, match=r"U\+DCE9") as error:
        space.label(document)
    advice = os.fsencode(name).decode("utf-8", "backslashreplace")
    assert "os.fsencode(name).decode('utf-8', 'backslashreplace')" in str(error.value)
    assert space.label(replace(document, **{field: advice})).label == "bill"
