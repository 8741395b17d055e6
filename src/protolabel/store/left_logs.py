"""Whether the log that a dead writer left beside a label space belongs to it.

A plain copy that is put in the place of a label space lies beside the log of the one before. SQLite
reads the two together: a mixture that nobody ever stored. So whoever writes first in a process
counts a session, and notes in an empty log at which count that log begins. A file that has counted
fewer is older than the log.
"""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from protolabel.errors import SpaceDamagedError
from protolabel.store.files import beside, file_size, moves

_SESSIONS, _BEGINNING = "sessions", "log_begins_at"  # keys of the table meta


def session_noted(db: sqlite3.Connection, session: int, *, is_first: bool) -> int:
    """Count this session, in the transaction that is open, unless it is; return its number.

    Args:
        db: writes to the log.
        session: its number, 0 where it was never counted. What was rolled back counts again.
        is_first: whether the log holds nothing yet.
    """
    counts = _counts(db)
    if 0 < session <= counts[_SESSIONS]:
        return session
    if is_first:
        _set(db, _BEGINNING, counts[_SESSIONS])
    _set(db, _SESSIONS, counts[_SESSIONS] + 1)
    return counts[_SESSIONS] + 1


def sessions_without_log(path: str) -> int | None:
    """Return how many sessions the file itself has counted; None where it has no log, or is torn.

    Nobody may have it open.
    """
    if not file_size(beside(path, "-wal")) or beside(path, "-journal").exists():
        return None
    address = f"{Path(path).resolve().as_uri()}?mode=ro&immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as db:
        return _counts(db)[_SESSIONS]
    return None


def refuse_log_of_a_newer_file(db: sqlite3.Connection, sessions: int, path: str) -> None:
    """Raise SpaceDamagedError where the log begins later than the file itself ends."""
    if sessions < _counts(db)[_BEGINNING]:
        raise log_of_another(path)


def log_of_another(path: str) -> SpaceDamagedError:
    """Return the error for a file that was copied beside the log of another one."""
    strays = [str(side) for s in ("-wal", "-shm") if (side := beside(path, s)).exists()]
    return SpaceDamagedError(
        f"{beside(path, '-wal')} belongs to another file than {path}, which was copied here",
        expected="a backup that was put back with protolabel restore",
        remedy="if the label space that had this name was renamed to NEW, they hold its last "
        f"changes: {moves(path, strays)}. To open {path} as it was copied: rm "
        f"{shlex.join(strays)}",
    )


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    sql = "SELECT key, value FROM meta WHERE key IN (?, ?)"
    counts = {key: int(value) for key, value in db.execute(sql, (_SESSIONS, _BEGINNING))}
    return {_SESSIONS: 0, _BEGINNING: 0} | counts


def _set(db: sqlite3.Connection, key: str, value: int) -> None:
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, str(value)))
