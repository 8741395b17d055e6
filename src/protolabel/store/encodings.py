"""Which vector spaces a file knows, its *encodings*, and which of its items have vectors in them.

Which encoding is in force is a setting, a row that is born and dies like any other, so that each
version has its own. Nothing here writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager

import numpy as np

from protolabel.arrays import Floats
from protolabel.errors import SpaceDamagedError
from protolabel.store.connection import Connection
from protolabel.store.records import Holding, Kind
from protolabel.store.sqlite_errors import restore_remedy
from protolabel.types import Document, VectorSpace


def alive(table: str = "") -> str:
    """Return the condition that a row of a table, by its alias, is alive at version ``:v``."""
    row = f"{table}." if table else ""
    return f"{row}born <= :v AND ({row}died IS NULL OR {row}died > :v)"


ALIVE = alive()
IN_FORCE = "encoding"  # the setting that holds the number of the encoding in force
# What a change of encoding must carry over: whatever an example or a description says now.
LIVING_ITEMS = """SELECT item FROM examples WHERE died IS NULL
    UNION SELECT description FROM classes WHERE died IS NULL AND description IS NOT NULL"""

_BLANK = "(i.text IS NULL OR trim(i.text, ' ' || char(9, 10, 13)) = '')"
_KINDS: dict[Kind, str] = {
    "text": f"i.image IS NULL AND NOT {_BLANK}",
    "images": "i.image IS NOT NULL",
    "embeddings": f"i.image IS NULL AND {_BLANK}",
}


class Encodings:
    """Reads encodings, and items as encoders take them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @property
    def path(self) -> str:
        """Where the label space is kept, as errors name it."""
        return self.connection.path

    @property
    def writable(self) -> bool:
        """Whether changes can be made here."""
        return self.connection.writable

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Hold one consistent state of the file for as long as the context lasts."""
        return self.connection.transaction("DEFERRED")

    def encoding(self, version: int) -> VectorSpace:
        """Return the encoding in force at a version.

        Raises:
            SpaceDamagedError: the file does not say.
        """
        sql = f"""SELECT encoding, fingerprint, encoder, dim, reads FROM encodings
            WHERE encoding = (SELECT CAST(value AS INTEGER) FROM settings
                              WHERE key = '{IN_FORCE}' AND {ALIVE})"""
        with self.reading() as db:
            row = db.execute(sql, {"v": version}).fetchone()
        if row is None:
            raise SpaceDamagedError(
                f"{self.connection.path} does not say which encoding holds at version {version}",
                expected=f"a setting {IN_FORCE!r} that names a row of encodings",
                remedy=restore_remedy(self.connection.path),
            )
        return VectorSpace(*row)

    def encodings(self) -> list[VectorSpace]:
        """Return all encodings of the file, oldest first; also one that was never in force."""
        sql = "SELECT encoding, fingerprint, encoder, dim, reads FROM encodings ORDER BY encoding"
        with self.reading() as db:
            return [VectorSpace(*row) for row in db.execute(sql)]

    def lacking(self, encoding: int) -> list[int]:
        """Return the items alive now that have no vector in an encoding, in ascending order."""
        sql = f"{LIVING_ITEMS} EXCEPT SELECT item FROM vectors WHERE encoding = ? ORDER BY 1"
        with self.reading() as db:
            return [item for (item,) in db.execute(sql, (encoding,))]

    def living(self) -> int:
        """Return the number of items alive now."""
        with self.reading() as db:
            return int(db.execute(f"SELECT count(*) FROM ({LIVING_ITEMS})").fetchone()[0])

    def content(self, item: int) -> Document:
        """Return the text or the image of an item, as an encoder takes it."""
        with self.reading() as db:
            sql = "SELECT text, image FROM items WHERE item = ?"
            text, image = db.execute(sql, (item,)).fetchone()
        source = f"item {item}" if text is None else repr(text)[:60]
        return Document(str(item), text, source=source, image=image)

    def texts(self, items: Sequence[int]) -> list[str | None]:
        """Return the text of each item, None for one without."""
        sql = "SELECT text FROM items WHERE item = ?"
        with self.reading() as db:
            return [db.execute(sql, (item,)).fetchone()[0] for item in items]

    def holding(self, kind: Kind) -> Holding | None:
        """Return how many living examples and descriptions hold a kind, or None if none does.

        Embeddings count where there is neither text nor image.
        """
        sql = f"""SELECT count(*), entry.id, c.name, min(entry.place) FROM
            (SELECT id, item, class, example AS place FROM examples WHERE died IS NULL
             UNION ALL SELECT '', description, class, 0 FROM classes
             WHERE died IS NULL AND description IS NOT NULL) AS entry
            JOIN items i ON i.item = entry.item
            JOIN classes c ON c.class = entry.class AND c.died IS NULL
            WHERE {_KINDS[kind]}"""
        with self.reading() as db:
            n, example, label, _ = db.execute(sql).fetchone()
        return Holding(n, example, label) if n else None

    def vectors_of(self, items: Sequence[int], encoding: VectorSpace) -> dict[int, Floats]:
        """Return the vectors (d,) of those items that have one in an encoding, by item."""
        sql = "SELECT item, embedding FROM vectors WHERE item = ? AND encoding = ?"
        with self.reading() as db:
            rows = (row for i in items for row in db.execute(sql, (i, encoding.number)))
            return {item: np.frombuffer(blob, dtype="<f4") for item, blob in rows}
