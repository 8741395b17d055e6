"""Paths: what is there, how large it is, what lies under a folder; and what to say when it is not.

Every failure of the operating system becomes an `InputError` that names the path.
"""

from __future__ import annotations

import difflib
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, NoReturn

from protolabel.errors import InputError

STDIN = "-"


def shown(name: str) -> str:
    """A file name that is safe to print and store: undecodable bytes become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def excerpt(value: object, length: int = 60) -> str:
    """``repr`` of a value, cut to a length that fits an error message."""
    text = repr(value[: length + 1] if isinstance(value, str) else value)
    return text if len(text) <= length else text[: length - 3] + "..."


def source_name(path: str) -> str:
    """A source as errors name it."""
    return "stdin" if path == STDIN else shown(path)


def refuse_missing(path: str) -> NoReturn:
    """Raise the InputError for a path that does not exist; near names beside it are suggested."""
    folder, name = os.path.split(path.rstrip("/") or path)
    here = folder or "."
    if os.path.islink(path):
        raise InputError(
            f"{shown(path)}: a link to {shown(os.readlink(path))}, which is not there",
            expected="a file or a folder",
            remedy="mend or remove the link",
        )
    near: list[str] = []
    if os.path.isdir(here):
        near = difflib.get_close_matches(name, sorted(os.listdir(here)), n=3, cutoff=0.5)
    elif os.path.exists(here):
        raise InputError(
            f"{shown(path)}: {shown(here)} is a file, not a folder", expected="a file or a folder"
        )
    hint = "did you mean " + " or ".join(shown(os.path.join(folder, n)) for n in near) + "?"
    raise InputError(
        f"{shown(path)}: no such file or folder",
        expected="a file, a folder, or - for standard input",
        remedy=hint if near else f"look at what is there: `ls {shlex.quote(shown(here))}`",
    )


def refuse_unreadable(path: str, error: OSError) -> NoReturn:
    """Raise the InputError for what the operating system refused."""
    if isinstance(error, FileNotFoundError):
        refuse_missing(path)
    reason = (error.strerror or str(error)).lower()
    raise InputError(
        f"{shown(path)}: cannot be read ({reason})",
        expected="a readable file or folder",
        remedy=f"look at it with `ls -ld {shlex.quote(shown(path))}`",
    ) from error


def status(path: str) -> os.stat_result:
    """``os.stat`` that follows links. Raises InputError for what is missing or unreadable."""
    try:
        return os.stat(path)
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{path!r}: {error}", expected="the name of a file or folder") from error
    except OSError as error:
        refuse_unreadable(path, error)


def source_size(source: str | os.PathLike[str]) -> int | None:
    """Size of a source in bytes, the unit of ``Progress``; None where it cannot be known (a pipe).

    A folder is walked and its files added up. Raises InputError for what is missing or unreadable.
    """
    path = os.fspath(source)
    try:
        found = os.fstat(sys.stdin.fileno()) if path == STDIN else status(path)
    except (OSError, ValueError):  # standard input replaced by an object without a descriptor
        return None
    if stat.S_ISDIR(found.st_mode):
        return sum(status(file).st_size for file in walk(path))
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """The bytes of a file, or of standard input for ``-`` (which is left open)."""
    if path == STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return open(path, "rb")
    except OSError as error:
        refuse_unreadable(path, error)


def listing(folder: str) -> list[str]:
    """Sorted names of what is in a folder, hidden ones left out."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        refuse_unreadable(folder, error)


def walk(folder: str, above: tuple[tuple[int, int], ...] = ()) -> Iterator[str]:
    """Paths of the files under a folder, in the order of their paths; hidden ones are skipped.

    Links are followed. Raises InputError for a link that leads back to a folder above it, for a
    link to nothing, and for what is neither file nor folder.
    """
    found = status(folder)
    if (found.st_dev, found.st_ino) in above:
        raise InputError(
            f"{shown(folder)}: a link to a folder that contains it",
            expected="folders without loops",
            remedy="remove the link",
        )
    above = (*above, (found.st_dev, found.st_ino))
    entries = []
    for name in listing(folder):
        mode = status(os.path.join(folder, name)).st_mode
        entries.append((name + "/" if stat.S_ISDIR(mode) else name, mode))
    for name, mode in sorted(entries):
        path = os.path.join(folder, name.rstrip("/"))
        if stat.S_ISDIR(mode):
            yield from walk(path, above)
        elif stat.S_ISREG(mode):
            yield path
        else:
            raise InputError(
                f"{shown(path)}: neither a file nor a folder (a pipe, socket or device)",
                expected="text files",
                remedy="move it out of the folder",
            )
