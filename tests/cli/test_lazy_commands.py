"""Commands are imported when they run: what is loaded before, and that the list is theirs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import click
import pytest
from commands import call

from protolabel.cli import cli
from protolabel.cli.commands import ENTRIES, GROUPS, LazyCommands

NEEDED_BY_FEW = [
    "email.policy",
    "jinja2",
    "matplotlib",
    "numpy.ma",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
    "PIL",
    "bs4",
    "openpyxl",
    "fastapi",
    "uvicorn",
    "rich",
    "multiprocessing",
    "asyncio",
    "protolabel.evaluation",
    "protolabel.connectors",
    "protolabel.service",
    "protolabel.training",
]
NEEDED_TO_ANSWER = ["numpy", "openvino", "tokenizers", "sqlite3", "protolabel.label_space"]
SCRIPT = """
import json, sys
from protolabel.cli import exit_code_of
code = exit_code_of(sys.argv[2:])
names = json.loads(sys.argv[1])
print(json.dumps([code, [name for name in names if name in sys.modules]]))
"""


def modules_after(names, *arguments):
    """Return which of the modules a command has loaded, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(list(names)), *map(str, arguments)],
        capture_output=True,
        check=True,
        text=True,
    )
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return loaded


def test_help_loads_nothing_but_the_command_line():
    assert modules_after([*NEEDED_BY_FEW, *NEEDED_TO_ANSWER], "--help") == []


def test_labelling_loads_nothing_that_only_other_commands_need(tmp_path):
    space = tmp_path / "mail.space"
    assert modules_after([], "init", space, "--encoder", "hashing") == []
    assert modules_after([], "describe", space, "invoice", "a bill asking for payment") == []
    arguments = ("label", space, "--text", "amount due", "--json")
    by_few = [name for name in NEEDED_BY_FEW if name != "numpy.ma"]  # the fits import it
    loaded = modules_after([*by_few, *NEEDED_TO_ANSWER], *arguments)
    assert loaded == ["numpy", "sqlite3", "protolabel.label_space"]


def test_labelling_by_fits_that_are_there_loads_nothing_more(tmp_path):
    space, rows = tmp_path / "mail.space", tmp_path / "rows.csv"
    words = {"invoice": "pay bill", "parcel": "ship box", "leave": "day off"}
    lines = [f"{label},{text} {i}{i}" for label, text in words.items() for i in range(10)]
    rows.write_text("\n".join(["label,text", *lines]), encoding="utf-8")
    assert modules_after([], "init", space, "--encoder", "hashing") == []
    assert modules_after([], "import", space, rows) == []
    arguments = ("label", space, "--text", "please pay the bill", "--json")
    assert modules_after([], *arguments) == []  # makes the fits
    assert modules_after(NEEDED_BY_FEW, *arguments) == []


def test_the_class_of_label_spaces_is_imported_without_what_opens_answers_and_changes():
    own = "readers label_space.session label_space.view label_space.changes.examples store.check"
    names = [*(f"protolabel.{name}" for name in own.split()), *NEEDED_BY_FEW]
    script = (
        "import sys; from protolabel import LabelSpace; "
        f"print([name for name in {names!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_the_command_that_it_lists(entry):
    command = LazyCommands()[entry.name]
    assert command.name == entry.name
    first = " ".join((command.help or "").partition("\n\n")[0].split()).partition(". ")[0]
    assert entry.sentence == first.rstrip("."), "write the new sentence into cli/commands.py"
    assert entry.short_help == command.get_short_help_str()


def test_every_command_of_the_modules_is_listed_once():
    listed = [id(command) for command in cli.commands.values()]
    assert len(set(listed)) == len(listed)
    for module in {entry.module for entry in ENTRIES}:
        of_groups = set()
        present = vars(sys.modules[f"protolabel.cli.{module}"]).values()
        for value in present:
            if isinstance(value, click.Group):
                of_groups |= {id(command) for command in value.commands.values()}
        for value in present:
            if isinstance(value, click.Command):
                assert id(value) in {*listed, *of_groups}, value.name


def test_the_list_of_commands_is_fixed():
    commands = LazyCommands()
    with pytest.raises(TypeError):
        commands["other"] = click.Command("other")
    with pytest.raises(TypeError):
        del commands["label"]
    with pytest.raises(KeyError):
        commands["other"]
    assert "other" not in commands
    assert list(commands) == [entry.name for entry in ENTRIES]


READ = {"inputs", "data", "past", "held_out", "stream", "unlabelled"}  # parameters that name data

UNLABELLED = {"label", "discover", "next"}  # they read documents without labels


def test_every_command_that_reads_documents_takes_the_options_about_fields_and_formats():
    for name, command in LazyCommands().items():
        parameters = {parameter.name for parameter in command.params}
        if READ & parameters:
            assert {"fmt", "text_field", "id_field", "encoding"} <= parameters, name
            assert name in UNLABELLED or "label_field" in parameters, name


def test_help_shows_each_command_once_in_a_group_and_the_first_steps_first():
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(entry.name for entry in ENTRIES)
    lines = call("--help").stdout.splitlines()
    listed = [line.split()[0] for line in lines if re.match("  [a-z]", line)]
    listed = [name for name in listed if name in names]
    assert listed == names
    assert [f"{title}:" in lines for title in GROUPS] == [True] * len(GROUPS)
    assert listed[:5] == ["init", "import", "label", "correct", "undo"]


ENDING = """
import os, sys
from protolabel.cli import main

class Cycle:
    def __del__(self, write=os.write):
        write(1, b"collected")

cycle = Cycle()
cycle.itself = cycle
sys.argv = ["protolabel", "--version"]
main()
"""


def test_at_the_end_of_a_command_its_memory_is_not_looked_through():
    """Half a second of a service that is to stop."""
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("protolabel, version")
    assert "collected" not in done.stdout
