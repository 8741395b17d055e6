"""The commands about the file as a whole: init, check, backup, restore, info."""

from __future__ import annotations

import json
import shlex
import sqlite3
from pathlib import Path

import pytest
from commands import call, records


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "bill", "a request for payment")
    call("add", space, "cv", "--text", "my work so far")
    return space


def test_restore_puts_a_backup_back(mail, tmp_path):
    copy = tmp_path / "copy.space"
    call("backup", mail, copy)
    call("retire", mail, "cv")
    refused = call("restore", copy, mail, code=5).stderr
    assert "exists already" in refused
    command = shlex.split(refused.partition("protolabel restore ")[2])  # the advice, to the letter
    out = call("restore", *command).stdout
    assert out.startswith(f"version 3 restored to {mail}\nwhat was there is kept as {mail}.repl")
    assert [c["retired"] for c in records("classes", mail, "--json")] == [False, False]
    (record,) = records("restore", copy, tmp_path / "new.space", "--json")
    assert (record["version"], record["replaced"]) == (3, None)


def test_the_advice_of_check_about_damage_works(mail, tmp_path):
    copy = tmp_path / "copy.space"
    call("backup", mail, copy)
    db = sqlite3.connect(mail)
    db.execute("UPDATE items SET text = 'other' WHERE item = 1")
    db.commit()
    db.close()
    for content in (mail.read_bytes(), b"SQLite format 3\0" + b"no database" * 99):
        mail.write_bytes(content)
        message = call("check", mail, code=5).stderr
        advice = message.strip().partition("restore a backup: protolabel ")[2]
        call(*shlex.split(advice.replace("BACKUP", str(copy))))
        assert call("check", mail).stdout == f"{mail} is sound\n"


def test_check_names_documents_that_are_there_more_than_once(mail):
    for label, text in (("cv", "My  WORK so far"), ("bill", "pay this"), ("nda", "Pay this")):
        call("add", mail, label, "--text", text)
    findings = records("check", mail, "--json")
    assert [(f["kind"], f["repaired"]) for f in findings] == [("duplicate", False)] * 2
    assert "one text under two labels" in findings[0]["what"]
    assert "'bill'" in findings[0]["what"]
    assert "'nda'" in findings[0]["what"]
    assert "one text more than once" in findings[1]["what"]
    assert call("check", mail).stdout.endswith("is sound\n")


def test_check_repairs_sums_as_a_change(mail):
    db = sqlite3.connect(mail)
    db.execute("UPDATE sums SET n = 7")
    db.commit()
    db.close()
    advice = call("check", mail, code=5).stderr.strip().partition("to fix it: protolabel ")[2]
    assert call(*shlex.split(advice)).stdout.startswith("repaired: the sum of class")
    assert call("check", mail).stdout == f"{mail} is sound\n"
    assert records("history", mail, "--json")[0]["kind"] == "repair"


def test_info_says_the_share_of_strangers_as_it_was_set(mail):
    """Before, it said 0%."""
    call("set", mail, "strangers", "0.4%")
    assert "0.4% of the documents (setting strangers)" in call("info", mail).stdout


@pytest.mark.parametrize("command", ["classes", "check", "info", "history", "init"])
def test_a_label_space_in_memory_is_refused_at_the_command_line(command, tmp_path):
    message = call(command, ":memory:", code=2).stderr
    assert "mail.space" in message
    assert "LabelSpace" not in message


def test_backup_into_memory_is_refused(mail):
    assert "choose a path" in call("backup", mail, ":memory:", code=5).stderr


def test_info_is_for_people_and_its_json_is_whole(mail):
    for n in range(4):
        call("add", mail, "cv", "--text", f"work {n}")
        call("add", mail, "bill", "--text", f"pay {n}")
    out = call("info", mail).stdout
    assert all(len(line) < 120 for line in out.splitlines())
    assert "2 in use, 0 retired" in out
    (record,) = records("info", mail, "--json")
    assert record["settings"]["kappa_auto"] == "1"
    assert json.dumps(record)


def test_init_refuses_before_it_loads_an_encoder(mail):
    message = call("init", mail, "--encoder", "no-such-encoder", code=5).stderr
    assert "exists already" in message


def test_retired_classes_come_back(mail):
    call("retire", mail, "cv")
    call("unretire", mail, "cv")
    assert [c["retired"] for c in records("classes", mail, "--json")] == [False, False]
