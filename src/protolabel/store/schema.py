"""The file format: tables, and the ordered migrations that lead to it. docs/label-space-format.md
says the same to people who read a file without protolabel.

Rows are never changed or deleted by a change of the label space: a row is *born* at one version
and *dies* at another, so that every version can be looked at and returned to. ``sums`` and
``fits`` alone are derived, and are rebuilt by ``check``.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

APPLICATION_ID = 0x50724C62  # "PrLb": bytes 68 to 71 of the file
Migration = Callable[[sqlite3.Connection], None]


def m001_create_tables(db: sqlite3.Connection) -> None:
    """Everything of format 1."""
    for statement in _FORMAT_1:
        db.execute(statement)


_FORMAT_1 = (
    """CREATE TABLE meta (
        key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE changes (
        version INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        kind TEXT NOT NULL,
        summary TEXT NOT NULL,
        detail TEXT NOT NULL,
        reverts INTEGER,
        moves INTEGER NOT NULL CHECK (moves IN (0, 1)))""",
    """CREATE TABLE items (
        item INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        text TEXT,
        embedding BLOB NOT NULL)""",
    """CREATE TABLE classes (
        row INTEGER PRIMARY KEY,
        class INTEGER NOT NULL,
        name TEXT NOT NULL,
        description INTEGER REFERENCES items (item),
        described_by TEXT NOT NULL CHECK (described_by IN ('given', 'name', 'none')),
        retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
        born INTEGER NOT NULL REFERENCES changes (version),
        died INTEGER REFERENCES changes (version),
        CHECK (died IS NULL OR died > born),
        CHECK ((description IS NULL) = (described_by = 'none')))""",
    "CREATE UNIQUE INDEX classes_live ON classes (class) WHERE died IS NULL",
    "CREATE UNIQUE INDEX classes_live_name ON classes (name) WHERE died IS NULL",
    "CREATE INDEX classes_class ON classes (class)",
    "CREATE INDEX classes_born ON classes (born)",
    "CREATE INDEX classes_died ON classes (died) WHERE died IS NOT NULL",
    """CREATE TABLE examples (
        row INTEGER PRIMARY KEY,
        example INTEGER NOT NULL,
        id TEXT NOT NULL,
        item INTEGER NOT NULL REFERENCES items (item),
        class INTEGER NOT NULL,
        source TEXT NOT NULL,
        born INTEGER NOT NULL REFERENCES changes (version),
        died INTEGER REFERENCES changes (version),
        CHECK (died IS NULL OR died > born))""",
    "CREATE UNIQUE INDEX examples_live ON examples (example) WHERE died IS NULL",
    "CREATE INDEX examples_example ON examples (example)",
    "CREATE UNIQUE INDEX examples_live_id ON examples (id) WHERE died IS NULL",
    "CREATE INDEX examples_class ON examples (class)",
    "CREATE INDEX examples_born ON examples (born)",
    "CREATE INDEX examples_died ON examples (died) WHERE died IS NOT NULL",
    """CREATE TABLE settings (
        row INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        born INTEGER NOT NULL REFERENCES changes (version),
        died INTEGER REFERENCES changes (version),
        CHECK (died IS NULL OR died > born))""",
    "CREATE UNIQUE INDEX settings_live ON settings (key) WHERE died IS NULL",
    """CREATE TABLE sums (
        class INTEGER PRIMARY KEY,
        n INTEGER NOT NULL,
        total BLOB NOT NULL)""",
    """CREATE TABLE fits (
        kind TEXT PRIMARY KEY,
        basis INTEGER NOT NULL,
        header TEXT NOT NULL,
        body BLOB NOT NULL) WITHOUT ROWID""",
)


def m002_add_images(db: sqlite3.Connection) -> None:
    """Format 2: an item may hold an image. NULL for texts and bare embeddings."""
    db.execute("ALTER TABLE items ADD COLUMN image BLOB")


MIGRATIONS: tuple[Migration, ...] = (m001_create_tables, m002_add_images)
FORMAT = len(MIGRATIONS)


def migrate(db: sqlite3.Connection) -> None:
    """Bring a file to the newest format, each migration in a transaction of its own.

    ``PRAGMA user_version`` is the number of migrations that a file has been through.
    """
    (done,) = db.execute("PRAGMA user_version").fetchone()
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            (done,) = db.execute("PRAGMA user_version").fetchone()
            if done < number:  # else another process was faster
                migration(db)
                db.execute(f"PRAGMA user_version = {number}")
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def item_digest(text: str | None, image: bytes | None, embedding: bytes) -> bytes:
    """What makes an item itself: SHA-256 over a letter for its kind, its content, its embedding."""
    if image is not None:
        return hashlib.sha256(b"i" + image + embedding).digest()
    content = b"v" if text is None else b"t" + text.encode()
    return hashlib.sha256(content + embedding).digest()
