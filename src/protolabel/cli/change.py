"""How commands change a label space, and the commands about settings and history.

Each change is one transaction. Undo takes it back, but for what may be remembered and where the
encoder lies.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import click

from protolabel.cli.common import ENCODER, SPACE, VERSION, as_json, opened
from protolabel.cli.preview import preview_asked, show_preview, with_preview
from protolabel.cli.progress import progress_display
from protolabel.cli.render import change_line
from protolabel.cli.settled_view import note_refusal_after
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.label_space import changes
from protolabel.label_space.changes import ChangeRequest
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.settings import ABOUT_ANSWERS, NAMES
from protolabel.types import Change

KEYS = (*NAMES, "encoder", *ABOUT_ANSWERS)
NUMBERS_TOO = {"ignore_unknown_options": True}  # a value such as -1.2 is a number, not options


def carry_out(
    request: ChangeRequest,
    space: LabelSpace,
    json_: bool,
    *,
    shows_progress: bool = False,
) -> Change | None:
    """Change a label space; print the change and its time.

    With ``--preview``, print what it would change instead, and change nothing. After a change of
    what decides about answers, it is noted if every document is declined from now on.

    Args:
        request: the change.
        space: the label space.
        json_: whether to print for programs.
        shows_progress: whether to draw the progress of the change.

    Returns:
        The change; None for a preview.
    """
    if preview_asked():
        with progress_display(None if shows_progress else False) as progress:
            preview = space.preview.commit(request, progress=progress)
        show_preview(preview, json_)
        return None
    with progress_display(None if shows_progress else False) as progress:
        change, spent = timed(space, partial(space.commit, request, progress=progress))
    print_change(change, spent, json_)
    if request.decides:
        note_refusal_after(space)
    return change


class Spent(NamedTuple):
    """The time of a change: all of it, and what of it went into loading the encoder."""

    milliseconds: float
    loading: float


def timed(space: LabelSpace, change: Callable[[], Change]) -> tuple[Change, Spent]:
    """Carry out a change, and return it with its time."""
    embedder = space.view().embedder
    start, before = time.perf_counter(), embedder.loading_seconds
    result = change()
    milliseconds = (time.perf_counter() - start) * 1000
    return result, Spent(milliseconds, (embedder.loading_seconds - before) * 1000)


def print_change(change: Change, spent: Spent, json_: bool, **more: object) -> None:
    """Print a change and its time, for programs with ``more`` after it, and what it hints at."""
    if json_:
        line(
            {
                "version": change.version,
                "kind": change.kind,
                "summary": change.summary,
                "detail": change.detail,
                "milliseconds": round(spent.milliseconds, 2),
                **more,
            }
        )
    else:
        change_line(change, spent.milliseconds - spent.loading, spent.loading)
    for hint in change.hints:
        note(hint)


@click.command("set", context_settings=NUMBERS_TOO)
@SPACE
@click.argument(
    "key",
    metavar="KEY",
    type=click.Choice(KEYS),
)
@click.argument("value")
@with_preview
@ENCODER
@as_json
def set_(space: str, key: str, value: str, encoder: str | None, json_: bool) -> None:
    """Change a setting.

    \b
    kappa          auto, or how many examples a description counts for
    threshold      auto, none (always answer), or the least score of an answer:
                   from -1 to 1; in a Euclidean label space, 0 or less
    target         none, or a limit that the threshold is to keep, with 95 %
                   confidence:
                   "errors 5%": at most 5 % of the answers are wrong
                   "strangers 90%": at least 90 % of the documents that
                   belong to no class are declined
                   "turned away 2%": at most 2 % of the documents that
                   belong to a class are declined
                   "errors 5% sure 90%": the same with 90 % confidence
    strangers      share of the documents that belong to no class, such as 30%
                   (auto: 20%)
    refine         on: rank by refined weights; off: by the prototypes alone
    modes          auto: give a class several prototypes if its examples ask
                   for them; off: never
    names_mean     on: describe a class by its name if it has no description;
                   off: do not
    labels         one; or several: a document may have several labels, or
                   none, and the threshold is the least probability of a label
    encoder        the present name or folder of the encoder, if it has moved
    remember       what is kept of a labelled document: off, answers, or text
    remember_most  how many documents are remembered at most
    """
    if key in ABOUT_ANSWERS:
        if preview_asked():
            raise InputError(
                f"a preview of {key}",
                expected="a setting that answers depend on",
                remedy="leave --preview out: it changes no answer",
            )
        with opened(space, encoder) as label_space:
            change, spent = timed(label_space, lambda: _remember(label_space, key, value))
            print_change(change, spent, json_)
        return
    if key == "encoder":
        place = os.path.abspath(value) if os.path.isdir(value) else value
        with opened(space, place) as label_space:
            carry_out(changes.PlaceEncoder(place), label_space, json_)
        return
    with opened(space, encoder) as label_space:
        carry_out(changes.Configure({key: value}), label_space, json_)


@click.command()
@SPACE
@with_preview
@as_json
def undo(space: str, json_: bool) -> None:
    """Take back the newest change; everything is as it was before, bit for bit."""
    with opened(space) as label_space:
        carry_out(changes.Undo(), label_space, json_)


@click.command()
@SPACE
@with_preview
@as_json
def redo(space: str, json_: bool) -> None:
    """Take back the newest undo."""
    with opened(space) as label_space:
        carry_out(changes.Redo(), label_space, json_)


@click.command("return")
@SPACE
@click.argument("version", type=VERSION)
@with_preview
@as_json
def return_(space: str, version: int, json_: bool) -> None:
    """Return to a version: all is as it was then, and later changes stay in the history."""
    with opened(space) as label_space:
        carry_out(changes.ReturnTo(version), label_space, json_)


def _remember(space: LabelSpace, key: str, value: str) -> Change:
    if key == "remember":
        return space.answer_log.remember(value.strip().lower())
    return space.answer_log.remember(most=value.strip())
