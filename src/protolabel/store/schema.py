"""The file format: tables, and the ordered migrations that lead to it.

docs/label-space-format.md describes it for people who read a file without protolabel.

Rows are never changed or deleted by a change of the label space: a row is *born* at one version
and *dies* at another, so that every version can be looked at and returned to. ``sums`` and
``fits`` alone are derived, and are rebuilt by ``check``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable

from protolabel.errors import SpaceDamagedError
from protolabel.store.answer_tables import ANSWER_TABLES, FIRST_ANSWERS
from protolabel.store.decision_rows import make_decisions
from protolabel.store.first_tables import FORMAT_1
from protolabel.store.negative_tables import NEGATIVE_TABLES
from protolabel.store.proposal_tables import PROPOSAL_TABLES
from protolabel.store.sqlite_errors import restore_remedy

APPLICATION_ID = 0x50724C62  # "PrLb": bytes 68 to 71 of the file
Migration = Callable[[sqlite3.Connection], None]


def m001_create_tables(db: sqlite3.Connection) -> None:
    """Create everything of format 1."""
    for statement in FORMAT_1:
        db.execute(statement)


def m002_add_images(db: sqlite3.Connection) -> None:
    """Migrate to format 2: an item may hold an image. NULL for texts and bare embeddings."""
    db.execute("ALTER TABLE items ADD COLUMN image BLOB")


def m003_encodings(db: sqlite3.Connection) -> None:
    """Migrate to format 3: embeddings move from ``items`` to ``vectors``.

    ``vectors`` has one for each vector space that the file knows.
    What an older file holds becomes encoding 1, in force from its first version on. Columns that
    ``items`` has besides are left alone.
    """
    for statement in _ENCODINGS:
        db.execute(statement)
    db.create_function("sha256", 1, _sha256, deterministic=True)
    meta = dict(db.execute("SELECT key, value FROM meta"))
    if meta:  # else the file is being made, and says itself what it begins with
        missing = {"fingerprint", "encoder", "dim"} - meta.keys()
        if missing:
            raise SpaceDamagedError(
                f"meta has no {', '.join(sorted(missing))}", remedy=restore_remedy()
            )
        fingerprint = meta["fingerprint"]
        reads = "" if fingerprint.startswith("precomputed:") else "text"  # made in format 1
        db.execute(
            "INSERT INTO encodings (encoding, fingerprint, encoder, dim, reads) "
            "VALUES (1, ?, ?, ?, ?)",
            (fingerprint, meta["encoder"], int(meta["dim"]), meta.get("reads", reads)),
        )
        db.execute("INSERT INTO settings (key, value, born) VALUES ('encoding', '1', 1)")
        db.execute(
            "INSERT INTO vectors (item, encoding, embedding, digest) "
            "SELECT item, 1, embedding, sha256(embedding) FROM items ORDER BY item"
        )
        db.execute("DELETE FROM meta WHERE key IN ('fingerprint', 'encoder', 'dim', 'reads')")
    db.execute("ALTER TABLE items DROP COLUMN embedding")


def _sha256(blob: bytes) -> bytes:
    return hashlib.sha256(blob).digest()


_ENCODINGS = (
    """CREATE TABLE encodings (
        encoding INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        encoder TEXT NOT NULL,
        dim INTEGER NOT NULL CHECK (dim > 0),
        reads TEXT NOT NULL)""",
    """CREATE TABLE vectors (
        item INTEGER NOT NULL REFERENCES items (item),
        encoding INTEGER NOT NULL REFERENCES encodings (encoding),
        embedding BLOB NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (item, encoding))""",
)


def m004_digests(db: sqlite3.Connection) -> None:
    """Migrate to format 4: digests over sums and over all of a fit; fits of several bases.

    A fit whose old digest does not hold is left behind.
    """
    sums = db.execute("SELECT class, n, total FROM sums").fetchall()
    fits = db.execute("SELECT kind, basis, header, body FROM fits").fetchall()
    for statement in _DIGESTS:
        db.execute(statement)
    for key, n, total in sums:
        digest = _sha256(f"{key}\n{n}\n".encode() + total)
        db.execute("INSERT INTO sums VALUES (?, ?, ?, ?)", (key, n, total, digest))
    for kind, basis, text, body in fits:
        try:
            header = json.loads(text)
        except ValueError:
            continue
        if header.pop("sha256", None) == hashlib.sha256(body).hexdigest():
            text = json.dumps(header, sort_keys=True)
            digest = _sha256(f"{kind}\n{basis}\n{text}\n".encode() + body)
            db.execute("INSERT INTO fits VALUES (?, ?, ?, ?, ?)", (kind, basis, text, body, digest))


_DIGESTS = (
    "DROP TABLE sums",
    "DROP TABLE fits",
    """CREATE TABLE sums (
        class INTEGER PRIMARY KEY,
        n INTEGER NOT NULL,
        total BLOB NOT NULL,
        digest BLOB NOT NULL)""",
    """CREATE TABLE fits (
        kind TEXT NOT NULL,
        basis INTEGER NOT NULL,
        header TEXT NOT NULL,
        body BLOB NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (kind, basis)) WITHOUT ROWID""",
)


def m005_answers(db: sqlite3.Connection) -> None:
    """Migrate to format 5: what the label space has answered, and what people said to that."""
    for statement in ANSWER_TABLES:
        db.execute(statement)


def m006_proposals(db: sqlite3.Connection) -> None:
    """Migrate to format 6: classes that were proposed, and what people said to that."""
    for statement in PROPOSAL_TABLES:
        db.execute(statement)


def m007_classes(db: sqlite3.Connection) -> None:
    """Migrate to format 7: a class may stand under another one, and have a sharpened vector.

    ``parent``: NULL for a class at the top. ``sharpened``: a vector that documents moved. Examples
    are found by what they hold, too.
    """
    db.execute("ALTER TABLE classes ADD COLUMN sharpened INTEGER REFERENCES items (item)")
    db.execute("ALTER TABLE classes ADD COLUMN parent INTEGER")
    db.execute("CREATE INDEX classes_parent ON classes (parent) WHERE parent IS NOT NULL")
    db.execute("CREATE INDEX examples_item ON examples (item)")


def m008_negatives(db: sqlite3.Connection) -> None:
    """Migrate to format 8: negative examples, documents that are not of a class."""
    for statement in NEGATIVE_TABLES:
        db.execute(statement)


def m009_first_answers(db: sqlite3.Connection) -> None:
    """Migrate to format 9: a document keeps the time and the number of its first answer.

    Of a document that was answered more than once before, the newest answer counts as the first.
    Where the table is full, documents have left: of those that people decided on, older ones are
    there than of the rest, so that comparing begins with the rest.
    """
    for statement in FIRST_ANSWERS:
        db.execute(statement)


def m010_turns(db: sqlite3.Connection) -> None:
    """Migrate to format 10: the order of what people said, of rows of an import."""
    for table in ("examples", "negatives"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN turn INTEGER")


def m011_decisions(db: sqlite3.Connection) -> None:
    """Migrate to format 11: all classes that people gave a document, remembered or not."""
    make_decisions(db)


MIGRATIONS: tuple[Migration, ...] = (
    m001_create_tables,
    m002_add_images,
    m003_encodings,
    m004_digests,
    m005_answers,
    m006_proposals,
    m007_classes,
    m008_negatives,
    m009_first_answers,
    m010_turns,
    m011_decisions,
)
FORMAT = len(MIGRATIONS)


def migrate(db: sqlite3.Connection) -> None:
    """Bring a file to the newest format, each migration in a transaction of its own.

    ``PRAGMA user_version`` is the number of migrations that a file has been through. It is read
    again under the lock: another process may be migrating the same file.
    """
    while _migrations_done(db) < FORMAT:
        db.execute("BEGIN IMMEDIATE")
        try:
            done = _migrations_done(db)
            if done < FORMAT:
                MIGRATIONS[done](db)
                db.execute(f"PRAGMA user_version = {done + 1}")
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def _migrations_done(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def item_digest(text: str | None, image: bytes | None, embedding: bytes, encoding: int) -> bytes:
    """Return what tells items apart: a SHA-256 digest.

    It covers a letter for the kind, the content, the embedding that the item came with, and, from
    the second encoding on, the number of that embedding's encoding.
    """
    words = b"v" if text is None else b"t" + text.encode()
    content = words if image is None else b"i" + image
    place = b"" if encoding == 1 else str(encoding).encode()
    return hashlib.sha256(content + embedding + place).digest()


def newest_item(db: sqlite3.Connection) -> int:
    """Return the number of the newest item, or 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(item), 0) FROM items").fetchone()[0])
