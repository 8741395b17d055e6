"""Which change an undo or a redo takes back, according to the log. It writes nothing.

The log itself never shrinks: an undo is a change like any other, and can be undone by a redo.
Changes that the label space makes to itself (``tune``) are passed over: undoing what a person did
also takes back what the label space tuned since. What may be remembered (``remember``) is passed
over too: an undo never brings back a permission that somebody has withdrawn. So is where the
encoder lies (``place``), which no version holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from protolabel.errors import HistoryError
from protolabel.label_space.kinds_of_change import kinds_passed_over
from protolabel.store import Rows
from protolabel.store.versions_in_force import version_led_to, versions_in_force
from protolabel.types import Change


def undo_target(newest_first: Iterable[Change]) -> Change:
    """Return the newest change of a person in force; raise HistoryError if there is none."""
    undone = 0
    for change in newest_first:
        if change.kind == "undo":
            undone += 1
        elif change.kind == "redo":
            undone -= 1
        elif change.kind == "create":
            break
        elif change.kind not in kinds_passed_over():
            if undone == 0:
                return change
            undone -= 1
    raise HistoryError(
        "nothing to undo",
        expected="a change that is in force",
        remedy="see `protolabel history SPACE`",
    )


def redo_target(newest_first: Iterable[Change]) -> Change:
    """Return the newest undo that only redos followed; raise HistoryError if there is none."""
    redone = 0
    for change in newest_first:
        if change.kind == "redo":
            redone += 1
        elif change.kind == "undo":
            if redone == 0:
                return change
            redone -= 1
        elif change.kind not in kinds_passed_over():
            break
    raise HistoryError(
        "nothing to redo",
        expected="an undo with no other change after it",
        remedy="see `protolabel history SPACE`",
    )


def version_taken_back(
    target: Callable[[Iterable[Change]], Change], newest_first: Iterable[Change]
) -> int | None:
    """Return the version that an undo or a redo would take back now; None where there is none.

    ``target``: :func:`undo_target` or :func:`redo_target`.
    """
    try:
        return target(newest_first).version
    except HistoryError:
        return None


def versions_turned(
    rows: Rows, kind: str, change: int, reverts: int
) -> tuple[list[int], list[int]]:
    """Return the versions that a change ends, newest first, and those that it puts in force again.

    The latter come oldest first.

    Args:
        rows: of the label space.
        kind: undo, redo or return.
        change: the version that the change makes.
        reverts: as of :func:`version_led_to`.
    """
    before = versions_in_force(rows.changes(change))
    after = versions_in_force(rows.changes(version_led_to(kind, reverts) + 1))
    return sorted(before - after, reverse=True), sorted(after - before)
