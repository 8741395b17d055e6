"""The rows of a label space as records: reading them as of any version, and nothing that writes.

Rows are the truth. A row is alive at version v when ``born <= v`` and it has not died by then.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from protolabel.errors import HistoryError
from protolabel.prototypes import ClassVectors, FixedSums, Floats, to_fixed
from protolabel.store.connection import Connection
from protolabel.types import Change

ALIVE = "born <= :v AND (died IS NULL OR died > :v)"
_CLASS = """SELECT c.row, c.class, c.name, i.text, c.described_by, c.retired,
    (SELECT min(f.born) FROM classes f WHERE f.class = c.class)
    FROM classes c LEFT JOIN items i ON i.item = c.description"""
_EXAMPLE = """SELECT e.row, e.example, e.id, e.item, e.class, e.source, i.text, e.born,
    i.image IS NOT NULL
    FROM examples e JOIN items i ON i.item = e.item"""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as stored. ``key`` stays the same through renames; ``row`` is its present row;
    ``born`` is the version that first had it.
    """

    row: int
    key: int
    name: str
    description: str | None
    described_by: str
    retired: bool
    born: int


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example as stored, without its embedding and without its image (:meth:`Rows.image`)."""

    row: int
    key: int
    id: str
    item: int
    class_key: int
    source: str
    text: str | None
    born: int
    has_image: bool = False


class ClassArrays(NamedTuple):
    """Counts, sums, descriptions and whether there is one, of K classes."""

    counts: npt.NDArray[np.int64]
    sums: FixedSums
    descriptions: Floats
    described: npt.NDArray[np.bool_]


class Rows:
    """Reads one file. ``dim`` is d; embeddings are d little-endian float32 a row."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        with self.reading() as db:
            self.meta: dict[str, str] = dict(db.execute("SELECT key, value FROM meta"))
        self.dim = int(self.meta["dim"])
        self._unwritten: dict[str, tuple[int, dict[str, object], bytes]] = {}

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A consistent view of the file for as long as the context lasts."""
        return self.connection.transaction("DEFERRED")

    # -- versions ---------------------------------------------------------------------------

    def version(self) -> int:
        """Number of the newest change."""
        with self.reading() as db:
            return int(db.execute("SELECT max(version) FROM changes").fetchone()[0])

    def basis(self) -> int:
        """Number of the newest change that moved a prototype: fits older than it are stale."""
        sql = "SELECT version FROM changes WHERE moves = 1 ORDER BY version DESC LIMIT 1"
        with self.reading() as db:
            return int(db.execute(sql).fetchone()[0])

    def changes(self, before: int | None = None, limit: int | None = None) -> Iterator[Change]:
        """The log of changes, newest first; those older than version ``before``."""
        sql = (
            "SELECT version, kind, summary, at, who, reverts, detail FROM changes "
            "WHERE version < ? ORDER BY version DESC LIMIT ?"
        )
        edge, left = before or self.version() + 1, limit if limit is not None else 2**62
        while left > 0:
            with self.reading() as db:
                page = db.execute(sql, (edge, min(left, 500))).fetchall()
            if not page:
                return
            for version, kind, summary, at, who, reverts, detail in page:
                yield Change(version, kind, summary, at, who, reverts, json.loads(detail))
            edge, left = page[-1][0], left - len(page)

    def require_version(self, version: int, newest: int | None = None) -> None:
        """Raise HistoryError for a version that never was."""
        newest = newest or self.version()
        if not 1 <= version <= newest:
            raise HistoryError(
                f"no version {version}",
                expected=f"1 to {newest}",
                remedy="see `protolabel history`",
            )

    def settings(self, version: int) -> dict[str, str]:
        """Settings in force at a version."""
        with self.reading() as db:
            return dict(
                db.execute(f"SELECT key, value FROM settings WHERE {ALIVE}", {"v": version})
            )

    # -- classes ----------------------------------------------------------------------------

    def classes(self, version: int) -> list[ClassRow]:
        """Classes known at a version, retired ones included, oldest first."""
        with self.reading() as db:
            rows = db.execute(f"{_CLASS} WHERE {ALIVE} ORDER BY c.class", {"v": version})
            return [_class_row(row) for row in rows]

    def class_named(self, name: str, version: int) -> ClassRow | None:
        """The class of that name at a version."""
        sql = f"{_CLASS} WHERE c.name = :name AND {ALIVE}"
        with self.reading() as db:
            row = db.execute(sql, {"v": version, "name": name}).fetchone()
        return _class_row(row) if row else None

    def class_with_key(self, key: int, version: int) -> ClassRow:
        """The class of that key at a version, which must have been there."""
        with self.reading() as db:
            row = db.execute(f"{_CLASS} WHERE c.class = :k AND {ALIVE}", {"v": version, "k": key})
            return _class_row(row.fetchone())

    def description_embedding(self, row: ClassRow) -> Floats | None:
        """What the class's description embeds to. *Shape:* ``(d,)`` float32, or None."""
        sql = """SELECT i.embedding FROM classes c JOIN items i ON i.item = c.description
            WHERE c.row = ?"""
        with self.reading() as db:
            found = db.execute(sql, (row.row,)).fetchone()
        return self.embedding(found[0]) if found else None

    def counts(self, version: int) -> dict[int, int]:
        """Examples by class key at a version."""
        sql = f"SELECT class, count(*) FROM examples WHERE {ALIVE} GROUP BY class"
        with self.reading() as db:
            return dict(db.execute(sql, {"v": version}))

    def vectors(self, keys: Sequence[int] | None = None) -> Iterator[ClassVectors]:
        """Live, unretired classes as they are now, by key; all of them where ``keys`` is None."""
        sql = """SELECT c.class, c.name, s.n, s.total, i.embedding
            FROM classes c LEFT JOIN sums s ON s.class = c.class
            LEFT JOIN items i ON i.item = c.description
            WHERE c.died IS NULL AND c.retired = 0"""
        with self.reading() as db:
            if keys is None:
                yield from (self._vectors(r) for r in db.execute(sql + " ORDER BY c.class"))
            else:
                for key in keys:
                    yield from (
                        self._vectors(r) for r in db.execute(sql + " AND c.class = ?", (key,))
                    )

    def vectors_at(self, version: int) -> Iterator[ClassVectors]:
        """As :meth:`vectors` at an earlier version, summed from the examples alive then."""
        sums = self.recomputed_sums(version)
        empty = np.zeros(self.dim, dtype=np.int64)
        sql = f"""SELECT c.class, c.name, i.embedding FROM classes c
            LEFT JOIN items i ON i.item = c.description
            WHERE c.retired = 0 AND {ALIVE} ORDER BY c.class"""
        with self.reading() as db:
            for key, name, described in db.execute(sql, {"v": version}):
                n, total = sums.get(key, (0, empty))
                yield ClassVectors(key, name, n, total, self.embedding(described))

    def recomputed_sums(self, version: int) -> dict[int, tuple[int, FixedSums]]:
        """Counts and sums by class key from the examples themselves, not from ``sums``."""
        sums: dict[int, tuple[int, FixedSums]] = {}
        sql = f"""SELECT e.class, i.embedding FROM examples e JOIN items i ON i.item = e.item
            WHERE {ALIVE}"""
        with self.reading() as db:
            for key, blob in db.execute(sql, {"v": version}):
                vector = np.frombuffer(blob, dtype="<f4")
                n, total = sums.get(key, (0, 0))
                sums[key] = (n + 1, total + to_fixed(vector))
        return sums

    def touched_since(self, version: int) -> list[int]:
        """Keys of classes whose rows, or whose examples, changed after a version."""
        sql = """SELECT class FROM classes WHERE born > :v UNION
            SELECT class FROM classes WHERE died > :v UNION
            SELECT class FROM examples WHERE born > :v UNION
            SELECT class FROM examples WHERE died > :v"""
        with self.reading() as db:
            return sorted(key for (key,) in db.execute(sql, {"v": version}))

    # -- examples ---------------------------------------------------------------------------

    def examples(self, class_key: int, version: int) -> list[ExampleRow]:
        """Examples of a class at a version, oldest first."""
        with self.reading() as db:
            rows = db.execute(
                _EXAMPLE + f" WHERE e.class = :c AND {ALIVE} ORDER BY e.example",
                {"v": version, "c": class_key},
            )
            return [_example_row(row) for row in rows]

    def example_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """The example of that id at a version."""
        with self.reading() as db:
            row = db.execute(
                _EXAMPLE + f" WHERE e.id = :id AND {ALIVE}", {"v": version, "id": identity}
            ).fetchone()
        return _example_row(row) if row else None

    def image(self, item: int) -> bytes | None:
        """The image that an item holds."""
        with self.reading() as db:
            row = db.execute("SELECT image FROM items WHERE item = ?", (item,)).fetchone()
        return row[0] if row else None

    def example_embeddings(self, class_key: int, version: int) -> Floats:
        """Embeddings in the order of :meth:`examples`. *Shape:* ``(n, d)`` float32."""
        sql = f"""SELECT i.embedding FROM examples e JOIN items i ON i.item = e.item
            WHERE e.class = :c AND {ALIVE} ORDER BY e.example"""
        with self.reading() as db:
            blobs = [blob for (blob,) in db.execute(sql, {"v": version, "c": class_key})]
        return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), self.dim)

    def training_set(self, version: int, most: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """Class keys (n,) and embeddings (n, d) of at most ``most`` live examples, spread evenly.

        Of each class an equal share is taken, oldest first.
        """
        sql = """SELECT e.class, i.embedding FROM examples e
            JOIN items i ON i.item = e.item
            JOIN classes c ON c.class = e.class AND c.died IS NULL AND c.retired = 0
            WHERE e.born <= :v AND (e.died IS NULL OR e.died > :v) ORDER BY e.class, e.example"""
        counts = self.counts(version)
        share = _even_share(list(counts.values()), most)
        taken: dict[int, int] = {}
        keys: list[int] = []
        blobs: list[bytes] = []
        with self.reading() as db:
            for key, blob in db.execute(sql, {"v": version}):
                taken[key] = taken.get(key, 0) + 1
                if taken[key] <= share:
                    keys.append(key)
                    blobs.append(blob)
        matrix = np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), self.dim)
        return np.asarray(keys, dtype=np.int64), matrix

    def class_arrays(self, keys: npt.NDArray[np.int64]) -> ClassArrays:
        """Live classes side by side, in the order of ``keys``, which are all of them.

        *Shape:* counts ``(K,)``, sums ``(K, d)`` int64, descriptions ``(K, d)`` (zeros where there
        is none), described ``(K,)`` bool.
        """
        place = {key: i for i, key in enumerate(keys.tolist())}
        arrays = ClassArrays(
            np.zeros(len(place), np.int64),
            np.zeros((len(place), self.dim), np.int64),
            np.zeros((len(place), self.dim), np.float32),
            np.zeros(len(place), np.bool_),
        )
        for one in self.vectors():
            if one.key in place:
                i = place[one.key]
                arrays.counts[i], arrays.sums[i] = one.count, one.sums
                if one.description is not None:
                    arrays.descriptions[i], arrays.described[i] = one.description, True
        return arrays

    # -- derived fits -----------------------------------------------------------------------

    def fit(self, kind: str) -> tuple[int, dict[str, object], bytes] | None:
        """A derived fit: the basis it holds for, its header, its bytes. None if it is damaged."""
        if kind in self._unwritten:
            return self._unwritten[kind]
        with self.reading() as db:
            row = db.execute("SELECT basis, header, body FROM fits WHERE kind = ?", (kind,))
            found = row.fetchone()
        if found is None:
            return None
        header = json.loads(found[1])
        if header.pop("sha256", None) != hashlib.sha256(found[2]).hexdigest():
            return None
        return found[0], header, found[2]

    def keep_fit(self, kind: str, basis: int, header: dict[str, object], body: bytes) -> None:
        """Store a derived fit in place of an older one of its kind; in memory if the file is
        open for reading only.
        """
        if not self.connection.writable:
            self._unwritten[kind] = (basis, header, body)
            return
        told = json.dumps(header | {"sha256": hashlib.sha256(body).hexdigest()}, sort_keys=True)
        with self.connection.transaction("IMMEDIATE") as db:
            db.execute("INSERT OR REPLACE INTO fits VALUES (?, ?, ?, ?)", (kind, basis, told, body))

    # -- bytes ------------------------------------------------------------------------------

    def embedding(self, blob: bytes | None) -> Floats | None:
        """D little-endian float32 as an array."""
        return None if blob is None else np.frombuffer(blob, dtype="<f4")

    def _vectors(
        self, row: tuple[int, str, int | None, bytes | None, bytes | None]
    ) -> ClassVectors:
        key, name, n, total, described = row
        sums = (
            np.zeros(self.dim, dtype=np.int64)
            if total is None
            else np.frombuffer(total, dtype="<i8")
        )
        return ClassVectors(key, name, n or 0, sums, self.embedding(described))


def _class_row(row: tuple[int, int, str, str | None, str, int, int]) -> ClassRow:
    number, key, name, description, described_by, retired, born = row
    return ClassRow(number, key, name, description, described_by, bool(retired), born)


def _example_row(row: tuple[int, int, str, int, int, str, str | None, int, int]) -> ExampleRow:
    return ExampleRow(*row[:8], has_image=bool(row[8]))


def _even_share(counts: list[int], most: int) -> int:
    """Largest share s with sum(min(count, s)) <= most: [5, 1, 9], 9 -> 4 (4 + 1 + 4)."""
    low, high = 0, max(counts, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(count, middle) for count in counts) <= most:
            low = middle
        else:
            high = middle - 1
    return low
