"""One connection to a label space file, shared by the threads of a process: its transactions.

``opening`` opens the file. ``tables`` reads it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

from protolabel.errors import StoreError
from protolabel.forks import GuardedLock, ProcessGuard
from protolabel.store.files import MEMORY, state_of
from protolabel.store.opening import Opened, open_copied, open_file, use_log
from protolabel.store.sqlite_errors import in_our_words, translated

BUSY_SECONDS = 30.0  # that a change waits for another writer


class Connection:
    """One statement or transaction at a time; a transaction inside another joins it."""

    def __init__(
        self, path: str, *, busy_seconds: float = BUSY_SECONDS, copied: bool = False
    ) -> None:
        """Open the file, or where it is to be ``copied`` a private copy of it for reading."""
        self.path, self._copied = path, copied
        self.guard = ProcessGuard(path)
        self.lock = GuardedLock(self.guard)
        self._busy_seconds = busy_seconds
        self._data_version = -1
        self._commits_elsewhere = 0
        self._closed = False
        with self.speaking():
            self._opened = self._open()

    def _open(self) -> Opened:
        if self.path == MEMORY:
            db = sqlite3.connect(MEMORY, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA foreign_keys = ON")
            return Opened(db)
        opened = (
            open_copied(self.path) if self._copied else open_file(self.path, self._busy_seconds)
        )
        self._identity = _identity(self.path)
        return opened

    @property
    def db(self) -> sqlite3.Connection:
        """SQLite's connection. Raises StoreError once it is closed."""
        if self._closed:
            again = "it was in memory alone, and is gone: make it again"
            if self.path != MEMORY:
                again = f"open it again: LabelSpace({self.path!r})"
            raise StoreError(
                f"the label space {self.path} is closed",
                expected="one that is open",
                remedy=again,
            )
        return self._opened.db

    @property
    def writable(self) -> bool:
        """Whether changes can be made."""
        return self._opened.refusal is None

    def speaking(self) -> AbstractContextManager[None]:
        """Raise SQLite's errors inside as protolabel's."""
        return in_our_words(self.path)

    def reading(self) -> Transaction:
        """Hold one consistent state of the file for as long as the context lasts."""
        return Transaction(self, "DEFERRED")

    def transaction(self, mode: str, *, patience: float | None = None) -> Transaction:
        """Commit at the end, roll back on any error; inside another of the same thread, join it.

        Args:
            mode: IMMEDIATE to write, DEFERRED to read.
            patience: seconds to wait for another writer, where not the usual 30.
        """
        return Transaction(self, mode, patience)

    @contextmanager
    def trial(self) -> Iterator[sqlite3.Connection]:
        """Keep other writers out, and take back at the end all that was written inside."""
        try:
            with self.transaction("IMMEDIATE") as db:
                yield db
                raise _TakenBackError
        except _TakenBackError:
            pass

    def rewrite(self, patience: float) -> bool:
        """Rewrite the file without what was deleted from it, and empty its log.

        Args:
            patience: seconds to wait for processes that read the log.

        Returns:
            Whether the log could be emptied.
        """
        with self.lock, self.speaking():
            self.db.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
            try:
                self.db.execute("VACUUM")
                (busy, _, _) = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self.db.execute(f"PRAGMA busy_timeout = {round(self._busy_seconds * 1000)}")
            return not busy

    def begin(self, mode: str, patience: float | None) -> None:
        """Begin a transaction of SQLite. Only :class:`Transaction` does, and it ends it too."""
        if mode != "IMMEDIATE":
            self.db.execute(f"BEGIN {mode}")
            return
        if not self.writable and patience is None:
            self._reopen()  # there may be room again, or permission
        if self._opened.refusal is not None:
            raise self._opened.refusal
        if self.path != MEMORY:
            (journal,) = self.db.execute("PRAGMA journal_mode").fetchone()
            if journal != "wal":
                use_log(self.db)
        if patience is None:
            self.db.execute("BEGIN IMMEDIATE")
        else:
            self.db.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
            try:
                self.db.execute("BEGIN IMMEDIATE")
            finally:
                self.db.execute(f"PRAGMA busy_timeout = {round(self._busy_seconds * 1000)}")
        try:
            self._refuse_replaced_file()
        except BaseException:
            self.db.execute("ROLLBACK")
            raise

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""
        with self.lock, self.speaking():
            if (self.path == MEMORY or self._copied) and self.db:
                return 0
            copy = self._opened.copy
            if copy is not None and not self.db.in_transaction:
                if state_of(self.path) != copy.state:
                    self._reopen()
                    self._commits_elsewhere += 1
                return self._commits_elsewhere
            (now,) = self.db.execute("PRAGMA data_version").fetchone()
            if now != self._data_version:
                self._data_version = now
                self._commits_elsewhere += 1
            return self._commits_elsewhere

    def close(self) -> None:
        """Close; what was committed stays."""
        if self.guard.inherited:
            return  # the parent's: closing it here would take the parent's locks away
        with self.lock, self.speaking():
            self._opened.close()
            self._closed = True

    def _reopen(self) -> None:
        opened = self._open()
        self._opened.close()
        self._opened, self._data_version = opened, -1

    def _refuse_replaced_file(self) -> None:
        """Refuse to write to a file that no longer has its name: nobody would find the change."""
        if self.path != MEMORY and _identity(self.path) != self._identity:
            raise StoreError(
                f"{self.path} was moved or replaced while it was open here",
                expected="the file that was opened",
                remedy="give it its old name again, or rename the files -wal and -shm beside the "
                "old name as it was, since they hold its last changes; then open it again and "
                "repeat the change",
            )


class Transaction:
    """A transaction of a connection for one block; inside another of its thread, a part of that.

    A plain class: every statement goes through one, and a generator costs as much as a statement.
    """

    __slots__ = ("_connection", "_joins", "_mode", "_patience")

    def __init__(self, connection: Connection, mode: str, patience: float | None = None) -> None:
        self._connection, self._mode, self._patience = connection, mode, patience
        self._joins = False

    def __enter__(self) -> sqlite3.Connection:
        """Begin, and return SQLite's connection, which no other thread uses until the end."""
        connection = self._connection
        connection.lock.acquire()
        try:
            db = connection.db
            self._joins = db.in_transaction
            if not self._joins:
                connection.begin(self._mode, self._patience)
            return connection.db  # another one where the file was opened again
        except BaseException as error:
            connection.lock.release()
            if isinstance(error, sqlite3.Error):
                raise translated(connection.path, error) from error
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or roll back after an error; not where it is a part of another transaction."""
        connection = self._connection
        try:
            if not self._joins:
                _end(connection.db, "COMMIT" if error is None else "ROLLBACK")
        except sqlite3.Error as failure:
            raise translated(connection.path, failure) from failure
        finally:
            connection.lock.release()
        if isinstance(error, sqlite3.Error):
            raise translated(connection.path, error) from error


class Section:
    """The same transaction for those who may not have the connection."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __enter__(self) -> None:
        """Begin."""
        self._transaction.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End as the transaction does."""
        self._transaction.__exit__(kind, error, trace)


def _end(db: sqlite3.Connection, how: str) -> None:
    try:
        if how == "COMMIT" or db.in_transaction:
            db.execute(how)
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


class _TakenBackError(Exception):
    """Ends a trial, so that its transaction is rolled back."""


def _identity(path: str) -> tuple[int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
