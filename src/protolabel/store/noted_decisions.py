"""Notes in ``meta`` of what people decided with changes, for undo and redo. Not what a note means.

There is one note a change, and notes of the newest changes alone. Each kind of decision has a
prefix of its own; all kinds reach equally far back, so that an undo takes back all of a decision.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

MOST_CHANGES = 200  # with notes of one kind: those whose decisions can be taken back


class NotedDecisions:
    """Reads and writes the notes of one kind, inside transactions of the caller.

    Args:
        prefix: of the keys in ``meta``; the version that a change made stands after it.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._range = prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)  # of keys that begin with it

    def note(self, db: sqlite3.Connection, change: int, text: str) -> None:
        """Note a decision. What was noted of the change before stays; the oldest notes leave."""
        db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (self._key(change), text))
        for old in self.changes(db)[:-MOST_CHANGES]:
            self.replace(db, old, None)

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether anything is noted."""
        sql = "SELECT EXISTS (SELECT 1 FROM meta WHERE key > ? AND key < ?)"
        return bool(db.execute(sql, self._range).fetchone()[0])

    def changes(self, db: sqlite3.Connection) -> list[int]:
        """Return the changes that have a note, oldest first."""
        keys = db.execute("SELECT key FROM meta WHERE key > ? AND key < ?", self._range)
        return sorted(int(key.removeprefix(self._prefix)) for (key,) in keys)

    def texts(self, db: sqlite3.Connection, changes: Iterable[int]) -> list[tuple[int, str]]:
        """Return those of the changes that have a note, in the order given, each with its note."""
        noted = set(self.changes(db))
        return [(change, self._text(db, change)) for change in changes if change in noted]

    def replace(self, db: sqlite3.Connection, change: int, text: str | None) -> None:
        """Put another text in the place of a note; None removes the note."""
        if text is None:
            db.execute("DELETE FROM meta WHERE key = ?", (self._key(change),))
        else:
            db.execute("UPDATE meta SET value = ? WHERE key = ?", (text, self._key(change)))

    def _key(self, change: int) -> str:
        return f"{self._prefix}{change}"

    def _text(self, db: sqlite3.Connection, change: int) -> str:
        row = db.execute("SELECT value FROM meta WHERE key = ?", (self._key(change),)).fetchone()
        return str(row[0])
