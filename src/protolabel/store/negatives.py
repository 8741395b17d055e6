"""The negative examples of a label space file as records, as of any version. Nothing here writes.

A negative example is a document that is not of a class. It is stored as an example is, in a table
of its own, and no sum counts it.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats
from protolabel.store.births import ALIVE
from protolabel.store.connection import Connection
from protolabel.store.encodings import Encodings
from protolabel.store.examples import example_row
from protolabel.store.records import ExampleRow

_NEGATIVE = """SELECT e.row, e.negative, e.id, e.item, e.class, e.source, i.text, e.born,
    i.image IS NOT NULL
    FROM negatives e JOIN items i ON i.item = e.item"""


class Negatives:
    """Reads the table of negative examples."""

    def __init__(self, connection: Connection, encodings: Encodings) -> None:
        self._connection, self._encodings = connection, encodings

    def negatives(self, version: int, class_key: int | None = None) -> list[ExampleRow]:
        """Return the negative examples of a class at a version, oldest first; None: of all."""
        condition = ALIVE if class_key is None else f"{ALIVE} AND e.class = :c"
        return self._rows(condition, version, {"c": class_key})

    def has_negatives(self, version: int) -> bool:
        """Return whether there is a negative example at a version."""
        sql = f"SELECT 1 FROM negatives e WHERE {ALIVE} LIMIT 1"
        with self._connection.reading() as db:
            return db.execute(sql, {"v": version}).fetchone() is not None

    def negative_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """Return the negative example of that id at a version."""
        rows = self._rows(f"e.id = :id AND {ALIVE}", version, {"id": identity})
        return rows[0] if rows else None

    def negatives_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each negative example that came after a version."""
        sql = "SELECT born, class, item FROM negatives WHERE born > :v ORDER BY born"
        with self._connection.reading() as db:
            return db.execute(sql, {"v": version}).fetchall()

    def negatives_of_items(self, items: Collection[int], version: int) -> list[ExampleRow]:
        """Return the negative examples that hold one of the items, oldest first."""
        holding = "e.item IN (SELECT value FROM json_each(:items))"
        return self._rows(f"{holding} AND {ALIVE}", version, {"items": json.dumps(sorted(items))})

    def negative_set(
        self, version: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """Return class keys (m,), items (m,) and embeddings (m, d) of all, by class and age."""
        sql = f"""SELECT e.class, e.item, x.embedding FROM negatives e
            JOIN vectors x ON x.item = e.item AND x.encoding = :e
            WHERE {ALIVE} ORDER BY e.class, e.negative"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            rows = db.execute(sql, {"v": version, "e": encoding.number}).fetchall()
        keys, items, blobs = zip(*rows, strict=True) if rows else ((), (), ())
        vectors = np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(rows), encoding.dim)
        return np.array(keys, np.int64), np.array(items, np.int64), vectors

    def _rows(self, condition: str, version: int, values: dict[str, object]) -> list[ExampleRow]:
        sql = f"{_NEGATIVE} WHERE {condition} ORDER BY e.negative"
        with self._connection.reading() as db:
            rows = db.execute(sql, {"v": version} | values).fetchall()
        return [example_row(row) for row in rows]
