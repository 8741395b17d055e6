"""Paths: what is there, how large it is, what lies under a folder; and what to say when it is not.

Every failure of the operating system becomes an `InputError` that names the path.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import BinaryIO, NoReturn

from protolabel.errors import InputError
from protolabel.identity.row_numbers import STDIN_NAME
from protolabel.readers.devices import open_file
from protolabel.readers.look_ahead import beginning_of_stream, with_beginning
from protolabel.readers.packed_names import unpacked_name
from protolabel.readers.reports import Reports
from protolabel.words.suggestions import close_names

STDIN = "-"

LITTER = (  # what file managers, editors and network drives leave in folders, in lower case
    "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "lost+found", "@eadir", "$recycle.bin",
    "icon\r", "~$*", "*~", "*.tmp", "*.swp", "*.swo", "*.crdownload", "*.part",
)  # fmt: skip


def printable(name: str) -> str:
    r"""Return a file name that can be printed and stored: bytes outside UTF-8 as ``\xe9``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def safe_suffix(name: str) -> str:
    """Return the suffix of a name that comes from elsewhere, lower case, as a copy may have it.

    Of a compressed file, it is that of the file inside. Empty where it is long, or holds more than
    letters and digits.
    """
    suffix = os.path.splitext(unpacked_name(name))[1].lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) < 12 else ""


def source_name(path: str) -> str:
    """Return a source as errors name it."""
    return STDIN_NAME if path == STDIN else printable(path)


def refuse_missing(path: str) -> NoReturn:
    """Raise the InputError for a path that does not exist; near names beside it are suggested."""
    folder, name = os.path.split(path.rstrip("/") or path)
    parent = folder or "."
    if os.path.islink(path):
        raise InputError(
            f"{printable(path)}: a link to {printable(os.readlink(path))}, which is not there",
            expected="a file or a folder",
            remedy=f"remove the link: `rm {shlex.quote(printable(path))}`",
        )
    near: list[str] = []
    if os.path.isdir(parent):
        near = close_names(name, sorted(os.listdir(parent)))
    elif os.path.exists(parent):
        raise InputError(
            f"{printable(path)}: {printable(parent)} is a file, not a folder",
            expected="a file or a folder",
        )
    while not os.path.isdir(parent):
        parent = os.path.dirname(parent) or "."
    hint = "did you mean " + " or ".join(printable(os.path.join(folder, n)) for n in near) + "?"
    raise InputError(
        f"{printable(path)}: no such file or folder",
        expected="a file, a folder, or - for standard input",
        remedy=hint if near else f"look at what is there: `ls {shlex.quote(printable(parent))}`",
    )


def refuse_unreadable(path: str, error: OSError | ValueError) -> NoReturn:
    """Raise the InputError for what the operating system refused."""
    if isinstance(error, FileNotFoundError):
        refuse_missing(path)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    if path in (STDIN, STDIN_NAME):
        raise InputError(
            f"stdin: cannot be read ({reason})",
            expected="a pipe or a file on standard input",
            remedy="give the file or folder by its name, or pipe the documents in",
        ) from error
    quoted = shlex.quote(printable(path))
    raise InputError(
        f"{printable(path)}: cannot be read ({reason})",
        expected="a readable file or folder",
        remedy=f"look at it with `ls -ld {quoted}`",
    ) from error


def status(path: str) -> os.stat_result:
    """Return ``os.stat`` of a path, links followed. Raises InputError for what is not there."""
    try:
        return os.stat(path)
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{path!r}: {error}", expected="the name of a file or folder") from error
    except OSError as error:
        refuse_unreadable(path, error)


def source_size(source: str | os.PathLike[str]) -> int | None:
    """Return the size of a source in bytes; None where it cannot be known, as that of a pipe.

    A folder is walked and its files added up. Raises InputError for what is missing or unreadable.
    """
    path = os.fspath(source)
    try:
        info = os.fstat(sys.stdin.fileno()) if path == STDIN else status(path)
    except (AttributeError, OSError, ValueError):  # closed, or an object without a descriptor
        return None
    if stat.S_ISDIR(info.st_mode):
        if path == STDIN:
            return None
        unheard = Reports(lambda unreadable: None)  # whoever reads the folder reports these
        return sum(
            os.stat(file).st_size for file in walk(path, reports=unheard) if os.path.isfile(file)
        )
    return info.st_size if stat.S_ISREG(info.st_mode) else None


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """Return the bytes of a file, or of standard input for ``-``, which is left open."""
    if path == STDIN:
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None or stream.closed:
            refuse_unreadable(STDIN, ValueError("it is closed"))
        return nullcontext(with_beginning(stream))
    try:
        return open_file(path, printable(path))
    except OSError as error:
        refuse_unreadable(path, error)


def beginning(path: str, size: int) -> bytes:
    """Return the first bytes of a file or of standard input; whoever opens it next has them too.

    Standard input is waited for until there are as many, or it ends.
    """
    if path == STDIN:
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None or stream.closed:
            return b""
        return beginning_of_stream(stream, size)
    with opened(path) as file:
        return file.read(size)


HIDDEN = "hidden or left by other programs"
OWN = "written by protolabel"
LINKED_FOLDERS = "links to folders (none is followed; give one as an input to read it)"
READ_BEFORE = "folders that are read under another name"
_MOST_NAMES = 5  # names in a notice


@dataclass(slots=True)
class LeftOut:
    """What a walk does not read, by the kind of it.

    ``rule`` says of a path that it is left out, and is the caller's.
    """

    rule: Callable[[str], bool] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=dict)

    def takes(self, path: str) -> bool:
        """Return whether the caller's rule leaves a path out, and count it."""
        if self.rule is None or not self.rule(path):
            return False
        self.add(OWN, os.path.basename(path))
        return True

    def add(self, kind: str, name: str) -> None:
        """Count something that is left out; the first few names of each kind are kept."""
        self.counts[kind] += 1
        if self.counts[kind] <= _MOST_NAMES:
            self.names.setdefault(kind, []).append(printable(name))

    def report(self, source: str, reports: Reports) -> None:
        """Say what was left out, in a notice for each kind."""
        for kind, n in self.counts.items():
            more = ", ..." if n > _MOST_NAMES else ""
            reports.notice(source, f"{n} left out, {kind}: {', '.join(self.names[kind])}{more}")


def is_left_out(name: str) -> bool:
    """Return whether a name in a folder is hidden, or what a file manager or editor leaves."""
    lower = name.lower()
    return name.startswith(".") or any(fnmatch(lower, pattern) for pattern in LITTER)


def listing(folder: str, left_out: LeftOut | None = None) -> list[str]:
    """Return the sorted names of what is in a folder, hidden ones and litter left out."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        refuse_unreadable(folder, error)
    for name in names:
        if left_out is not None and is_left_out(name):
            left_out.add(HIDDEN, name)
    return [
        name
        for name in names
        if not is_left_out(name)
        and not (left_out is not None and left_out.takes(os.path.join(folder, name)))
    ]


def is_linked_folder(path: str) -> bool:
    """Return whether a path is a link to a folder, which no walk follows."""
    return os.path.islink(path) and os.path.isdir(path)


def walk(
    folder: str, left_out: LeftOut | None = None, reports: Reports | None = None
) -> Iterator[str]:
    """Yield what lies under a folder and is no folder, in the order of the paths.

    Only the folder itself may be a link: links to folders in it are left out, so that all that is
    yielded lies in it. Links to files are yielded. A folder that is mounted in several places is
    read once, and one that cannot be listed is reported.
    """
    left_out, reports = left_out or LeftOut(), reports or Reports()
    read: set[tuple[int, int]] = set()
    levels: list[Iterator[str]] = []
    entry: str | None = folder.rstrip("/") + "/"
    while entry is not None or levels:
        if entry is None:
            levels.pop()
        elif not entry.endswith("/"):
            yield entry
        else:
            path = entry if entry == "/" else entry.rstrip("/")
            try:
                info = status(path)
                identity = info.st_dev, info.st_ino
                if identity in read:
                    left_out.add(READ_BEFORE, path)
                else:
                    levels.append(iter(_entries(path, left_out)))
                    read.add(identity)
            except InputError as error:
                reports.unreadable(printable(path), error)
        entry = next(levels[-1], None) if levels else None


def _entries(folder: str, left_out: LeftOut) -> list[str]:
    """Return the sorted paths in a folder; those of folders end with a slash."""
    entries = []
    for path in (os.path.join(folder, name) for name in listing(folder, left_out)):
        if is_linked_folder(path):
            left_out.add(LINKED_FOLDERS, path)
        else:
            entries.append(path + "/" if os.path.isdir(path) else path)
    return sorted(entries)
