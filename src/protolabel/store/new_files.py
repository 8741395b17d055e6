"""Makes the file of a new label space, or of a backup: whole, or not at all.

Each is built under a name of its own beside its place, and then gets its name.
"""

from __future__ import annotations

import os
import secrets
import shlex
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from protolabel.errors import SpaceExistsError, StoreError
from protolabel.store.connection import Connection
from protolabel.store.encodings import IN_FORCE
from protolabel.store.files import MEMORY, give_name, partial_file, refuse_taken
from protolabel.store.foreign_logs import note_commit
from protolabel.store.lost_logs import bring_into_file
from protolabel.store.schema import migrate
from protolabel.store.sqlite_errors import in_our_words, translated
from protolabel.system.private_files import make_private
from protolabel.time_stamps import now
from protolabel.types import VectorSpace


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """What version 1 of a label space holds. ``who``: whom the log names for it."""

    meta: dict[str, str]
    encoding: VectorSpace
    settings: dict[str, str]
    who: str


def new_file(path: str, first: FirstVersion) -> Connection:
    """Make a label space file and open it; ``:memory:`` makes one that has no file.

    Raises:
        SpaceExistsError: something is at ``path``, or beside it.
        StoreError: the folder is not there or cannot be written.
    """
    if path == MEMORY:
        connection = Connection(path)
        with connection.errors_in_our_words():
            _lay_out(connection.db, first)
        return connection
    target = Path(path)
    refuse_taken(path, remedy="choose another path, or open the label space that is there")
    require_folder_of(target)
    with partial_file(path) as partial, in_our_words(path), _making(path):
        _build(partial, first)
        give_name(partial, target)
    return Connection(path)


def new_copy(connection: Connection, path: str) -> None:
    """Copy a label space as it is now to a new file, while others go on writing to it.

    The copy is one file, checked by nobody, with the permissions of the original.
    """
    refuse_taken(path, remedy="choose another path")
    require_folder_of(Path(path))
    with connection.lock, partial_file(path) as partial, _making(path):
        copy = _copy_at(partial, path)
        try:
            with connection.errors_in_our_words():
                connection.db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise translated(path, error) from error
        finally:
            copy.close()
        if connection.path != MEMORY:
            mode = os.stat(connection.path).st_mode
            os.chmod(partial, mode & 0o666 | stat.S_IRUSR | stat.S_IWUSR)
        give_name(partial, Path(path))


def require_folder_of(target: Path) -> None:
    """Check that the folder of a new file is there and can be written. Raises StoreError."""
    folder = target.parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return
    remedy = f"mkdir -p {shlex.quote(str(folder))}, or choose another path"
    if folder.is_dir():
        remedy = "choose a path in a folder that you may write to, or change its permissions"
    elif os.path.lexists(folder):
        remedy = "choose a path in a folder"
    raise StoreError(
        f"{folder} is not a folder that can be written",
        expected="an existing, writable folder",
        remedy=remedy,
    )


def save_lost(connection: Connection) -> None:
    """Keep what is in a log that somebody removed while it was written to.

    Raises:
        StoreError: it is not in the file; the error says in which copy it is.
    """
    with connection.lock:
        if connection.closed or bring_into_file(connection.path, connection.db):
            return
        copy = f"{connection.path}.kept-{secrets.token_hex(4)}"
        new_copy(connection, copy)
    quoted, path = shlex.quote(copy), shlex.quote(connection.path)
    raise StoreError(
        f"{connection.path}-wal was removed while {connection.path} was open here; all that this "
        f"process had is in {copy}",
        expected="the file in which this process keeps its changes",
        remedy=f"compare the two (`protolabel history {quoted}`); to go on with that one: "
        f"`protolabel restore {quoted} {path} --replace`",
    )


@contextmanager
def _making(path: str) -> Iterator[None]:
    """Raise the system's errors about a new file as protolabel's."""
    try:
        yield
    except FileExistsError as error:
        raise SpaceExistsError(
            f"{path} exists already", expected="a path where nothing is", remedy="choose another"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made ({error.strerror or error})",
            expected="a new file in a writable folder",
            remedy="choose another path",
        ) from error


def _copy_at(partial: Path, path: str) -> sqlite3.Connection:
    """Open a new, empty database; errors name ``path``, not the file that is copied."""
    try:
        make_private(partial)
        copy = sqlite3.connect(partial)
        copy.execute("PRAGMA user_version = 0")
    except sqlite3.Error as error:
        raise translated(path, error) from error
    return copy


def _build(path: Path, first: FirstVersion) -> None:
    make_private(path)
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        _lay_out(db, first)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()


def _lay_out(db: sqlite3.Connection, first: FirstVersion) -> None:
    migrate(db)
    at, encoding = now(), first.encoding
    settings = first.settings | {IN_FORCE: str(encoding.number)}
    db.execute("BEGIN IMMEDIATE")
    identity = {"created_at": at, "identity": secrets.token_hex(16)}
    db.executemany("INSERT INTO meta VALUES (?, ?)", list((first.meta | identity).items()))
    db.execute("INSERT INTO encodings VALUES (?, ?, ?, ?, ?)", astuple(encoding))
    db.execute(
        "INSERT INTO changes VALUES (1, ?, ?, 'create', 'label space made', '{}', NULL, 1)",
        (at, first.who),
    )
    db.executemany(
        "INSERT INTO settings (key, value, born) VALUES (?, ?, 1)", list(settings.items())
    )
    note_commit(db)
    db.execute("COMMIT")
