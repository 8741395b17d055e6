"""A free name in the sorted folder for a file: its own, or its own with a number."""

from __future__ import annotations

import os
from collections.abc import Collection, Container
from pathlib import Path

from protolabel.batch.sorting.class_folders import ClassFolders

_LONGEST = 240  # bytes; file systems take 255


class FreeNames:
    """Chooses names that nothing has: on the disk, in the journal, or among those about to be used.

    The name of a file that a person moved or removed is free on the disk. The journal still needs
    it, to say what the person did.
    """

    def __init__(self, root: Path, entries: Container[str], folders: ClassFolders) -> None:
        """Take the sorted folder, the places of its journal and the folders of classes.

        The latter two change while this is used.
        """
        self._root, self._entries, self._folders = root, entries, folders
        self._numbers: dict[str, int] = {}

    def place(self, folder: str, path: str, reserved: Collection[str]) -> str:
        """Return a free path in the sorted folder.

        Args:
            folder: that of the class.
            path: of the file within its source, whose sub-folders are kept.
            reserved: paths that are about to be used.
        """
        *parents, name = Path(path).parts
        place = folder
        for part in parents:
            place = self._free(place, part, reserved, folder=True)
        return self._free(place, name, reserved, folder=False)

    def _free(self, parent: str, name: str, reserved: Collection[str], *, folder: bool) -> str:
        stem, suffix = (name, "") if folder else os.path.splitext(name)
        first = f"{parent}/{name}"
        number = self._numbers.get(first, 1) if not folder else 1
        while True:
            place = first if number == 1 else f"{parent}/{_cut(stem, f' ({number}){suffix}')}"
            if not self._is_taken(place, reserved, folder=folder):
                if not folder:
                    self._numbers[first] = number
                return place
            number += 1

    def _is_taken(self, place: str, reserved: Collection[str], *, folder: bool) -> bool:
        """Return whether a path cannot be that of a new file, or of a folder, there or new."""
        if place in self._entries or place in reserved or self._folders.has(place):
            return True
        path = self._root / place
        if folder:
            return os.path.lexists(path) and not path.is_dir()
        return os.path.lexists(path) or any(p.startswith(f"{place}/") for p in reserved)


def _cut(stem: str, end: str) -> str:
    """Return a name with a new end, short enough for a file system."""
    room = _LONGEST - len(os.fsencode(end))
    whole = os.fsencode(stem)
    return (stem if len(whole) <= room else whole[:room].decode(errors="ignore")) + end
