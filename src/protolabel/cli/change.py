"""How commands change a label space, and the commands about settings and history.

Each change is one transaction; each can be undone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, opened
from protolabel.cli.render import change_line
from protolabel.cli.terminal import line, note
from protolabel.label_space.label_space import LabelSpace
from protolabel.types import Change

# A value such as -1.2 is a number, not options.
NUMBERS_TOO = {"ignore_unknown_options": True}


def changed(space: LabelSpace, action: Callable[[LabelSpace], Change], json_: bool) -> Change:
    """Carry out a change; say what was done and how long the change itself took."""
    with space:
        start = time.perf_counter()
        change = action(space)
        milliseconds = (time.perf_counter() - start) * 1000
    if json_:
        line(
            {
                "version": change.version,
                "kind": change.kind,
                "summary": change.summary,
                "detail": change.detail,
                "milliseconds": round(milliseconds, 2),
            }
        )
    else:
        change_line(change, milliseconds)
    for hint in change.hints:
        note(hint)
    return change


@click.command("set", context_settings=NUMBERS_TOO)
@SPACE
@click.argument("key", type=click.Choice(["kappa", "threshold", "refine", "names_mean", "encoder"]))
@click.argument("value")
@ENCODER
@as_json
def set_(space: str, key: str, value: str, encoder: str | None, json_: bool) -> None:
    """Change a setting.

    \b
    kappa       auto, or how many examples a description is worth
    threshold   auto, none (always answer), or the least score for an answer
    refine      on, off: rank by refined weights, or by the prototypes alone
    names_mean  on, off: describe a class by its name where nobody described it
    encoder     the new name or folder of the same encoder, where that was moved
    """
    if key == "encoder":
        place = os.path.abspath(value) if os.path.isdir(value) else value
        changed(opened(space, place), lambda s: s.place_encoder(place), json_)
        return
    changed(opened(space, encoder), lambda s: s.configure(**{key: value}), json_)


@click.command()
@SPACE
@as_json
def undo(space: str, json_: bool) -> None:
    """Take back the newest change; everything is as it was before, bit for bit."""
    changed(opened(space), lambda s: s.undo(), json_)


@click.command()
@SPACE
@as_json
def redo(space: str, json_: bool) -> None:
    """Take back the newest undo."""
    changed(opened(space), lambda s: s.redo(), json_)


@click.command("return")
@SPACE
@click.argument("version", type=int)
@as_json
def return_(space: str, version: int, json_: bool) -> None:
    """Make everything as it was at a version; what came after stays in the history."""
    changed(opened(space), lambda s: s.return_to(version), json_)


CHANGING: tuple[click.Command, ...] = (set_, undo, redo, return_)
