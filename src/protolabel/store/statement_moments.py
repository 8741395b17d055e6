"""When persons said what stands in rows of examples and of negative ones. Nothing here writes.

An undo, a merge and their like bear rows again, and nobody says anything anew by that. What a
change said counts no longer once it is taken back. An import brings statements in at once, and
notes by ``turn`` in which order persons made them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from protolabel.store.connection import Connection
from protolabel.store.records import ExampleRow, StatementMoment
from protolabel.store.versions_in_force import LoggedChange, versions_in_force

_SAYING_NOTHING = ("undo", "redo", "return", "merge", "split", "nest")  # kinds of change
_NEWEST = """SELECT o.{key}, max(o.born), coalesce(o.turn, 0)
    FROM {table} o JOIN changes c ON c.version = o.born
    WHERE o.item IN (SELECT value FROM json_each(:items)) AND o.born <= :v
        AND c.kind NOT IN (SELECT value FROM json_each(:kinds))
        AND o.born NOT IN (SELECT value FROM json_each(:undone))
    GROUP BY o.{key}"""
_FIRST = """SELECT item, born, coalesce(turn, 0) AS place FROM {table}
    WHERE item IN (SELECT value FROM json_each(:items)) ORDER BY born DESC, place DESC"""


_TABLES = {False: ("examples", "example"), True: ("negatives", "negative")}


class StatementMoments:
    """Reads the moments of statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def statement_moments(
        self, rows: Sequence[ExampleRow], version: int, negative: bool
    ) -> list[StatementMoment]:
        """Return of each row, as of a version, when a person said it last.

        A row that no person made, such as the copy that a split makes, is as old as the first of
        its document.
        """
        table, key = _TABLES[negative]
        values = {
            "items": json.dumps(sorted({row.item for row in rows})),
            "kinds": json.dumps(_SAYING_NOTHING),
            "v": version,
        }
        with self._connection.reading() as db:
            values["undone"] = json.dumps(_undone(db, version))
            newest = _moments(db.execute(_NEWEST.format(table=table, key=key), values).fetchall())
            first = _moments(db.execute(_FIRST.format(table=table), values).fetchall())
        return [newest.get(row.key) or first[row.item] for row in rows]


def _undone(db: sqlite3.Connection, version: int) -> list[int]:
    """Return the changes that said something, and that are taken back at a version."""
    sql = "SELECT 1 FROM changes WHERE reverts IS NOT NULL AND version <= ? LIMIT 1"
    if db.execute(sql, (version,)).fetchone() is None:
        return []
    sql = "SELECT version, kind, reverts FROM changes WHERE version <= ? ORDER BY version DESC"
    changes = [LoggedChange(*row) for row in db.execute(sql, (version,))]
    in_force = versions_in_force(changes)
    return [one.version for one in changes if one.version not in in_force]


def _moments(rows: Sequence[tuple[int, int, int]]) -> dict[int, StatementMoment]:
    """Return moments by the first column of rows; the last row of each number counts."""
    return {number: StatementMoment(version, turn) for number, version, turn in rows}
