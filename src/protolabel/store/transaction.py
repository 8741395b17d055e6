"""One change of a label space file as one durable transaction, with its record in the log.

Which rows it writes is for whoever opens it to say, by the methods of ``writing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from protolabel.store.tables import Tables
from protolabel.store.writing import SqliteWriting


@contextmanager
def open_change(tables: Tables, kind: str, who: str) -> Iterator[SqliteWriting]:
    """Open one change: all that is written with it is committed at the end, or nothing.

    Args:
        tables: the file.
        kind: what the log calls the change.
        who: whom the log names for it.
    """
    with tables.connection.transaction("IMMEDIATE") as db:
        version = tables.log.version() + 1
        db.execute(
            "INSERT INTO changes VALUES (?, ?, ?, ?, '', '{}', NULL, 0)",
            (version, now(), who, kind),
        )
        change = SqliteWriting(tables, db, version)
        yield change
        change.flush()
        db.execute(
            "UPDATE changes SET summary = ?, detail = ?, reverts = ?, moves = ? WHERE version = ?",
            (
                change.summary,
                json.dumps(change.detail, sort_keys=True),
                change.reverts,
                int(change.moves),
                version,
            ),
        )


def now() -> str:
    """Return the present time as the log writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
