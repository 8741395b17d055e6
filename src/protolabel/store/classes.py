"""The classes of a label space file as records, as of any version.

Rows are the truth. A row is alive at version v when ``born <= v`` and it has not died by then.
Nothing here writes.
"""

from __future__ import annotations

from protolabel.store.births import ALIVE
from protolabel.store.connection import Connection
from protolabel.store.records import ClassRow

_CLASS = """SELECT c.row, c.class, c.name, i.text, c.described_by, c.retired, c.sharpened,
    (SELECT min(f.born) FROM classes f WHERE f.class = c.class), c.parent
    FROM classes c LEFT JOIN items i ON i.item = c.description"""


class Classes:
    """Reads the table of classes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def classes(self, version: int) -> list[ClassRow]:
        """Return the classes of a version, retired ones included, oldest first."""
        with self._connection.reading() as db:
            rows = db.execute(f"{_CLASS} WHERE {ALIVE} ORDER BY c.class", {"v": version})
            return [_class_row(row) for row in rows]

    def class_named(self, name: str, version: int) -> ClassRow | None:
        """Return the class of that name at a version."""
        sql = f"{_CLASS} WHERE c.name = :name AND {ALIVE}"
        with self._connection.reading() as db:
            row = db.execute(sql, {"v": version, "name": name}).fetchone()
        return _class_row(row) if row else None

    def class_names_since(self, row: int, version: int) -> list[tuple[int, str]]:
        """Return the names in rows of a higher number, born up to a version, each with its row."""
        sql = "SELECT row, name FROM classes WHERE row > ? AND born <= ?"
        with self._connection.reading() as db:
            return db.execute(sql, (row, version)).fetchall()

    def class_with_key(self, key: int, version: int) -> ClassRow:
        """Return the class of that key at a version, which must have been there."""
        with self._connection.reading() as db:
            row = db.execute(f"{_CLASS} WHERE c.class = :k AND {ALIVE}", {"v": version, "k": key})
            return _class_row(row.fetchone())

    def last_class_name(self, key: int) -> str | None:
        """Return the name that a class has, or had last; None where no class had that key."""
        sql = """SELECT name FROM classes WHERE class = ?
            ORDER BY died IS NULL DESC, died DESC, row DESC LIMIT 1"""
        with self._connection.reading() as db:
            row = db.execute(sql, (key,)).fetchone()
        return None if row is None else str(row[0])

    def class_parents(self, version: int) -> dict[int, int]:
        """Return the key of the class above each class that has one at a version, by class key."""
        sql = f"""SELECT c.class, c.parent FROM classes c INDEXED BY classes_parent
            WHERE c.parent IS NOT NULL AND {ALIVE}"""  # SQLite would read all classes by birth
        with self._connection.reading() as db:
            return dict(db.execute(sql, {"v": version}).fetchall())

    def touched_since(self, version: int) -> list[int]:
        """Return the keys of classes whose rows, examples or sums changed after a version.

        A repair may have changed the sums of any of them.
        """
        sql = """SELECT class FROM classes WHERE born > :v UNION
            SELECT class FROM classes WHERE died > :v UNION
            SELECT class FROM examples WHERE born > :v UNION
            SELECT class FROM examples WHERE died > :v UNION
            SELECT class FROM negatives WHERE born > :v UNION
            SELECT class FROM negatives WHERE died > :v"""
        repairs = "SELECT EXISTS (SELECT 1 FROM changes WHERE version > :v AND kind = 'repair')"
        with self._connection.reading() as db:
            if db.execute(repairs, {"v": version}).fetchone()[0]:
                sql += " UNION SELECT class FROM classes WHERE died IS NULL"
            return sorted(key for (key,) in db.execute(sql, {"v": version}))


def _class_row(
    row: tuple[int, int, str, str | None, str, int, int | None, int, int | None],
) -> ClassRow:
    number, key, name, description, described_by, retired, sharpened, born, parent = row
    return ClassRow(
        number, key, name, description, described_by, bool(retired), born, sharpened, parent
    )
