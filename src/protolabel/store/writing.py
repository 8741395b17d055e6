"""What every change of a label space is made of: the rows that an open change writes.

``label_space/changes`` says what a rename or a merge writes. ``transaction`` opens and ends a
change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.fixed_point import size_error, unrepresentable
from protolabel.arrays import Floats
from protolabel.store.encodings import IN_FORCE
from protolabel.store.moved_sums import MovedSums
from protolabel.store.records import LASTING_SETTINGS, ClassRow, ExampleRow
from protolabel.store.row_lives import RowLives
from protolabel.store.schema import item_digest, newest_item
from protolabel.store.sqlite_rows import SqliteRows
from protolabel.store.tables import Tables
from protolabel.store.vector_rows import keep_vector
from protolabel.types import Change, VectorSpace

CLASS_COLUMNS = (
    "class", "name", "description", "described_by", "retired", "sharpened", "parent"
)  # fmt: skip
EXAMPLE_COLUMNS = ("id", "item", "class", "source", "turn")  # of negative ones, too
_USED_ID = """SELECT 1 FROM examples WHERE id = :id AND died IS NULL
    UNION ALL SELECT 1 FROM negatives WHERE id = :id AND died IS NULL"""
_LASTING = f"key IN ({', '.join(map(repr, LASTING_SETTINGS))})"


class SqliteWriting:
    """An open transaction that will become version ``version``.

    Attributes:
        rows: the rows, this change included as far as it has got.
        version: the number of this change.
        before: the version that it stands on.
        newest_before: the newest item that was stored before this change, or 0.
        encoding: the one in force; vectors that come in are in it.
        summary: what the log says of this change.
        detail: the same for programs.
        reverts: the version that this change undoes or redoes, or None.
        re_encoded, moves: whether another encoding is in force, or a prototype moved.
        record: this change as the log has it, once it is written; None before.
    """

    def __init__(self, tables: Tables, db: sqlite3.Connection, version: int) -> None:
        self._tables, self._db = tables, db
        self._sums = MovedSums(tables.vectors, db)
        self._absent: set[bytes] = set()  # digests of items that were looked for in vain
        self._lives = RowLives(db, version)
        self.rows = SqliteRows(tables)
        self.version, self.before = version, version - 1
        self.newest_before = newest_item(db)
        self.encoding: VectorSpace = tables.encodings.encoding(version)
        self.summary = ""
        self.detail: dict[str, object] = {}
        self.reverts: int | None = None
        self.re_encoded = self.moves = False
        self.record: Change | None = None

    # -- items --------------------------------------------------------------------------------

    def item(self, text: str | None, embedding: Floats, image: bytes | None = None) -> int:
        """Store a text or an image with its embedding once; return its number.

        Raises:
            InputError: the embedding is one that sums cannot hold.
        """
        if len(unrepresentable(embedding[None, :])):
            raise size_error(embedding, "a text or an image")
        digest = self._item_digest(text, embedding, image)
        if digest in self._absent:
            self._absent.remove(digest)
        elif (stored := self._item_with(digest)) is not None:
            return stored
        cursor = self._db.execute(
            "INSERT INTO items (digest, text, image) VALUES (?, ?, ?)", (digest, text, image)
        )
        item = int(cursor.lastrowid or 0)
        keep_vector(self._db, item, self.encoding, embedding)
        self._sums.learn(item, self.encoding, embedding)
        return item

    def item_of(
        self, text: str | None, embedding: Floats, image: bytes | None = None
    ) -> int | None:
        """Return the number of the item that :meth:`item` would find, None if it would store it."""
        digest = self._item_digest(text, embedding, image)
        if (item := self._item_with(digest)) is None:
            self._absent.add(digest)
        return item

    def _item_with(self, digest: bytes) -> int | None:
        row = self._db.execute("SELECT item FROM items WHERE digest = ?", (digest,)).fetchone()
        return int(row[0]) if row else None

    def _item_digest(self, text: str | None, embedding: Floats, image: bytes | None) -> bytes:
        blob = np.ascontiguousarray(embedding, dtype="<f4").tobytes()
        return item_digest(text, image, blob, self.encoding.number)

    # -- encodings ----------------------------------------------------------------------------

    def place_encoder(self, name: str) -> None:
        """Note by which name or in which folder the encoder in force is found from now on."""
        self._db.execute(
            "UPDATE encodings SET encoder = ? WHERE encoding = ?", (name, self.encoding.number)
        )
        self.encoding = replace(self.encoding, encoder=name)

    def use_encoding(self, encoding: VectorSpace) -> None:
        """Put another encoding in force; every living item must have a vector in it already."""
        self.set(IN_FORCE, str(encoding.number))
        self._encoding_changed()

    def rebuild_sums(self) -> None:
        """Rebuild the sums of all classes from their examples."""
        self._sums.rebuild()
        self.moves = True

    def _encoding_changed(self) -> None:
        self.encoding = self._tables.encodings.encoding(self.version)
        self.re_encoded = True
        self._sums.rebuild()
        self.moves = True

    # -- classes ------------------------------------------------------------------------------

    def new_class(self, name: str, description: int | None, described_by: str) -> int:
        """Write a class that was not there before; return its key."""
        key = self._lives.next_key("class", "classes")
        self._db.execute(
            "INSERT INTO classes (class, name, description, described_by, retired, born) "
            "VALUES (?, ?, ?, ?, 0, ?)",
            (key, name, description, described_by, self.version),
        )
        self._sums.begin(key)
        self.moves = self.moves or description is not None
        return key

    def rename_class(self, row: ClassRow, name: str) -> None:
        """Give a class another name; change nothing else."""
        self._replace_class(row, name=name)

    def describe_class(self, row: ClassRow, description: int | None, described_by: str) -> None:
        """Give a class another description, or none; it is no longer sharpened."""
        self._replace_class(row, description=description, described_by=described_by, sharpened=None)
        self.moves = True

    def sharpen_class(self, row: ClassRow, item: int | None) -> None:
        """Let a vector stand for a class's description in its prototype, or none."""
        self._replace_class(row, sharpened=item)
        self.moves = True

    def put_class_under(self, row: ClassRow, parent: int | None) -> None:
        """Put a class under the class of a key, or at the top.

        Fits are bound to the version that moved a prototype; those that add up levels follow from
        this too, so it counts as such a version.
        """
        self._replace_class(row, parent=parent)
        self.moves = True

    def retire_class(self, row: ClassRow, retired: bool) -> None:
        """Take a class out of the answers with all it holds, or bring it back."""
        self._replace_class(row, retired=int(retired))
        self.moves = True

    def end_class(self, row: ClassRow) -> None:
        """End a class, whose examples must have moved or ended before."""
        self._lives.bury("classes", row.row)
        self.moves = True

    def _replace_class(self, row: ClassRow, **new: object) -> None:
        old = self._db.execute(
            f"SELECT {', '.join(CLASS_COLUMNS)} FROM classes WHERE row = ?", (row.row,)
        ).fetchone()
        values = dict(zip(CLASS_COLUMNS, old, strict=True)) | new | {"born": self.version}
        self._lives.bury("classes", row.row)
        self._db.execute(
            f"INSERT INTO classes ({', '.join(values)}) VALUES (:{', :'.join(values)})", values
        )

    # -- examples -----------------------------------------------------------------------------

    def add_example(self, class_key: int, identity: str, item: int, source: str) -> str:
        """Write a new example; return its id, a fresh one where ``identity`` is empty."""
        key = self._lives.next_key("example", "examples")
        identity = identity or self._free_id(f"e{key}")
        self._bear_example(key, identity, item, class_key, source)
        return identity

    def move_example(self, row: ExampleRow, class_key: int) -> None:
        """Move an example to another class."""
        self.end_example(row)
        self._bear_example(row.key, row.id, row.item, class_key, row.source)

    def end_example(self, row: ExampleRow) -> None:
        """End an example, so that it counts no longer."""
        self._lives.bury("examples", row.row)
        self._count(row.class_key, row.item, -1)

    # -- negative examples ----------------------------------------------------------------------

    def add_negative(self, class_key: int, identity: str, item: int, source: str) -> str:
        """Write a document that is not of a class; return its id, a fresh one where empty.

        No prototype moves. Fits are bound to the version that moved one, and follow from this too.
        """
        key = self._lives.next_key("negative", "negatives")
        identity = identity or self._free_id(f"n{key}")
        self._bear_negative(key, identity, item, class_key, source)
        return identity

    def end_negative(self, row: ExampleRow) -> None:
        """End a negative example, so that it counts no longer."""
        self._lives.bury("negatives", row.row)
        self.moves = True

    def move_negative(self, row: ExampleRow, class_key: int) -> None:
        """Make a negative example one of another class."""
        self.end_negative(row)
        self._bear_negative(row.key, row.id, row.item, class_key, row.source)

    def _bear_negative(self, *values: object) -> None:
        """Write a row of: key, id, item, class and source."""
        self._lives.bear("negatives", ("negative", *EXAMPLE_COLUMNS), (*values, None))
        self.moves = True

    def _bear_example(
        self, key: int, identity: str, item: int, class_key: int, source: str
    ) -> None:
        self._lives.bear(
            "examples",
            ("example", *EXAMPLE_COLUMNS),
            (key, identity, item, class_key, source, None),
        )
        self._count(class_key, item, +1)

    def order_statements(self, turns: Mapping[str, int]) -> None:
        """Note in which order persons gave the examples of this change, by their ids."""
        values = [(turn, identity, self.version) for identity, turn in turns.items()]
        added = "id = ? AND died IS NULL AND born = ?"
        for table in ("examples", "negatives"):
            self._db.executemany(f"UPDATE {table} SET turn = ? WHERE {added}", values)

    def _free_id(self, first: str) -> str:
        """Return an id that no living example has, nor a negative one."""
        identity, attempt = first, 0
        while self._db.execute(_USED_ID, {"id": identity}).fetchone():
            attempt += 1
            identity = f"{first}-{attempt}"
        return identity

    # -- settings -----------------------------------------------------------------------------

    def set(self, key: str, value: str) -> None:
        """Write a setting, which holds from this version on."""
        live = self._db.execute("SELECT row FROM settings WHERE key = ? AND died IS NULL", (key,))
        for (row,) in live.fetchall():
            self._lives.bury("settings", row)
        self._db.execute(
            "INSERT INTO settings (key, value, born) VALUES (?, ?, ?)", (key, value, self.version)
        )
        if key == "kappa":
            self.moves = True

    # -- back to an earlier version -----------------------------------------------------------

    def revert_to(self, version: int) -> None:
        """Make the rows alive now the rows that were alive at ``version``, by births and deaths."""
        settings = self._lives.exchanged("settings", ("key", "value"), version, unless=_LASTING)
        changed = list(settings)
        if any(row["key"] == IN_FORCE for row in changed):
            self._encoding_changed()
        elif changed:
            self.moves = True
        if list(self._lives.exchanged("classes", CLASS_COLUMNS, version)):
            self.moves = True
        for row in self._lives.exchanged("examples", ("example", *EXAMPLE_COLUMNS), version):
            self._count(int(row["class"]), int(row["item"]), int(row["sign"]))
        if list(self._lives.exchanged("negatives", ("negative", *EXAMPLE_COLUMNS), version)):
            self.moves = True

    # -- bookkeeping --------------------------------------------------------------------------

    def _count(self, class_key: int, item: int, sign: int) -> None:
        self.moves = True
        self._sums.count(class_key, item, sign, self.encoding)

    def flush(self) -> None:
        """Write the sums that this change moved: all of them, after a change of encoding."""
        self._sums.write(self.version, self.encoding)
