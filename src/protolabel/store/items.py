"""What the examples and descriptions of a label space file hold: texts, images and vectors.

An item is stored once, whoever holds it. Nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from protolabel.arrays import Floats
from protolabel.store.births import LIVING_ITEMS
from protolabel.store.connection import Connection
from protolabel.store.records import Holding, Kind
from protolabel.store.vector_rows import vector_of
from protolabel.types import Document, VectorSpace

_BLANK = "(i.text IS NULL OR trim(i.text, ' ' || char(9, 10, 13)) = '')"
_KINDS: dict[Kind, str] = {
    "text": f"i.image IS NULL AND NOT {_BLANK}",
    "images": "i.image IS NOT NULL",
    "embeddings": f"i.image IS NULL AND {_BLANK}",
}


class Items:
    """Reads items as encoders take them, and the vectors of single items."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lacking(self, encoding: int) -> list[int]:
        """Return the items alive now that have no vector in an encoding, in ascending order."""
        sql = f"{LIVING_ITEMS} EXCEPT SELECT item FROM vectors WHERE encoding = ? ORDER BY 1"
        with self._connection.reading() as db:
            return [item for (item,) in db.execute(sql, (encoding,))]

    def living(self) -> int:
        """Return the number of items alive now."""
        with self._connection.reading() as db:
            return int(db.execute(f"SELECT count(*) FROM ({LIVING_ITEMS})").fetchone()[0])

    def content(self, item: int) -> Document:
        """Return the text or the image of an item, as an encoder takes it."""
        with self._connection.reading() as db:
            sql = "SELECT text, image FROM items WHERE item = ?"
            text, image = db.execute(sql, (item,)).fetchone()
        return Document(str(item), text, source=f"item {item}", image=image)

    def texts(self, items: Sequence[int]) -> list[str | None]:
        """Return the text of each item, None for one without."""
        sql = "SELECT item, text FROM items WHERE item IN (SELECT value FROM json_each(?))"
        with self._connection.reading() as db:
            texts = dict(db.execute(sql, (json.dumps(list(items)),)))
        return [texts[item] for item in items]

    def texts_since(self, item: int, most: int) -> list[tuple[int, str]]:
        """Return texts of items with a higher number, each with its item: the first ``most``."""
        sql = (
            "SELECT item, text FROM items WHERE item > ? AND text IS NOT NULL ORDER BY item LIMIT ?"
        )
        with self._connection.reading() as db:
            return db.execute(sql, (item, most)).fetchall()

    def image(self, item: int) -> bytes | None:
        """Return the image that an item holds."""
        with self._connection.reading() as db:
            row = db.execute("SELECT image FROM items WHERE item = ?", (item,)).fetchone()
        return row[0] if row else None

    def holding(self, kind: Kind) -> Holding | None:
        """Return how many living examples and descriptions hold a kind, or None if none does.

        Embeddings count where there is neither text nor image.
        """
        sql = f"""SELECT count(*), entry.id, c.name, min(entry.place) FROM
            (SELECT id, item, class, example AS place FROM examples WHERE died IS NULL
             UNION ALL SELECT id, item, class, negative FROM negatives WHERE died IS NULL
             UNION ALL SELECT '', description, class, 0 FROM classes
             WHERE died IS NULL AND description IS NOT NULL) AS entry
            JOIN items i ON i.item = entry.item
            JOIN classes c ON c.class = entry.class AND c.died IS NULL
            WHERE {_KINDS[kind]}"""
        with self._connection.reading() as db:
            n, example, label, _ = db.execute(sql).fetchone()
        return Holding(n, example, label) if n else None

    def vectors_of(self, items: Sequence[int], encoding: VectorSpace) -> dict[int, Floats]:
        """Return the vectors (d,) of those items that have one in an encoding, by item."""
        sql = "SELECT item, embedding FROM vectors WHERE item = ? AND encoding = ?"
        with self._connection.reading() as db:
            rows = (row for i in items for row in db.execute(sql, (i, encoding.number)))
            return {item: vector_of(blob, encoding.dim) for item, blob in rows}
