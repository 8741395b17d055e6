"""The table of sums: count and sum of each class's living examples, with a digest of both.

Sums are derived. One whose digest does not match is computed again from the examples when it is
read.
"""

from __future__ import annotations

import hashlib
import sqlite3

import numpy as np

from protolabel.arrays import FixedSums


def unpacked_sum(
    key: int, dim: int, n: int | None, total: bytes | None, digest: bytes | None
) -> tuple[int, FixedSums] | None:
    """Return count and sum (d,) of a stored row, or None where it is absent or damaged."""
    if n is None or total is None or not is_intact(key, dim, n, total, digest):
        return None
    return n, np.frombuffer(total, dtype="<i8")


def is_intact(key: int, dim: int, n: object, total: object, digest: object) -> bool:
    """Return whether a stored row is there, is what was written, and has d components."""
    return (
        isinstance(total, bytes)
        and len(total) == 8 * dim
        and n is not None
        and sum_digest(key, n, total) == digest
    )


def keep_sum(db: sqlite3.Connection, key: int, n: int, total: FixedSums) -> None:
    """Write count and sum (d,) of a class with their digest."""
    blob = total.astype("<i8").tobytes()
    db.execute(
        "INSERT OR REPLACE INTO sums VALUES (?, ?, ?, ?)", (key, n, blob, sum_digest(key, n, blob))
    )


def sum_digest(key: object, n: object, total: object) -> bytes:
    """Return SHA-256 over class key and count, each with a line feed after it, and the sum."""
    if not isinstance(total, bytes):
        return b""
    return hashlib.sha256(f"{key}\n{n}\n".encode() + total).digest()
