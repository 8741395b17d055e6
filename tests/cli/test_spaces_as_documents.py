"""A label space in the place of documents: it is named as one, and the advice is what was meant."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from commands import call
from mail_space import mail_space

from protolabel import LabelSpace


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return Path(mail_space(tmp_path))


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other one.space"
    LabelSpace.create(path, encoder="hashing", background=False).close()
    return path


def _advice(notes: str) -> str:
    """The command at the end of an error, which is its advice."""
    return notes.rpartition("to fix it: ")[2].strip().strip("`")


def test_evaluate_says_where_its_label_space_stands(space: Path) -> None:
    """Before, it was `an example without a label`, and --skip-bad led to `0 classes`."""
    error = call("evaluate", space, code=2).stderr
    assert f"{space} is a label space" in error
    assert _advice(error) == f"protolabel evaluate --space {space}"
    assert "finds the right class" in call(*shlex.split(_advice(error))[1:]).stdout


def test_the_advice_of_evaluate_keeps_what_was_typed(space: Path, tmp_path: Path) -> None:
    error = call("evaluate", space, tmp_path / "e.jsonl", "--skip-bad", code=2).stderr
    expected = f"protolabel evaluate --skip-bad --space {space} {tmp_path / 'e.jsonl'}"
    assert _advice(error) == expected


@pytest.mark.parametrize(
    "command",
    [
        "evaluate --space SPACE OTHER", "evaluate --space SPACE SPACE", "import SPACE OTHER",
        "import SPACE SPACE", "add SPACE invoice OTHER", "label SPACE OTHER", "stream SPACE OTHER",
        "train OTHER --out encoder", "describe SPACE OTHER", "nest SPACE OTHER",
        "correct SPACE OTHER --to invoice", "evaluate --answers OTHER --truth OTHER",
        "evaluate --space SPACE docs.jsonl --truth OTHER", "discover SPACE OTHER",
    ],
)  # fmt: skip
def test_every_command_knows_a_label_space_among_its_inputs(
    command: str, space: Path, other: Path
) -> None:
    paths = {"SPACE": space, "OTHER": other, "docs.jsonl": space.parent / "e.jsonl"}
    error = call(*(paths.get(word, word) for word in command.split()), code=2).stderr
    assert " is a label space; expected " in error
    assert "--skip-bad" not in error


def test_import_of_a_label_space_names_its_export(space: Path, other: Path) -> None:
    error = call("import", space, other, code=2).stderr
    assert _advice(error) == (
        f"protolabel export {shlex.quote(str(other))} | protolabel import {space} -"
    )
