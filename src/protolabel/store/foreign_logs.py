"""Refuses a log that belongs to another file than the one that it lies beside.

``cp OLD a.space`` leaves the log of the former ``a.space`` in place. SQLite reads the two as one: a
mixture that nobody ever stored. So each commit raises the count ``commits`` in the table meta by
one. A log of n commits that ends at the count c was begun at c - n or later, on a file of the same
identity. A file that has counted fewer is older than the log, and one that has counted more than c
is newer.
"""

from __future__ import annotations

import shlex
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NamedTuple

from protolabel.errors import SpaceDamagedError
from protolabel.store.files import beside, file_size, moves

_COMMITS = "commits"  # key of the table meta
_HEADER, _FRAME = (
    struct.Struct(">4I8s8s"),
    struct.Struct(">2I8s8s"),
)  # https://sqlite.org/walformat.html
_MIXED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Count(NamedTuple):
    """What a label space says of itself: which it is, and how many commits it has counted."""

    identity: str
    commits: int


def count_commit(db: sqlite3.Connection) -> None:
    """Raise the count by one, in the transaction that is about to be committed."""
    db.execute(
        "INSERT INTO meta VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
        (_COMMITS,),
    )


def refuse_foreign_log(path: str, copy: sqlite3.Connection | None = None) -> bool:
    """Raise SpaceDamagedError where the log beside a file is not its own.

    Args:
        path: a label space that nobody has open.
        copy: has a private copy of the file and its log open, where they cannot be read in place.

    Returns:
        Whether that could be told. It cannot where the file is only readable with its log, since a
        process was killed while it brought the log into the file.
    """
    log = beside(path, "-wal")
    if not file_size(log) or beside(path, "-journal").exists():
        return True
    try:
        alone = _read(path, "mode=ro&immutable=1")
    except sqlite3.Error:
        return False
    try:  # a connection that may write would bring a foreign log into the file when it is closed
        both = _read(path, "mode=ro") if copy is None else _count_of(copy)
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in _MIXED:
            raise foreign_log_error(path) from error
        return False
    n_after = both.commits - alone.commits
    if both.identity != alone.identity or n_after < 0 or _n_commits(log, n_after) < n_after:
        raise foreign_log_error(path)
    return True


def foreign_log_error(path: str) -> SpaceDamagedError:
    """Return the error for a file that was copied beside the log of another one."""
    strays = [str(side) for s in ("-wal", "-shm") if (side := beside(path, s)).exists()]
    return SpaceDamagedError(
        f"{beside(path, '-wal')} belongs to another file than {path}, which was copied here",
        expected="a backup that was put back with protolabel restore",
        remedy="the files beside it hold the last changes of the label space that had this name "
        f"before; if you renamed that one to NEW, give them to it: {moves(path, strays)}. To open "
        f"{path} as it was copied, without them: rm {shlex.join(strays)}",
    )


def _read(path: str, query: str) -> _Count:
    with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?{query}", uri=True)) as db:
        return _count_of(db)


def _count_of(db: sqlite3.Connection) -> _Count:
    sql = "SELECT key, value FROM meta WHERE key IN ('identity', ?)"
    values = dict(db.execute(sql, (_COMMITS,)))
    return _Count(values.get("identity", ""), int(values.get(_COMMITS, 0)))


def _n_commits(log: Path, most: int) -> int:
    """Return how many commits a log holds, ``most`` if it has so many or more."""
    with log.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            return 0
        _, _, page_size, _, salt, _ = _HEADER.unpack(head)
        n = 0
        while n < most and (size := _size_after_commit(file, salt)) is not None:
            n += size > 0
            file.seek(page_size, 1)
        return n


def _size_after_commit(file: BinaryIO, salt: bytes) -> int | None:
    """Return the pages of the database after the next frame, 0 if it ends no commit.

    None where there is no further frame: those of an earlier log have another salt.
    """
    head = file.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    _, size, salt_of_frame, _ = _FRAME.unpack(head)
    return size if salt_of_frame == salt else None
