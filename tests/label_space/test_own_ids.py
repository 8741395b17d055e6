"""Documents that are equal, each with an id of its own: as many documents, at every door."""

from __future__ import annotations

import json

import pytest
from commands import call

from protolabel import Document, LabelSpace
from protolabel.identity.document_key import document_key
from protolabel.open_world.drift import watch

IDS = [f"order-{n}" for n in range(5)]
SAME = "please pay the amount"


@pytest.fixture
def space():
    with LabelSpace.create(encoder="hashing", background=False) as one:
        one.add(["pay the bill", "wet rain"], ["invoice", "rain"])
        yield one


def ids(space: LabelSpace) -> list[str]:
    return sorted(one.id for one in space.answer_log.documents())


@pytest.mark.parametrize("source", ["", "the shop", "a.txt"])
@pytest.mark.parametrize("many", [False, True])
def test_equal_documents_with_ids_of_their_own_are_remembered_each(space, source, many):
    documents = [Document(name, SAME, source=source) for name in IDS]
    for _ in range(2):
        if many:
            list(space.label_many(documents))
        else:
            for document in documents:
                space.label(document)
    assert ids(space) == IDS


def test_equal_rows_of_a_data_frame_with_ids_are_remembered_each(space):
    pandas = pytest.importorskip("pandas")
    list(space.label_many(pandas.DataFrame({"text": [SAME] * 5, "id": IDS})))
    assert ids(space) == IDS


def test_equal_texts_without_ids_are_one_document(space):
    list(space.label_many([SAME] * 3))
    space.label(SAME)
    assert len(ids(space)) == 1


def test_an_id_that_repeats_the_path_is_no_id_of_its_own():
    bare = document_key(Document("a.txt", "x", source="/in/a.txt", has_own_id=False))
    for name in ("a.txt", "/in/a.txt"):
        assert document_key(Document(name, "x", source="/in/a.txt")) == bare
    assert document_key(Document("m1", "x", source="/in/a.txt")) != bare


def test_equal_documents_of_one_hour_count_once_as_evidence(space):
    list(space.label_many([Document(name, SAME) for name in IDS]))
    assert ids(space) == IDS
    assert watch(space, moment="document").repeats == 4


def test_a_document_that_was_forgotten_without_an_id_stays_forgotten_with_one(space):
    space.label(SAME)
    space.answer_log.forget([ids(space)[0]])
    space.label(Document("m1", SAME))
    assert ids(space) == []


def test_equal_rows_with_ids_are_remembered_each_at_the_command_line(tmp_path):
    path = tmp_path / "mail.space"
    call("init", path, "--encoder", "hashing")
    call("add", path, "invoice", "--text", "pay the bill")
    rows = "\n".join(json.dumps({"id": name, "text": SAME}) for name in IDS)
    call("label", path, "-", stdin=rows)
    with LabelSpace(path, background=False) as space:
        assert ids(space) == IDS
