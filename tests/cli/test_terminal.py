"""What reaches a terminal: no escape sequence of anybody's data, in any encoding, at any width."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, run
from pseudo_terminals import OWN, in_terminal

pytestmark = pytest.mark.slow

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\r"


@pytest.fixture(scope="module")
def evil(tmp_path_factory) -> Path:
    """A label space whose texts, ids, descriptions and sources all carry escape sequences."""
    folder = tmp_path_factory.mktemp("evil")
    space = folder / "e.space"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "invoice", f"a bill {EVIL} to pay")
    rows = [
        {"text": f"pay {EVIL} {n}", "label": ("invoice", "cv", "nda")[n % 3], "id": f"i{n}{EVIL}"}
        for n in range(12)
    ]
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    name = "bad\x1b]0;owned\x07.txt"
    (folder / "in").mkdir()
    (folder / "in" / name).write_text(f"pay {EVIL}")
    return space


def commands(evil: Path) -> list[tuple[object, ...]]:
    return [
        ("label", evil, evil.parent / "in"),
        ("label", evil, "--text", f"pay {EVIL}"),
        ("classes", evil),
        ("show", evil, "invoice"),
        ("show", evil, f"no{EVIL}"),
        ("history", evil),
        ("describe", evil, "invoice", EVIL, "--json"),
        ("label", evil, f"/no/such/{EVIL}"),
        ("info", evil),
        ("check", evil),
        ("remove", evil, f"i1{EVIL}"),
    ]


@pytest.mark.parametrize("number", range(11))
def test_no_escape_sequence_of_data_reaches_the_terminal(evil, number):
    drawn = in_terminal(*commands(evil)[number])
    rest = OWN.sub("", drawn)
    objects = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest)
    assert not objects, drawn


@pytest.mark.parametrize("columns", [80, 120])
def test_tables_wrap_at_words_and_fit_the_terminal(tmp_path, columns):
    space = tmp_path / "w.space"
    call("init", space, "--encoder", "hashing")
    words = "reimbursement of travel expenses that an employee claims with receipts attached"
    call("describe", space, "travel-expenses", f"{words} and {words}")
    call("describe", space, "b", "short")
    call("add", space, "b", "--text", f"{words}, {words}")
    for command in (("classes", space), ("show", space, "b"), ("history", space),
                    ("label", space, "--text", words)):  # fmt: skip
        drawn = OWN.sub("", in_terminal(*command, columns=columns))
        assert max(map(len, drawn.splitlines())) <= columns
        pieces = {part for word in words.split() for part in (word[:-1], word[1:]) if len(part) > 5}
        assert not pieces & set(re.findall("[a-z]+", drawn)), drawn


def test_a_table_in_a_pipe_has_one_line_a_row(evil):
    lines = call("classes", evil).stdout.splitlines()
    assert len(lines) == 4
    assert not any(line.endswith(" ") for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_json_is_utf_8_and_people_get_escapes_where_the_terminal_is_not(tmp_path):
    space = tmp_path / "u.space"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "café", "a bill ✓")
    environment = ENVIRONMENT | {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    for options in ((), ("--json",)):
        done = subprocess.run(
            [sys.executable, "-m", "protolabel", "classes", str(space), *options],
            env=environment, capture_output=True, check=True,
        )  # fmt: skip
        if options:
            assert json.loads(done.stdout.decode("utf-8"))["name"] == "café"
        else:
            assert b"caf\xe9" in done.stdout
            assert b"a bill \\u2713" in done.stdout


def test_a_file_name_that_is_not_utf_8_is_valid_json(tmp_path, evil):
    folder = tmp_path / "in"
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), b"caf\xe9.txt"), "w") as file:
        file.write("pay")
    written = run("label", evil, folder, "--json").stdout  # decoded strictly, as UTF-8
    (answer,) = map(json.loads, written.splitlines())
    assert answer["id"] == "caf\\xe9.txt"


# -- streams -------------------------------------------------------------------------------------


def shell(script: str) -> subprocess.CompletedProcess[str]:
    program = f"{sys.executable} -m protolabel"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script.replace("RUN", program)],
        env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("RUN classes SPACE | head -1", 0),
        ("RUN --help | true", 0),
        ("seq 9999 | RUN label SPACE - --json | head -3", 0),
        ("RUN classes SPACE >&-", 1),
        ("RUN classes SPACE --json >&-", 1),
        ("RUN classes SPACE 2>&-", 0),
        ("RUN classes NONE 2>&-", 5),
        ("RUN label SPACE --text pay <&-", 0),
        ("RUN label SPACE --text pay >&- 2>&- <&-", 1),
        ("RUN label SPACE - <&-", 2),
        ("RUN classes SPACE > /dev/full", 1),
        ("RUN label SPACE --text pay --json > /dev/full", 1),
        ("HOME=/dev/null/home PROTOLABEL_CACHE= RUN add COPY cv --text pay", 0),
        ("env -u HOME RUN add COPY cv --text pay", 0),
    ],
)
def test_streams_and_homes_that_are_not_as_usual(evil, tmp_path, script, code):
    call("backup", evil, tmp_path / "copy.space")
    for name, path in (("SPACE", evil), ("COPY", tmp_path / "copy.space"), ("NONE", "none")):
        script = script.replace(name, str(path))
    done = shell(script)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_lines_in_a_pipe_are_no_longer_than_they_must_be(tmp_path):
    space = tmp_path / "a.space"
    words = "what this class is about, in so many words that no line has room for it " * 4
    call("init", space, "--encoder", "hashing")
    call("describe", space, "invoice", words)
    call("describe", space, "short", "a word")
    call("add", space, "invoice", "--text", words)
    for command in (("classes", space), ("show", space, "invoice")):
        lines = call(*command).stdout.splitlines()
        assert max(map(len, lines)) <= 120, command
    assert len(call("classes", space).stdout.splitlines()) == 3  # a line each, and the headers
    assert " ".join(call("show", space, "invoice").stdout.split()).count(words.strip()) == 1
    assert json.loads(call("classes", space, "--json").stdout.splitlines()[0])["description"]
