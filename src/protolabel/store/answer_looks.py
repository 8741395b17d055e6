"""What is asked of the remembered documents again and again, without reading their rows.

Or before their rows are read: which of them are needed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection

# A turn comes again where the newest document is answered again: when that was, and its size count.
_NEWEST = "SELECT turn, document, at, bytes FROM answers ORDER BY turn DESC LIMIT 1"
_JUDGED = "SELECT count(*), total(bytes) FROM answers WHERE person = 1"
_REFUSED = "SELECT count(*) FROM refusals"


def turns_of(db: sqlite3.Connection, contents: Collection[bytes]) -> str:
    """Return the turns of the documents of some contents, as a statement lists numbers."""
    stored = db.execute("SELECT turn, content FROM answers")
    return ", ".join(str(turn) for turn, content in stored if content in contents)


def mark_of(db: sqlite3.Connection, forgettings: int) -> str:
    """Return what is another one once documents were answered, decided on or forgotten.

    Indexes answer it, whose entries for documents without a decision are not read.
    """
    counts = [db.execute(sql).fetchone() for sql in (_NEWEST, _JUDGED, _REFUSED)]
    return hashlib.sha256(repr((*counts, forgettings)).encode()).hexdigest()[:16]


def textless_documents(db: sqlite3.Connection) -> dict[bytes, str]:
    """Return the documents whose texts are not kept, each with its source."""
    return dict(db.execute("SELECT document, source FROM answers WHERE text IS NULL"))
