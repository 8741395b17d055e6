"""What tells whether a file was written to: its size and times. Its content is not read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


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
