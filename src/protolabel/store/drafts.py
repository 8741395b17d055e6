"""Drafts: encodings that are not in force yet, and their vectors. No change of the label space.

They are written in batches, each durable. A change of its own puts them in force (``writing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from protolabel.arrays import Floats
from protolabel.encoders import compatible
from protolabel.store.connection import Connection
from protolabel.store.encodings import IN_FORCE
from protolabel.store.tables import Tables
from protolabel.store.vector_rows import keep_vector
from protolabel.types import VectorSpace


def draft(tables: Tables, fingerprint: str, encoder: str, dim: int, reads: str) -> VectorSpace:
    """Return the encoding for an encoder's vectors: one that is there, or a new one.

    An encoder whose vectors are compatible shares it. A name that is given is where the encoder
    was last found.
    """
    with tables.connection.transaction("IMMEDIATE") as db:
        compatible_spaces = (
            e for e in tables.encodings.encodings() if compatible(e.fingerprint, fingerprint)
        )
        present = next(compatible_spaces, None)
        if present is None:
            cursor = db.execute(
                "INSERT INTO encodings (fingerprint, encoder, dim, reads) VALUES (?, ?, ?, ?)",
                (fingerprint, encoder, dim, reads),
            )
            return VectorSpace(int(cursor.lastrowid or 0), fingerprint, encoder, dim, reads)
        if encoder and encoder != present.encoder:
            db.execute(
                "UPDATE encodings SET encoder = ? WHERE encoding = ?", (encoder, present.number)
            )
        return replace(present, encoder=encoder or present.encoder)


def keep_vectors(
    connection: Connection, encoding: VectorSpace, items: Sequence[int], vectors: Floats
) -> None:
    """Add vectors of items durably; those that are there already stay as they are."""
    with connection.transaction("IMMEDIATE") as db:
        for item, vector in zip(items, vectors, strict=True):
            keep_vector(db, item, encoding, vector)


def drop_draft(connection: Connection, encoding: VectorSpace) -> None:
    """Remove the vectors of an encoding that was never in force."""
    sql = f"SELECT 1 FROM settings WHERE key = '{IN_FORCE}' AND value = ?"
    with connection.transaction("IMMEDIATE") as db:
        if db.execute(sql, (str(encoding.number),)).fetchone() is None:
            db.execute("DELETE FROM vectors WHERE encoding = ?", (encoding.number,))
