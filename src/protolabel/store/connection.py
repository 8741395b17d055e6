"""One connection to a label space file, shared by the threads of a process: its transactions.

``opening`` opens the file. ``tables`` reads it.
"""

from __future__ import annotations

import atexit
import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from protolabel.errors import StoreError
from protolabel.store.database_transaction import Transaction
from protolabel.store.file_in_use import FileInUse, lost_log_error
from protolabel.store.files import MEMORY, state_of
from protolabel.store.foreign_logs import note_commit, refuse_foreign_log
from protolabel.store.lost_logs import bring_into_file
from protolabel.store.moved_files import remove_empty_log, renaming_error
from protolabel.store.opening import Opened, has_log, open_copied, open_file, use_log
from protolabel.store.sqlite_errors import in_our_words
from protolabel.system.forks import GuardedLock, ProcessGuard

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
        self.busy_seconds = busy_seconds
        self._data_version = -1
        self._commits_elsewhere = 0
        self._closed = False
        self._rows_changed = 0  # as SQLite counts them, when the transaction began
        self._use: FileInUse | None = None  # of a file; there is none in memory
        with self.errors_in_our_words():
            self._opened = self._open()
        if path != MEMORY:
            self.path = os.path.abspath(path)  # it stays where it is if the working folder changes
        _open_connections.add(self)

    def _open(self) -> Opened:
        if self.path == MEMORY:
            db = sqlite3.connect(MEMORY, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA foreign_keys = ON")
            return Opened(db)
        use = FileInUse(self.path, copied=self._copied)
        try:
            is_checked = use.is_open() or (not self._copied and refuse_foreign_log(self.path))
            opened = (
                open_copied(self.path) if self._copied else open_file(self.path, self.busy_seconds)
            )
        except BaseException:
            use.end()
            raise
        if opened.copy is not None:
            use.note_copy()
        elif has_log(opened.db):
            use.note_log()
        try:
            if opened.copy is not None and not is_checked:
                refuse_foreign_log(self.path, opened.db)
        except BaseException:
            opened.close()
            use.end()
            raise
        self._use = use
        return opened

    @property
    def db(self) -> sqlite3.Connection:
        """SQLite's connection. Raises StoreError once it is closed."""
        self._require_open()
        return self._opened.db

    def _require_open(self) -> None:
        if self._closed:
            again = "it was in memory alone, and is gone: make it again"
            if self.path != MEMORY:
                again = f"open it again: LabelSpace({self.path!r})"
            raise StoreError(
                f"the label space {self.path} is closed",
                expected="one that is open",
                remedy=again,
            )

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def reads_copy(self) -> bool:
        """Whether a private copy is read in the place of the file."""
        return self._opened.copy is not None

    @property
    def writable(self) -> bool:
        """Whether changes can be made."""
        return self._opened.refusal is None

    def errors_in_our_words(self) -> AbstractContextManager[None]:
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
    def rehearsal(self) -> Iterator[sqlite3.Connection]:
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
        with self.lock, self.errors_in_our_words():
            if self.has_lost_log():
                raise lost_log_error(self.path)
            with self._waiting(patience):
                self.db.execute("VACUUM")
                (busy, _, _) = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        self.db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
        try:
            yield
        finally:
            self.db.execute(f"PRAGMA busy_timeout = {round(self.busy_seconds * 1000)}")

    def begin(self, mode: str, patience: float | None) -> None:
        """Begin a transaction of SQLite. Only :class:`Transaction` does, and it ends it too."""
        if mode != "IMMEDIATE":
            self.db.execute(f"BEGIN {mode}")
            return
        if not self.writable and patience is None:
            self._reopen()  # there may be room again, or permission
        if self._opened.refusal is not None:
            raise self._opened.refusal
        writes_log = self._use is not None and (has_log(self.db) or use_log(self.db))
        with nullcontext() if patience is None else self._waiting(patience):
            self.db.execute("BEGIN IMMEDIATE")
        if self._was_moved():
            place = self._use.follow() if self._use else None
            if place is None or patience is None:  # what is remembered is repeated by nobody
                self.db.execute("ROLLBACK")
                self._empty_log(place)
                raise renaming_error(self.path, place)
        if self._use is not None and writes_log and not self._use.is_logged:
            self._use.note_log()
        if self.has_lost_log():
            self.db.execute("ROLLBACK")
            self._leave_lost_log()
            self.begin(mode, patience)
        else:
            self._rows_changed = self.db.total_changes

    def commit(self) -> None:
        """Commit a transaction that writes, and note it if it has changed anything."""
        has_changed = self._use is not None and self.db.total_changes != self._rows_changed
        is_first = has_changed and note_commit(self.db)
        self.db.execute("COMMIT")
        if is_first:
            with suppress(sqlite3.Error):  # the change is made
                self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def has_lost_log(self) -> bool:
        """Return whether nobody would see what is written here. Costs a look at a file's name."""
        return self._use is not None and self._use.has_lost_log()

    def _leave_lost_log(self) -> None:
        """Open the file again, if all is in it; otherwise raise StoreError."""
        use = self._use
        if (
            use is None
            or not use.can_leave_log()
            or not bring_into_file(self.path, self._opened.db)
        ):
            raise lost_log_error(self.path)
        self._opened.close()
        self._closed = True
        use.end()
        self._opened, self._data_version = self._open(), -1
        self._closed = False

    def leave_log(self) -> None:
        """Bring all into the file alone, which nobody else has open."""
        if self._use is not None:
            self._use.unlock()
        self.db.execute("PRAGMA journal_mode = DELETE")

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""
        with self.lock, self.errors_in_our_words():
            self._require_open()
            if self.path == MEMORY or self._copied:
                return 0
            copy = self._opened.copy
            if copy is not None and not self.db.in_transaction:
                if state_of(self.path) != copy.state:
                    self._reopen()
                    self._commits_elsewhere += 1
                return self._commits_elsewhere
            (data_version,) = self.db.execute("PRAGMA data_version").fetchone()
            if data_version != self._data_version:
                self._data_version = data_version
                self._commits_elsewhere += 1
            return self._commits_elsewhere

    def close(self) -> None:
        """Close; what was committed stays."""
        if self.guard.inherited:
            return  # the parent's: closing it here would take the parent's locks away
        with self.lock, self.errors_in_our_words():
            if self._closed:
                return
            place = self._use.follow() if self._use and self._was_moved() else None
            self._empty_log(place)
            if self._use is not None and not self.has_lost_log():
                self._use.unlock()
            self._opened.close()
            self._closed = True
            if place is not None:
                remove_empty_log(place)
            if self._use is not None:
                self._use.end()

    def at_end(self) -> None:
        """Prepare for the end of the process, where Python may close SQLite or not."""
        if self._was_moved():
            self.close()
        elif self._use is not None and not self.has_lost_log():
            self._use.unlock()

    def _empty_log(self, place: str | None) -> None:
        """Bring the changes in the log of a file that was moved into the file, if no one reads."""
        if place is not None:
            with suppress(sqlite3.Error):
                self._opened.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _was_moved(self) -> bool:
        return self._use is not None and not self._use.is_in_place()

    def _reopen(self) -> None:
        use = self._use
        opened = self._open()
        if use is not None:
            use.unlock()
        self._opened.close()
        if use is not None:
            use.end()
        self._opened, self._data_version = opened, -1


class _TakenBackError(Exception):
    """Ends a rehearsal, so that its transaction is rolled back."""


@atexit.register
def _close_moved() -> None:
    """Bring files that were moved their logs before the interpreter ends."""
    for connection in list(_open_connections):
        if not connection.guard.inherited:
            with suppress(Exception):
                connection.at_end()


_open_connections: weakref.WeakSet[Connection] = weakref.WeakSet()
