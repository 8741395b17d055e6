"""The label space files that this process has open: where they are now, and who else locks them.

A process loses all of its locks on a file when it closes any descriptor of that file. Another
process would then take the file for unused, and remove its write-ahead log while it is written to.
So every look at the bytes of a label space goes through the one descriptor here, which is closed
after SQLite has closed the file. It does not know what the files hold.
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


@dataclass(slots=True, eq=False)
class OpenFile:
    """A file for as long as somebody here uses it. ``surplus``: descriptors to close with it."""

    descriptor: int
    identity: Identity
    users: int = 0
    surplus: list[int] = field(default_factory=list)

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
        query = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _SHARED_START, _SHARED_BYTES, 0)
        with suppress(OSError):
            reply = fcntl.fcntl(self.descriptor, fcntl.F_GETLK, query)
            return bool(struct.unpack(_FLOCK, reply)[0] != fcntl.F_UNLCK)
        return False


_files: dict[Identity, OpenFile] = {}
_abandoned: deque[OpenFile] = deque()  # by connections that nobody closed
_lock = threading.Lock()


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
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_in_child)
