"""A label space file that gets another name while it is open: its log goes with it.

SQLite finds the write-ahead log by the name that the file had when it was opened. Under a new name
the file alone lacks the changes in the log. So the process that has both brings the log to the
new name, where all who open the file find it. Until then nobody opens the file under another name.
"""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from protolabel.errors import StoreBusyError, StoreError
from protolabel.store.files import SERVICE_SIDE, SIDES, beside
from protolabel.store.open_files import Identity, OpenFile, identity_of, reading
from protolabel.words.quantity import quantity

_ONE_NAME = "one name for one file, since its last changes stand in a file beside it"
_LOGGED = b"\2\2"  # bytes 18 and 19 of a file that may have a write-ahead log
_TRIES, _PAUSE = 20, 0.05  # while another process opens or closes the file, its log is not there
_OCTAL = re.compile(r"\\([0-7]{3})")
_SERVICE_SIDES = (SERVICE_SIDE, f"{SERVICE_SIDE}-journal")


def bring_log(file: OpenFile, old: str) -> str | None:
    """Give the files beside a moved label space its new name.

    Args:
        file: the label space, open here.
        old: the path at which SQLite opened it, without links.

    Returns:
        Where the label space is now, with its log; None where that could not be done.
    """
    new = file.place()
    if new is None:
        return None
    if new == old:
        return new
    ours = _open_here()
    present = [suffix for suffix in SIDES if identity_of(beside(old, suffix)) in ours]
    if any(os.path.lexists(beside(new, suffix)) for suffix in present):
        return None  # they are of another file
    for suffix in present:
        with suppress(FileNotFoundError):  # another process was faster
            os.rename(beside(old, suffix), beside(new, suffix))
    if not os.path.lexists(old):
        for suffix in _SERVICE_SIDES:
            if not os.path.lexists(beside(new, suffix)):
                with suppress(OSError):
                    os.rename(beside(old, suffix), beside(new, suffix))
    return new if identity_of(beside(new, "-wal")) in ours else None


def remove_empty_log(path: str) -> None:
    """Remove the files beside a label space that was moved, where nobody has it open any more."""
    with suppress(sqlite3.Error):
        db = sqlite3.connect(f"{Path(path).as_uri()}?mode=rw", uri=True, timeout=1.0)
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            db.close()


def renaming_error(path: str, place: str | None) -> StoreError:
    """Return the error for a label space that lost its name while it was open.

    Args:
        path: its name before.
        place: where it is now, with its log; None where that is not known.
    """
    got = f"{path} was moved or replaced while it was open here"
    if place is not None:
        return StoreError(
            f"{got}; it is {place} now, with all changes",
            expected="the file that was opened",
            remedy=f"open {shlex.quote(place)} and repeat the change",
        )
    return StoreError(
        got,
        expected="the file that was opened",
        remedy="give it its old name again, or rename the files -wal and -shm beside the "
        "old name as it was, since they hold its last changes; then open it again and "
        "repeat the change",
    )


def refuse_other_name(path: str) -> None:
    """Refuse a file that another process has open under another name.

    Its log stands beside the other name: SQLite would begin a second one here, and the two would
    spoil the file.
    """
    real = os.path.realpath(path)
    with suppress(OSError), reading(real) as file:  # opening it says why it cannot be read
        for _ in range(_TRIES):
            if file.read(2, 18) != _LOGGED or _has_log(real) or not file.is_open_elsewhere():
                return
            time.sleep(_PAUSE)
        raise StoreBusyError(
            f"{path} is open in another process under another name: it was moved, or it has a "
            "second name (a hard link, or a mount of the single file)",
            expected=_ONE_NAME,
            remedy="end that process, which brings a moved file its last changes, and repeat; or "
            "use the name that it has there",
        )


def second_names(path: str) -> str:
    """Return in words by what other names a file can be opened; empty if it has one name."""
    real = Path(os.path.realpath(path))
    _finish_making(real)
    links = real.stat().st_nlink
    if links > 1:
        return f"{path} has {quantity(links, 'name')} (hard links)"
    if str(real) in _mount_points():
        return f"{path} is a mount of a single file"
    return ""


def refusal_of_second_names(path: str, got: str) -> StoreError:
    """Return the error for writing to a file that has two names."""
    got, expected = f"{got}, and is open for reading only", _ONE_NAME
    if "mount" in got:
        return StoreError(got, expected=expected, remedy="mount its folder instead")
    quoted = shlex.quote(path)
    return StoreError(
        got,
        expected=expected,
        remedy=f"make it a file of its own: protolabel backup {quoted} COPY && "
        f"protolabel restore COPY {quoted} --replace",
    )


def _finish_making(path: Path) -> None:
    """Remove the second name that a new file has for a moment, or for good after a kill."""
    with suppress(OSError):
        if path.stat().st_nlink > 1:
            prefix = f".{path.name}."
            for name in os.listdir(path.parent):
                second = path.parent / name
                if name.startswith(prefix) and name.endswith(".partial") and path.samefile(second):
                    second.unlink(missing_ok=True)


def _has_log(path: str) -> bool:
    return os.path.lexists(beside(path, "-wal"))


def _open_here() -> set[Identity | None]:
    """Return which files this process has open."""
    identities: set[Identity | None] = set()
    with suppress(OSError):
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                facts = os.fstat(int(name))
                identities.add((facts.st_dev, facts.st_ino))
    return identities


def _mount_points() -> set[str]:
    """Return the paths at which something is mounted; none where the system does not say."""
    with suppress(OSError, UnicodeDecodeError):
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        return {_OCTAL.sub(lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines}
    return set()
