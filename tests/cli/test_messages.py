"""What the commands say to a newcomer: near guesses, one door's words, and no styling unasked."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records
from prepared_commands import prepared_program


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "invoice", "a bill to pay")
    call("add", space, "invoice", "--text", "please pay")
    call("add", space, "cv", "--text", "I apply for a job")
    return space


def on_a_terminal(*arguments: object, **variables: str) -> str:
    """Run a command on a terminal of 80 columns; return what that shows."""
    leader, follower = pty.openpty()
    environment = ENVIRONMENT | {"TERM": "xterm-256color", "COLUMNS": "80"} | variables
    process = subprocess.Popen(
        [prepared_program(), *map(str, arguments)],
        stdin=follower, stdout=follower, stderr=follower, env=environment,
    )  # fmt: skip
    os.close(follower)
    output = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        output += part
    process.wait(timeout=60)
    os.close(leader)
    return output.decode()


STYLE = re.compile("\x1b\\[[0-9;]*m")


@pytest.mark.parametrize("command", ["classes", "label"])
def test_no_color_switches_off_all_styling(mail, command):
    text = ("--text", "pay the bill", "--text", "a job") if command == "label" else ()
    assert STYLE.search(on_a_terminal(command, mail, *text, "--progress" if text else "--at=4"))
    plain = on_a_terminal(command, mail, *text, "--progress" if text else "--at=4", NO_COLOR="1")
    assert "invoice" in plain
    assert not STYLE.search(plain), plain


@pytest.mark.parametrize(
    ("command", "guess"),
    [
        (("serve",), ""), (("delete",), ""), (("lable",), "'label'"),
        (("label", "--quite", "x"), "'--quiet'"), (("label", "--yes", "x"), ""),
    ],
)  # fmt: skip
def test_only_near_commands_and_options_are_suggested(command, guess):
    error = call(*command, code=2).stderr
    assert (f"did you mean {guess}" in error) if guess else ("ean" not in error.split("; to")[0])


def test_only_near_classes_and_files_are_suggested(mail, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "office.txt").write_text("pay")
    assert "did you mean" not in call("show", mail, "notice", code=3).stderr
    assert "did you mean 'invoice'?" in call("show", mail, "invocie", code=3).stderr
    assert "did you mean" not in call("label", mail, "voice.md", code=2).stderr
    assert "did you mean office.txt?" in call("label", mail, "ofice.txt", code=2).stderr


def test_top_says_how_many_classes_are_named(mail):
    text = ("--text", "pay the bill")
    assert "then cv" in call("label", mail, *text).stdout
    for top in (0, 1):
        assert "then" not in call("label", mail, *text, "--top", top).stdout


@pytest.mark.parametrize(
    "command",
    [
        ("label", "--text", "x", "--top", -1), ("label", "--text", "x", "--evidence", -1),
        ("label", "--text", "x", "--at", 0), ("classes", "--at", 0), ("show", "cv", "--at", -1),
        ("history", "--limit", -1), ("return", 0), ("export", "--at", 0),
        ("set", "threshold", 2), ("set", "threshold", "abc"), ("set", "kappa", -1),
    ],
    ids=lambda command: " ".join(map(str, command)),
)  # fmt: skip
def test_a_number_outside_of_its_range_is_refused_in_the_words_of_the_command(mail, command):
    error = call(command[0], mail, *command[1:], code=2).stderr
    assert re.search("range|expected", error)
    assert not re.search("alternatives|None|[a-z]=", error.splitlines()[-1]), error


def test_what_a_threshold_may_be_is_said_as_help_says_it(mail):
    error = call("set", mail, "threshold", "abc", code=2).stderr
    help_text = call("set", "--help").stdout
    for word in ("auto", "none (always answer)"):
        assert word in error
        assert word in help_text


def test_info_says_what_is_not_made_yet_and_what_makes_it(mail):
    call("set", mail, "kappa", "1")
    text = call("info", mail).stdout
    assert "counts as 1 example (set" in text
    assert "not made yet for version 5; `protolabel label` makes it" in text
    call("label", mail, "--text", "pay")
    text = call("info", mail).stdout
    assert "not made yet" not in text
    assert "needs 3 classes" in text  # two are too few to calibrate


def rows_with_a_fault(folder: Path) -> Path:
    path = folder / "rows.jsonl"
    path.write_text('{"text": "one", "label": "x"}\n{"text": "", "label": "x"}\n{"text": "two"}\n')
    return path


@pytest.mark.parametrize("command", ["add", "import"])
def test_a_bad_row_names_the_option_that_goes_past_it(mail, tmp_path, command):
    words = ("add", mail, "x") if command == "add" else ("import", mail)
    path = rows_with_a_fault(tmp_path)
    error = call(*words, path, code=2).stderr
    assert "rows.jsonl:2" in error
    assert error.count("add --skip-bad to go on past it") == 1
    call(*words, path, "--skip-bad", code=6)
    assert records("show", mail, "x", "--json")[0]["members"][0]["text"] == "one"


def test_an_example_that_the_encoder_cannot_take_names_that_option_too(mail, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a", "label": "x"}\n{"embedding": [1.0], "label": "x"}\n')
    assert "add --skip-bad" in call("import", mail, path, code=2).stderr


@pytest.mark.parametrize("command", ["add", "import", "label"])
def test_that_option_is_not_named_where_it_does_not_help(mail, tmp_path, command):
    words = ("add", mail, "x") if command == "add" else (command, mail)
    assert "--skip-bad" not in call(*words, tmp_path / "nowhere.txt", code=2).stderr


def test_commands_name_options_where_python_names_parameters(mail, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("words,kind\nx,a\n")
    error = call("import", mail, table, code=2).stderr
    assert "(--text-field)" in error
    assert "text_field=" not in error
    table.write_bytes("text,label\nbe\x01zahlt \x81\xe4,a\n".encode("latin-1"))
    assert "encoding=" not in call("import", mail, table, code=2).stderr


def test_the_list_of_commands_cuts_no_thought_short(mail):
    text = call().stdout
    assert "..." not in text.partition("Every day:")[2]
    assert max(map(len, text.splitlines())) <= 100


def test_what_is_no_number_is_said_to_be_none(mail):
    error = call("label", mail, "--text", "x", "--top", "many", code=2).stderr
    assert "'many' is not a valid number; to fix it" in error
