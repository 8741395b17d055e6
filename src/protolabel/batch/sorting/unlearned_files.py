"""What nothing is learned from in a sorted folder: files in no folder of a class; equal files.

No run moves them, and `learn` passes them over. They are only named here.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from math import inf
from pathlib import Path

from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.journal import Journal
from protolabel.readers.paths import printable, walk
from protolabel.readers.reports import Reports
from protolabel.words.quantity import quantity

MOST_NAMED = 5


def words_of_strays(root: Path, journal: Journal, classes: Collection[str]) -> Iterator[str]:
    """Yield the remarks about files that lie in no folder of a class.

    Args:
        root: the sorted folder.
        journal: its journal.
        classes: names of the classes that are here.
    """
    loose, lost = [], []
    for path in walk(str(root), reports=Reports(lambda fault: None)):
        place = Path(path).relative_to(root).as_posix()
        folder = journal.folders.of_place(place)
        if not os.path.isfile(path):
            continue
        if not folder:
            is_class = journal.folders.label(place) in classes
            loose.append(f"{place} (the name of a class)" if is_class else place)
        elif folder != REVIEW and journal.folders.label(folder) is None:
            lost.append(place)
    if loose:
        yield _words(loose, "in no folder", "put {them} into the folder of a class")
    if lost:
        yield _words(lost, "in a folder that no class can have", "rename the folder")


def _words(places: list[str], where: str, remedy: str) -> str:
    one = len(places) == 1
    names = [printable(place) for place in places[:MOST_NAMED]]
    names += ["..."] if len(places) > MOST_NAMED else []
    return (
        f"{quantity(len(places), 'file')} {'lies' if one else 'lie'} {where}, so that nothing is "
        f"learned of {'it' if one else 'them'}: {'; '.join(names)}. To learn from "
        f"{'it' if one else 'them'}, {remedy.format(them='it' if one else 'them')}"
    )


def words_of_equal_files(
    root: Path,
    journal: Journal,
    moves: Iterable[Correction],
    learned: Collection[str],
    current: Callable[[str, int | None], str],
) -> str:
    """Return the remark about equal files that people gave different classes; empty without any.

    Args:
        root: the sorted folder.
        journal: its journal.
        moves: the files that people have moved since.
        learned: the places of those that can be learned now.
        current: returns the present name of a class from its name at a version.
    """
    files: dict[str, dict[str, tuple[str, int | None]]] = defaultdict(dict)
    for entry in journal.entries.values():
        if entry.state == "kept" and entry.label and os.path.lexists(root / entry.place):
            label = current(entry.label, entry.version)
            files[entry.digest][entry.place] = label, entry.version
    for move in moves:
        files[move.entry.digest].pop(move.entry.place, None)
        if move.label is not None and move.place in learned:
            files[move.entry.digest][move.place] = move.label, None
    groups = [group for group in files.values() if len({label for label, _ in group.values()}) > 1]
    if not groups:
        return ""
    named = []
    for group in groups[:MOST_NAMED]:
        newest = max(group.values(), key=lambda pair: inf if pair[1] is None else pair[1])
        named.append(f"{printable(' and '.join(group))} (the last word: {newest[0]!r})")
    named += ["..."] if len(groups) > MOST_NAMED else []
    return (
        f"equal files are in the folders of different classes: {'; '.join(named)}. A document has "
        "one class, and the last word about it counts: move the other file there, too, or remove it"
    )
