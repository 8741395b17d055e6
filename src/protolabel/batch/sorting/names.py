"""A free name in the sorted folder for a file: its own, or its own with a number."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

_LONGEST = 240  # bytes; file systems take 255


class FreeNames:
    """Chooses names that nothing has, in the folder or among those that are about to be taken."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers: dict[str, int] = {}

    def place(self, folder: str, path: str, reserved: Container[str]) -> str:
        """Return a free path in the sorted folder.

        Args:
            folder: that of the class.
            path: of the file within its source, whose sub-folders are kept.
            reserved: paths that are about to be used.
        """
        *parents, name = Path(path).parts
        place = folder
        for part in parents:
            place = self._free(place, part, (), folder=True)
        return self._free(place, name, reserved, folder=False)

    def _free(self, parent: str, name: str, reserved: Container[str], *, folder: bool) -> str:
        stem, suffix = (name, "") if folder else os.path.splitext(name)
        first = f"{parent}/{name}"
        number = self._numbers.get(first, 1) if not folder else 1
        while True:
            place = first if number == 1 else f"{parent}/{_cut(stem, f' ({number}){suffix}')}"
            path = self._root / place
            if (folder and path.is_dir()) or not (os.path.lexists(path) or place in reserved):
                if not folder:
                    self._numbers[first] = number
                return place
            number += 1


def _cut(stem: str, end: str) -> str:
    """Return a name with a new end, short enough for a file system."""
    room = _LONGEST - len(os.fsencode(end))
    whole = os.fsencode(stem)
    return (stem if len(whole) <= room else whole[:room].decode(errors="ignore")) + end
