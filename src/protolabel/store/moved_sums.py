"""The sums of classes that an open change moves. They are written once, at its end.

How a sum is stored stands in :mod:`sums`. :mod:`writing` says which examples move.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from protolabel.arithmetic.fixed_point import require_representable, to_fixed, unrepresentable
from protolabel.arrays import FixedSums, Floats
from protolabel.store.sums import keep_sum, unpacked_sum
from protolabel.store.vector_rows import vector_of
from protolabel.store.vectors import Vectors
from protolabel.types import VectorSpace


class MovedSums:
    """Counts and sums of embeddings by which classes differ from those in the file."""

    def __init__(self, vectors: Vectors, db: sqlite3.Connection) -> None:
        self._vectors, self._db = vectors, db
        self._rebuild_all = False  # whether all sums are rebuilt at the end
        self._new: set[int] = set()  # classes that this change makes, which have no sum yet
        self._uncounted: set[int] = set()  # classes whose sum is rebuilt at the end
        self._differences: dict[int, tuple[int, FixedSums]] = {}
        self._vectors_of: dict[tuple[int, int], Floats] = {}  # stored here, not counted yet

    def rebuild(self) -> None:
        """Rebuild the sums of all classes at the end."""
        self._rebuild_all = True

    def begin(self, class_key: int) -> None:
        """Begin a class that is new, so that all of its examples are counted here."""
        self._new.add(class_key)

    def learn(self, item: int, encoding: VectorSpace, vector: Floats) -> None:
        """Take note of a vector that this change has stored, and that a sum can hold."""
        self._vectors_of[item, encoding.number] = np.asarray(vector, dtype="<f4")

    def count(self, class_key: int, item: int, sign: int, encoding: VectorSpace) -> None:
        """Add an item to a class (``sign`` +1), or take it away (-1)."""
        if self._rebuild_all:
            return
        vector = self._vectors_of.pop((item, encoding.number), None)
        if vector is None:
            (blob,) = self._db.execute(
                "SELECT embedding FROM vectors WHERE item = ? AND encoding = ?",
                (item, encoding.number),
            ).fetchone()
            vector = vector_of(blob, encoding.dim)
            if len(unrepresentable(vector[None, :])):  # of a file that was written unchecked
                self._uncounted.add(class_key)
                return
        n, total = self._differences.get(class_key, (0, np.zeros(encoding.dim, dtype=np.int64)))
        self._differences[class_key] = (n + sign, total + sign * to_fixed(vector))

    def write(self, version: int, encoding: VectorSpace) -> None:
        """Write the sums that moved; all of them, made from the examples, after a rebuild.

        Raises:
            InputError: a sum is too large to hold exactly.
        """
        if self._rebuild_all:
            self._db.execute("DELETE FROM sums")
            for key, (n, total) in self._vectors.recomputed_sums(version).items():
                self._keep(key, n, total)
            return
        for key in self._uncounted:
            self._keep(key, *self._vectors.recomputed_sum(key, version))
        for key, (n, delta) in self._differences.items():
            if key in self._uncounted:
                continue
            if key in self._new:
                self._keep(key, n, delta)
                continue
            columns = self._db.execute(
                "SELECT n, total, digest FROM sums WHERE class = ?", (key,)
            ).fetchone()
            stored = unpacked_sum(key, encoding.dim, *columns) if columns else None
            if stored is None:
                self._keep(key, *self._vectors.recomputed_sum(key, version))
            else:
                self._keep(key, stored[0] + n, stored[1] + delta)

    def _keep(self, key: int, n: int, total: FixedSums) -> None:
        require_representable(total, n)
        keep_sum(self._db, key, n, total)
