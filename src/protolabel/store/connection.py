"""One SQLite connection with the settings that durability needs, and SQLite's errors in our words.

Not what the tables mean: that is ``rows``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from protolabel.errors import (
    ProtolabelError,
    SpaceDamagedError,
    SpaceNotFoundError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from protolabel.forks import GuardedLock, ProcessGuard
from protolabel.store.schema import APPLICATION_ID, FORMAT, migrate

MEMORY = ":memory:"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_NO_WRITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def translated(path: str, error: sqlite3.Error) -> ProtolabelError:
    """An error of SQLite's about the file at ``path``, as protolabel's."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    primary = code & 0xFF
    if primary in _DAMAGE:
        return SpaceDamagedError(
            f"{path} is damaged or is not a label space ({error})",
            expected="a readable label space file",
            remedy=f"run `protolabel check {path}`, or restore a backup",
        )
    if primary in _NO_ROOM:
        return StoreFullError(
            f"no room to write {path} ({error})",
            expected="free disk space; the file is as it was before this change",
            remedy="free some space and repeat the change",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"{path} is locked by another process",
            expected="the lock within the waiting time",
            remedy="wait for the other process to finish, then repeat",
        )
    if primary in _NO_WRITE:
        return StoreError(
            f"{path} cannot be written ({error})",
            expected="a writable file in a writable folder",
            remedy="change the permissions, or copy the file elsewhere",
        )
    return StoreError(f"{path}: {error}", remedy=f"run `protolabel check {path}`")


class Connection:
    """A connection shared by the threads of one process, one statement or transaction at a time."""

    def __init__(self, path: str, *, busy_seconds: float = 30.0) -> None:
        self.path = path
        self.guard = ProcessGuard(path)
        self.lock = GuardedLock(self.guard)
        self.writable = True
        self._data_version, self._asked = -1, -1
        self._commits_elsewhere = 0
        with self.speaking():
            self.db = self._connect(path, busy_seconds)

    def _connect(self, path: str, busy_seconds: float) -> sqlite3.Connection:
        mode = "rw"
        if path != MEMORY:
            file = Path(path)
            if not file.exists():
                raise SpaceNotFoundError(
                    f"no label space at {path}",
                    expected="the path of an existing one",
                    remedy=f"check the path, or make it with `protolabel init {path}`",
                )
            if file.is_dir() or file.stat().st_size == 0:
                raise SpaceDamagedError(
                    f"{path} is {'a folder' if file.is_dir() else 'an empty file'}",
                    expected="a label space file",
                    remedy="choose another path, or restore a backup",
                )
            self.writable = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
            mode = "rw" if self.writable else "ro"
            if not self.writable and not Path(f"{path}-wal").exists():
                mode = "ro&immutable=1"  # a read-only folder: SQLite cannot make its -shm there
        uri = "file::memory:" if path == MEMORY else f"{Path(path).resolve().as_uri()}?mode={mode}"
        db = sqlite3.connect(
            uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(db, path)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection, path: str) -> None:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (done,) = db.execute("PRAGMA user_version").fetchone()
        if path != MEMORY and application != APPLICATION_ID:
            raise SpaceDamagedError(
                f"{path} is an SQLite file of another program",
                expected=f"application id {APPLICATION_ID:#x}, got {application:#x}",
                remedy="choose another path",
            )
        if done > FORMAT:
            raise SpaceDamagedError(
                f"{path} has format {done}",
                expected=f"format {FORMAT} or older",
                remedy="upgrade protolabel: pip install -U protolabel",
            )
        db.execute("PRAGMA foreign_keys = ON")
        if self.writable:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # a commit that returned survives a power cut
            migrate(db)
        elif done < FORMAT:
            raise StoreError(
                f"{path} has format {done} and is open for reading only",
                expected=f"format {FORMAT}, or a file that can be brought to it",
                remedy="open it once where it can be written, or work on a copy",
            )

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """SQLite's errors as protolabel's."""
        try:
            yield
        except sqlite3.Error as error:
            raise translated(self.path, error) from error

    @contextmanager
    def transaction(
        self, mode: str, *, patience: float | None = None
    ) -> Iterator[sqlite3.Connection]:
        """Commit at the end, roll back on any error; inside another of the same thread, join it.

        Args:
            mode: IMMEDIATE to write, DEFERRED to read.
            patience: seconds to wait for another writer, where not the usual 30.
        """
        with self.lock, self.speaking():
            if self.db.in_transaction:
                yield self.db
                return
            if mode == "IMMEDIATE" and not self.writable:
                raise StoreError(
                    f"{self.path} is open for reading only",
                    expected="a writable file in a writable folder",
                    remedy="change the permissions, or work on a copy",
                )
            self._begin(mode, patience)
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def _begin(self, mode: str, patience: float | None) -> None:
        if patience is None:
            self.db.execute(f"BEGIN {mode}")
            return
        (usual,) = self.db.execute("PRAGMA busy_timeout").fetchone()
        self.db.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
        try:
            self.db.execute(f"BEGIN {mode}")
        finally:
            self.db.execute(f"PRAGMA busy_timeout = {usual}")

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""
        with self.lock, self.speaking():
            if self.path == MEMORY:
                return 0
            (now,) = self.db.execute("PRAGMA data_version").fetchone()
            if now != self._data_version:
                self._data_version = now
                self._commits_elsewhere += 1
            return self._commits_elsewhere

    def changed_elsewhere(self) -> bool:
        """Return whether another connection has committed since this was last asked."""
        now = self.commits_elsewhere()
        before, self._asked = self._asked, now
        return now != before

    def close(self) -> None:
        """Close; what was committed stays. In a forked child it does nothing."""
        if self.guard.inherited:
            return
        with self.lock, self.speaking():
            self.db.close()
