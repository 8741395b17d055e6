"""How a label space file is opened: for writing, beside its writers, or as a private copy.

Reading never needs to write. A file that cannot be opened for writing is read beside those who
write to it where their shared file is there, and from a private copy otherwise. SQLite's
``immutable`` is for media that nobody can write to: a mount for reading alone does not make a
file one of these.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from protolabel.errors import (
    ProtolabelError,
    SpaceDamagedError,
    SpaceNotFoundError,
    StoreBusyError,
    StoreError,
)
from protolabel.store.files import SIDES, beside
from protolabel.store.foreign_logs import refuse_backup_beside_a_log
from protolabel.store.found_files import is_text, media_are_read_only, near_spaces
from protolabel.store.moved_files import refusal_of_second_names, second_names
from protolabel.store.private_copy import PrivateCopy, private_copy
from protolabel.store.schema import APPLICATION_ID, FORMAT, migrate
from protolabel.store.sqlite_errors import in_our_words, restore_remedy, translated

_MIGRATION_PATIENCE = 5.0  # seconds for other writers, before a private copy is migrated instead
_ELSEWHERE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_ELSEWHERE |= {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection and what it is. ``refusal``: why nothing can be written, or None."""

    db: sqlite3.Connection
    refusal: ProtolabelError | None = None
    copy: PrivateCopy | None = None

    def close(self) -> None:
        """Close the connection and what stands behind it."""
        if self.copy is None:
            self.db.close()
        else:
            self.copy.close()


def open_file(path: str, busy_seconds: float) -> Opened:
    """Open the label space at ``path``: for writing if that is possible, else for reading."""
    _refuse_other_files(path)
    file = Path(path)
    if names := second_names(path):
        return _private_copy(path, refusal_of_second_names(path, names))
    if os.access(file, os.W_OK) and os.access(file.parent, os.W_OK):
        try:
            return Opened(_for_writing(path, busy_seconds))
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _ELSEWHERE:
                raise
            return _private_copy(path, translated(path, error))
        except StoreBusyError as error:  # an older format, and another process keeps the lock
            return _private_copy(path, error)
    refusal = StoreError(
        f"{path} is open for reading only",
        expected="a writable file in a writable folder",
        remedy="change the permissions, or work on a copy: protolabel backup "
        f"{shlex.quote(str(path))} COPY, in a folder that can be written",
    )
    if not any(beside(path, suffix).exists() for suffix in SIDES) and media_are_read_only(file):
        db = _connection(path, "mode=ro&immutable=1", busy_seconds)
        if _format(db, path) == FORMAT:
            return Opened(db, refusal)
        db.close()
    elif beside(path, "-wal").exists() and beside(path, "-shm").exists():
        with suppress(sqlite3.Error):
            db = _connection(path, "mode=ro&readonly_shm=1", busy_seconds)
            try:
                if _format(db, path) == FORMAT:
                    db.execute("SELECT count(*) FROM meta").fetchone()
                    return Opened(db, refusal)
            except BaseException:
                db.close()
                raise
            db.close()
    return _private_copy(path, refusal)


def open_copied(path: str) -> Opened:
    """Open a private copy of the label space at ``path``, as it is now, for reading."""
    _refuse_other_files(path)
    refusal = StoreError(
        f"{path} was opened as a copy, for reading only",
        expected="a label space that is opened itself",
        remedy="open it here: LabelSpace(path)",
    )
    return _private_copy(path, refusal)


def _refuse_other_files(path: str) -> None:
    file = Path(path)
    if not file.exists():
        near, quoted = near_spaces(file), shlex.quote(str(path))
        raise SpaceNotFoundError(
            f"no label space at {path}",
            expected="the path of an existing one",
            remedy=f"did you mean {' or '.join(near)}? Otherwise make it with "
            f"`protolabel init {quoted}`"
            if near
            else f"check the path, or make it with `protolabel init {quoted}`",
        )
    if file.is_dir():
        raise SpaceDamagedError(
            f"{path} is a folder", expected="a label space file", remedy="choose another path"
        )
    if not file.is_file():
        raise SpaceDamagedError(
            f"{path} is a pipe, socket or device",
            expected="a label space file",
            remedy="choose another path",
        )
    if file.stat().st_size == 0:
        raise SpaceDamagedError(
            f"{path} is an empty file",
            expected="a label space file",
            remedy=f"choose another path, or {restore_remedy(path)}",
        )
    if is_text(path):  # no backup would help
        raise SpaceDamagedError(
            f"{path} is a file of another kind, a text",
            expected="a label space file",
            remedy="choose another path",
        )
    refuse_backup_beside_a_log(path)


def _connection(path: str, query: str, busy_seconds: float) -> sqlite3.Connection:
    uri = f"{Path(path).resolve().as_uri()}?{query}"
    return sqlite3.connect(
        uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )


def _for_writing(path: str, busy_seconds: float) -> sqlite3.Connection:
    db = _connection(path, "mode=rw", busy_seconds)
    try:
        if _format(db, path) < FORMAT:
            db.execute(f"PRAGMA busy_timeout = {round(_MIGRATION_PATIENCE * 1000)}")
        use_log(db)
        db.execute("PRAGMA synchronous = FULL")  # a commit that returned survives a power cut
        with_format(db, path)
        db.execute(f"PRAGMA busy_timeout = {round(busy_seconds * 1000)}")
        db.execute("SELECT count(*) FROM meta").fetchone()  # as far as a reader must get
    except BaseException:
        db.close()
        raise
    return db


def has_log(db: sqlite3.Connection) -> bool:
    """Return whether changes go to the write-ahead log."""
    (journal,) = db.execute("PRAGMA journal_mode").fetchone()
    return bool(journal == "wal")


def use_log(db: sqlite3.Connection) -> bool:
    """Switch to the log, and return whether it could be; else a later writer does."""
    (timeout,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 100")
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
    finally:
        db.execute(f"PRAGMA busy_timeout = {timeout}")
    return has_log(db)


def with_format(db: sqlite3.Connection, path: str) -> None:
    """Bring an open file to the newest format."""
    if _format(db, path) < FORMAT:
        with in_our_words(path):
            migrate(db)
    db.execute("PRAGMA foreign_keys = ON")


def _private_copy(path: str, refusal: ProtolabelError) -> Opened:
    copy = private_copy(path)
    try:
        with_format(copy.db, path)
    except BaseException:
        copy.close()
        raise
    return Opened(copy.db, refusal, copy)


def _format(db: sqlite3.Connection, path: str) -> int:
    """Return the format of a label space; refuse any other file."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (number,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise SpaceDamagedError(
            f"{path} is an SQLite file of another program",
            expected=f"application id {APPLICATION_ID:#x}, got {application:#x}",
            remedy="choose another path",
        )
    if number > FORMAT:
        raise SpaceDamagedError(
            f"{path} has format {number}",
            expected=f"format {FORMAT} or older",
            remedy="upgrade protolabel: pip install -U protolabel",
        )
    return int(number)
