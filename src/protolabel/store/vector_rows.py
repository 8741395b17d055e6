"""Writes the vector of an item in an encoding: the one place that does."""

from __future__ import annotations

import hashlib
import sqlite3

import numpy as np

from protolabel.arrays import Floats
from protolabel.types import VectorSpace


def keep_vector(db: sqlite3.Connection, item: int, encoding: VectorSpace, vector: Floats) -> None:
    """Write an item's vector in an encoding, unless it has one there."""
    blob = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    db.execute(
        "INSERT OR IGNORE INTO vectors (item, encoding, embedding, digest) VALUES (?, ?, ?, ?)",
        (item, encoding.number, blob, hashlib.sha256(blob).digest()),
    )
