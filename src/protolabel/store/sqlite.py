"""The store of one label space: making, opening, changing and copying its file.

Reading it is ``rows``; what a change consists of is ``writing``.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import UTC, datetime
from pathlib import Path

from protolabel.arrays import Floats
from protolabel.encoders import compatible
from protolabel.errors import SpaceExistsError, StoreError
from protolabel.store.check import check
from protolabel.store.connection import Connection
from protolabel.store.duplicates import duplicates
from protolabel.store.encodings import IN_FORCE
from protolabel.store.files import MEMORY, partial_file, refuse_memory, refuse_taken, settle
from protolabel.store.rows import RowReader
from protolabel.store.schema import migrate
from protolabel.store.sqlite_errors import in_our_words, translated
from protolabel.store.writing import SqliteWriting, keep_vector
from protolabel.types import Finding, VectorSpace


class SqliteStore(RowReader):
    """Rows that can be changed. One transaction a change; a version number each."""

    @classmethod
    def create(
        cls,
        path: str,
        meta: dict[str, str],
        encoding: VectorSpace,
        settings: dict[str, str],
        who: str,
    ) -> SqliteStore:
        """Make the file whole or not at all: it is built beside its place and moved there."""
        settings = settings | {IN_FORCE: str(encoding.number)}
        if path == MEMORY:
            connection = Connection(path)
            _lay_out(connection.db, meta, encoding, settings, who)
            return cls(connection)
        target = Path(path)
        taken = "choose another path, or open the label space that is there"
        refuse_taken(path, remedy=taken)
        if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
            raise StoreError(
                f"{target.parent} is not a folder that can be written",
                expected="an existing, writable folder",
                remedy=f"mkdir -p {target.parent}, or choose another path",
            )
        with partial_file(path) as partial, in_our_words(path), _making(path):
            _build(partial, meta, encoding, settings, who)
            settle(partial, target)
        return cls(Connection(path))

    @classmethod
    def open(cls, path: str) -> SqliteStore:
        """Open an existing file; one that cannot be written is opened for reading."""
        return cls(Connection(path))

    @contextmanager
    def writing(self, kind: str, who: str) -> Iterator[SqliteWriting]:
        """Open one change: everything done with it is committed at the end, or nothing."""
        with self.connection.transaction("IMMEDIATE") as db:
            version = self.version() + 1
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            db.execute(
                "INSERT INTO changes VALUES (?, ?, ?, ?, '', '{}', NULL, 0)",
                (version, at, who, kind),
            )
            change = SqliteWriting(self, db, version, self.encoding(version))
            yield change
            change.flush()
            db.execute(
                "UPDATE changes SET summary = ?, detail = ?, reverts = ?, moves = ? "
                "WHERE version = ?",
                (
                    change.summary,
                    json.dumps(change.detail, sort_keys=True),
                    change.reverts,
                    int(change.moves),
                    version,
                ),
            )

    @contextmanager
    def exclusively(self, *, patience: float | None = None) -> Iterator[None]:
        """Keep other writers out; what is read and written inside is one transaction."""
        with self.connection.transaction("IMMEDIATE", patience=patience):
            yield

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""
        return self.connection.commits_elsewhere()

    # -- vectors of an encoding that is not in force: no change of the label space ------------

    def draft(self, fingerprint: str, encoder: str, dim: int, reads: str) -> VectorSpace:
        """Return the encoding for an encoder's vectors: one that is there, or a new one.

        An encoder whose vectors are compatible shares it. A name that is given is where the
        encoder was last found.
        """
        with self.connection.transaction("IMMEDIATE") as db:
            same = [e for e in self.encodings() if compatible(e.fingerprint, fingerprint)]
            if not same:
                cursor = db.execute(
                    "INSERT INTO encodings (fingerprint, encoder, dim, reads) VALUES (?, ?, ?, ?)",
                    (fingerprint, encoder, dim, reads),
                )
                return VectorSpace(int(cursor.lastrowid or 0), fingerprint, encoder, dim, reads)
            if encoder and encoder != same[0].encoder:
                db.execute(
                    "UPDATE encodings SET encoder = ? WHERE encoding = ?",
                    (encoder, same[0].number),
                )
            return replace(same[0], encoder=encoder or same[0].encoder)

    def keep_vectors(self, encoding: VectorSpace, items: Sequence[int], vectors: Floats) -> None:
        """Add vectors of items durably; those that are there already stay as they are."""
        with self.connection.transaction("IMMEDIATE") as db:
            for item, vector in zip(items, vectors, strict=True):
                keep_vector(db, item, encoding, vector)

    def drop_draft(self, encoding: VectorSpace) -> None:
        """Remove the vectors of an encoding that was never in force."""
        sql = f"SELECT 1 FROM settings WHERE key = '{IN_FORCE}' AND value = ?"
        with self.connection.transaction("IMMEDIATE") as db:
            if db.execute(sql, (str(encoding.number),)).fetchone() is None:
                db.execute("DELETE FROM vectors WHERE encoding = ?", (encoding.number,))

    def use_metric(self, metric: str) -> None:
        """Replace an invalid metric name (a repair)."""
        with self.connection.transaction("IMMEDIATE") as db:
            db.execute("UPDATE meta SET value = ? WHERE key = 'metric'", (metric,))
        self.meta["metric"] = metric

    def check(self, *, repair: bool = False, who: str = "protolabel") -> list[Finding]:
        """Return what is wrong, and the examples that are equal; repair what is derived."""
        findings = check(self, repair=repair, who=who)
        if not any(f.kind == "damage" for f in findings):
            findings.extend(Finding(what, "duplicate") for what in duplicates(self))
        return findings

    def backup(self, path: str) -> None:
        """Copy the label space as it is now to a new file, while others go on writing to it.

        The copy is one file, checked by nobody, with the permissions of the original.
        """
        refuse_taken(path, remedy="choose another path")
        with self.connection.lock, partial_file(path) as partial, _making(path):
            copy = _copy_at(partial, path)
            try:
                with self.connection.speaking():
                    self.connection.db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.Error as error:
                raise translated(path, error) from error
            finally:
                copy.close()
            if self.path != MEMORY:
                os.chmod(partial, os.stat(self.path).st_mode & 0o666 | stat.S_IRUSR | stat.S_IWUSR)
            settle(partial, Path(path))

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self.connection.close()


def open_store(path: str) -> SqliteStore:
    """Open an existing file; one that cannot be written is opened for reading."""
    refuse_memory(path)
    return SqliteStore.open(path)


def create_store(
    path: str, meta: dict[str, str], encoding: VectorSpace, settings: dict[str, str], who: str
) -> SqliteStore:
    """Make a store at version 1, whole or not at all; ``:memory:`` keeps it in memory."""
    return SqliteStore.create(path, meta, encoding, settings, who)


@contextmanager
def _making(path: str) -> Iterator[None]:
    """Raise the system's errors about a new file as protolabel's."""
    try:
        yield
    except FileExistsError as error:
        raise SpaceExistsError(
            f"{path} exists already", expected="a path where nothing is", remedy="choose another"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made ({error.strerror or error})",
            expected="a new file in a writable folder",
            remedy="choose another path",
        ) from error


def _copy_at(partial: Path, path: str) -> sqlite3.Connection:
    """Open a new, empty database; errors name ``path``, not the file that is copied."""
    try:
        copy = sqlite3.connect(partial)  # SQLite makes the file at the first write
        copy.execute("PRAGMA user_version = 0")
    except sqlite3.Error as error:
        raise translated(path, error) from error
    return copy


def _build(
    path: Path, meta: dict[str, str], encoding: VectorSpace, settings: dict[str, str], who: str
) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        _lay_out(db, meta, encoding, settings, who)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()


def _lay_out(
    db: sqlite3.Connection,
    meta: dict[str, str],
    encoding: VectorSpace,
    settings: dict[str, str],
    who: str,
) -> None:
    migrate(db)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    db.execute("BEGIN IMMEDIATE")
    own = {"created_at": at, "identity": secrets.token_hex(16)}
    db.executemany("INSERT INTO meta VALUES (?, ?)", list((meta | own).items()))
    db.execute("INSERT INTO encodings VALUES (?, ?, ?, ?, ?)", astuple(encoding))
    db.execute(
        "INSERT INTO changes VALUES (1, ?, ?, 'create', 'label space made', '{}', NULL, 1)",
        (at, who),
    )
    db.executemany(
        "INSERT INTO settings (key, value, born) VALUES (?, ?, 1)", list(settings.items())
    )
    db.execute("COMMIT")
