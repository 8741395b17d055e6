"""What a journal knows of a file in a sorted folder. Nothing is read or written here but times."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["intended", "placed", "kept"]
How = Literal["copy", "link", "move"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file was written to, without reading it."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, path: str | Path, *, follow: bool = True) -> Stamp:
        """Return the stamp of a file as it is now. Raises OSError."""
        info = os.stat(path, follow_symlinks=follow)
        return cls(info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The size and the others, as an entry has them."""
        return self.size, self.mtime_ns, self.ctime_ns, self.inode


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the sorted folder.

    Attributes:
        place: path in the sorted folder.
        source: absolute path that the file came from.
        digest: SHA-256 of its content.
        stamp: of the source, when it was read; (size, mtime_ns, ctime_ns, inode).
        read_ns: when it was read, nanoseconds since the epoch.
        how: copied, linked or moved.
        label: the class, None for the review.
        probability: that the class is right.
        version: of the label space that answered; 0 for a state that its file has no more, since a
            backup was put in its place.
        state: ``intended`` before it is placed; ``kept`` where a person decided, so that no answer
            moves it.
        moved_from: path in the sorted folder that it stood at before, while it changes its class.
        chance: that the class is right, *none of these* counted in; None in entries of earlier
            versions of protolabel.
    """

    place: str
    source: str
    digest: str
    stamp: tuple[int, ...]
    read_ns: int
    how: How
    label: str | None
    probability: float | None
    version: int
    state: State = "placed"
    moved_from: str = ""
    chance: float | None = None


def is_of_one_document(other: Entry, entry: Entry) -> bool:
    """Return whether two entries of one place are of one document; a link's content may change."""
    if other.source != entry.source:
        return False
    return other.digest == entry.digest or "link" in (other.how, entry.how)
