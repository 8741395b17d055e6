"""What people did in a sorted folder: files that stand in the folder of another class now.

It reads names and contents, and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.journal import Entry, Journal
from protolabel.batch.sorting.placing import digest_of
from protolabel.readers.paths import walk
from protolabel.readers.reports import Reports


@dataclass(frozen=True, slots=True)
class Correction:
    """A file that a person moved. ``label``: the class of its folder, None for the review."""

    entry: Entry
    place: str
    label: str | None

    def learned(self, version: int) -> Entry:
        """Return the entry of the file where it stands now; no answer moves it from there."""
        return replace(
            self.entry,
            place=self.place,
            label=self.label,
            probability=None,
            version=version,
            state="kept",
            moved_from=self.entry.place,
        )


def corrections(root: Path, journal: Journal) -> list[Correction]:
    """Return the files that stand in another class's folder than where they were put.

    A file is known by its content, whatever its name is now. Of several equal files the one whose
    name is the same counts first.
    """
    missing: dict[int, list[Entry]] = {}
    for entry in journal.entries.values():
        if entry.state != "intended" and not os.path.lexists(root / entry.place):
            missing.setdefault(entry.stamp[0], []).append(entry)
    moved: list[Correction] = []
    for place in _strangers(root, journal):
        path = root / place
        candidates = missing.get(path.stat().st_size, [])
        if not candidates:
            continue
        digest = digest_of(path)
        name = os.path.basename(place)
        equal = [e for e in candidates if e.digest == digest]
        equal.sort(key=lambda e: os.path.basename(e.place) != name)
        if not equal:
            continue
        candidates.remove(equal[0])
        folder = place.split("/", 1)[0]
        label = journal.folders.label(folder)
        if folder != equal[0].place.split("/", 1)[0] and (label or folder == REVIEW):
            moved.append(Correction(equal[0], place, label))
    return moved


def _strangers(root: Path, journal: Journal) -> Iterator[str]:
    """Yield the files in folders of classes that stand where nothing was put."""
    for path in walk(str(root), reports=Reports(lambda fault: None)):
        place = Path(path).relative_to(root).as_posix()
        if place not in journal.entries and "/" in place and os.path.isfile(path):
            yield place
