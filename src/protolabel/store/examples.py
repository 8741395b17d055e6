"""The examples of a label space file as records, as of any version. Nothing here writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arrays import distinct
from protolabel.store.births import ALIVE, alive
from protolabel.store.connection import Connection
from protolabel.store.records import ExampleRow

_EXAMPLE = """SELECT e.row, e.example, e.id, e.item, e.class, e.source, i.text, e.born,
    i.image IS NOT NULL
    FROM examples e JOIN items i ON i.item = e.item"""

_ITEMS = f"""SELECT e.item, i.digest FROM examples e JOIN items i ON i.item = e.item
    JOIN classes c ON c.class = e.class AND c.retired = 0
        AND {alive("c")}
    WHERE {alive("e")}"""

_READ = 500  # rows of a change in which its documents are looked for
_OF_CHANGE = [
    f"""SELECT item, source FROM (
        SELECT * FROM (SELECT row, item, source FROM examples WHERE {event} = :v LIMIT :read)
        UNION ALL
        SELECT * FROM (SELECT row, item, source FROM negatives WHERE {event} = :v LIMIT :read))
        GROUP BY item ORDER BY min(row) LIMIT :n"""
    for event in ("born", "died")
]


class Examples:
    """Reads the table of examples."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def examples(self, class_key: int, version: int) -> list[ExampleRow]:
        """Return the examples of a class at a version, oldest first."""
        with self._connection.reading() as db:
            rows = db.execute(
                _EXAMPLE + f" WHERE e.class = :c AND {ALIVE} ORDER BY e.example",
                {"v": version, "c": class_key},
            )
            return [example_row(row) for row in rows]

    def example_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """Return the example of that id at a version."""
        with self._connection.reading() as db:
            row = db.execute(
                _EXAMPLE + f" WHERE e.id = :id AND {ALIVE}", {"v": version, "id": identity}
            ).fetchone()
        return example_row(row) if row else None

    def examples_with_keys(self, keys: Sequence[int], version: int) -> list[ExampleRow]:
        """Return the examples of those keys at a version, which must have been there."""
        sql = f"{_EXAMPLE} WHERE e.example = :k AND {ALIVE}"
        with self._connection.reading() as db:
            rows = [db.execute(sql, {"v": version, "k": key}).fetchone() for key in keys]
        return [example_row(row) for row in rows]

    def example_keys(
        self, class_key: int, version: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the keys (n,) and the items (n,) of a class's examples, oldest first."""
        sql = f"SELECT example, item FROM examples WHERE class = :c AND {ALIVE} ORDER BY example"
        with self._connection.reading() as db:
            pairs = db.execute(sql, {"v": version, "c": class_key}).fetchall()
        keys, items = np.array(pairs, np.int64).reshape(len(pairs), 2).T
        return keys, items

    def counts(self, version: int) -> dict[int, int]:
        """Return the number of examples at a version, by class key."""
        sql = f"SELECT class, count(*) FROM examples WHERE {ALIVE} GROUP BY class"
        with self._connection.reading() as db:
            return dict(db.execute(sql, {"v": version}))

    def examples_of_items(
        self, items: Collection[int], version: int
    ) -> dict[int, list[tuple[str, str]]]:
        """Return id and class name of the examples that hold one of the items, oldest first."""
        sql = f"""SELECT e.item, e.id, c.name FROM examples e JOIN classes c ON c.class = e.class
            AND {alive("c")}
            WHERE e.item IN (SELECT value FROM json_each(:items)) AND {alive("e")}
            ORDER BY e.example"""
        examples: dict[int, list[tuple[str, str]]] = {}
        with self._connection.reading() as db:
            values = {"v": version, "items": json.dumps(sorted(items))}
            for item, identity, name in db.execute(sql, values):
                examples.setdefault(item, []).append((identity, name))
        return examples

    def examples_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each example that came to its class after a version.

        They are in the order of the changes; some may be gone by now.
        """
        sql = "SELECT born, class, item FROM examples WHERE born > :v ORDER BY born"
        with self._connection.reading() as db:
            return db.execute(sql, {"v": version}).fetchall()

    def examples_ended_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each example that left its class after a version."""
        sql = "SELECT died, class, item FROM examples WHERE died > :v ORDER BY died"
        with self._connection.reading() as db:
            return db.execute(sql, {"v": version}).fetchall()

    def documents_of_change(self, version: int, most: int) -> list[tuple[int, str]]:
        """Return item and source of documents whose examples a change began, the first ``most``.

        Negative examples count, too. Where it began none, they are those whose examples it ended.
        """
        with self._connection.reading() as db:
            for sql in _OF_CHANGE:
                rows = db.execute(sql, {"v": version, "n": most, "read": _READ}).fetchall()
                if rows:
                    return rows
        return []

    def example_items(self, version: int) -> npt.NDArray[np.int64]:
        """Return the items of the examples of classes that answer at a version, ascending."""
        with self._connection.reading() as db:
            items = [item for item, _ in db.execute(_ITEMS, {"v": version})]
        return distinct(np.array(items, np.int64))

    def examples_digest(self, version: int) -> str:
        """Return the identity of what :meth:`example_items` hold, as hexadecimal SHA-256."""
        with self._connection.reading() as db:
            digests = sorted({digest for _, digest in db.execute(_ITEMS, {"v": version})})
        return hashlib.sha256(b"".join(digests)).hexdigest()


def example_row(row: tuple[int, int, str, int, int, str, str | None, int, int]) -> ExampleRow:
    """Return the record of a row of examples, or of negative ones."""
    return ExampleRow(*row[:8], has_image=bool(row[8]))
