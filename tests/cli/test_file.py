"""The commands about the file as a whole: init, check, backup, restore, info."""

from __future__ import annotations

import json
import shlex
import sqlite3
from pathlib import Path

import pytest
from commands import lines, run


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    space = tmp_path / "mail.space"
    run("init", space, "--encoder", "hashing")
    run("describe", space, "bill", "a request for payment")
    run("add", space, "cv", "--text", "my work so far")
    return space


def test_restore_puts_a_backup_back(mail, tmp_path):
    copy = tmp_path / "copy.space"
    run("backup", mail, copy)
    run("retire", mail, "cv")
    refused = run("restore", copy, mail, code=5).stderr
    assert "exists already" in refused
    command = shlex.split(refused.partition("protolabel restore ")[2])  # the advice, to the letter
    out = run("restore", *command).stdout
    assert out.startswith(f"version 3 restored to {mail}\nwhat was there is kept as {mail}.repl")
    assert [c["retired"] for c in lines("classes", mail, "--json")] == [False, False]
    (record,) = lines("restore", copy, tmp_path / "new.space", "--json")
    assert (record["version"], record["replaced"]) == (3, None)


def test_the_advice_of_check_about_damage_works(mail, tmp_path):
    copy = tmp_path / "copy.space"
    run("backup", mail, copy)
    db = sqlite3.connect(mail)
    db.execute("UPDATE items SET text = 'other' WHERE item = 1")
    db.commit()
    db.close()
    for content in (mail.read_bytes(), b"SQLite format 3\0" + b"no database" * 99):
        mail.write_bytes(content)
        message = run("check", mail, code=5).stderr
        advice = message.strip().partition("restore a backup: protolabel ")[2]
        run(*shlex.split(advice.replace("BACKUP", str(copy))))
        assert run("check", mail).stdout == f"{mail} is sound\n"


def test_check_names_documents_that_are_there_more_than_once(mail):
    for label, text in (("cv", "My  WORK so far"), ("bill", "pay this"), ("nda", "Pay this")):
        run("add", mail, label, "--text", text)
    findings = lines("check", mail, "--json")
    assert [(f["kind"], f["repaired"]) for f in findings] == [("duplicate", False)] * 2
    assert "one text under two labels" in findings[0]["what"]
    assert "'bill'" in findings[0]["what"]
    assert "'nda'" in findings[0]["what"]
    assert "one text more than once" in findings[1]["what"]
    assert run("check", mail).stdout.endswith("is sound\n")


def test_check_repairs_sums_as_a_change(mail):
    db = sqlite3.connect(mail)
    db.execute("UPDATE sums SET n = 7")
    db.commit()
    db.close()
    advice = run("check", mail, code=5).stderr.strip().partition("to fix it: protolabel ")[2]
    assert run(*shlex.split(advice)).stdout.startswith("repaired: the sum of class")
    assert run("check", mail).stdout == f"{mail} is sound\n"
    assert lines("history", mail, "--json")[0]["kind"] == "repair"


def test_info_says_the_share_of_strangers_as_it_was_set(mail):
    """Before, it said 0%."""
    run("set", mail, "strangers", "0.4%")
    assert "0.4% of the documents (setting strangers)" in run("info", mail).stdout


@pytest.mark.parametrize("command", ["classes", "check", "info", "history", "init"])
def test_a_label_space_in_memory_is_refused_at_the_command_line(command, tmp_path):
    message = run(command, ":memory:", code=2).stderr
    assert "mail.space" in message
    assert "LabelSpace" not in message


def test_backup_into_memory_is_refused(mail):
    assert "choose a path" in run("backup", mail, ":memory:", code=5).stderr


def test_info_is_for_people_and_its_json_is_whole(mail):
    for n in range(4):
        run("add", mail, "cv", "--text", f"work {n}")
        run("add", mail, "bill", "--text", f"pay {n}")
    out = run("info", mail).stdout
    assert all(len(line) < 120 for line in out.splitlines())
    assert "2 in use, 0 retired" in out
    (record,) = lines("info", mail, "--json")
    assert record["settings"]["kappa_auto"] == "1"
    assert json.dumps(record)


def test_init_refuses_before_it_loads_an_encoder(mail):
    message = run("init", mail, "--encoder", "no-such-encoder", code=5).stderr
    assert "exists already" in message


def test_retired_classes_come_back(mail):
    run("retire", mail, "cv")
    run("unretire", mail, "cv")
    assert [c["retired"] for c in lines("classes", mail, "--json")] == [False, False]
