"""The folder that a run writes: one run at a time, and a folder that is whole or not there.

A run that is killed leaves folders beside ``OUT`` whose names begin with a dot. The next run into
``OUT`` removes them. Nothing here knows what an encoder is.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from protolabel.encoders.folder import TRAINING_FILE
from protolabel.errors import InputError
from protolabel.system.writable import require_new_folder
from protolabel.training.tensor_files import sync

LOCK = "lock"  # a file in the folder of the run's state
TRIES = 100  # each fails only where another run has ended in the same moment


def state_folder(out: Path) -> Path:
    """Return the folder that holds the state of the run into ``out``."""
    return out.with_name(out.name + ".run")


def refuse_existing(out: Path, *, overwrite: bool) -> None:
    """Raise InputError unless ``out`` can be made, is empty, or may be replaced.

    With ``overwrite``, the folder of a trained encoder may: no file, link or other folder.
    """
    require_new_folder(out, "name another out=")
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / TRAINING_FILE).is_file():
        raise InputError(
            f"{out} is a folder that no training wrote: it has no {TRAINING_FILE}",
            expected="the folder of a trained encoder, or a new one",
            remedy="name another out=",
        )
    if not overwrite:
        raise InputError(
            f"{out} exists already",
            expected="a new folder",
            remedy="name another out=, or replace it with overwrite=True",
        )


def require_outputs(out: Path, *, overwrite: bool, log: Path | None) -> None:
    """Check, before anything is read, that a run can write what it is to write.

    Raises:
        InputError: ``out`` exists already, or it or ``log`` cannot be written.
        MissingPackageError: what writes the log is not installed.
    """
    refuse_existing(out, overwrite=overwrite)
    if log is not None:
        from protolabel.training.loop.tensorboard import require_log

        require_log(log)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock on ``out`` while its run goes on, and clear what killed runs left beside it.

    The lock is the operating system's (``flock``). It ends with the process, however that ends, and
    holds between containers that share the disk.

    Raises:
        InputError: another run holds the lock, or the disk knows no locks.
    """
    state = state_folder(out)
    lock = _acquired(out, state)
    try:
        clear_leftovers(out)
        yield
    finally:
        with suppress(PermissionError):  # Windows keeps a file that is open
            (state / LOCK).unlink()
        lock.release()
        with suppress(OSError):  # it holds more, or a new run has begun in it
            state.rmdir()


def _acquired(out: Path, state: Path) -> FileLock:
    """Return the lock on ``out``, held. Raises InputError as :func:`locked` does."""
    reason = "other runs begin and end there"
    for _ in range(TRIES):
        try:
            state.mkdir(parents=True, exist_ok=True)
            lock = _lock_of(out, state / LOCK)
        except (FileNotFoundError, FileExistsError) as error:
            reason = error.strerror or str(error)  # mostly a run has just removed the folder
        except OSError as error:
            reason = error.strerror or str(error)
            break
        else:
            if lock is not None:
                return lock
    raise InputError(
        f"{state} cannot be locked ({reason})",
        expected="a disk that supports file locks",
        remedy="name an out= on another disk",
    )


def _lock_of(out: Path, path: Path) -> FileLock | None:
    """Return the lock of a file, held; None where the file was removed meanwhile.

    A run that ends removes its lock file. So what was locked may be a file that has no name any
    more, beside which another run holds a new one. The lock counts only if its file still has its
    name. ``file`` is opened before, so that no new file can be taken for it.

    Raises:
        InputError: another run holds it.
        OSError: it cannot be made or locked.
    """
    lock = FileLock(path, timeout=0, fallback_to_soft=False)
    with open(path, "ab") as file:
        try:
            lock.acquire()
        except Timeout as error:
            if _has_name(file, path):
                raise InputError(
                    f"another run is writing {out}",
                    expected="one run at a time into a folder",
                    remedy="wait until it has ended, or name another out=",
                ) from error
            return None
        if _has_name(file, path):
            return lock
    lock.release()
    return None


def _has_name(file: BinaryIO, path: Path) -> bool:
    """Return whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def clear_leftovers(out: Path) -> None:
    """Remove what a run that was killed while it wrote ``out`` left; put back what it replaced."""
    name = re.compile(rf"\.{re.escape(out.name)}\.(part|old)-[0-9a-f]{{16}}")
    if not out.parent.is_dir():
        return
    for folder in sorted(out.parent.iterdir()):
        match = name.fullmatch(folder.name)
        if match is None:
            continue
        if match[1] == "old" and not out.exists():  # killed between the two renames
            folder.rename(out)
        else:
            shutil.rmtree(folder)


def replace_folder(out: Path, write: Callable[[Path], None], *, overwrite: bool = False) -> None:
    """Let ``write`` fill a new folder, and put it at ``out`` when it is whole and on disk.

    Raises:
        InputError: something else is there already.
    """
    refuse_existing(out, overwrite=overwrite)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(out, "part")
    part.mkdir()
    try:
        write(part)
        for path in (*part.rglob("*"), part):
            sync(path)
        if out.exists():
            old = _beside(out, "old")
            out.rename(old)
            part.rename(out)
            sync(out.parent)
            shutil.rmtree(old)
        else:
            part.rename(out)
            sync(out.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _beside(out: Path, kind: str) -> Path:
    """Return a name beside ``out`` that no other process or thread has."""
    return out.with_name(f".{out.name}.{kind}-{secrets.token_hex(8)}")
