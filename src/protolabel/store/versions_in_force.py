"""Which versions count: changes that were made, and that no undo and no return has taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from protolabel.types import Change


class LoggedChange(NamedTuple):
    """What of a change in the log says whether it counts; ``reverts`` as in ``types.Change``."""

    version: int
    kind: str
    reverts: int | None


def versions_in_force(newest_first: Iterable[Change | LoggedChange]) -> set[int]:
    """Return the versions whose changes count now: made, and not taken back.

    Args:
        newest_first: the whole log, from the version that is asked about.
    """
    in_force: set[int] = set()
    edge: int | None = None
    for change in newest_first:
        if edge is not None and change.version > edge:
            continue
        if change.reverts is None:
            in_force.add(change.version)
        else:
            edge = version_led_to(change.kind, change.reverts)
    return in_force


def version_led_to(kind: str, reverts: int) -> int:
    """Return to which version a change goes back.

    Args:
        kind: undo, redo or return.
        reverts: a return goes to this version, undo and redo to the one before.
    """
    return reverts if kind == "return" else reverts - 1
