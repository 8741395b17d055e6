"""Mailboxes at the command line: the messages of each are the same documents on the second day."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail, write_mailbox

from protolabel import LabelSpace

BILL, JOB, NEW = (
    Mail(text, (f"Message-ID: <{n}@example.org>",))
    for n, text in enumerate(["please pay the bill", "my work so far", "an order of two chairs"])
)
WITH_FILE = Mail("see below", BILL.headers, (("a.txt", "please pay the bill of March"),))


@pytest.fixture
def space(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as opened:
        opened.add(["please pay the amount", "my work as a cook"], ["invoice", "job"])
    return path


@pytest.mark.parametrize("out", ["answers.jsonl", "answers.csv", "answers.xlsx"])
def test_a_message_that_is_put_before_the_others_is_answered_alone(space, out):
    if out.endswith("xlsx"):
        pytest.importorskip("openpyxl")
    daily = ("label", space, "box.mbox", "--out", out, "--resume")
    write_mailbox("box.mbox", [WITH_FILE, JOB])
    call(*daily)
    write_mailbox("box.mbox", [NEW, WITH_FILE, JOB])
    done = call(*daily).stderr
    assert "1 labelled" in done
    assert "3 answered by an earlier run" in done
    assert "changed" not in done
    assert "before" not in done


@pytest.mark.parametrize("out", ["answers.jsonl", "answers.csv"])
def test_the_answer_to_a_message_that_was_deleted_stays(space, out):
    daily = ("label", space, "box.mbox", "--out", out, "--resume")
    for mails in ([BILL, JOB], [NEW, JOB], [JOB]):
        write_mailbox("box.mbox", mails)
        call(*daily)
    text = Path(out).read_text("utf-8-sig")
    assert len(text.splitlines()) == 3 + out.endswith("csv")


def test_what_an_answer_prints_is_what_correct_takes(space):
    write_mailbox("box.mbox", [WITH_FILE, JOB])
    for _ in range(2):
        listed = [one["source"] for one in records("label", space, "box.mbox", "--json")]
        for source in listed:
            call("correct", space, source, "--to", "order", "--new")
            call("undo", space)
        write_mailbox("box.mbox", [NEW, WITH_FILE, JOB])
    assert listed == ["box.mbox/1", "box.mbox/2", "box.mbox/2/2/a.txt", "box.mbox/3"]


def test_a_message_that_moved_is_refused_until_its_mailbox_is_labelled_again(space):
    write_mailbox("box.mbox", [BILL, JOB])
    call("label", space, "box.mbox")
    call("correct", space, "box.mbox/1", "--to", "order", "--new")
    write_mailbox("box.mbox", [NEW, BILL, JOB])
    error = call("correct", space, "box.mbox/1", "--to", "job", code=2).stderr
    assert "holds another document than the one that was answered there" in error
    call("label", space, "box.mbox")
    (about,) = (
        one
        for one in records("review", space, "--list", "--all", "--json")
        if one["by"] == "person"
    )
    assert (about["source"], about["label"]) == ("box.mbox/2", "order")
    call("correct", space, "box.mbox/1", "--to", "job")


def test_a_mailbox_is_sorted_and_learned_as_one_file(space):
    inbox = Path("in")
    inbox.mkdir()
    write_mailbox(inbox / "box.mbox", [BILL, Mail("please pay the bill of May")])
    call("label", space, inbox, "--sort-into", "out")
    assert Path("out/invoice/box.mbox").exists()
    Path("out/job").mkdir(exist_ok=True)
    Path("out/invoice/box.mbox").rename("out/job/box.mbox")
    call("learn", space, "out", "--yes")
    (listed,) = records("show", space, "job", "--json")
    assert {one["source"] for one in listed["members"] if one["source"]} == {
        "out/job/box.mbox/1",
        "out/job/box.mbox/2",
    }
