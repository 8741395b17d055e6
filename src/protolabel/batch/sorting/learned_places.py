"""Writes down where files stand that were learned. No file is changed, and none is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.names import FreeNames


def record_learned(
    root: Path, journal: Journal, learned: Sequence[Correction], version: int
) -> None:
    """Write down where files stand now that were learned, in whatever way they changed places.

    Args:
        root: the sorted folder.
        journal: its journal.
        learned: some of :func:`corrections`.
        version: of the label space that learned them.
    """
    waiting = [correction.learned(version) for correction in learned]
    leaving = {entry.moved_from for entry in waiting}
    names = FreeNames(root, journal.entries, journal.folders)
    reserved = {entry.place for entry in waiting}
    for entry in waiting:
        earlier = journal.entries.get(entry.place)
        if earlier is not None and earlier.place not in leaving:  # its file is elsewhere, or gone
            path = journal.folders.path_within(earlier.place)
            place = names.place(journal.folders.of_place(earlier.place), path, reserved)
            journal.write([replace(earlier, place=place, moved_from=earlier.place)])
        elif entry.place == entry.moved_from and earlier and earlier.digest != entry.digest:
            journal.remove(earlier)  # it was edited where it stands
    while waiting:
        staying = (entry for entry in waiting if entry.place == entry.moved_from)
        free = [entry for entry in waiting if entry.place not in journal.entries] + list(staying)
        if not free:  # a ring of files that changed places
            journal.remove(journal.entries[waiting[0].moved_from])
            continue
        journal.write(free)
        waiting = [entry for entry in waiting if entry not in free]
