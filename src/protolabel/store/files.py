"""The files of a label space: their names, how a new file gets its name, copies of all at once.

A label space in use is up to four files: itself, and ``-wal``, ``-shm`` and ``-journal`` beside it.
SQLite takes whatever stands there under these names for its own. So a file gets a name only where
none of the four is taken, or where all four are replaced. It does not know what the files hold.
"""

from __future__ import annotations

import glob
import os
import secrets
import shlex
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from protolabel.errors import SpaceExistsError, StoreBusyError, StoreError
from protolabel.store.open_files import copy_bytes

SIDES = ("-wal", "-shm", "-journal")
SERVICE_SIDE = "-service"  # what a service has written of this very file: jobs, acts, files read
MEMORY = ":memory:"
BESIDE = ("", *SIDES, SERVICE_SIDE, f"{SERVICE_SIDE}-journal")  # together, to another name
_ABANDONED = 24 * 3600.0  # seconds
_TRIES = 50  # copies of a file that is being written, before giving up


def beside(path: str | Path, suffix: str) -> Path:
    """Return the path of a side file, such as ``mail.space-wal``; of the file itself for "".

    SQLite follows a symbolic link, and has the side files beside the file that it leads to.
    """
    place = os.path.realpath(path) if suffix and os.path.islink(path) else path
    return Path(f"{place}{suffix}")


def refuse_memory(path: str) -> None:
    """Refuse the name that means a label space without a file."""
    if path == MEMORY:
        raise StoreError(
            f"{MEMORY} is no file, and ends with this process",
            expected="the path of a file",
            remedy="choose a path such as mail.space",
        )


def refuse_taken(path: str, *, remedy: str) -> None:
    """Raise SpaceExistsError where one of the names of a label space at ``path`` is taken."""
    refuse_memory(path)
    if os.path.lexists(path):
        raise SpaceExistsError(
            f"{path} exists already", expected="a path where nothing is", remedy=remedy
        )
    strays = [str(side) for s in SIDES if os.path.lexists(side := beside(path, s))]
    if strays:
        raise SpaceExistsError(
            f"{' and '.join(strays)} stand where the new file would take them for its own",
            expected="a path with nothing beside it that belongs to another label space",
            remedy="choose another path. If the label space was renamed to NEW, and no NEW-wal is "
            f"there, they hold its last changes: {moves(strays)}. If it was deleted: rm "
            f"{shlex.join(strays)}",
        )


def moves(sides: list[str]) -> str:
    """Return the commands that give side files to a label space of the name NEW, if it has none."""
    pairs = [(side, f"NEW-{side.rpartition('-')[2]}") for side in sides]
    return " && ".join(f"mv -n {shlex.quote(side)} {new}" for side, new in pairs)


def partial_name(name: str) -> str:
    """Return a new name for a file that grows beside the one whose name it is to get."""
    return f".{name}.{secrets.token_hex(8)}.partial"


@contextmanager
def partial_file(path: str | Path) -> Iterator[Path]:
    """Give a path beside ``path`` that nobody else has, and remove what is left there at the end.

    The name is random: process numbers repeat between containers, and threads share theirs. What
    killed processes left here is removed after a day without a write.
    """
    target = Path(path)
    _sweep(target)
    partial = target.with_name(partial_name(target.name))
    try:
        yield partial
    finally:
        for leftover in (partial, *(beside(partial, suffix) for suffix in SIDES)):
            with suppress(OSError):
                leftover.unlink()


@contextmanager
def replacement(path: str | Path, mode: int) -> Iterator[BinaryIO]:
    """Give a file to write, which takes the place of that at ``path``: whole or not at all.

    ``mode``: who may read it.
    """
    with partial_file(path) as partial:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)


def _sweep(target: Path) -> None:
    """Remove unfinished files of the same target that nobody has written to for a day."""
    with suppress(OSError):
        for leftover in target.parent.glob(f".{glob.escape(target.name)}.*.partial*"):
            with suppress(OSError):
                if leftover.stat().st_mtime < time.time() - _ABANDONED:
                    leftover.unlink()


def give_name(partial: Path, target: Path) -> None:
    """Give a finished file its name durably. Raises FileExistsError, replacing nothing."""
    _sync(partial)
    try:
        os.link(partial, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: claim the name, then fill it
        os.close(os.open(target, os.O_CREAT | os.O_EXCL))
        os.replace(partial, target)
    _sync(target.parent)


def replace(partial: Path, target: Path) -> Path | None:
    """Put a finished file durably in place of a label space, whose files get another name.

    The old files are moved together, so that they stay a label space. What a service has written
    goes with them, since it speaks of changes and answers that the new file may not have. Whenever
    this stops, there is the old file or the new one at ``target``, and never the new one beside an
    old side file.

    Returns:
        Where the old files are now, or None if there were none.
    """
    _sync(partial)
    aside = target.with_name(f"{target.name}.replaced-{secrets.token_hex(4)}")
    present = [suffix for suffix in BESIDE if os.path.lexists(beside(target, suffix))]
    if "" in present:
        try:
            os.link(target, aside)
        except OSError:  # a file system without hard links
            os.rename(target, aside)
    for suffix in present:
        if suffix:
            os.rename(beside(target, suffix), beside(aside, suffix))
    os.replace(partial, target)
    _sync(target.parent)
    return aside if present else None


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether a label space was written to: identity, time and size of its files."""

    main: tuple[int, int, int] | None
    wal: tuple[int, int, int] | None
    journal: tuple[int, int, int] | None
    wal_header: bytes


def state_of(path: str | Path) -> FileState:
    """Return the state of the files at ``path``, for comparison."""
    header = b""
    with suppress(OSError), open(beside(path, "-wal"), "rb") as wal:
        header = wal.read(32)
    main, wal_file, journal = (_stamp(beside(path, s)) for s in ("", "-wal", "-journal"))
    return FileState(main, wal_file, journal, header)


def copy_files(source: str | Path, target: Path) -> FileState:
    """Copy a label space with its side files as it is at one moment, while others write to it.

    The main file is copied before the write-ahead log. All pages that were moved from the log to
    the file meanwhile are then in the copy of the log, unless the log began again: then the copy is
    made again.

    Raises:
        OSError: the source cannot be read, or there is no room.
        StoreBusyError: it was written to all the time.
    """
    for _ in range(_TRIES):
        before = state_of(source)
        for suffix in ("", "-wal", "-journal"):
            with suppress(FileNotFoundError):
                beside(target, suffix).unlink()
            try:
                copy = shutil.copyfile if suffix else copy_bytes
                copy(beside(source, suffix), beside(target, suffix))
            except FileNotFoundError:
                if not suffix:
                    raise
        after = state_of(source)
        same_log = before.wal_header and before.wal_header == after.wal_header
        if before == after or (same_log and not before.journal and not after.journal):
            return before
        time.sleep(0.02)
    raise StoreBusyError(
        f"{source} was written to while it was copied, {_TRIES} times",
        expected="a moment without a change",
        remedy="repeat it when less is written",
    )


def file_size(path: str | Path) -> int:
    """Return how many bytes a file has; 0 where it is not there."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _sync(path: Path) -> None:
    """Write a file or the names in a folder to the disk, where the system allows it."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
