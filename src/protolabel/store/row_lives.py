"""Births and deaths of rows inside an open change: of classes, examples, settings and so on.

A row that was committed is never deleted: it dies, and others are born. What a change is made of
stands in ``writing``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any


class RowLives:
    """Ends and starts rows of the change that becomes version ``version``."""

    def __init__(self, db: sqlite3.Connection, version: int) -> None:
        self._db, self._version = db, version
        self._highest: dict[str, int] = {}  # the highest key of a table

    def next_key(self, column: str, table: str) -> int:
        """Return a key that no row of a table has had."""
        if table not in self._highest:
            (highest,) = self._db.execute(f"SELECT max({column}) FROM {table}").fetchone()
            self._highest[table] = int(highest or 0)
        self._highest[table] += 1
        return self._highest[table]

    def bury(self, table: str, row: int) -> None:
        """End a row; one that was born in this very change leaves no trace."""
        born_now = self._db.execute(
            f"DELETE FROM {table} WHERE row = ? AND born = ?", (row, self._version)
        )
        if not born_now.rowcount:
            self._db.execute(f"UPDATE {table} SET died = ? WHERE row = ?", (self._version, row))

    def bear(self, table: str, columns: tuple[str, ...], values: tuple[object, ...]) -> None:
        """Begin a row; ``values`` are those of its columns."""
        names, places = ", ".join(columns), "?, " * len(columns)
        self._db.execute(
            f"INSERT INTO {table} ({names}, born) VALUES ({places}{self._version})", values
        )

    def exchanged(
        self, table: str, columns: tuple[str, ...], version: int, unless: str = ""
    ) -> Iterator[dict[str, Any]]:
        """End the rows born since a version, and bear those that died since.

        Args:
            table: whose rows.
            columns: what a row holds besides its birth and death.
            version: to go back to.
            unless: an SQL condition on the rows that stay as they are.

        Yields:
            Each row with its ``sign``: -1 for one that ended, +1 for one that was born.
        """
        names = ", ".join(columns)
        rows = f"{table} WHERE NOT ({unless})" if unless else f"{table} WHERE 1"
        since = self._db.execute(
            f"SELECT row, {names} FROM {rows} AND born > ? AND died IS NULL", (version,)
        ).fetchall()
        dead = self._db.execute(
            f"SELECT {names} FROM {rows} AND died > ? AND born <= ?", (version, version)
        ).fetchall()
        for row in since:
            self.bury(table, row[0])
        self._db.executemany(
            f"INSERT INTO {table} ({names}, born) VALUES ({'?, ' * len(columns)}{self._version})",
            dead,
        )
        yield from (dict(zip(columns, row[1:], strict=True)) | {"sign": -1} for row in since)
        yield from (dict(zip(columns, row, strict=True)) | {"sign": +1} for row in dead)
