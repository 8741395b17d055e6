"""The vector of an item in an encoding as bytes of its row, and back: the one place for both."""

from __future__ import annotations

import hashlib
import sqlite3

import numpy as np

from protolabel.arithmetic.fixed_point import to_fixed
from protolabel.arrays import FixedSums, Floats
from protolabel.errors import InputError
from protolabel.types import VectorSpace


def keep_vector(db: sqlite3.Connection, item: int, encoding: VectorSpace, vector: Floats) -> None:
    """Write an item's vector ``(d,)`` in an encoding, unless it has one there."""
    blob = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    db.execute(
        "INSERT OR IGNORE INTO vectors (item, encoding, embedding, digest) VALUES (?, ?, ?, ?)",
        (item, encoding.number, blob, hashlib.sha256(blob).digest()),
    )


def vector_of(blob: object, dim: int) -> Floats:
    """Return the vector (d,) of a row. Raises ValueError for what is no vector of this length."""
    if not isinstance(blob, bytes) or len(blob) != 4 * dim:
        raise ValueError(f"a vector that is not of {4 * dim} bytes")
    return np.frombuffer(blob, dtype="<f4")


def in_fixed_point(vectors: Floats) -> FixedSums:
    """Return vectors that were read from rows as sums add them. *Shape:* any -> the same, int64.

    Raises ValueError for numbers that no row gets.
    """
    try:
        return to_fixed(vectors)
    except InputError as error:
        raise ValueError(error.got) from error
