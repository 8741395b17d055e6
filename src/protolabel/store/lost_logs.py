"""A log that was removed while SQLite writes to it: whether all of it is in the file, or can be.

``new_files`` saves the rest.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from protolabel.errors import ProtolabelError
from protolabel.store.files import beside
from protolabel.store.private_copy import private_copy

_NEWEST_CHANGE = "SELECT * FROM changes ORDER BY version DESC LIMIT 1"
_CHANGE = "SELECT * FROM changes WHERE version = ?"
_COUNTS = (
    "SELECT coalesce(max(turn), 0) FROM answers",
    "SELECT count(*) FROM refusals",
    "SELECT coalesce(max(proposal), 0) FROM proposals",
)


def bring_into_file(path: str, db: sqlite3.Connection) -> bool:
    """Bring what a connection has written to a removed log into the file, and return whether.

    Where another log has been begun, or the file has other changes, nothing is brought.
    """
    if is_in_file(path, db):
        return True
    if os.path.lexists(beside(path, "-wal")) or not _is_earlier(path, db):
        return False
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return is_in_file(path, db)


def is_in_file(path: str, db: sqlite3.Connection) -> bool:
    """Return whether a file has all that a connection to it has written to a log that is lost.

    SQLite removes a log once all of it is in the file. Somebody else may remove it before.
    """
    with suppress(ProtolabelError, sqlite3.Error), _copy(path) as copy:
        change = db.execute(_NEWEST_CHANGE).fetchone()
        if copy.execute(_CHANGE, change[:1]).fetchone() == change:
            return all(copy.execute(c).fetchone() >= db.execute(c).fetchone() for c in _COUNTS)
    return False


def _is_earlier(path: str, db: sqlite3.Connection) -> bool:
    """Return whether a file has nothing that a connection lacks."""
    with suppress(ProtolabelError, sqlite3.Error), _copy(path) as copy:
        change = copy.execute(_NEWEST_CHANGE).fetchone()
        if db.execute(_CHANGE, change[:1]).fetchone() == change:
            return all(copy.execute(c).fetchone() <= db.execute(c).fetchone() for c in _COUNTS)
    return False


@contextmanager
def _copy(path: str) -> Iterator[sqlite3.Connection]:
    copy = private_copy(path)  # the file itself would be read with the lost log
    try:
        yield copy.db
    finally:
        copy.close()
