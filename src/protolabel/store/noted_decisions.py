"""Notes in ``meta`` of what people decided with changes, for undo and redo. Not what a note means.

There is one note a change and kind of decision, for the newest changes, as many as fit. All kinds
reach equally far back, so that an undo takes back all of a decision. An older change keeps an empty
note: so whoever takes it back can be told that its decisions cannot be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

ABOUT_ANSWERS, ABOUT_PROPOSALS = KINDS = "decided:", "proposal:"  # how their keys begin
MOST_BYTES = 16_000_000  # of the notes of all kinds; those of the newest change stay in any case
_SIZE = "SELECT total(length(CAST(value AS BLOB))) FROM meta WHERE key > ? AND key < ?"


class NotedDecisions:
    """Reads and writes the notes of one kind, inside transactions of the caller.

    Args:
        prefix: of the keys in ``meta``; the version that a change made stands after it.
        kinds: the prefixes of all kinds.
    """

    def __init__(self, prefix: str, kinds: Iterable[str] = KINDS) -> None:
        self._prefix, self._kinds = prefix, tuple(kinds)
        self._range = _range(prefix)

    def note(self, db: sqlite3.Connection, change: int, text: str) -> None:
        """Note a decision. What was noted of the change before stays; the oldest notes leave."""
        db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (self._key(change), text))
        size = sum(db.execute(_SIZE, _range(kind)).fetchone()[0] for kind in self._kinds)
        if size <= MOST_BYTES:
            return
        kinds = [NotedDecisions(kind, ()) for kind in self._kinds]
        *older, _ = sorted({change for kind in kinds for change in kind.changes(db)})
        for old in older:
            for kind in kinds:
                size -= len((kind._text(db, old) or "").encode())
                kind.replace(db, old, "")
            if size <= MOST_BYTES:
                return

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether anything is noted, or was before there was too much."""
        sql = "SELECT EXISTS (SELECT 1 FROM meta WHERE key > ? AND key < ?)"
        return bool(db.execute(sql, self._range).fetchone()[0])

    def changes(self, db: sqlite3.Connection) -> list[int]:
        """Return the changes that have a note, oldest first."""
        sql = "SELECT key FROM meta WHERE key > ? AND key < ? AND value != ''"
        keys = db.execute(sql, self._range)
        return sorted(int(key.removeprefix(self._prefix)) for (key,) in keys)

    def texts(self, db: sqlite3.Connection, changes: Iterable[int]) -> list[tuple[int, str]]:
        """Return those of the changes that have a note, in the order given, each with its note."""
        return [(change, text) for change in changes if (text := self._text(db, change))]

    def lost(self, db: sqlite3.Connection, changes: Iterable[int]) -> int:
        """Return how many of the changes had a note that has left."""
        return sum(self._text(db, change) == "" for change in changes)

    def replace(self, db: sqlite3.Connection, change: int, text: str | None) -> None:
        """Put another text in the place of a note; None removes the note."""
        if text is None:
            db.execute("DELETE FROM meta WHERE key = ?", (self._key(change),))
        else:
            db.execute("UPDATE meta SET value = ? WHERE key = ?", (text, self._key(change)))

    def clear(self, db: sqlite3.Connection) -> None:
        """Remove all notes, the empty ones too."""
        db.execute("DELETE FROM meta WHERE key > ? AND key < ?", self._range)

    def _key(self, change: int) -> str:
        return f"{self._prefix}{change}"

    def _text(self, db: sqlite3.Connection, change: int) -> str | None:
        row = db.execute("SELECT value FROM meta WHERE key = ?", (self._key(change),)).fetchone()
        return str(row[0]) if row else None


def _range(prefix: str) -> tuple[str, str]:
    """Return the keys between which all keys are that begin with a prefix."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)
