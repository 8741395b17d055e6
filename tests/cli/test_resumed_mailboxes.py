"""--resume over mailboxes of which messages are gone: their answers stay, and are counted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from commands import call
from mailboxes import Mail, mailbox, write_mailbox

JOB, BILL, POST, NEW = (
    "apply as driver", "pay the bill", "I apply for a post", "Sunny and warm",
)  # fmt: skip
GONE = "whose message is gone from its mailbox"
OUTS = ["a.jsonl", "a.csv", "a.xlsx"]


def mail(text: str, *, by_id: bool = False) -> Mail:
    return Mail(text, (f"Message-ID: <{text.replace(' ', '.')}@example.org>",) if by_id else ())


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize("out", OUTS)
@pytest.mark.parametrize("name", ["m.mbox", "=m.mbox"])
def test_answers_of_messages_that_are_gone_are_counted(bills_and_jobs, name, out, by_id):
    if out.endswith(".xlsx"):
        pytest.importorskip("openpyxl")
    daily = ("label", bills_and_jobs, name, "--out", out, "--resume")
    write_mailbox(name, [mail(text, by_id=by_id) for text in (JOB, BILL, POST)])
    assert GONE not in call(*daily).stderr
    write_mailbox(name, [mail(text, by_id=by_id) for text in (BILL, POST)])
    done = call(*daily).stderr
    assert "2 answered by an earlier run" in done
    assert f"1 earlier answer stays {GONE}" in done
    write_mailbox(name, [mail(text, by_id=by_id) for text in (NEW, POST)])
    assert f"2 earlier answers stay {GONE}" in call(*daily).stderr


def test_so_are_those_of_its_attachments_and_of_a_mailbox_in_an_archive(bills_and_jobs):
    with_files = Mail("see below", (), (("a.txt", JOB), ("t.csv", f"text\n{BILL}\n{POST}\n")))
    daily = ("label", bills_and_jobs, "z.zip", "--out", "a.jsonl", "--resume")
    for mails in ([with_files, mail(NEW)], [mail(NEW)]):
        with zipfile.ZipFile("z.zip", "w") as archive:
            archive.writestr("m.mbox", mailbox(mails))
            archive.writestr("x.txt", BILL)
        done = call(*daily).stderr
    sources = [json.loads(line)["source"] for line in Path("a.jsonl").read_text().splitlines()]
    gone = [one for one in sources if one.startswith("z.zip/m.mbox/")][:-1]
    assert len(gone) == 4
    assert f"4 earlier answers stay {GONE}" in done


def test_only_of_a_mailbox_that_was_read_whole(bills_and_jobs):
    """Not of one that is not there, nor of one of which a message cannot be read."""
    broken = Mail("see below", (), (("a.pdf", "%PDF-1.4 and no more"),))
    Path("in").mkdir()
    for name in ("a", "b", "c"):
        write_mailbox(f"in/{name}.mbox", [mail(JOB), mail(BILL)])
    daily = ("label", bills_and_jobs, "in", "--out", "a.jsonl", "--resume")
    call(*daily)
    Path("in/a.mbox").unlink()
    write_mailbox("in/b.mbox", [broken, mail(BILL)])
    write_mailbox("in/c.mbox", [mail(BILL)])
    assert f"1 earlier answer stays {GONE}" in call(*daily, "--skip-bad", code=6).stderr
    write_mailbox("in/b.mbox", [mail(BILL)])
    assert f"3 earlier answers stay {GONE}" in call(*daily).stderr


def test_from_another_folder_too(bills_and_jobs, tmp_path, monkeypatch):
    write_mailbox("m.mbox", [mail(JOB), mail(BILL)])
    call("label", bills_and_jobs, "m.mbox", "--out", "a.jsonl")
    write_mailbox("m.mbox", [mail(BILL)])
    monkeypatch.chdir("..")
    here = tmp_path.name
    daily = (f"{here}/s.space", f"{here}/m.mbox", "--out", f"{here}/a.jsonl", "--resume")
    assert f"1 earlier answer stays {GONE}" in call("label", *daily).stderr


def test_a_stream_counts_them_too(bills_and_jobs):
    daily = ("stream", bills_and_jobs, "m.mbox", "--out", "a.jsonl")
    write_mailbox("m.mbox", [mail(JOB), mail(BILL)])
    call(*daily)
    write_mailbox("m.mbox", [mail(BILL)])
    assert f"1 earlier answer stays {GONE}" in call(*daily).stderr


def test_an_answer_that_is_made_again_is_of_a_message_that_is_there(bills_and_jobs):
    daily = ("label", bills_and_jobs, "m.mbox", "--out", "a.jsonl", "--resume")
    write_mailbox("m.mbox", [mail(JOB), mail(BILL)])
    call(*daily)
    assert GONE not in call(*daily, "--again", "all").stderr
