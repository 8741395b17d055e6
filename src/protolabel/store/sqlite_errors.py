"""SQLite's errors about a file in protolabel's words: what was met, what to do. Opens nothing."""

from __future__ import annotations

import shlex
import sqlite3
from types import TracebackType

from protolabel.errors import (
    ProtolabelError,
    SpaceDamagedError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_OTHER_TABLES = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}
_NO_WRITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}


def restore_remedy(path: str = "SPACE") -> str:
    """Return what to do where only a backup helps."""
    return f"restore a backup: protolabel restore BACKUP {shlex.quote(path)} --replace"


def translated(path: str, error: sqlite3.Error) -> ProtolabelError:
    """Return SQLite's error about the file at ``path`` as protolabel's."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    primary = code & 0xFF
    if code == sqlite3.SQLITE_IOERR_SHORT_READ:  # damage, or a file that was changed under it
        return SpaceDamagedError(
            f"{path} ends before it should ({error})",
            expected="a whole label space file, and none that uses it without its lock",
            remedy=f"run `protolabel check {shlex.quote(str(path))}`",
        )
    if primary in _DAMAGE:
        return SpaceDamagedError(
            f"{path} is damaged or is not a label space ({error})",
            expected="a readable label space file",
            remedy=restore_remedy(path),
        )
    if code in _NO_ROOM or primary == sqlite3.SQLITE_FULL:
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
            remedy="change the permissions, or copy it elsewhere with protolabel backup",
        )
    if primary in _OTHER_TABLES or (not code and isinstance(error, sqlite3.OperationalError)):
        return SpaceDamagedError(  # Python's own error has no code: a text that is no UTF-8
            f"{path} is damaged ({error})",
            expected="tables and texts as protolabel writes them",
            remedy=f"`protolabel check {shlex.quote(str(path))}` lists what is damaged; "
            f"{restore_remedy(path)}",
        )
    return StoreError(f"{path}: {error}", remedy=f"run `protolabel check {shlex.quote(str(path))}`")


def undecodable(path: str, error: UnicodeDecodeError) -> SpaceDamagedError:
    """Return the error for a name in the file at ``path`` that is no UTF-8.

    Python raises it where SQLite quotes such a name, such as that of a table, in a message.
    """
    return SpaceDamagedError(
        f"{path} is damaged ({error})",
        expected="names in UTF-8",
        remedy=restore_remedy(path),
    )


class Translation:
    """A block in which SQLite's errors about a file are raised as protolabel's."""

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin; nothing is to be done yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise what SQLite raised in our words."""
        if isinstance(error, sqlite3.Error):
            raise translated(self._path, error) from error
        if isinstance(error, UnicodeDecodeError):
            raise undecodable(self._path, error) from error


def in_our_words(path: str) -> Translation:
    """Raise SQLite's errors inside as protolabel's about the file at ``path``."""
    return Translation(path)
