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


# Of a command without them, nothing more is to be said: what they ask for is not done.
WITHOUT_DEFAULT = {
    "--accept", "--again", "--answers", "--at", "--description", "--descriptions", "--from",
    "--html", "--in", "--keys", "--label-from", "--like", "--log", "--minutes", "--name", "--out",
    "--png", "--report", "--set", "--sort-into", "--space", "--to", "--truth", "--under",
    # These say what holds otherwise in other words: what is guessed, or the encoder of the file.
    "--fmt", "--text-field", "--id-field", "--label-field", "--label-separator", "--encoding",
    "--encoder",
}  # fmt: skip
OF_TRAINING = {"--encoder"}  # the encoder to begin with


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_help_shows_every_default(command, option):
    """A default that is not said is a surprise. A switch that is off by default needs none."""
    is_switch = option.is_flag and not option.secondary_opts
    names = WITHOUT_DEFAULT - (OF_TRAINING if command.name == "train" else set())
    silent = is_switch or option.multiple or option.required or not names.isdisjoint(option.opts)
    assert silent or option.show_default or "default" in (option.help or "")


def test_the_defaults_of_training_are_those_that_help_shows():
    for name in ("torch", "transformers", "peft"):
        pytest.importorskip(name)
    from protolabel.encoders.locate import DEFAULT
    from protolabel.training import ADAPTING
    from protolabel.training.network import POOLED, RECIPES

    def default_in_help(command: str, option: str) -> str:
        options = cli.commands[command].params
        text = next(o.help for o in options if option in o.opts)
        return text.partition("[default: ")[2]

    assert default_in_help("adapt", "--episodes") == f"{ADAPTING.episodes}]"
    assert default_in_help("train", "--encoder") == f"{DEFAULT}]"
    for option, of in (
        ("--episodes", lambda recipe: recipe.episodes),
        ("--learning-rate", lambda recipe: f"{recipe.learning_rate:g}"),
    ):
        values = {kind: of(RECIPES[kind]) for kind in RECIPES}
        text = default_in_help("train", option)
        assert text.startswith(
            f"{values['transformer']} for a transformer, {values['map']} for a map, "
            f"{values['conv4']} for conv4"
        )
        if option == "--episodes":
            pooled = f"{POOLED['transformer'].episodes} and {POOLED['map'].episodes}"
            assert text.endswith(f"; beside --unlabelled, {pooled}]")


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
