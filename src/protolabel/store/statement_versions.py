"""When persons said what stands in rows of examples and of negative ones. Nothing here writes.

An undo, a merge and their like bear rows again, and nobody says anything anew by that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from protolabel.store.connection import Connection
from protolabel.store.records import ExampleRow

_SAYING_NOTHING = ("undo", "redo", "return", "merge", "split", "nest")  # kinds of change
_NEWEST = """SELECT o.{key}, max(o.born) FROM {table} o JOIN changes c ON c.version = o.born
    WHERE o.item IN (SELECT value FROM json_each(:items)) AND o.born <= :v
        AND c.kind NOT IN (SELECT value FROM json_each(:kinds))
    GROUP BY o.{key}"""
_FIRST = """SELECT item, min(born) FROM {table}
    WHERE item IN (SELECT value FROM json_each(:items)) GROUP BY item"""
_TABLES = {False: ("examples", "example"), True: ("negatives", "negative")}


class StatementVersions:
    """Reads the versions of statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def statement_versions(
        self, rows: Sequence[ExampleRow], version: int, negative: bool
    ) -> list[int]:
        """Return of each row, as of a version, the version at which a person said it last.

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
            newest: dict[int, int] = dict(
                db.execute(_NEWEST.format(table=table, key=key), values).fetchall()
            )
            first: dict[int, int] = dict(db.execute(_FIRST.format(table=table), values).fetchall())
        return [newest.get(row.key) or first[row.item] for row in rows]
