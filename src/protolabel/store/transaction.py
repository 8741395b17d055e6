"""One change of a label space file as one durable transaction, with its record in the log.

Which rows it writes is for whoever opens it to say, by the methods of ``writing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from protolabel.store.tables import Tables
from protolabel.store.writing import SqliteWriting
from protolabel.time_stamps import now
from protolabel.types import Change


@contextmanager
def open_change(tables: Tables, kind: str, who: str) -> Iterator[SqliteWriting]:
    """Open one change: all that is written with it is committed at the end, or nothing.

    Args:
        tables: the file.
        kind: what the log calls the change.
        who: whom the log names for it.
    """
    with tables.connection.transaction("IMMEDIATE") as db:
        version, at = tables.log.version() + 1, now()
        db.execute(
            "INSERT INTO changes VALUES (?, ?, ?, ?, '', '{}', NULL, 0)",
            (version, at, who, kind),
        )
        change = SqliteWriting(tables, db, version)
        yield change
        change.flush()
        detail = json.dumps(change.detail, sort_keys=True)
        db.execute(
            "UPDATE changes SET summary = ?, detail = ?, reverts = ?, moves = ? WHERE version = ?",
            (change.summary, detail, change.reverts, int(change.moves), version),
        )
        change.record = Change(
            version, kind, change.summary, at, who, change.reverts, json.loads(detail)
        )
