"""The file beside a label space that a service writes: ``mail.space-service``, its *side file*.

It holds jobs, the acts of people that make no version, which requests with a key are being carried
out, what they were answered, and which files of a followed folder were read. All processes that
serve a label space share it. Nothing in it is needed to answer: what a job has changed stands in
the label space.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.store.files import SERVICE_SIDE, beside
from protolabel.store.sqlite_errors import Translation
from protolabel.system.private_files import make_private

_BUSY_SECONDS = 10.0
_FORMAT = 6  # tables and columns are only added
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, space TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL,
    who TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, at TEXT NOT NULL,
    ended_at TEXT, state TEXT NOT NULL, what TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER,
    share REAL, version INTEGER, summary TEXT NOT NULL, counts TEXT NOT NULL,
    error TEXT, owner TEXT NOT NULL,
    beat REAL NOT NULL, cancel INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS acts (
    number INTEGER PRIMARY KEY, space TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
    kind TEXT NOT NULL, summary TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS watched (
    space TEXT NOT NULL, name TEXT NOT NULL, stamp TEXT NOT NULL, documents INTEGER NOT NULL,
    fault TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (space, name)
) STRICT;
CREATE TABLE IF NOT EXISTS replies (
    space TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, version INTEGER NOT NULL,
    mark TEXT NOT NULL, reply TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (space, key)
) STRICT;
CREATE TABLE IF NOT EXISTS claims (
    space TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, name TEXT NOT NULL,
    owner TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (space, key)
) STRICT;
"""


_LATER = (  # columns that files of earlier formats lack
    ("acts", "mark", "TEXT NOT NULL DEFAULT ''"),
    ("watched", "forgettings", "INTEGER"),
    ("watched", "number", "INTEGER"),
    ("watched", "document", "TEXT NOT NULL DEFAULT ''"),
    ("watched", "digest", "TEXT NOT NULL DEFAULT ''"),
)


class SideFile:
    """The file beside one label space; made when something is first written to it."""

    def __init__(self, space_path: str | Path, identity: str) -> None:
        """Open nothing yet.

        Args:
            space_path: the label space file.
            identity: of the label space, which tells its rows from those of another file that had
                this name.
        """
        self.path, self.identity = beside(space_path, SERVICE_SIDE), identity

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Yield a connection to read from; None where nothing was ever written."""
        if not self.path.exists():
            yield None
            return
        with Translation(str(self.path)), closing(self._connection()) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside a transaction that keeps other writers out.

        Raises:
            StoreError: the file cannot be written.
        """
        if not self.path.exists():
            with suppress(FileExistsError):
                make_private(self.path)
        with Translation(str(self.path)), closing(self._connection()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        if db.execute("PRAGMA user_version").fetchone()[0] < _FORMAT:
            _upgrade(db)
        return db


def side_of(space: LabelSpace) -> SideFile:
    """Return the file beside an open label space."""
    return SideFile(space.path, session_of(space).store.rows.identity)


def _upgrade(db: sqlite3.Connection) -> None:
    """Add the tables and columns that a file of an earlier format lacks."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        for table, column, kind in _LATER:
            if column not in {row[1] for row in db.execute(f"PRAGMA table_info({table})")}:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        db.execute(f"PRAGMA user_version = {_FORMAT}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
