"""The rows of a label space as records: reading them as of any version, and nothing that writes.

Rows are the truth. A row is alive at version v when ``born <= v`` and it has not died by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt

from protolabel.errors import HistoryError
from protolabel.store.connection import Connection
from protolabel.store.encodings import ALIVE, alive
from protolabel.store.fits import Fits
from protolabel.store.records import ClassRow, ExampleRow, Fit
from protolabel.store.vectors import Vectors
from protolabel.types import Change

_CLASS = """SELECT c.row, c.class, c.name, i.text, c.described_by, c.retired,
    (SELECT min(f.born) FROM classes f WHERE f.class = c.class)
    FROM classes c LEFT JOIN items i ON i.item = c.description"""
_EXAMPLE = """SELECT e.row, e.example, e.id, e.item, e.class, e.source, i.text, e.born,
    i.image IS NOT NULL
    FROM examples e JOIN items i ON i.item = e.item"""

_ITEMS = f"""SELECT e.item, i.digest FROM examples e JOIN items i ON i.item = e.item
    JOIN classes c ON c.class = e.class AND c.retired = 0
        AND {alive("c")}
    WHERE {alive("e")}"""


class RowReader(Vectors):
    """Reads one file: what stands in it as words here, what stands in it as numbers in Vectors."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        with self.reading() as db:
            self.meta: dict[str, str] = dict(db.execute("SELECT key, value FROM meta"))
        self.fits = Fits(connection)

    @property
    def identity(self) -> str:
        """Return what tells this label space from every other, as 32 hexadecimal digits.

        A file that was made without an identity has the one that follows from how it was made.
        """
        if "identity" in self.meta:
            return self.meta["identity"]
        sql = "SELECT at, who, kind, summary, detail FROM changes WHERE version = 1"
        with self.reading() as db:
            change = db.execute(sql).fetchone()
            encoding = db.execute("SELECT fingerprint FROM encodings WHERE encoding = 1").fetchone()
        words = (self.meta["created_at"], self.meta["metric"], *change, *encoding)
        return hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest()[:32]

    # -- versions ---------------------------------------------------------------------------

    def version(self) -> int:
        """Return the number of the newest change."""
        with self.reading() as db:
            return int(db.execute("SELECT max(version) FROM changes").fetchone()[0])

    def basis(self, version: int | None = None) -> int:
        """Return the newest version up to ``version`` that moved a prototype."""
        sql = """SELECT version FROM changes WHERE moves = 1 AND version <= ?
            ORDER BY version DESC LIMIT 1"""
        with self.reading() as db:
            newest = self.version() if version is None else version
            return int(db.execute(sql, (newest,)).fetchone()[0])

    def changes(self, before: int | None = None, limit: int | None = None) -> Iterator[Change]:
        """Yield the log of changes, newest first: those older than version ``before``."""
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
                remedy="see `protolabel history SPACE`",
            )

    def settings(self, version: int) -> dict[str, str]:
        """Return the settings in force at a version."""
        with self.reading() as db:
            return dict(
                db.execute(f"SELECT key, value FROM settings WHERE {ALIVE}", {"v": version})
            )

    # -- classes ----------------------------------------------------------------------------

    def classes(self, version: int) -> list[ClassRow]:
        """Return the classes of a version, retired ones included, oldest first."""
        with self.reading() as db:
            rows = db.execute(f"{_CLASS} WHERE {ALIVE} ORDER BY c.class", {"v": version})
            return [_class_row(row) for row in rows]

    def class_named(self, name: str, version: int) -> ClassRow | None:
        """Return the class of that name at a version."""
        sql = f"{_CLASS} WHERE c.name = :name AND {ALIVE}"
        with self.reading() as db:
            row = db.execute(sql, {"v": version, "name": name}).fetchone()
        return _class_row(row) if row else None

    def class_names_since(self, row: int, version: int) -> list[tuple[int, str]]:
        """Return the names in rows of a higher number, born up to a version, each with its row."""
        sql = "SELECT row, name FROM classes WHERE row > ? AND born <= ?"
        with self.reading() as db:
            return db.execute(sql, (row, version)).fetchall()

    def class_with_key(self, key: int, version: int) -> ClassRow:
        """Return the class of that key at a version, which must have been there."""
        with self.reading() as db:
            row = db.execute(f"{_CLASS} WHERE c.class = :k AND {ALIVE}", {"v": version, "k": key})
            return _class_row(row.fetchone())

    def touched_since(self, version: int) -> list[int]:
        """Return the keys of classes whose rows, examples or sums changed after a version.

        A repair may have changed the sums of any of them.
        """
        sql = """SELECT class FROM classes WHERE born > :v UNION
            SELECT class FROM classes WHERE died > :v UNION
            SELECT class FROM examples WHERE born > :v UNION
            SELECT class FROM examples WHERE died > :v"""
        repairs = "SELECT EXISTS (SELECT 1 FROM changes WHERE version > :v AND kind = 'repair')"
        with self.reading() as db:
            if db.execute(repairs, {"v": version}).fetchone()[0]:
                sql += " UNION SELECT class FROM classes WHERE died IS NULL"
            return sorted(key for (key,) in db.execute(sql, {"v": version}))

    # -- examples ---------------------------------------------------------------------------

    def examples(self, class_key: int, version: int) -> list[ExampleRow]:
        """Return the examples of a class at a version, oldest first."""
        with self.reading() as db:
            rows = db.execute(
                _EXAMPLE + f" WHERE e.class = :c AND {ALIVE} ORDER BY e.example",
                {"v": version, "c": class_key},
            )
            return [_example_row(row) for row in rows]

    def example_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """Return the example of that id at a version."""
        with self.reading() as db:
            row = db.execute(
                _EXAMPLE + f" WHERE e.id = :id AND {ALIVE}", {"v": version, "id": identity}
            ).fetchone()
        return _example_row(row) if row else None

    def example_with_key(self, key: int, version: int) -> ExampleRow:
        """Return the example of that key at a version, which must have been there."""
        with self.reading() as db:
            values = {"v": version, "k": key}
            row = db.execute(f"{_EXAMPLE} WHERE e.example = :k AND {ALIVE}", values).fetchone()
        return _example_row(row)

    def texts_since(self, item: int) -> list[tuple[int, str]]:
        """Return the texts of items with a higher number, each with its item, ascending."""
        sql = "SELECT item, text FROM items WHERE item > ? AND text IS NOT NULL ORDER BY item"
        with self.reading() as db:
            return db.execute(sql, (item,)).fetchall()

    def examples_of_items(
        self, items: Collection[int], version: int
    ) -> dict[int, list[tuple[str, str]]]:
        """Return id and class name of the examples that hold one of the items, oldest first."""
        sql = f"""SELECT e.item, e.id, c.name FROM examples e JOIN classes c ON c.class = e.class
            AND {alive("c")}
            WHERE {alive("e")} ORDER BY e.example"""
        examples: dict[int, list[tuple[str, str]]] = {}
        with self.reading() as db:
            for item, identity, name in db.execute(sql, {"v": version}):
                if item in items:
                    examples.setdefault(item, []).append((identity, name))
        return examples

    def example_items(self, version: int) -> npt.NDArray[np.int64]:
        """Return the items of the examples of classes that answer at a version, ascending."""
        with self.reading() as db:
            items = [item for item, _ in db.execute(_ITEMS, {"v": version})]
        return np.unique(np.array(items, np.int64))

    def examples_digest(self, version: int) -> str:
        """Return the identity of what :meth:`example_items` hold, as hexadecimal SHA-256."""
        with self.reading() as db:
            digests = sorted({digest for _, digest in db.execute(_ITEMS, {"v": version})})
        return hashlib.sha256(b"".join(digests)).hexdigest()

    def image(self, item: int) -> bytes | None:
        """Return the image that an item holds."""
        with self.reading() as db:
            row = db.execute("SELECT image FROM items WHERE item = ?", (item,)).fetchone()
        return row[0] if row else None

    # -- derived fits -----------------------------------------------------------------------

    def fit(self, kind: str, basis: int) -> Fit | None:
        """Return the fit of a kind that was made from a basis; None if absent or damaged."""
        return self.fits.fit(kind, basis)

    def keep_fit(self, fit: Fit) -> None:
        """Store a fit beside those of other bases; see :class:`Fits`."""
        self.fits.keep_fit(fit)


def _class_row(row: tuple[int, int, str, str | None, str, int, int]) -> ClassRow:
    number, key, name, description, described_by, retired, born = row
    return ClassRow(number, key, name, description, described_by, bool(retired), born)


def _example_row(row: tuple[int, int, str, int, int, str, str | None, int, int]) -> ExampleRow:
    return ExampleRow(*row[:8], has_image=bool(row[8]))
