"""A message of a mailbox is the same document wherever it stands, and so is what is attached."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from fast_cases import few
from mailboxes import Mail, mailbox, write_mailbox
from office_files import zipped
from remembered import remembered_sources
from stored import store_of

from protolabel import LabelSpace, read_documents
from protolabel.errors import InputError


@pytest.fixture
def space(invoices_and_jobs: LabelSpace) -> LabelSpace:
    return invoices_and_jobs


ORDER = "an order of two chairs"
FIRST, SECOND, NEW = (
    Mail(text, (f"Message-ID: <{n}@example.org>",))
    for n, text in enumerate(["please pay 1", "I apply for work 2", "Sunny weather today"])
)
PLAIN = [Mail("please pay 1"), Mail("I apply for work 2"), Mail("Sunny weather today")]
WITH_IDS = [FIRST, SECOND, NEW]


def answer(space: LabelSpace, mails: list[Mail], path: str = "box.mbox") -> None:
    """Write a mailbox of these messages, in what its name says, and answer them."""
    content = mailbox(mails).encode()
    if path.endswith(".zip"):
        content = zipped({"in/box.mbox": content})
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_bytes(gzip.compress(content) if path.endswith(".gz") else content)
    folder = path.partition("/")[0]
    list(space.label_many(read_documents(folder)))
    space.answer_log.write()


@pytest.mark.parametrize("mails", [PLAIN, WITH_IDS], ids=["plain", "with ids"])
def test_a_decision_stays_when_a_message_is_put_before_its_own(space, mails):
    first, second, new = mails
    answer(space, [first, second])
    space.correct("box.mbox/1", "refund")
    answer(space, [new, first, second])
    assert remembered_sources(space) == {
        ("box.mbox/1", "label space"),
        ("box.mbox/2", "person"),
        ("box.mbox/3", "label space"),
    }
    space.correct("box.mbox/2", "job")
    assert {e.text for e in space.show("job")[1]} == {"I apply as a cook", "s\n\nplease pay 1"}


@pytest.mark.parametrize("mails", [PLAIN, WITH_IDS], ids=["plain", "with ids"])
def test_a_decision_stays_when_the_first_message_is_deleted(space, mails):
    first, second, _ = mails
    answer(space, [first, second])
    space.correct("box.mbox/2", "refund")
    answer(space, [second])
    people = [one for one in space.answer_log.documents() if one.by == "person"]
    assert [(one.source, one.label) for one in people] == [("box.mbox/1", "refund")]


PLACES = {  # of a mailbox: what its messages are called before their number
    "box.mbox": "box.mbox",
    "Inbox": "Inbox",
    "box.mbox.gz": "box.mbox.gz",
    "a.zip": "a.zip/in/box.mbox",
    "in/box.mbox": "in/box.mbox",
}


@pytest.mark.parametrize("path", few(PLACES, ["box.mbox", "a.zip"]))
def test_a_mailbox_may_lie_anywhere(space, path):
    box = PLACES[path]
    answer(space, [FIRST, SECOND], path)
    space.correct(f"{box}/1", "refund")
    answer(space, [NEW, FIRST, SECOND], path)
    assert (f"{box}/2", "person") in remembered_sources(space)
    assert len(remembered_sources(space)) == 3
    answer(space, [NEW, SECOND], path)
    with pytest.raises(InputError, match="holds another document than"):
        key = next(d.key for d in space.answer_log.documents() if d.by == "person")
        space.correct(key, "job")


@pytest.mark.parametrize("path", few(PLACES, ["box.mbox", "a.zip"]))
def test_a_message_where_another_one_was_answered_is_refused(space, path):
    answer(space, [FIRST, SECOND], path)
    content = mailbox([NEW, FIRST, SECOND]).encode()
    if path == "a.zip":
        content = zipped({"in/box.mbox": content})
    Path(path).write_bytes(gzip.compress(content) if path.endswith(".gz") else content)
    with pytest.raises(InputError, match="holds another document than the one that was answered"):
        space.correct(f"{PLACES[path]}/1", "refund")
    assert "refund" not in {info.name for info in space.classes()}


def test_what_is_attached_goes_with_its_message(space):
    order = replace(FIRST, attachments=(("a.txt", ORDER), ("t.csv", "text\nwet rain\nred hat\n")))
    answer(space, [order, SECOND])
    space.correct("box.mbox/1/2/a.txt", "refund")
    space.correct("box.mbox/1/3/t.csv:3", "refund")
    answer(space, [NEW, order, SECOND])
    people = {source for source, by in remembered_sources(space) if by == "person"}
    assert people == {"box.mbox/2/2/a.txt", "box.mbox/2/3/t.csv:3"}
    assert len(remembered_sources(space)) == 6


def test_a_mailbox_in_a_message_goes_with_it(space):
    inner = mailbox([Mail("one of the inner"), Mail("two of the inner")])
    outer = replace(FIRST, attachments=(("in.mbox", inner),))
    answer(space, [outer])
    space.correct("box.mbox/1/2/in.mbox/2", "refund")
    inner = mailbox([Mail("zero of the inner"), Mail("one of the inner"), Mail("two of the inner")])
    outer = replace(FIRST, attachments=(("in.mbox", inner),))
    answer(space, [NEW, outer])
    assert ("box.mbox/2/2/in.mbox/3", "person") in remembered_sources(space)
    assert len(remembered_sources(space)) == 5


def test_equal_messages_are_as_many_documents(space):
    answer(space, [PLAIN[0], FIRST, PLAIN[0], FIRST, SECOND])
    assert len(remembered_sources(space)) == 5
    answer(space, [NEW, PLAIN[0], FIRST, PLAIN[0], FIRST, SECOND])
    assert len(remembered_sources(space)) == 6


def test_messages_of_one_id_that_say_different_things_are_told_apart(space):
    same = FIRST.headers
    mails = [Mail(text, same) for text in ("please pay 1", "I apply for work 2", "wet rain")]
    answer(space, mails)
    space.correct("box.mbox/2", "refund")
    answer(space, [mails[2], mails[1]])
    people = [one for one in space.answer_log.documents() if one.by == "person"]
    assert [(one.source, one.label) for one in people] == [("box.mbox/2", "refund")]
    assert len(space.answer_log) == 3


def test_what_a_mail_program_notes_in_a_message_changes_nothing(space):
    before = Mail("please pay 1", ("Date: Mon, 1 Jan 2024 00:00:00 +0000",))
    after = replace(before, headers=("Status: RO", "X-Mozilla-Status: 0001", *before.headers))
    for mails in ([before, SECOND], [NEW, after, SECOND]):
        answer(space, mails)
        if len(mails) == 2:
            space.correct("box.mbox/1", "refund")
    assert ("box.mbox/2", "person") in remembered_sources(space)


def test_the_last_message_is_the_same_once_another_one_follows(space):
    """A mailbox may end without the empty line that parts two messages."""
    Path("box.mbox").write_text(mailbox([PLAIN[0]]).rstrip("\n"))
    list(space.label_many(read_documents("box.mbox")))
    space.answer_log.write()
    space.correct("box.mbox/1", "refund")
    answer(space, [PLAIN[2], PLAIN[0], PLAIN[1]])
    assert ("box.mbox/2", "person") in remembered_sources(space)
    assert len(remembered_sources(space)) == 3


def test_a_refused_class_and_a_forgetting_go_with_the_message(space):
    answer(space, [FIRST, SECOND])
    space.refute("box.mbox/1", "invoice")
    space.answer_log.forget("box.mbox/2")
    answer(space, [NEW, SECOND, FIRST])
    documents = {one.source: one.refused for one in space.answer_log.documents()}
    assert documents == {"box.mbox/1": (), "box.mbox/3": ("invoice",)}


def test_the_same_messages_in_two_mailboxes_are_different_documents(space):
    answer(space, [FIRST, SECOND])
    answer(space, [SECOND, FIRST], "other.mbox")
    assert len(remembered_sources(space)) == 4


def test_no_place_of_a_message_is_noted_where_another_one_may_stand(space):
    answer(space, [FIRST, SECOND])
    assert [row.place for row in store_of(space).answers.rows()] == [None, None]


@pytest.mark.parametrize("mails", [PLAIN, WITH_IDS], ids=["plain", "with ids"])
def test_a_mailbox_from_elsewhere_holds_the_messages_that_are_remembered(space, mails):
    """A browser knows the end of the path; the number is that of the mailbox as it is now."""
    first, second, new = mails
    answer(space, [first, second], "deep/box.mbox")
    keys = {one.key for one in space.answer_log.documents()}
    write_mailbox("box.mbox", [new, first, second])
    again = space.inbox.known_again(list(read_documents("box.mbox")))
    assert [one.source for one in again] == ["box.mbox/1", "deep/box.mbox/2", "deep/box.mbox/3"]
    list(space.label_many(again))
    space.answer_log.write()
    assert keys < {one.key for one in space.answer_log.documents()}
    assert len(remembered_sources(space)) == 3
