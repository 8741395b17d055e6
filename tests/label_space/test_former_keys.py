"""What an earlier program remembered of documents whose number counted is theirs now.

These are items of a JSON array, rows of a table in a folder, and messages of a mailbox.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bare_records import bare_record
from mailboxes import Mail, write_mailbox
from remembered import remembered_sources
from stored import connection_of, store_of

from protolabel import Document, LabelSpace, read_documents
from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.batch.run_file import Run
from protolabel.identity.document_key import KEY_BYTES, document_key, place_of
from protolabel.identity.former_keys import FormerKeys
from protolabel.store import ProposalRow
from protolabel.store.answer_columns import row_digest


@pytest.fixture
def space(invoices_and_jobs: LabelSpace) -> LabelSpace:
    return invoices_and_jobs


FIRST, SECOND, NEW = "please pay 1", "I apply for work 2", "Sunny weather today"
NAMES = {  # of the first three documents of each kind, which lies in the folder "in"
    "t.json": ["in/t.json:item 1", "in/t.json:item 2", "in/t.json:item 3"],
    "sub/t.csv": ["in/sub/t.csv:2", "in/sub/t.csv:3", "in/sub/t.csv:4"],
    "box.mbox": ["in/box.mbox/1", "in/box.mbox/2", "in/box.mbox/3"],
}
MOVED = "box.mbox"  # what is known by an earlier key wherever it stands


@pytest.fixture(params=NAMES)
def kind(request) -> str:
    return str(request.param)


@pytest.fixture
def names(kind) -> list[str]:
    return NAMES[kind]


def answer(space: LabelSpace, kind: str, texts: list[str]) -> None:
    path = Path("in", kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "t.json":
        path.write_text(json.dumps([{"text": text} for text in texts]))
    elif kind == "box.mbox":
        write_mailbox(path, map(Mail, texts))
    else:
        path.write_text("\n".join(["text", *texts]) + "\n")
    list(space.label_many(read_documents("in")))
    space.answer_log.write()


def as_earlier(space: LabelSpace) -> None:
    """Write the keys of the earlier program into the file, where the number was of the path."""
    with connection_of(space).transaction("IMMEDIATE") as db:
        for document in read_documents("in"):
            new, former = document_key(document), former_key(document)
            for table in ("answers", "refusals"):
                sql = f"UPDATE {table} SET document = ? WHERE document = ?"
                db.execute(sql, (former, new))
            sql = "SELECT embedding, shares FROM answers WHERE document = ?"
            vectors = db.execute(sql, (former,)).fetchone()
            if vectors is not None:
                is_mail = bool(document.message_path)
                place = place_of(document.source, document.id).digest if is_mail else former
                sql = "UPDATE answers SET digest = ?, place = ? WHERE document = ?"
                db.execute(sql, (row_digest(former, *vectors), place, former))
            sql = "UPDATE meta SET key = replace(key, ?1, ?2), value = replace(value, ?1, ?2)"
            db.execute(sql, (new.hex(), former.hex()))


def former_key(document: Document) -> bytes:
    (key,) = FormerKeys.of(document).keys
    return key


ITEM, ROW, MESSAGE = "/in/t.json:item 1", "/in/sub/t.csv:5", "/in/box.mbox/3"
IN_MESSAGE = f"{MESSAGE}/2/t.csv:5"
KEYS = {
    # As commit 43fd0e01 makes them of the same documents.
    (ITEM, "t.json:1"): "adbe2605173dc41af4f41b5168be4f74",
    (ITEM, "a"): "689f65216a512b6de939bafcb09218b8",
    # As commit 0c2e235d makes them.
    (ROW, "sub/t.csv:5"): "3385bdaba200b7ca9e03d4b21ad27dd6",
    (MESSAGE, "box.mbox/3"): "7548a4c04fe75f1ec8338351f981d017",
    (IN_MESSAGE, "box.mbox/3/2/t.csv:5"): "32a1b1f87200f2f1285669835fc3b78f",
    (IN_MESSAGE, "A7"): "7b94bc1111f4fd1e21f98f1b785c0845",
}


@pytest.mark.parametrize(("source", "identity"), KEYS)
def test_the_former_keys_are_those_that_the_earlier_program_made(source, identity):
    path = f"{'0' * 32}{source[len(MESSAGE) :]}" if source.startswith(MESSAGE) else ""
    is_own = identity in ("a", "A7")
    document = Document(identity, "one", source=source, has_own_id=is_own, message_path=path)
    former = FormerKeys.of(document)
    assert [key.hex() for key in former.keys] == [KEYS[source, identity]]
    if path:
        assert (
            former.at(source.replace("/in/", "elsewhere/"), identity).hex() == former.keys[0].hex()
        )


@pytest.mark.parametrize("source", ["", "/in/t.jsonl:1", "/in/t.npy:row 1", "/in/item 1"])
def test_no_other_document_has_a_former_key(source):
    assert FormerKeys.of(Document("a", "one", source=source)) == FormerKeys()


def test_a_decision_stays_and_moves_with_its_document(space, kind, names):
    answer(space, kind, [FIRST, SECOND])
    space.correct(names[0], "refund")
    as_earlier(space)
    answer(space, kind, [FIRST, SECOND])
    assert remembered_sources(space) == {(names[0], "person"), (names[1], "label space")}
    answer(space, kind, [NEW, FIRST, SECOND])
    assert (names[1], "person") in remembered_sources(space)


def test_an_undo_takes_such_a_decision_back_and_a_redo_makes_it_again(space, kind, names):
    answer(space, kind, [FIRST, SECOND])
    space.correct(names[0], "refund")
    as_earlier(space)
    answer(space, kind, [FIRST, SECOND])
    space.undo()
    assert (names[0], "label space") in remembered_sources(space)
    space.redo()
    assert (names[0], "person") in remembered_sources(space)


def test_what_is_undone_before_the_document_comes_again_can_be_redone_after_it(space, kind, names):
    answer(space, kind, [FIRST, SECOND])
    space.correct(names[0], "refund")
    as_earlier(space)
    space.undo()
    answer(space, kind, [FIRST, SECOND])
    space.redo()
    assert remembered_sources(space) == {(names[0], "person"), (names[1], "label space")}


def test_a_refused_class_stays_refused(space, kind, names):
    answer(space, kind, [FIRST])
    space.refute(names[0], "invoice")
    as_earlier(space)
    answer(space, kind, [FIRST])
    (document,) = space.answer_log.documents()
    assert document.refused == ("invoice",)


def test_a_document_that_was_forgotten_stays_forgotten(space, kind, names):
    answer(space, kind, [FIRST, SECOND])
    space.answer_log.forget([names[0]])
    as_earlier(space)
    answer(space, kind, [FIRST, SECOND])
    assert remembered_sources(space) == {(names[1], "label space")}


def test_a_decision_about_a_document_that_moved_meanwhile_is_not_lost(space, kind, names):
    answer(space, kind, [FIRST, SECOND])
    space.correct(names[0], "refund")
    as_earlier(space)
    answer(space, kind, [NEW, FIRST, SECOND])
    documents = space.answer_log.documents()
    stands = names[1] if kind == MOVED else names[0]
    assert (stands, "person") in {(one.source, one.by) for one in documents}


def test_messages_that_moved_meanwhile_are_known_again_with_all_that_people_said(space):
    first, second, third = NAMES[MOVED]
    answer(space, MOVED, [FIRST, SECOND, FIRST])
    space.correct(second, "refund")
    space.refute(third, "invoice")
    as_earlier(space)
    answer(space, MOVED, [FIRST, FIRST, SECOND])
    documents = {one.source: one for one in space.answer_log.documents()}
    assert len(documents) == len(space.answer_log) == 3
    assert documents[third].by == "person"
    assert documents[first].refused == documents[second].refused == ("invoice",)
    space.undo()
    space.undo()
    assert {one.by for one in space.answer_log.documents()} == {"label space"}


def test_what_a_message_has_under_its_key_of_now_stays(space):
    answer(space, MOVED, [FIRST, SECOND])
    as_earlier(space)
    answer(space, MOVED, [NEW, FIRST, SECOND])
    space.correct(NAMES[MOVED][1], "refund")
    answer(space, MOVED, [NEW, FIRST, SECOND])
    assert (NAMES[MOVED][1], "person") in remembered_sources(space)


@pytest.mark.parametrize("state", ["open", "gone", "refused", "accepted"])
def test_a_proposal_of_such_documents_has_their_keys_of_now(space, state):
    answer(space, MOVED, [FIRST, SECOND])
    as_earlier(space)
    proposals, keys = store_of(space).proposals, [former_key(d) for d in read_documents("in")]
    total, other = np.zeros(3), bytes(KEY_BYTES)
    members = frozenset((*keys, other))
    row = ProposalRow(1, "open", "", 1, 3, total, 0.0, members, "{}")
    proposals.replace_open([row])
    proposals.set_state(1, state, "then")
    answer(space, MOVED, [NEW, FIRST, SECOND])
    (stored,) = proposals.rows()
    _, first, second = map(document_key, read_documents("in"))
    assert stored.members == {first, second, other}
    assert (stored.state, stored.at, stored.n) == (state, "then", 3)


@pytest.mark.parametrize("again", [None, "all"])
def test_a_document_of_an_earlier_file_of_answers_is_not_answered_twice(
    space, kind, tmp_path, again
):
    answer(space, kind, [FIRST, SECOND])
    documents, run = list(read_documents("in")), Run("a space", ("in",), {})
    path = tmp_path / "answers.jsonl"
    with AnswersFile(path, run, resume=False) as file:
        for document in documents:
            file.write(bare_record(document), former_key(document))
    with AnswersFile(path, run, resume=True) as file:
        file.answer_again(again, AnsweredBy(1))
        for document in documents:
            key, moves = document_key(document), bool(document.message_path)
            earlier = file.claim(document)
            assert (earlier is None) is (again == "all")
            if earlier is None:
                file.write(bare_record(document), key, moves=moves)
    assert len(path.read_text().splitlines()) == len(documents)
