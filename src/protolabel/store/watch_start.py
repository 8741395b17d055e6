"""Where ``watch`` starts: the document from which on none is missing, and how many that serves.

The oldest documents leave. If the start moved with each of them, each would start a comparison of
its own. So a start is chosen when one of its documents leaves, is kept in ``meta``, and stays until
that happens again. ``drift`` decides which changes are evident.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass

from protolabel.store.meta_values import meta_value, set_meta_value

PARTS = 4  # of the documents that are there: so large a part may leave before the next start
_START = "beginning"  # a key of meta


@dataclass(frozen=True, slots=True)
class WatchStart:
    """Where a comparison of remembered documents starts.

    Attributes:
        number: of the first document; all that came from it on are there.
        chosen: the number of the newest document when this was chosen.
        span: how many documents this may count as serving; None: as many as can be remembered,
            since none has left.
    """

    number: int = 0
    chosen: int = 0
    span: int | None = None


def next_start(previous: WatchStart, *, left: int, newest: int) -> WatchStart:
    """Return the start after a document from the previous one on has left.

    Args:
        previous: the one that no longer holds.
        left: the highest number of a document that left.
        newest: the number of the newest document.

    Returns:
        One that leaves out a quarter of the documents that are there, so that these may leave. It
        counts as serving that quarter, or, from the third start on, as many documents as the
        previous one did serve, if they were fewer: so the spans of all starts never add up to
        more than the documents that came and a quarter, however irregularly they leave.
    """
    part = max(1, (newest - left) // PARTS)
    span = part
    if previous.span is not None:
        span = max(1, min(part, newest - previous.chosen))
    return WatchStart(left + part, newest, span)


def stored_start(db: sqlite3.Connection) -> WatchStart:
    """Return the start that holds."""
    text = meta_value(db, _START)
    return WatchStart() if text is None else WatchStart(**json.loads(text))


def store_start(db: sqlite3.Connection, start: WatchStart) -> None:
    """Keep a start, inside a transaction of the caller."""
    set_meta_value(db, _START, json.dumps(asdict(start), sort_keys=True))
