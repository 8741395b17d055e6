"""Advice works when done to the letter: each error's commands run in a shell, then the original.

``ADVICE`` has an entry for each remedy in the source that names a protolabel command about a label
space. Remedies in prose are not run here.
"""

from __future__ import annotations

import ast
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call

import protolabel

SOURCE = Path(protolabel.__file__).parent
COMMAND = re.compile(r"`(protolabel [^`]+)`|(protolabel [a-z]+ (?:'[^']*'|[^\\s;,)]+).*?)(?:$|;)")


@pytest.fixture
def space(tmp_path) -> Path:
    path = tmp_path / "my mail.space"
    call("init", path, "--encoder", "hashing")
    call("describe", path, "invoice", "a bill")
    call("describe", path, "cv", "an application")
    call("add", path, "invoice", "--text", "pay", "--text", "pay again")
    return path


def obeyed(error: str) -> str:
    """Run the command that an error advises; return what it printed."""
    match = COMMAND.search(error.rpartition("to fix it: ")[2].strip())
    assert match, error
    command = (match[1] or match[2]).replace(
        "protolabel", f"{shlex.quote(sys.executable)} -m protolabel", 1
    )
    done = subprocess.run(
        ["bash", "-c", command], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def _unknown_class(space: Path) -> None:
    error = call("show", space, "qqqqqq", code=3).stderr
    assert "invoice" in obeyed(error)
    call("show", space, "invoice")


def _nothing_to_redo(space: Path) -> None:
    assert "described" in obeyed(call("redo", space, code=3).stderr)


def _no_such_version(space: Path) -> None:
    assert "version" in obeyed(call("classes", space, "--at", 99, code=3).stderr)
    call("classes", space, "--at", 2)


def _unknown_example(space: Path) -> None:
    assert '"id": "e1"' in obeyed(call("remove", space, "nope", code=3).stderr)
    call("remove", space, "e1")


def _retired(space: Path) -> None:
    call("retire", space, "invoice")
    command = ("add", space, "invoice", "--text", "one more")
    obeyed(call(*command, code=3).stderr)
    call(*command)


def _taken_name(space: Path) -> None:
    obeyed(call("rename", space, "cv", "invoice", code=3).stderr)
    assert "cv" not in call("classes", space).stdout


def _no_words(space: Path) -> None:
    obeyed(call("describe", space, "a new one", code=2).stderr)
    assert "a new one" in call("classes", space).stdout


def _no_document(space: Path) -> None:
    assert "invoice" in obeyed(call("label", space, code=2).stderr)


def _text_as_path(space: Path) -> None:
    assert "invoice" in obeyed(call("label", space, 'it\'s "to" pay $HOME', code=2).stderr)


def _no_examples(space: Path) -> None:
    obeyed(call("add", space, "invoice", code=2).stderr)


def _no_label_space(space: Path) -> None:
    other = space.parent / "not there.space"
    command = ("classes", other)
    obeyed(call(*command, code=5).stderr)
    call(*command)


def _damaged_sums(space: Path) -> None:
    db = sqlite3.connect(space, isolation_level=None)
    db.execute("UPDATE sums SET n = n + 1")
    db.close()
    obeyed(call("check", space, code=5).stderr)
    call("check", space)


def _taken_by_restore(space: Path) -> None:
    backup = space.parent / "a backup.space"
    call("backup", space, backup)
    call("retire", space, "invoice")
    command = obeyed(call("restore", backup, space, code=5).stderr)
    assert "restored" in command
    assert "retired" not in call("classes", space).stdout


ADVICE: dict[tuple[str, str], Callable[[Path], None]] = {
    ("errors.py", "protolabel classes SPACE"): _unknown_class,
    ("label_space/undo.py", "protolabel history SPACE"): _nothing_to_redo,
    ("store/log.py", "protolabel history SPACE"): _no_such_version,
    ("label_space/changes/rows.py", "protolabel export SPACE"): _unknown_example,
    ("label_space/changes/rows.py", "protolabel unretire SPACE"): _retired,
    ("label_space/changes/classes.py", "protolabel merge"): _taken_name,
    ("cli/classes.py", "protolabel describe"): _no_words,
    ("cli/file.py", "protolabel check"): _damaged_sums,
    ("store/restoring.py", "protolabel restore"): _taken_by_restore,
    ("cli/label.py", "protolabel label"): _text_as_path,
    ("cli/examples.py", "protolabel add"): _no_examples,
    ("store/opening.py", "protolabel init"): _no_label_space,
}

# They need a damaged file, another encoder or another process, and are run where those are tested.
ELSEWHERE = {
    ("cli/evaluate.py", "protolabel evaluate"),
    ("encoders/embedder.py", "protolabel add"),
    ("encoders/embedder.py", "protolabel init"),
    ("encoders/mismatch.py", "protolabel reencode"),
    ("encoders/mismatch.py", "protolabel undo"),
    ("evaluation/of_label_space.py", "protolabel evaluate"),
    ("evaluation/of_label_space.py", "protolabel rename"),
    ("evaluation/of_own_examples.py", "protolabel evaluate"),
    ("label_space/encoder_binding.py", "protolabel set"),
    ("label_space/item_vectors.py", "protolabel remove"),
    ("label_space/soundness.py", "protolabel check"),
    ("readers/file_rows.py", "protolabel add"),
    ("store/opening.py", "protolabel backup"),
    ("store/sqlite_errors.py", "protolabel backup"),
    ("store/sqlite_errors.py", "protolabel check"),
    ("training/adapt.py", "protolabel reencode"),
}


def commands_in_remedies() -> set[tuple[str, str]]:
    """Every protolabel command in a remedy, with the file that it stands in."""
    commands = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for remedy in (k.value for k in node.keywords if k.arg == "remedy"):
                words = [
                    part.value
                    for part in ast.walk(remedy)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                for name in re.findall(r"\bprotolabel (?!that\b)([a-z]+)", " ".join(words)):
                    commands.add((str(path.relative_to(SOURCE)), f"protolabel {name}"))
    return commands


def test_every_command_in_a_remedy_has_a_test_that_runs_it():
    entries = {(file, " ".join(command.split()[:2])) for file, command in ADVICE} | ELSEWHERE
    missing = commands_in_remedies() - entries
    missing -= {("extras.py", "protolabel train")}
    assert not missing, f"add entries to ADVICE: {sorted(missing)}"


@pytest.mark.parametrize("entry", ADVICE, ids=lambda e: f"{e[0]}: {e[1]}")
def test_the_advice_works_when_done_to_the_letter(space, entry):
    ADVICE[entry](space)


def test_a_document_is_asked_for_in_words_that_run(space):
    _no_document(space)
