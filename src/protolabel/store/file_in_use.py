"""The use of one label space file by one connection: from before SQLite opens it to its close.

It notices that the file was moved, and brings it its log. It runs no SQL.
"""

from __future__ import annotations

import os
import weakref
from contextlib import suppress

from protolabel.errors import StoreError
from protolabel.store.moved_files import bring_log, refuse_other_name
from protolabel.store.open_files import OpenFile, abandon, give_back, identity_of, take


class FileInUse:
    """A file that SQLite has open here, or is about to open."""

    def __init__(self, path: str) -> None:
        """Take the file, or refuse one that is open under another name.

        Raises:
            StoreError: this process has it open under another name.
            StoreBusyError: another process has.
        """
        self.path = path
        self._place = os.path.realpath(path)  # where SQLite looks for the log
        self._is_copied, self._process = False, os.getpid()
        self._file: OpenFile | None = None
        self._finalizer: weakref.finalize[..., FileInUse] | None = None
        with suppress(OSError):  # opening it says why
            self._file = take(path)
        self._identity = self._file.identity if self._file else identity_of(path)
        try:
            if self._file is not None:
                self._refuse_second_name(self._file)
            refuse_other_name(path)
        except BaseException:
            self.end()
            raise
        key = id(self)
        _uses[key] = weakref.ref(self, lambda _: _uses.pop(key, None))
        if self._file is not None:
            self._finalizer = weakref.finalize(self, abandon, self._file)
            self._finalizer.atexit = False

    def is_in_place(self) -> bool:
        """Return whether the file still has the name by which it was opened."""
        return identity_of(self.path) == self._identity

    def is_copied(self) -> None:
        """Note that SQLite has a private copy open, and not the file."""
        self._is_copied = True

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
            give_back(self._file)
            self._file = None

    def _refuse_second_name(self, file: OpenFile) -> None:
        """Bring a file that this process has open under a former name its log, or refuse it."""
        for reference in list(_uses.values()):
            other = reference()
            if other is None or other._file is not file or other._place == self._place:
                continue
            if other._is_copied or other._process != self._process:  # the parent's
                continue
            if identity_of(other._place) == file.identity:
                raise StoreError(
                    f"{self.path} is open in this process as {other.path}",
                    expected="one name for one file, since its last changes stand beside it",
                    remedy=f"use the name {other.path}, or close it first",
                )
            other.follow()


_uses: dict[int, weakref.ref[FileInUse]] = {}  # by id: threads may change it at any moment
