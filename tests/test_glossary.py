"""The glossary explains each command and each kind of change; other pages list the same kinds."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_type_hints

import pytest
from json_page import cells

import protolabel
from protolabel.answers import Answer
from protolabel.cli import cli
from protolabel.label_space.changes import REQUESTS

DOCS = Path(__file__).parents[1] / "docs"
SOURCE = Path(protolabel.__file__).parent
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")


def kinds_without_request() -> set[str]:
    """Return the kinds that the source writes into the log itself."""
    source = "".join(p.read_text(encoding="utf-8") for p in SOURCE.rglob("*.py"))
    opened = re.findall(r'\b(?:writing\(|open_change\(\w+, )"(\w+)"', source)
    return {*opened, *re.findall(r"INSERT INTO changes VALUES \([^)']*'(\w+)'", source)}


KINDS = {*REQUESTS, *kinds_without_request()}


def test_the_glossary_explains_each_kind_of_change_by_its_class():
    assert kinds_without_request() == {"create", "repair"}
    section = GLOSSARY.split("## Kinds of change\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| .+ \| `([\w.]+)` \|$", section, re.M)
    assert sorted(kind for kind, _ in rows) == sorted(KINDS)
    assert {k: v for k, v in rows if k in REQUESTS} == {k: r.__name__ for k, r in REQUESTS.items()}


def test_the_page_on_json_lists_each_kind_of_change():
    kinds = cells("Changes")["kind"].split(";")[0]
    assert sorted(re.findall(r"`(\w+)`", kinds)) == sorted(KINDS)


def test_the_page_on_the_file_lists_each_kind_of_change():
    page = (DOCS / "label-space-format.md").read_text(encoding="utf-8")
    section = page.split("\n**changes**")[1].split("\n**encodings**")[0]
    (kinds,) = re.findall(r"^\| `kind` \| ([^;|]+)", section, re.M)
    assert sorted(re.findall(r"\w+", kinds.replace(" or ", ", "))) == sorted(KINDS)


def test_the_page_of_the_service_lists_each_kind_that_it_takes():
    page = (DOCS / "service.md").read_text(encoding="utf-8")
    section = page.split("\n## Changes\n")[1].split("\n## ")[0]
    cells_of_kinds = re.findall(r"^\| (`[^|]+) \|", section, re.M)
    kinds = {kind for cell in cells_of_kinds for kind in re.findall(r"`(\w+)`", cell)}
    assert kinds - {"unretire"} == {kind for kind, one in REQUESTS.items() if one.over_http}


def test_the_desk_has_a_word_for_each_kind_of_change():
    files = sorted((DOCS.parent / "desk/src/strings").iterdir())
    strings = "".join(file.read_text(encoding="utf-8") for file in files)
    tables = re.findall(r"^  kinds: \{(.*?)^  \}", strings, re.M | re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        assert set(re.findall(r"(\w+): \"", table)) >= KINDS


def test_the_desk_has_a_german_sentence_for_each_kind_of_change():
    source = (DOCS.parent / "desk/src/german_of_changes.ts").read_text(encoding="utf-8")
    assert set(re.findall(r'\bcase "(\w+)":', source)) == KINDS


ROWS = [row.split("|")[1:-1] for row in re.findall(r"^\| (?!word |---).*\|$", GLOSSARY, re.M)]
WORDS = [word for row in ROWS for word in row[0].strip(" `").split(", ")]
NAMES = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[-1])}


@pytest.mark.parametrize("command", cli.commands)
def test_each_command_is_a_word_of_the_glossary_or_stands_in_what_one_means(command):
    commands = {name for row in ROWS for name in re.findall(r"`([a-z]+)`", " ".join(row[:-1]))}
    assert command in commands | set(WORDS)


def names_in(module: ast.AST) -> list[str]:
    """Return the names of variables, attributes, parameters, functions and classes of a file."""
    names = []
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                names.append(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
    return names


def test_to_watch_is_to_look_for_drift_and_to_follow_is_to_answer_what_comes():
    """One word for each: no file but those about drift has a name with ``watch``."""
    about_drift = re.compile(r"open_world/|cli/(watch|stream|stream_events|commands)\.py|"
                             r"store/(watch_start|answer_reading|answer_records|answer_rows)\.py|"
                             r"client/measurements\.py|service/health\.py")  # fmt: skip
    for path in sorted(SOURCE.rglob("*.py")):
        names = names_in(ast.parse(path.read_text(encoding="utf-8")))
        others = [name for name in [path.stem, *names] if "watch" in name.lower()]
        assert not others or about_drift.search(path.relative_to(SOURCE).as_posix()), path


def test_each_number_of_an_answer_has_a_row():
    """People who look up the percentage that they see must not read of another number."""
    hints = get_type_hints(Answer)
    numbers = {name for name, kind in hints.items() if kind == float | None}
    numbers |= {
        name
        for name, member in vars(Answer).items()
        if isinstance(member, property) and get_type_hints(member.fget)["return"] == float | None
    }
    assert {"chance", "certainty"} <= numbers
    assert {f"Answer.{name}" for name in numbers} - NAMES == set()


def test_no_word_has_two_rows():
    assert [word for word in set(WORDS) if WORDS.count(word) > 1] == []


def test_what_a_word_is_called_in_code_is_there():
    source = "".join(p.read_text(encoding="utf-8") for p in SOURCE.rglob("*.py"))
    files = {p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*.py")}
    names = set(re.findall(r"\b(?:class|def) (\w+)|\b(\w+)(?:: | = |=)", source))
    code = {one for pair in names for one in pair}
    for name in NAMES:
        if name.endswith(".py"):
            assert [file for file in files if f"/{file}".endswith(f"/{name}")], name
        else:
            assert set(re.findall(r"\w+", name)) <= code, name
