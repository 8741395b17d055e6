"""The question before a class is made whose name is nearly that of another, on a real terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records
from prepared_commands import prepared_program


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    call("add", space, "invoice", "--text", "please pay the bill")
    return space


def asked(space: Path, reply: str) -> tuple[int, str]:
    """Add to a class with a near name at a terminal; return the exit code and what it printed."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [prepared_program(), "add", str(space), "invoices", "--text", "a bill"],
        stdin=follower,
        stdout=subprocess.DEVNULL,
        stderr=follower,
        env=ENVIRONMENT,
    )
    os.close(follower)
    os.write(leader, f"{reply}\n".encode())
    code = process.wait(timeout=60)
    output = os.read(leader, 65536).decode()
    os.close(leader)
    return code, output


@pytest.mark.parametrize(("reply", "classes"), [("y", ["invoice", "invoices"]), ("n", ["invoice"])])
def test_a_person_is_asked_before_a_near_twin_is_made(mail, reply, classes):
    code, output = asked(mail, reply)
    assert "'invoices' (there is 'invoice'). Make them?" in output
    assert (code == 0) == (reply == "y")
    assert [each["name"] for each in records("classes", mail, "--json")] == classes


def test_without_a_terminal_the_error_names_the_option_that_makes_it(mail):
    error = call("add", mail, "invoices", "--text", "a bill", code=2).stderr
    assert "--new" in error
    call("add", mail, "invoices", "--text", "a bill", "--new")


def test_rename_and_merge_print_what_becomes_of_descriptions(mail):
    call("describe", mail, "invoice", "a bill to pay")
    renamed = call("rename", mail, "invoice", "bill").stdout
    assert "it stays described by the words 'a bill to pay'" in renamed
    call("add", mail, "cv", "--text", "I apply for a job")
    merged = call("merge", mail, "bill", "cv", "--into", "paper").stdout
    assert "it takes the description 'a bill to pay'" in merged
    call("add", mail, "nda", "--text", "an agreement that is secret")
    call("describe", mail, "nda", "a promise of silence")
    merged = call("merge", mail, "nda", "paper", "--into", "paper").stdout
    assert "the description is no longer in force: 'a promise of silence'" in merged


@pytest.mark.parametrize(
    "command",
    [
        ("correct", "a.txt", "--to", "Mahnung"), ("describe", "Mahnung", "a reminder"),
        ("add", "Mahnung", "--text", "a reminder"), ("move", "a.txt", "--to", "Mahnung"),
        ("import", "Mahnung.jsonl"),
    ],
)  # fmt: skip
def test_a_german_plural_is_a_near_name_in_every_command(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Before, a slip made an empty class `Mahnung` beside `Mahnungen` without a word."""
    space, text = tmp_path / "post.space", tmp_path / "a.txt"
    text.write_text("please pay the bill")
    (tmp_path / "Mahnung.jsonl").write_text('{"text": "a reminder", "label": "Mahnung"}\n')
    call("init", space, "--encoder", "hashing")
    call("add", space, "Mahnungen", text)
    words = [str(tmp_path / w) if w in ("a.txt", "Mahnung.jsonl") else w for w in command[1:]]
    error = call(command[0], space, *words, code=2).stderr
    assert "'Mahnung' (there is 'Mahnungen')" in error
    assert "--new" in error
    call(command[0], space, *words, "--new")
