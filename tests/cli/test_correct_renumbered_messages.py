"""A message that has the number of an earlier one is corrected by it, with --in or without."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call
from mailboxes import Mail, write_mailbox

from protolabel import LabelSpace

SPACE = "s.space"
FIRST, SECOND, NEW = (
    Mail("Invoice 1: please pay 20 EUR for tea"),
    Mail("I apply for work as a cook of soups"),
    Mail("The new bill of the dentist is here, please pay now"),
)


@pytest.fixture
def mailbox(tmp_path, monkeypatch):
    """A mailbox that was labelled; then its first message made way for another one."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the amount due", "I apply for work"], ["invoice", "job"])
    Path("in").mkdir()
    path = Path("in/b.mbox")
    for messages in ([FIRST, SECOND], [NEW, SECOND]):
        write_mailbox(path, messages)
        call("label", SPACE, "in", "--out", "a.jsonl", "--resume")
    return path


@pytest.mark.parametrize("words", [["b.mbox/1", "--in", "in"], ["in/b.mbox/1"]])
def test_a_number_means_the_message_that_stands_there_now(mailbox, words):
    done = call("correct", SPACE, *words, "--not", "invoice")
    assert done.returncode == 0, done.stderr
    with LabelSpace(SPACE) as space:
        assert [one.text for one in space.negatives("invoice")] == [f"s\n\n{NEW.text}"]
