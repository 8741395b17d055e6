"""Help, completion, and what holds for every command alike."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands import ENVIRONMENT, call

import protolabel.cli
from protolabel.cli import cli

FOLDER = Path(protolabel.cli.__file__).parent
OPTIONS = [
    pytest.param(command, option, id=f"{name} {option.opts[-1]}")
    for name, command in cli.commands.items()
    for option in command.params
    if isinstance(option, click.Option) and option.name != "help"
]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_help_shows_every_default(command, option):
    """A default that is not said is a surprise. A switch that is off by default needs none."""
    silent = option.default in (None, (), False) or repr(option.default).endswith("UNSET")
    assert silent or option.show_default or "default" in (option.help or "")


@pytest.mark.parametrize("name", [n for n, c in cli.commands.items() if n not in ("completion",)])
def test_help_names_the_command_and_fits_80_columns(name):
    text = call(name, "--help").stdout
    assert text.startswith(f"Usage: protolabel {name} ")
    assert max(map(len, text.splitlines())) <= 80


def test_everything_printed_goes_through_one_door():
    """Escape sequences of data are replaced in terminal.py, so nothing prints beside it."""
    for path in sorted(FOLDER.glob("*.py")):
        calls = [
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        if path.name != "terminal.py":
            assert not {"click.echo", "click.secho", "print"} & set(calls), path.name


def test_shells_complete_the_names_of_classes(tmp_path):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "invoice", "a bill")
    call("describe", space, "Internal note", "a note")
    call("describe", space, "cv", "an application")
    for words in (f"protolabel show {space} in", f"protolabel move {space} e1 --to IN"):
        done = subprocess.run(
            [sys.executable, "-m", "protolabel"],
            capture_output=True,
            check=False,
            text=True,
            env=ENVIRONMENT
            | {
                "_PROTOLABEL_COMPLETE": "bash_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            },
        )
        names = {line.partition(",")[2] for line in done.stdout.splitlines()}
        assert names == {"invoice", "Internal note"}, done
