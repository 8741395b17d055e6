"""The folders that sorting makes in a sorted folder, and takes away once no file is left in them.

The journal says which they are, by name and inode. Other folders stay: those that were there
before, those that are not empty, and those that somebody made under a name that sorting had used.
But a file system may give a new folder the inode of one that was removed: nothing tells these two
apart.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from protolabel.batch.sorting.journal import Journal
from protolabel.readers.paths import printable


class OwnFolders:
    """Makes the folders of places, and removes those that became empty."""

    def __init__(self, root: Path, journal: Journal) -> None:
        """Take the sorted folder and its journal, which is open."""
        self._root, self._journal = root, journal

    def make(self, place: str) -> None:
        """Make the folders on the way to a place.

        Raises:
            OSError: one cannot be made. Where a file has its name, it says what to do.
        """
        new = []
        for one in _way_to(place):
            path = self._root / one
            if not os.path.lexists(path):
                new.append(one)
            elif not path.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, _file_in_the_way(str(path)))
        if new:
            (self._root / new[-1]).mkdir(parents=True, exist_ok=True)
            self._journal.note_folders({one: os.stat(self._root / one).st_ino for one in new})

    def remove_empty(self, place: str) -> None:
        """Remove the folders on the way to a place that sorting made and that hold nothing."""
        for folder in reversed(_way_to(place)):
            if folder not in self._journal.own_folders:
                return
            try:
                inode = self._journal.own_folders[folder]  # 0 in a journal of an earlier version
                if inode and inode != os.stat(self._root / folder).st_ino:
                    self._journal.forget_folder(folder)  # somebody has made it anew
                    return
                os.rmdir(self._root / folder)
            except FileNotFoundError:
                pass
            except OSError:  # something lies in it
                return
            self._journal.forget_folder(folder)


def _file_in_the_way(path: str) -> str:
    return (
        f"{printable(path)} is a file, where a folder is to stand; give that file another name, or "
        "move it into a folder, and sort again"
    )


def _way_to(place: str) -> list[str]:
    """Return the folders of a place, from the top down."""
    parts = place.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
