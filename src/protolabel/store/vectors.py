"""The numbers of a label space as of any version: embeddings and sums, in its encoding then.

Vectors of two spaces never meet: whatever is read here for a version is in its encoding
(:mod:`encodings`). Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.class_totals import ClassGroup, ClassTotals, ClassVectors
from protolabel.arrays import FixedSums, Floats
from protolabel.store.births import ALIVE, alive
from protolabel.store.connection import Connection
from protolabel.store.encodings import Encodings
from protolabel.store.examples import Examples
from protolabel.store.log import Log
from protolabel.store.records import ClassArrays
from protolabel.store.sums import is_intact, unpacked_sum
from protolabel.store.vector_rows import in_fixed_point, vector_of

T = TypeVar("T")


class Vectors:
    """Reads embeddings: d little-endian float32 each, d that of their encoding."""

    def __init__(
        self, connection: Connection, log: Log, encodings: Encodings, examples: Examples
    ) -> None:
        self._connection, self._log = connection, log
        self._encodings, self._examples = encodings, examples

    # -- classes ----------------------------------------------------------------------------

    def vectors(self, keys: Sequence[int] | None = None) -> Iterator[ClassVectors]:
        """Yield the classes that answer now, by key; all of them where ``keys`` is None."""
        with self._connection.reading() as db:
            newest = self._log.version()
            encoding = self._encodings.encoding(newest)
            values = {"e": encoding.number}
            if keys is None:
                rows: Iterable[tuple[int, str, bytes | None, Any, Any, Any]]
                rows = db.execute(_ANSWERING + " ORDER BY c.class", values)
            else:
                sql = _ANSWERING + " AND c.class = :k"
                rows = (row for key in keys for row in db.execute(sql, values | {"k": key}))
            for key, name, described, *columns in rows:
                stored = unpacked_sum(key, encoding.dim, *columns)
                n, sums = stored or self.recomputed_sum(key, newest)
                yield ClassVectors(key, name, n, sums, _vector(described, encoding.dim))

    def class_groups(self, size: int) -> Iterator[ClassGroup]:
        """Yield the classes that answer now, ``size`` at a time: what :meth:`vectors` yields."""
        with self._connection.reading() as db:
            newest = self._log.version()
            encoding = self._encodings.encoding(newest)
            rows = db.execute(_ANSWERING + " ORDER BY c.class", {"e": encoding.number})
            while group := rows.fetchmany(size):
                yield self._group(group, newest, encoding.dim)

    def _group(
        self, rows: list[tuple[int, str, bytes | None, Any, Any, Any]], newest: int, dim: int
    ) -> ClassGroup:
        keys, names, described, counts, sums, digests = zip(*rows, strict=True)
        dims = repeat(dim)
        if all(map(is_intact, keys, dims, counts, sums, digests)):
            total = np.frombuffer(b"".join(sums), "<i8").reshape(len(rows), dim)
        else:
            stored = [
                unpacked_sum(key, dim, *columns) or self.recomputed_sum(key, newest)
                for key, *columns in zip(keys, counts, sums, digests, strict=True)
            ]
            counts = tuple(n for n, _ in stored)
            total = np.stack([class_sum for _, class_sum in stored])
        none = bytes(4 * dim)
        return ClassGroup(
            np.array(keys, np.int64),
            names,
            ClassTotals.of_fixed(
                np.array(counts, np.int64),
                total,
                _matrix([none if blob is None else blob for blob in described], dim),
                np.array([blob is not None for blob in described]),
            ),
        )

    def vectors_at(self, version: int) -> Iterator[ClassVectors]:
        """Yield what :meth:`vectors` yielded at a version, summed from the examples alive then."""
        sql = f"""SELECT c.class, c.name, {_DESCRIBED} FROM classes c {_DESCRIPTIONS}
            WHERE c.retired = 0 AND {ALIVE} ORDER BY c.class"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            sums = self.recomputed_sums(version)
            empty = np.zeros(encoding.dim, dtype=np.int64)
            for key, name, described in db.execute(sql, {"v": version, "e": encoding.number}):
                n, total = sums.get(key, (0, empty))
                yield ClassVectors(key, name, n, total, _vector(described, encoding.dim))

    def recomputed_sums(self, version: int) -> dict[int, tuple[int, FixedSums]]:
        """Return counts and sums (d,) by class key from the examples, not from ``sums``."""
        sums: dict[int, tuple[int, FixedSums]] = {}
        sql = f"""SELECT e.class, x.embedding FROM examples e
            JOIN vectors x ON x.item = e.item AND x.encoding = :e WHERE {ALIVE}"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            for key, blob in db.execute(sql, {"v": version, "e": encoding.number}):
                vector = vector_of(blob, encoding.dim)
                n, total = sums.get(key, (0, 0))
                sums[key] = (n + 1, total + in_fixed_point(vector))
        return sums

    def recomputed_sum(self, class_key: int, version: int) -> tuple[int, FixedSums]:
        """Return count and sum (d,) of one class from its examples, not from ``sums``."""
        embeddings = self.example_embeddings(class_key, version)
        return len(embeddings), in_fixed_point(embeddings).sum(axis=0, dtype=np.int64)

    def description_embedding(self, key: int, version: int) -> Floats | None:
        """Return the vector (d,) of a class's description at a version, or None.

        It is the sharpened one where there is one in the encoding of that version.
        """
        sql = f"""SELECT {_DESCRIBED} FROM classes c {_DESCRIPTIONS}
            WHERE c.class = :k AND {ALIVE}"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            values = {"v": version, "e": encoding.number, "k": key}
            row = db.execute(sql, values).fetchone()
            return _vector(row[0], encoding.dim) if row else None

    def descriptions(self) -> dict[int, int]:
        """Return the item that describes each class that answers now, by class key."""
        sql = """SELECT class, description FROM classes
            WHERE died IS NULL AND retired = 0 AND description IS NOT NULL"""
        with self._connection.reading() as db:
            return dict(db.execute(sql))

    def description_embeddings(self, version: int, most: int) -> Floats:
        """Return the vectors (k, d) of the descriptions that answer at a version, of the oldest
        ``most`` classes that have one.

        They are the sharpened ones where there are such.
        """
        sql = f"""SELECT {_DESCRIBED} FROM classes c {_DESCRIPTIONS}
            WHERE c.retired = 0 AND {ALIVE} AND v.embedding IS NOT NULL
            ORDER BY c.class LIMIT :m"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            values = {"v": version, "e": encoding.number, "m": most}
            return _matrix([blob for (blob,) in db.execute(sql, values)], encoding.dim)

    def sharpened_share(self, version: int) -> float:
        """Return the share of the descriptions that answer at a version which are sharpened."""
        sql = f"""SELECT count(w.item), count(*) FROM classes c
            LEFT JOIN vectors w ON w.item = c.sharpened AND w.encoding = :e
            WHERE c.description IS NOT NULL AND c.retired = 0 AND {ALIVE}"""
        with self._connection.reading() as db:
            values = {"v": version, "e": self._encodings.encoding(version).number}
            sharpened, described = db.execute(sql, values).fetchone()
        return sharpened / described if described else 0.0

    # -- examples ---------------------------------------------------------------------------

    def example_embeddings(self, class_key: int, version: int) -> Floats:
        """Return the embeddings (n, d) of a class's examples, oldest first."""
        sql = f"""SELECT x.embedding FROM examples e
            JOIN vectors x ON x.item = e.item AND x.encoding = :e
            WHERE e.class = :c AND {ALIVE} ORDER BY e.example"""
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            values = {"v": version, "c": class_key, "e": encoding.number}
            return _matrix([blob for (blob,) in db.execute(sql, values)], encoding.dim)

    def training_items(self, version: int, most: int) -> tuple[npt.NDArray[np.int64], list[int]]:
        """Return class keys (n,) and items of at most ``most`` examples of classes that answer at
        a version.

        Of each class an equal share is taken, oldest first.
        """
        with self._connection.reading() as db:
            rows = db.execute(_TRAINING.format(column="e.item", join=""), {"v": version})
            keys, items = _spread(rows, self._share(version, most))
        return np.asarray(keys, dtype=np.int64), items

    def training_set(
        self, version: int, most: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """Return class keys (n,), items (n,) and embeddings (n, d) of the same examples."""
        join = "JOIN vectors x ON x.item = e.item AND x.encoding = :e"
        with self._connection.reading() as db:
            encoding = self._encodings.encoding(version)
            values = {"v": version, "e": encoding.number}
            query = db.execute(_TRAINING.format(column="e.item, x.embedding", join=join), values)
            rows = ((key, (item, blob)) for key, item, blob in query)
            keys, pairs = _spread(rows, self._share(version, most))
        items = np.array([item for item, _ in pairs], np.int64)
        vectors = _matrix([blob for _, blob in pairs], encoding.dim)
        return np.asarray(keys, dtype=np.int64), items, vectors

    def _share(self, version: int, most: int) -> int:
        """Return how many examples of each class make ``most`` together."""
        return _even_share(list(self._examples.counts(version).values()), most)

    def class_arrays(self, keys: npt.NDArray[np.int64], version: int) -> ClassArrays:
        """Return classes that answer at a version side by side, in the order of ``keys``.

        *Shape:* counts ``(K,)``, sums ``(K, d)`` int64, descriptions ``(K, d)`` (zeros where there
        is none), described ``(K,)`` bool.
        """
        place = {key: i for i, key in enumerate(keys.tolist())}
        with self._connection.reading():
            newest = self._log.version()
            dim = self._encodings.encoding(version).dim
            arrays = ClassArrays(
                np.zeros(len(place), np.int64),
                np.zeros((len(place), dim), np.int64),
                np.zeros((len(place), dim), np.float32),
                np.zeros(len(place), np.bool_),
            )
            classes = self.vectors() if version == newest else self.vectors_at(version)
            for row in classes:
                if row.key in place:
                    i = place[row.key]
                    arrays.counts[i], arrays.sums[i] = row.count, row.sums
                    if row.description is not None:
                        arrays.descriptions[i], arrays.described[i] = row.description, True
        return arrays


_DESCRIBED = "coalesce(w.embedding, v.embedding)"
_DESCRIPTIONS = """LEFT JOIN vectors v ON v.item = c.description AND v.encoding = :e
    LEFT JOIN vectors w ON w.item = c.sharpened AND w.encoding = :e"""
_ANSWERING = f"""SELECT c.class, c.name, {_DESCRIBED}, s.n, s.total, s.digest
    FROM classes c LEFT JOIN sums s ON s.class = c.class {_DESCRIPTIONS}
    WHERE c.died IS NULL AND c.retired = 0"""

_TRAINING = f"""SELECT e.class, {{column}} FROM examples e {{join}}
    JOIN classes c ON c.class = e.class AND c.retired = 0
        AND {alive("c")}
    WHERE {alive("e")} ORDER BY e.class, e.example"""


def _spread(rows: Iterable[tuple[int, T]], share: int) -> tuple[list[int], list[T]]:
    """Return keys and values of the first ``share`` rows of each key."""
    counts: dict[int, int] = {}
    keys: list[int] = []
    values: list[T] = []
    for key, value in rows:
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= share:
            keys.append(key)
            values.append(value)
    return keys, values


def _even_share(counts: list[int], most: int) -> int:
    """Return the largest share s with sum(min(count, s)) <= most: [5, 1, 9], 9 -> 4 (4 + 1 + 4)."""
    low, high = 0, max(counts, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(count, middle) for count in counts) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def _vector(blob: bytes | None, dim: int) -> Floats | None:
    return None if blob is None else vector_of(blob, dim)


def _matrix(blobs: list[bytes], dim: int) -> Floats:
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), dim)
