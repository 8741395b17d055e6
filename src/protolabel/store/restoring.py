"""Puts a backup in the place of a label space: checked first, whole or not at all."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from protolabel.errors import SpaceDamagedError, SpaceNotFoundError, StoreBusyError, StoreError
from protolabel.store.check import check
from protolabel.store.connection import Connection
from protolabel.store.files import (
    copy_files,
    give_name,
    partial_file,
    refuse_memory,
    refuse_taken,
    replace,
)
from protolabel.store.foreign_logs import refuse_foreign_log
from protolabel.store.new_files import require_folder_of
from protolabel.store.tables import Tables

# The bytes that SQLite locks in a file that is in use: PENDING, RESERVED, and SHARED.
_LOCK_START, _LOCK_BYTES = 0x40000000, 512


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. ``replaced``: where the old label space is kept, or None."""

    version: int
    replaced: str | None


def restore_backup(backup: str, path: str, *, replace_existing: bool = False) -> Restored:
    """Put a copy of ``backup`` at ``path``; the backup itself is only read.

    A label space that is replaced is kept under another name, with the files beside it, damaged
    or not.

    Raises:
        SpaceNotFoundError: there is no backup.
        SpaceDamagedError: the backup is damaged; nothing was changed.
        SpaceExistsError: there is something at ``path`` and ``replace_existing`` is False.
        StoreBusyError: another process has the label space open.
    """
    refuse_memory(backup)
    refuse_memory(path)
    path = os.path.realpath(path)  # through a link, its target would go on under its own name
    target = Path(path)
    if not Path(backup).is_file():
        raise SpaceNotFoundError(
            f"no backup at {backup}", expected="a copy of a label space", remedy="check the path"
        )
    if target.exists() and os.path.samefile(backup, path):
        raise StoreError(f"{backup} and {path} are the same file", expected="two files")
    require_folder_of(target)
    if not replace_existing:
        refuse_taken(
            path,
            remedy=f"keep it under another name and put the backup there: "
            f"protolabel restore {shlex.quote(str(backup))} {shlex.quote(str(path))} --replace",
        )
    try:
        with partial_file(path) as partial:
            copy_files(backup, partial)
            version = _checked_version(partial, backup)
            with suppress(OSError):
                os.chmod(partial, os.stat(path if target.exists() else backup).st_mode & 0o777)
            if not replace_existing:
                give_name(partial, target)
                return Restored(version, None)
            with _alone(target):
                aside = replace(partial, target)
    except OSError as error:
        raise StoreError(
            f"{backup} cannot be restored to {path} ({error.strerror or error})",
            expected="a backup that can be read and a folder that can be written",
            remedy="check the permissions and the room on the disk",
        ) from error
    return Restored(version, str(aside) if aside else None)


def _checked_version(copy: Path, backup: str) -> int:
    """Check the copy of a backup, rebuild what is derived in it, and return its version."""
    try:
        connection = Connection(str(copy))
        try:
            tables = Tables.of(connection)
            wrong = [f.what for f in check(tables, repair=True) if not f.repaired]
            version = tables.log.version() if not wrong else 0
            if not wrong:
                connection.leave_log()
        finally:
            connection.close()
    except SpaceDamagedError as error:
        wrong = [error.got.replace(str(copy), backup)]
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise SpaceDamagedError(
            f"the backup {backup} is damaged: {wrong[0]}{more}",
            expected="a sound label space; nothing was changed",
            remedy="take another backup",
        )
    return version


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep everybody else off a label space, damaged or not, while its files are replaced.

    What is in its write-ahead log goes into the file first, where the file is sound. A log that
    belongs to another file stays as it is.
    """
    if not target.exists():
        yield
        return
    busy = StoreBusyError(
        f"{target} is open in a process",
        expected="a label space that nobody has open",
        remedy="end the processes that use it, then repeat",
    )
    try:
        refuse_foreign_log(str(target))
        _bring_log_into(target)
    except SpaceDamagedError:
        pass
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise busy from error
    with open(target, "rb+") as file:
        with suppress(ImportError):  # elsewhere the system refuses to replace an open file
            import fcntl

            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_BYTES, _LOCK_START)
            except OSError as error:
                raise busy from error
        yield


def _bring_log_into(target: Path) -> None:
    with closing(sqlite3.connect(target, timeout=1.0, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
