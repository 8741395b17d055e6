"""Notes in ``meta`` of what people decided with changes, for undo and redo. Not what a note means.

There is one note a change and kind of decision, for the newest changes, as many as fit. All kinds
reach equally far back, so that an undo takes back all of a decision. A note that is dropped stays
as an empty one, so that an undo can say that its decisions stay.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from protolabel.store.meta_values import meta_value, set_meta_value

ABOUT_ANSWERS, ABOUT_PROPOSALS = KINDS = "decided:", "proposal:"  # how their keys begin
MOST_NOTE_BYTES = 16_000_000  # of all kinds; the notes of the newest change stay in any case
LEFT_BYTES = 15_000_000  # kept once there are more; the slack makes dropping rare
_TOTAL = "noted"  # a key of ``meta``: the bytes of the notes of all kinds


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
        """Note a decision. A change that has a note keeps that one; the oldest are dropped."""
        total = self._stored_total(db)
        sql = "INSERT OR IGNORE INTO meta VALUES (?, ?)"
        if db.execute(sql, (self._key(change), text)).rowcount:
            total += len(text.encode())
        if total > MOST_NOTE_BYTES:
            total = self._sum(db)  # an older program noted without counting
        if total > MOST_NOTE_BYTES:
            total -= self._drop_oldest(db, total - LEFT_BYTES)
        _store_total(db, total)

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether any change has a note, dropped or not."""
        sql = "SELECT EXISTS (SELECT 1 FROM meta WHERE key > ? AND key < ?)"
        return bool(db.execute(sql, self._range).fetchone()[0])

    def changes(self, db: sqlite3.Connection) -> list[int]:
        """Return the changes whose notes were not dropped, oldest first."""
        sql = "SELECT key FROM meta WHERE key > ? AND key < ? AND value != ''"
        keys = db.execute(sql, self._range)
        return sorted(int(key.removeprefix(self._prefix)) for (key,) in keys)

    def texts(self, db: sqlite3.Connection, changes: Iterable[int]) -> list[tuple[int, str]]:
        """Return those of the changes that have a note, in the order given, each with its note."""
        return [(change, text) for change in changes if (text := self._text(db, change))]

    def lost(self, db: sqlite3.Connection, changes: Iterable[int]) -> int:
        """Return of how many of the changes the note was dropped."""
        return sum(self._text(db, change) == "" for change in changes)

    def replace(self, db: sqlite3.Connection, change: int, text: str | None) -> None:
        """Put another text in the place of a note; None removes the note."""
        former = self._text(db, change)
        if former is None:
            return
        total = self._stored_total(db) - len(former.encode())
        if text is None:
            db.execute("DELETE FROM meta WHERE key = ?", (self._key(change),))
        else:
            db.execute("UPDATE meta SET value = ? WHERE key = ?", (text, self._key(change)))
        _store_total(db, total + len((text or "").encode()))

    def clear(self, db: sqlite3.Connection) -> None:
        """Remove all notes, those that were dropped too."""
        db.execute("DELETE FROM meta WHERE key > ? AND key < ?", self._range)
        _store_total(db, self._sum(db))

    def _drop_oldest(self, db: sqlite3.Connection, surplus: int) -> int:
        """Drop the oldest notes of all kinds until ``surplus`` bytes are gone; return how many."""
        kinds = [NotedDecisions(kind, ()) for kind in self._kinds]
        *older, _ = sorted({change for kind in kinds for change in kind.changes(db)})
        n_bytes = 0
        for old in older:
            if n_bytes >= surplus:
                break
            for kind in kinds:
                n_bytes += len((kind._text(db, old) or "").encode())
                sql = "UPDATE meta SET value = '' WHERE key = ?"
                db.execute(sql, (kind._key(old),))
        return n_bytes

    def _stored_total(self, db: sqlite3.Connection) -> int:
        total = meta_value(db, _TOTAL)
        return self._sum(db) if total is None else int(total)

    def _sum(self, db: sqlite3.Connection) -> int:
        """Return the bytes of the notes of all kinds, by looking at each."""
        sql = "SELECT total(length(CAST(value AS BLOB))) FROM meta WHERE key > ? AND key < ?"
        return sum(int(db.execute(sql, _range(kind)).fetchone()[0]) for kind in self._kinds)

    def _key(self, change: int) -> str:
        return f"{self._prefix}{change}"

    def _text(self, db: sqlite3.Connection, change: int) -> str | None:
        return meta_value(db, self._key(change))


def _range(prefix: str) -> tuple[str, str]:
    """Return the keys between which all keys are that begin with a prefix."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _store_total(db: sqlite3.Connection, total: int) -> None:
    set_meta_value(db, _TOTAL, str(total))
