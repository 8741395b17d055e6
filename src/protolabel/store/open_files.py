"""The label space files that this process has open: where they are now, and who else locks them.

A process loses all of its locks on a file when it closes any descriptor of that file. Another
process would then take the file for unused, and remove its write-ahead log while it is written to.
So every look at the bytes of a label space goes through the one descriptor here, which is closed
after SQLite has closed the file. Code that is not ours may still open and close the file. Where
the system has locks of a descriptor (Linux), one here outlasts that. It does not know what the
files hold.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

try:
    import fcntl
except ImportError:  # Windows, where the system refuses to move an open file
    fcntl = None  # type: ignore[assignment]

Identity = tuple[int, int]  # device and inode
_SHARED_START, _SHARED_BYTES = 0x40000002, 510  # what SQLite locks for as long as a file is open
_FLOCK = "hhqqi4x"  # Linux: type, whence, start, length, process
_SET_LOCK: int | None = getattr(fcntl, "F_OFD_SETLK", None)  # Linux


@dataclass(slots=True, eq=False)
class OpenFile:
    """A file for as long as somebody here uses it. ``surplus``: descriptors to close with it.

    ``is_locked``: whether other processes are kept from ending its log by a lock that outlasts
    SQLite's. ``_databases``: who has it open with SQLite.
    """

    descriptor: int
    identity: Identity
    users: int = 0
    surplus: list[int] = field(default_factory=list)
    is_locked: bool = False
    _databases: set[int] = field(default_factory=set)
    _process: int = field(default_factory=os.getpid)

    def read(self, size: int, offset: int = 0) -> bytes:
        """Return bytes of the file."""
        return os.pread(self.descriptor, size, offset)

    def place(self) -> str | None:
        """Return the path of the file now; None where it has none, or the system does not say."""
        with suppress(OSError):
            path = os.readlink(f"/proc/self/fd/{self.descriptor}")
            if identity_of(path) == self.identity:
                return path
        return None

    def is_open_elsewhere(self) -> bool:
        """Return whether another process has it open; False where the system does not say."""
        if not sys.platform.startswith("linux"):
            return False
        with _lock, suppress(OSError):
            if self._databases:
                self._lock_by_descriptor(fcntl.F_UNLCK)  # it is not another process's
            try:
                reply = fcntl.fcntl(self.descriptor, fcntl.F_GETLK, _lock_request(fcntl.F_WRLCK))
            finally:
                if self._databases:
                    self._lock_by_descriptor(fcntl.F_RDLCK)
            return bool(struct.unpack(_FLOCK, reply)[0] != fcntl.F_UNLCK)
        return False

    def lock(self, database: int) -> None:
        """Keep other processes from ending the log until ``database`` unlocks the file."""
        with _lock:
            if self._process == os.getpid():
                self._databases.add(database)
                self._lock_by_descriptor(fcntl.F_RDLCK if fcntl else 0)

    def unlock(self, database: int) -> None:
        """Let SQLite and other processes end the log. What has no lock stays as it is."""
        with _lock:
            if self._process == os.getpid() and database in self._databases:
                self._databases.remove(database)
                if not self._databases:
                    self._lock_by_descriptor(fcntl.F_UNLCK if fcntl else 0)

    @property
    def databases(self) -> int:
        """How many connections of SQLite to it this process has."""
        return len(self._databases)

    def _lock_by_descriptor(self, kind: int) -> None:
        self.is_locked = False
        if _SET_LOCK is not None:
            with suppress(OSError):  # file systems without such locks
                fcntl.fcntl(self.descriptor, _SET_LOCK, _lock_request(kind))
                self.is_locked = kind == fcntl.F_RDLCK


_files: dict[Identity, OpenFile] = {}
_abandoned: deque[OpenFile] = deque()  # by connections that nobody closed
_lock = threading.RLock()  # finalizers take it too, at any moment
_parents: set[Identity] = set()  # what SQLite had open when this process was forked


def _lock_request(kind: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, _SHARED_START, _SHARED_BYTES, 0)


def was_open_at_the_fork(identity: Identity | None) -> bool:
    """Return whether a process that this one was forked from had a file open with SQLite.

    SQLite would take the locks of that process, which it remembers, for its own.
    """
    return identity in _parents


def identity_of(path: str | os.PathLike[str]) -> Identity | None:
    """Return which file has a name now, None where none has."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    return facts.st_dev, facts.st_ino


def take(path: str | os.PathLike[str]) -> OpenFile:
    """Return the file at ``path``, to be given back with :func:`give_back`.

    Raises:
        OSError: it cannot be read.
    """
    with _lock:
        _give_back_abandoned()
        identity = identity_of(path)
        file = _files.get(identity) if identity else None
        if file is None:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            facts = os.fstat(descriptor)
            identity = facts.st_dev, facts.st_ino
            file = _files.get(identity)
            if file is None:
                file = _files[identity] = OpenFile(descriptor, identity)
            else:
                file.surplus.append(descriptor)
        file.users += 1
        return file


def give_back(file: OpenFile) -> None:
    """Close the file where nobody here uses it any longer."""
    with _lock:
        _end_one_use(file)


def abandon(file: OpenFile) -> None:
    """Give the file back at the next occasion; may be called at any moment, as finalizers are."""
    _abandoned.append(file)


def _give_back_abandoned() -> None:
    while _abandoned:
        _end_one_use(_abandoned.popleft())


def _end_one_use(file: OpenFile) -> None:
    file.users -= 1
    if not file.users:
        del _files[file.identity]
        for descriptor in (file.descriptor, *file.surplus):
            os.close(descriptor)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[OpenFile]:
    """Yield a file to read from. Raises OSError where it cannot be read."""
    file = take(path)
    try:
        yield file
    finally:
        give_back(file)


def copy_bytes(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a label space file alone. Raises OSError as reading and writing do."""
    with reading(source) as file, open(target, "wb") as copy:
        offset = 0
        while block := file.read(1 << 20, offset):
            copy.write(block)
            offset += len(block)


def _unlock_in_child() -> None:
    global _lock
    _lock = threading.RLock()
    _parents.update(identity for identity, file in _files.items() if file.databases)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_in_child)
