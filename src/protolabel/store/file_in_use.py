"""The use of one label space file by one connection: from before SQLite opens it to its close.

It notices that the file was moved, and brings it its log. It runs no SQL.
"""

from __future__ import annotations

import os
import shlex
import sys
import weakref
from contextlib import suppress

from protolabel.errors import StoreError
from protolabel.store.files import beside
from protolabel.store.moved_files import bring_log, refuse_other_name
from protolabel.store.open_files import (
    Identity,
    OpenFile,
    abandon,
    give_back,
    identity_of,
    take,
    was_open_at_the_fork,
)
from protolabel.system.databases_in_use import forget, note
from protolabel.system.forks import AFTER_THE_FORK


class FileInUse:
    """A file that SQLite has open here, or is about to open."""

    def __init__(self, path: str, *, copied: bool = False) -> None:
        """Take the file, or refuse one that is open under another name.

        Args:
            path: where it is.
            copied: whether SQLite is to open a private copy instead.

        Raises:
            StoreError: this process has it open under another name, or has lost its log, or the
                process that it was forked from had it open.
            StoreBusyError: another process has it open under another name.
        """
        self.path = path
        self._place = os.path.realpath(path)  # where SQLite looks for the log
        self._is_copied, self._process = copied, os.getpid()
        self._log: Identity | None = None  # to which SQLite writes here
        self._lost: list[bool] = []  # not empty once the log is lost
        self._file: OpenFile | None = None
        self._finalizer: weakref.finalize[..., FileInUse] | None = None
        with suppress(OSError):  # opening it says why
            self._file = take(path)
        self._identity = self._file.identity if self._file else identity_of(path)
        try:
            if not copied:
                self._refuse_what_the_parent_opened()
            if self._file is not None:
                self._refuse_second_name(self._file)
            refuse_other_name(path)
        except BaseException:
            self.end()
            raise
        self.path = os.path.abspath(path)
        key = id(self)
        _uses[key] = weakref.ref(self, lambda _: _uses.pop(key, None))
        if self._file is not None:
            self._finalizer = weakref.finalize(self, _abandon, self._file, key, self._lost)
            self._finalizer.atexit = False

    def is_in_place(self) -> bool:
        """Return whether the file still has the name by which it was opened."""
        return identity_of(self.path) == self._identity

    def is_open(self) -> bool:
        """Return whether anybody has the file open with SQLite; True if the system does not say."""
        if self._file is None or not sys.platform.startswith("linux"):
            return True
        return self._file.databases > 0 or self._file.is_open_elsewhere()

    def note_copy(self) -> None:
        """Note that SQLite has a private copy open, and not the file."""
        self._is_copied = True

    def note_log(self) -> None:
        """Note that SQLite has the file open with its log, and let nobody else end that."""
        if self._file is not None and not self._is_copied:
            self._log, index = (identity_of(beside(self._place, s)) for s in ("-wal", "-shm"))
            note(id(self), self._identity, self._log, index)
            self._file.lock(id(self))

    @property
    def is_logged(self) -> bool:
        """Whether it is noted which log SQLite writes to."""
        return self._log is not None

    def unlock(self) -> None:
        """Let SQLite end the log: to close the file, or to go on without a log."""
        if self._file is not None:
            self._file.unlock(id(self))
            self._log = None

    def has_lost_log(self) -> bool:
        """Return whether the log beside the file is not the one to which SQLite writes here.

        What is written to the other one is seen by nobody, and lost.
        """
        if self._log is None or identity_of(beside(self._place, "-wal")) == self._log:
            return False
        self._lost.append(True)
        return True

    def can_leave_log(self) -> bool:
        """Return whether SQLite can be made to forget a lost log, and not write it into the file.

        The lock keeps it from that. Connections of one process share what it knows of the log.
        """
        return self._file is not None and self._file.is_locked and self._file.databases == 1

    def follow(self) -> str | None:
        """Bring a file that was moved its log, and return where both are; None if not possible."""
        if self._file is None or self._is_copied or self._process != os.getpid():
            return None
        place = bring_log(self._file, self._place)
        self._place = place or self._place
        return place

    def end(self) -> None:
        """Give the file back, once SQLite has closed it."""
        _uses.pop(id(self), None)
        if self._file is not None:
            if self._finalizer is not None:
                self._finalizer.detach()
            self._file.unlock(id(self))
            give_back(self._file)
            forget(id(self))
            self._file = None

    def _refuse_what_the_parent_opened(self) -> None:
        if was_open_at_the_fork(self._identity):
            raise StoreError(
                f"{self.path} was open in a process from which this one, {os.getpid()}, was forked",
                expected="a label space that is opened after the fork only",
                remedy=AFTER_THE_FORK,
            )

    def _refuse_second_name(self, file: OpenFile) -> None:
        """Bring a file that this process has open under a former name its log, or refuse it."""
        for reference in list(_uses.values()):
            use = reference()
            if use is None or use._file is not file or use._is_copied:
                continue
            if use._process != self._process:  # the parent's
                continue
            if use._place == self._place:
                pass
            elif identity_of(use._place) == file.identity:
                raise StoreError(
                    f"{self.path} is open in this process as {use.path}",
                    expected="one name for one file, since its last changes stand beside it",
                    remedy=f"use the name {use.path}, or close it first",
                )
            else:
                use.follow()
            if use.has_lost_log() and not self._is_copied:  # SQLite would mix the two logs
                raise lost_log_error(self.path)


def lost_log_error(path: str) -> StoreError:
    """Return the error for a label space whose log was removed while it was open here."""
    return StoreError(
        f"{path}-wal was removed or replaced while {path} was open here, and nothing was changed",
        expected="the file in which this process keeps its changes",
        remedy="save what this process has: LabelSpace.backup(COPY); then close it, compare the "
        "two (protolabel history), and open the one that you want",
        command=f"`protolabel history {shlex.quote(path)}` shows what it holds now; if that is the "
        "one that you want, give the command again",
    )


def _abandon(file: OpenFile, database: int, lost: list[bool]) -> None:
    if not lost:  # SQLite would write a lost log into the file
        file.unlock(database)
    abandon(file)
    forget(database)


_uses: dict[int, weakref.ref[FileInUse]] = {}  # by id: threads may change it at any moment
