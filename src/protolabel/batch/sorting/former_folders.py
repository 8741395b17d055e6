"""Files that people gave a class, in a folder of a name that the class has no more.

No run moves what a person put somewhere, so that they stay when a class is renamed or merged. They
are only named here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from protolabel.batch.sorting.journal import Journal
from protolabel.words.quantity import quantity

MOST_NAMED = 5


def in_former_folders(
    root: Path, journal: Journal, current: Callable[[str, int | None], str]
) -> dict[str, str]:
    """Return the places of the files, each with the present name of its class.

    Args:
        root: the sorted folder.
        journal: its journal.
        current: returns the present name of a class from its name at a version.
    """
    folders = journal.folders
    labels = {
        entry.place: current(entry.label, entry.version)
        for entry in journal.entries.values()
        if entry.state == "kept" and entry.label is not None
    }
    return {
        place: label
        for place, label in labels.items()
        if folders.label(folders.of_place(place)) != label and os.path.lexists(root / place)
    }


def words_of_former_folders(labels: dict[str, str]) -> str:
    """Return the remark about files of :func:`in_former_folders`; empty where there are none."""
    if not labels:
        return ""
    names = [f"{place} (now {label!r})" for place, label in list(labels.items())[:MOST_NAMED]]
    names += ["..."] if len(labels) > MOST_NAMED else []
    stay, them = ("stays", "it") if len(labels) == 1 else ("stay", "them")
    folder = "a folder" if len(labels) == 1 else "folders"
    return (
        f"{quantity(len(labels), 'file')} that people moved {stay} in {folder} of a former name: "
        f"{'; '.join(names)}. Move {them} to the folder of that class if you want {them} there"
    )
