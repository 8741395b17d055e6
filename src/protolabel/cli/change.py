"""How commands change a label space: as one transaction, with its time, or only as a preview."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from protolabel.cli.preview import preview_asked, show_preview
from protolabel.cli.progress import progress_display
from protolabel.cli.render import change_line
from protolabel.cli.settled_view import note_after
from protolabel.cli.terminal import line, note
from protolabel.label_space.changes import ChangeRequest
from protolabel.label_space.label_space import LabelSpace
from protolabel.types import Change


def carry_out(
    request: ChangeRequest,
    space: LabelSpace,
    json_: bool,
    *,
    shows_progress: bool = False,
) -> Change | None:
    """Change a label space; print the change and its time.

    With ``--preview``, print what it would change instead, and change nothing. It is noted if
    every document is declined from now on, and of which classes a target promises nothing.

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
    note_after(space, decides=request.decides)
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
