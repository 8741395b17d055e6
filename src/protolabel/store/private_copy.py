"""A private copy of a label space: for looking where the file itself cannot be opened.

SQLite needs a shared file beside the label space even to read it. Where that file cannot be made
(no permission, a full disk, a folder mounted for reading), all is read from a copy in a temporary
folder of this user. The copy is as new as its :class:`FileState`, and is rebuilt by the caller.
"""

from __future__ import annotations

import shlex
import shutil
import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from protolabel.errors import StoreError, StoreFullError
from protolabel.store.files import FileState, copy_files

PREFIX = "protolabel-copy-"  # of the folder of a copy
_ABANDONED = 24 * 3600.0  # seconds without a write, of what a process killed while copying leaves
_IN_MEMORY = "/dev/shm"  # noqa: S108  (mkdtemp makes a folder there that is this user's alone)


@dataclass(frozen=True, slots=True)
class PrivateCopy:
    """A connection to a copy, and the state of the files that it was made from."""

    db: sqlite3.Connection
    folder: Path
    state: FileState

    def close(self) -> None:
        """Close the copy and remove what is left of it."""
        self.db.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def private_copy(path: str) -> PrivateCopy:
    """Copy the label space at ``path`` to a temporary folder and open it there.

    Raises:
        StoreError: it cannot be read.
        StoreFullError: no temporary folder has room for it.
        StoreBusyError: it was written to all the time.
    """
    failure: OSError | None = None
    for place in (None, _IN_MEMORY):
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
            _sweep(folder.parent)
            state = copy_files(path, folder / "copy.space")
        except PermissionError as error:
            _remove(folder)
            raise StoreError(
                f"{path} cannot be read ({error.strerror})",
                expected="permission to read it and the files beside it",
                remedy=f"ask its owner for it, for example: chmod a+r {shlex.quote(str(path))}*",
            ) from error
        except OSError as error:
            _remove(folder)
            failure = error
            continue
        except BaseException:
            _remove(folder)
            raise
        return PrivateCopy(_connection(folder), folder, state)
    raise StoreFullError(
        f"no room for a copy of {path} to read ({failure})",
        expected=f"{Path(path).stat().st_size:,} bytes in the folder for temporary files",
        remedy="free some space, or set TMPDIR to a folder that has it",
    ) from failure


def _sweep(place: Path) -> None:
    """Remove the copies of killed processes: those that nobody has written to for a day."""
    limit = time.time() - _ABANDONED
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if all(path.stat().st_mtime < limit for path in (folder, *folder.iterdir())):
                shutil.rmtree(folder)


def _connection(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "copy.space", isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA journal_mode = MEMORY")
    except BaseException:
        db.close()
        _remove(folder)
        raise
    shutil.rmtree(folder, ignore_errors=True)  # where open files may be removed, a kill leaves none
    return db


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
