"""Refuses a log that belongs to another file than the one that it lies beside.

``cp OLD a.space`` leaves the log of the former ``a.space`` in place. SQLite reads the two as one: a
mixture that nobody ever stored. So each commit writes its number, a random mark, and the mark of
the commit before it into the table meta. A log belongs to a file if

1. the mark of the file stands in the log, as that of one of its commits or of the one before its
   first: otherwise the file went on without the log; and
2. the log holds at least as many commits as its last number is above that of the file: otherwise
   the file is older than the beginning of the log, and its mark a remnant.
"""

from __future__ import annotations

import secrets
import shlex
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from protolabel.errors import SpaceDamagedError
from protolabel.store.files import beside, file_size, moves, state_of
from protolabel.store.found_files import SQLITE
from protolabel.store.meta_values import meta_value, set_meta_value
from protolabel.store.open_files import reading

_KEY = "commit"  # of the table meta: number, mark, mark of the commit before
_HEADER, _FRAME = struct.Struct(">4I8s8s"), struct.Struct(">2I8s8s")  # sqlite.org/walformat.html
_MIXED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Commit(NamedTuple):
    """The last commit that changed a file; the number is 0 where none was noted."""

    number: int = 0
    mark: str = ""
    mark_before: str = ""


def note_commit(db: sqlite3.Connection) -> bool:
    """Note the commit in the transaction that it is about to end; return whether it is the first.

    A new file is made with one. So the first is that of a file of an earlier release. Brought into
    the file at once, it tells the file from copies that were made before.
    """
    last = _last_commit(db)
    commit = _Commit(last.number + 1, secrets.token_hex(8), last.mark)
    set_meta_value(db, _KEY, " ".join(map(str, commit)))
    return commit.number == 1


def refuse_backup_beside_a_log(path: str) -> None:
    """Raise SpaceDamagedError for a backup that lies beside a log.

    A backup says in its header that it has no log: bytes 18 and 19 are 1. SQLite writes 2 there
    before it makes a log, and 1 only once the log is gone.
    """
    header = b""
    with suppress(PermissionError), reading(path) as file:  # said where it is copied
        header = file.read(20)
    if header[:16] == SQLITE and header[18:] == b"\1\1" and file_size(beside(path, "-wal")):
        raise foreign_log_error(path)


def refuse_foreign_log(path: str, copy: sqlite3.Connection | None = None) -> bool:
    """Raise SpaceDamagedError where the log beside a file is not its own.

    Args:
        path: a label space that nobody has open.
        copy: has a private copy of the file and its log open, where they cannot be read in place.

    Returns:
        Whether that could be told. It cannot where the file is readable only with its log, since a
        process was killed while it brought the log into the file. Then a private copy of both may
        tell it; otherwise the file is opened unchecked.
    """
    while True:
        before = state_of(path)
        try:
            return _refuse_foreign_log(path, copy)
        except (SpaceDamagedError, FileNotFoundError):
            if state_of(path) == before:
                raise  # else a process has worked between two looks


def _refuse_foreign_log(path: str, copy: sqlite3.Connection | None) -> bool:
    log = beside(path, "-wal")
    if not file_size(log) or beside(path, "-journal").exists():
        return True
    refuse_backup_beside_a_log(path)
    try:
        alone = _read(path, "mode=ro&immutable=1")
    except sqlite3.Error:
        return False
    try:  # a connection that may write would bring a foreign log into the file when it is closed
        both = _read(path, "mode=ro") if copy is None else _last_commit(copy)
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in _MIXED:
            raise foreign_log_error(path) from error
        return False
    if both != alone and not _goes_on_from(log, alone, both.number):
        raise foreign_log_error(path)
    return True


def foreign_log_error(path: str) -> SpaceDamagedError:
    """Return the error for a file that was copied beside the log of another one."""
    strays = [str(side) for s in ("-wal", "-shm") if (side := beside(path, s)).exists()]
    return SpaceDamagedError(
        f"{beside(path, '-wal')} belongs to another file than {path}, which was copied here",
        expected="a backup that was put back with protolabel restore",
        remedy="the files beside it hold the last changes of the label space that had this name "
        f"before; if you renamed that one to NEW, and no NEW-wal is there, give them to it: "
        f"{moves(strays)}. To open "
        f"{path} as it was copied, without them: rm {shlex.join(strays)}",
    )


def _read(path: str, query: str) -> _Commit:
    with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?{query}", uri=True)) as db:
        return _last_commit(db)


def _last_commit(db: sqlite3.Connection) -> _Commit:
    text = meta_value(db, _KEY)
    if text is None:
        return _Commit()
    number, mark, mark_before = text.split(" ")
    return _Commit(int(number), mark, mark_before)


def _goes_on_from(log: Path, commit: _Commit, last: int) -> bool:
    """Return whether a log whose last commit has the number ``last`` continues a file.

    ``commit``: the last one of the file alone. The log may begin before it: a process that was
    killed had brought a part of it into the file.
    """
    mark, n_commits = commit.mark.encode(), last - commit.number
    has_mark = not mark  # of a file without a noted commit, the number says all
    for page, ends_commit in frames(log):
        has_mark = has_mark or mark in page
        n_commits -= ends_commit
        if has_mark and n_commits <= 0:
            return True
    return False


def frames(log: Path) -> Iterator[tuple[bytes, bool]]:
    """Yield the pages of a log, each with whether a commit ends with it."""
    with log.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            return
        _, _, page_size, _, salt, _ = _HEADER.unpack(head)
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            _, n_pages, salt_of_frame, _ = _FRAME.unpack(head)
            if salt_of_frame != salt:
                return  # of the log that was in this file before
            yield file.read(page_size), n_pages > 0
