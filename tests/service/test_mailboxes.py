"""A mailbox that is dropped on the page again: its messages are the documents that they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import call
from mailboxes import Mail, mailbox, write_mailbox
from own_service import served
from service_process import make_space

from protolabel import LabelSpace

FIRST, SECOND, NEW = map(Mail, ["please pay the bill", "my work so far", "two chairs"])


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path(make_space(tmp_path / "mail.space"))
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    return path


def dropped(ask: Any, mails: list[Mail]) -> list[dict[str, Any]]:
    """Read a mailbox and label its messages, as the page does; return how the inbox lists them."""
    content = mailbox(mails).encode()
    documents = ask("POST", "/read?name=box.mbox", content).json()["documents"]
    sent = ("id", "source", "text", "message_path")
    bodies = [{key: one[key] for key in sent if one[key]} for one in documents]
    return list(ask("POST", "/inbox", {"documents": bodies}).json()["documents"])


def by_people(ask: Any) -> dict[str, str]:
    listed = ask("GET", "/inbox").json()["documents"]
    return {one["source"]: one["label"] for one in listed if one["by"] == "person"}


def test_a_decision_stays_when_a_message_is_put_before_its_own(path):
    with served(path) as ask:
        first = dropped(ask, [FIRST, SECOND])
        ask("POST", "/inbox/decisions", {"labels": {first[0]["key"]: "order"}})
        again = dropped(ask, [NEW, FIRST, SECOND])
        assert [one["key"] for one in again[1:]] == [one["key"] for one in first]
        assert by_people(ask) == {"box.mbox/2": "order"}
        assert len(ask("GET", "/inbox").json()["documents"]) == 3


def test_messages_that_the_command_line_has_labelled_are_known_again(path):
    Path("in").mkdir()
    write_mailbox("in/box.mbox", [FIRST, SECOND])
    call("label", path, "in")
    call("correct", path, "in/box.mbox/1", "--to", "order", "--new")
    with served(path) as ask:
        listed = dropped(ask, [NEW, FIRST, SECOND])
        sources = [one["source"] for one in listed]
        assert sources == ["box.mbox/1", "in/box.mbox/2", "in/box.mbox/3"]
        assert by_people(ask) == {"in/box.mbox/2": "order"}


def test_what_is_no_message_has_no_path_of_one(path):
    with served(path) as ask:
        (document,) = ask("POST", "/read?name=a.txt", b"please pay").json()["documents"]
    assert document["message_path"] == ""
