"""Where remembered documents stand: read, and stored anew, in a transaction of the caller.

What they hold and were answered stays: see ``answer_rows``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from protolabel.store.answer_records import StoredPlace

_STAND = """UPDATE answers SET place = ?1, id = ?2, source = ?3,
    bytes = bytes - length(CAST(id || source AS BLOB)) + length(CAST(?2 || ?3 AS BLOB))
    WHERE document = ?4"""


def stored_places(db: sqlite3.Connection) -> dict[bytes, StoredPlace]:
    """Return where each document stood when it was last met."""
    rows = db.execute("SELECT document, place, id, source, content FROM answers")
    return {row[0]: StoredPlace(*row) for row in rows}


def store_places(db: sqlite3.Connection, places: Iterable[StoredPlace]) -> None:
    """Store where documents stand now, of those that are remembered."""
    db.executemany(_STAND, [(one.place, one.id, one.source, one.document) for one in places])
