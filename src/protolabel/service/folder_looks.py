"""What lies in the folder that a service follows: files with their stamps, and what is unreachable.

Nothing is read here but folders and, to tell one content from another, bytes.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from protolabel.batch.file_stamps import Stamp
from protolabel.readers.paths import LINKED_FOLDERS, LeftOut, printable, walk
from protolabel.readers.reports import Reports, Unreadable


@dataclass(slots=True)
class Look:
    """One look at a folder.

    Attributes:
        folder: its path.
        links: how many links were left out.
        faults: by the name of a folder or file that cannot be reached, why not.
    """

    folder: str
    links: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, Stamp]]:
        """Yield the files below the folder with their stamps, in the order of the paths."""
        left_out = LeftOut()
        for path in walk(self.folder, left_out, Reports(self._report)):
            if os.path.islink(path):
                self.links += 1
                continue
            try:
                if stat.S_ISREG(os.stat(path).st_mode):
                    yield path, Stamp.of(path)
            except FileNotFoundError:
                continue  # it is gone
            except OSError as error:
                self.faults[name_in(self.folder, path)] = reason_of(error)
        self.links += left_out.counts[LINKED_FOLDERS]

    def _report(self, unreadable: Unreadable) -> None:
        cause = unreadable.error.__cause__
        if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError):
            path = os.fsdecode(cause.filename) if cause.filename else unreadable.source
            self.faults[name_in(self.folder, path)] = reason_of(cause)


def reason_of(error: OSError) -> str:
    """Return why the system refused something, without its path."""
    return f"it cannot be read ({(error.strerror or type(error).__name__).lower()})"


def name_in(folder: str, path: str) -> str:
    """Return what a file is called: its path below the folder."""
    return printable(os.path.relpath(path, folder))


def words_of(stamp: Stamp) -> str:
    """Return what the records have of a stamp: first what :func:`is_alike` compares."""
    return f"{stamp.mtime_ns}:{stamp.size}:{stamp.ctime_ns}:{stamp.inode}"


def is_alike(words: str, others: str) -> bool:
    """Return whether two stamps are of the same size and time of writing.

    Restoring a file changes its other numbers, and exchanging it may change no more than these.
    """
    return words.split(":")[:2] == others.split(":")[:2]


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of the bytes of a file, as the records have it."""
    return hashlib.sha256(content).hexdigest()
