"""The items of a JSON array that an earlier program remembered are the same documents now."""

from __future__ import annotations

import json

import pytest
from stored import connection_of

from protolabel import Document, LabelSpace, read_documents
from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.run_file import Run
from protolabel.document_key import document_key, key_with_number
from protolabel.store.answer_columns import row_digest

FIRST, SECOND, NEW = "please pay 1", "I apply for work 2", "Sunny weather today"
NAME = "t.json:item 1"


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["please pay the amount", "I apply as a cook"], ["invoice", "job"])
        yield space


def answer(space: LabelSpace, texts: list[str]) -> None:
    with open("t.json", "w") as file:
        json.dump([{"text": text} for text in texts], file)
    list(space.label_many(read_documents("t.json")))
    space.answer_log.write()


def as_earlier(space: LabelSpace) -> None:
    """Write the keys of the earlier program into the file, where the number was of the path."""
    with connection_of(space).transaction("IMMEDIATE") as db:
        for document in read_documents("t.json"):
            new, former = document_key(document), key_with_number(document)
            for table in ("answers", "refusals"):
                sql = f"UPDATE {table} SET document = ? WHERE document = ?"
                db.execute(sql, (former, new))
            sql = "SELECT embedding, shares FROM answers WHERE document = ?"
            vectors = db.execute(sql, (former,)).fetchone()
            if vectors is not None:
                sql = "UPDATE answers SET digest = ?, place = ? WHERE document = ?"
                db.execute(sql, (row_digest(former, *vectors), former, former))
            sql = "UPDATE meta SET key = replace(key, ?1, ?2), value = replace(value, ?1, ?2)"
            db.execute(sql, (new.hex(), former.hex()))


def remembered(space: LabelSpace) -> set[tuple[str, str]]:
    documents = list(space.answer_log.documents())
    names = {(one.source, one.by) for one in documents}
    assert len(names) == len(documents)
    return names


def test_the_former_keys_are_those_that_the_earlier_program_made():
    """As commit 43fd0e01 makes them of the same documents."""
    item = Document("t.json:1", "one", source="/in/t.json:item 1", has_own_id=False)
    assert key_with_number(item).hex() == "adbe2605173dc41af4f41b5168be4f74"
    with_id = Document("a", "one", source="/in/t.json:item 1")
    assert key_with_number(with_id).hex() == "689f65216a512b6de939bafcb09218b8"


@pytest.mark.parametrize("source", ["", "/in/t.jsonl:1", "/in/t.npy:row 1", "/in/item 1"])
def test_no_other_document_has_a_former_key(source):
    assert key_with_number(Document("a", "one", source=source)) == b""


def test_a_decision_about_an_item_stays_and_moves_with_it(space):
    answer(space, [FIRST, SECOND])
    space.correct(NAME, "refund")
    as_earlier(space)
    answer(space, [FIRST, SECOND])
    assert remembered(space) == {(NAME, "person"), ("t.json:item 2", "label space")}
    answer(space, [NEW, FIRST, SECOND])
    assert ("t.json:item 2", "person") in remembered(space)


def test_an_undo_takes_such_a_decision_back_and_a_redo_makes_it_again(space):
    answer(space, [FIRST, SECOND])
    space.correct(NAME, "refund")
    as_earlier(space)
    answer(space, [FIRST, SECOND])
    space.undo()
    assert (NAME, "label space") in remembered(space)
    space.redo()
    assert (NAME, "person") in remembered(space)


def test_what_is_undone_before_the_item_comes_again_can_be_redone_after_it(space):
    answer(space, [FIRST, SECOND])
    space.correct(NAME, "refund")
    as_earlier(space)
    space.undo()
    answer(space, [FIRST, SECOND])
    space.redo()
    assert remembered(space) == {(NAME, "person"), ("t.json:item 2", "label space")}


def test_a_refused_class_stays_refused(space):
    answer(space, [FIRST])
    space.refute(NAME, "invoice")
    as_earlier(space)
    answer(space, [FIRST])
    (document,) = space.answer_log.documents()
    assert document.refused == ("invoice",)


def test_an_item_that_was_forgotten_stays_forgotten(space):
    answer(space, [FIRST, SECOND])
    space.answer_log.forget([NAME])
    as_earlier(space)
    answer(space, [FIRST, SECOND])
    assert remembered(space) == {("t.json:item 2", "label space")}


def test_a_decision_about_an_item_that_moved_meanwhile_is_not_lost(space):
    answer(space, [FIRST, SECOND])
    space.correct(NAME, "refund")
    as_earlier(space)
    answer(space, [NEW, FIRST, SECOND])
    documents = space.answer_log.documents()
    assert (NAME, "person") in {(one.source, one.by) for one in documents}


@pytest.mark.parametrize("again", [None, "all"])
def test_an_item_of_an_earlier_file_of_answers_is_not_answered_twice(space, tmp_path, again):
    answer(space, [FIRST, SECOND])
    documents, run = list(read_documents("t.json")), Run("a space", ("t.json",), {})
    path = tmp_path / "answers.jsonl"
    with AnswersFile(path, run, resume=False) as file:
        for document in documents:
            file.write(record(document), key_with_number(document))
    with AnswersFile(path, run, resume=True) as file:
        file.answer_again(again, 1)
        for document in documents:
            key = document_key(document)
            earlier = file.claim(key, former=key_with_number(document))
            assert (earlier is None) is (again == "all")
            if earlier is None:
                file.write(record(document), key)
    assert len(path.read_text().splitlines()) == len(documents)


def record(document: Document) -> dict[str, object]:
    return {
        "id": document.id, "source": document.source, "alternatives": (), "evidence": None,
        "label": None, "space_version": 1,
    }  # fmt: skip
