"""Every command with a label space, after the encoder's folder has moved: it works, or says how.

A command that needs the encoder says to add --encoder, and takes it. The others need none.
"""

from __future__ import annotations

import shutil
from itertools import pairwise

import click
import pytest
from commands import call
from encoder_folders import WORDS, write_folder

from protolabel import Example, LabelSpace
from protolabel.cli import cli

ADVICE = "add --encoder"
COMMANDS = {
    "describe": ("bill", "a bill to pay"),
    "add": ("bill", "--text", "pay d"),
    "import": ("{data}",),
    "label": ("--text", "pay a"),
    "stream": ("{data}",),
    "correct": ("bill0", "--to", "cv"),
    "learn": ("{sorted}",),
    "classes": (),
    "show": ("bill",),
    "history": (),
    "export": (),
    "rename": ("bill", "invoice"),
    "merge": ("bill", "cv", "--into", "paper"),
    "split": ("bill", "--part", "reminder=bill0"),
    "nest": ("bill", "--under", "paper", "--new"),
    "lift": ("bill",),
    "retire": ("bill",),
    "unretire": ("old",),
    "sharpen": (),
    "move": ("bill0", "--to", "letter", "--new"),
    "remove": ("bill0",),
    "set": ("names_mean", "on"),
    "undo": (),
    "redo": (),
    "return": ("1",),
    "review": (),
    "forget": ("--source", "a.txt"),
    "discover": ("{data}",),
    "next": ("{data}",),
    "watch": (),
    "conflicts": (),
    "risk": ("--held-out", "{data}"),
    "risk --stream": ("--stream", "{data}"),
    "check": (),
    "info": (),
    "backup": ("{copy}",),
}
OTHERWISE = {"init", "reencode", "restore", "adapt", "set"}  # makes one, or is told of an encoder


def with_a_space() -> set[str]:
    return {
        name
        for name, command in cli.commands.items()
        if any(isinstance(p, click.Argument) and p.name == "space" for p in command.params)
    }


def test_every_command_with_a_label_space_is_tried():
    assert {name.split()[0] for name in COMMANDS} | OTHERWISE == with_a_space() | {"set"}


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A label space whose encoder is no longer where it was, its data, and where it is now."""
    folder = tmp_path_factory.mktemp("moved")
    base, inbox, path = write_folder(folder / "base"), folder / "inbox", folder / "mail.space"
    with LabelSpace.create(path, encoder=str(base), background=False) as space:
        space.configure(names_mean=False)
        for label, word in (
            ("bill", "pay"),
            ("cv", "work"),
            ("news", "sign"),
            ("box", "box"),
            ("old", "ship"),
        ):
            for n, other in enumerate(WORDS[:6]):
                space.add(Example(label, f"{word} {other}", id=f"{label}{n}"))
        space.describe("bill", "pay bill")
        space.retire("old")
    inbox.mkdir()
    (inbox / "a.txt").write_text("pay b c")
    call("set", path, "remember", "text")
    call("label", path, inbox, "--sort-into", folder / "sorted")
    call("retire", path, "news")
    call("undo", path)
    (folder / "data.csv").write_text(
        "text,label\n" + "".join(f"{word} {other} b,bill\n" for word, other in pairwise(WORDS))
    )
    return folder, base.rename(folder / "elsewhere")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_needs_an_encoder_that_has_moved_takes_its_place(command, moved, tmp_path):
    folder, place = moved
    space = shutil.copyfile(folder / "mail.space", tmp_path / "mail.space")
    words = [
        word.format(
            data=folder / "data.csv", sorted=folder / "sorted", copy=tmp_path / "copy.space"
        )
        for word in COMMANDS[command]
    ]
    done = call(command.split()[0], space, *words, code=None)
    if ADVICE in done.stderr:
        again = call(command.split()[0], space, *words, "--encoder", place, code=None)
        assert "No such option" not in again.stderr
        assert ADVICE not in again.stderr
    else:
        assert done.returncode == 0, done.stderr  # it needs none
