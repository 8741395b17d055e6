"""The log of a label space file: its versions, the settings of each, and what never changes.

Nothing here writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from protolabel.errors import HistoryError
from protolabel.store.births import ALIVE
from protolabel.store.connection import Connection
from protolabel.types import Change


def mark_of(identity: str, change: Change) -> str:
    """Return what tells a change of a label space from another one of the same number.

    16 hexadecimal digits, which follow from who made it and when, to the millisecond.
    """
    words = (identity, change.version, change.at, change.who, change.kind, change.summary)
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


class Log:
    """Reads ``meta``, ``changes`` and ``settings``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        with connection.reading() as db:
            sql = (
                "SELECT key, value FROM meta WHERE instr(key, ':') = 0"  # no notes, which are many
            )
            self.meta: dict[str, str] = dict(db.execute(sql))

    @property
    def identity(self) -> str:
        """Return what tells this label space from every other, as 32 hexadecimal digits.

        A file that was made without an identity has the one that follows from how it was made.
        """
        if "identity" in self.meta:
            return self.meta["identity"]
        sql = "SELECT at, who, kind, summary, detail FROM changes WHERE version = 1"
        with self._connection.reading() as db:
            change = db.execute(sql).fetchone()
            encoding = db.execute("SELECT fingerprint FROM encodings WHERE encoding = 1").fetchone()
        words = (self.meta["created_at"], self.meta["metric"], *change, *encoding)
        return hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest()[:32]

    def version(self) -> int:
        """Return the number of the newest change."""
        with self._connection.reading() as db:
            return int(db.execute("SELECT max(version) FROM changes").fetchone()[0])

    def basis(self, version: int | None = None) -> int:
        """Return the newest version up to ``version`` that moved a prototype."""
        sql = """SELECT version FROM changes WHERE moves = 1 AND version <= ?
            ORDER BY version DESC LIMIT 1"""
        with self._connection.reading() as db:
            newest = self.version() if version is None else version
            return int(db.execute(sql, (newest,)).fetchone()[0])

    def changes(self, before: int | None = None, limit: int | None = None) -> Iterator[Change]:
        """Yield the log of changes, newest first: those older than version ``before``."""
        sql = (
            "SELECT version, kind, summary, at, who, reverts, detail FROM changes "
            "WHERE version < ? ORDER BY version DESC LIMIT ?"
        )
        edge, left = before or self.version() + 1, limit if limit is not None else 2**62
        while left > 0:
            with self._connection.reading() as db:
                rows = db.execute(sql, (edge, min(left, 500))).fetchall()
                page = [_change(row) for row in rows]
            if not page:
                return
            yield from page
            edge, left = page[-1].version, left - len(page)

    def mark(self, version: int) -> str:
        """Return what tells the change of a version from others of that number (:func:`mark_of`).

        Empty for a version that is not there.
        """
        change = next(self.changes(version + 1, 1), None)
        if change is None or change.version != version:
            return ""
        return mark_of(self.identity, change)

    def require_version(self, version: int, newest: int | None = None) -> None:
        """Raise HistoryError for a version that never was."""
        newest = newest or self.version()
        if not 1 <= version <= newest:
            raise HistoryError(
                f"no version {version}",
                expected=f"1 to {newest}",
                remedy="see `protolabel history SPACE`",
            )

    def settings(self, version: int) -> dict[str, str]:
        """Return the settings in force at a version."""
        with self._connection.reading() as db:
            return dict(
                db.execute(f"SELECT key, value FROM settings WHERE {ALIVE}", {"v": version})
            )


def _change(row: tuple[int, str, str, str, str, int | None, str]) -> Change:
    version, kind, summary, at, who, reverts, detail = row
    values = json.loads(detail)
    if not isinstance(values, dict):
        raise TypeError(f"a detail that is no JSON object, of version {version}")
    return Change(version, kind, summary, at, who, reverts, values)
