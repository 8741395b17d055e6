"""Where the files of a sorted folder stand now: which moved, and which were taken back.

A file is known by its content, whatever its name is now; one that was edited too, by its name. Of
equal files the time and the number on the disk say which is which. No file is changed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from functools import partial
from pathlib import Path

from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.placing import digest_of


def absent_entries(root: Path, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries whose content does not stand where it was put.

    A file is read where its size and time do not say that it is the one that was put there.
    """
    digests: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for entry in entries:
        digests[entry.stamp[:2]].add(entry.digest)
    absent = []
    for entry in entries:
        try:
            info = (root / entry.place).stat()
            stamp = (info.st_size, info.st_mtime_ns)
            is_sure = stamp == entry.stamp[:2] and len(digests[stamp]) == 1
            if not is_sure and digest_of(root / entry.place) != entry.digest:
                absent.append(entry)
        except OSError:
            absent.append(entry)
    return absent


def moves_of(
    root: Path, absent: Sequence[Entry], places: Sequence[str]
) -> Iterator[tuple[Entry, str]]:
    """Yield the entries that stand elsewhere now, each with its place: by content, then by name.

    By its name, a file is none that another entry has at its own place. Of equal contents,
    one whose own place is empty has moved; where a file stands there, somebody edited that.
    """
    by_content: dict[str, list[Entry]] = defaultdict(list)
    for entry in absent:
        by_content[entry.digest].append(entry)
    sizes = {entry.stamp[0] for entry in absent}
    loose: dict[str, list[str]] = defaultdict(list)
    matched_places: set[str] = set()
    for exact in (True, False):  # the same name first, among equal contents
        for place in places if exact else [p for group in list(loose.values()) for p in group]:
            name = os.path.basename(place)
            size = (root / place).stat().st_size
            equal = by_content.get(digest_of(root / place), []) if size in sizes else []
            info = (root / place).stat()
            likely = _most_likely(root, equal, info)
            matches = [e for e in likely if not exact or os.path.basename(e.place) == name]
            if matches:
                entry = max(matches, key=partial(_likeness, info))
                equal.remove(entry)
                matched_places.add(entry.place)
                yield entry, place
                if not exact:
                    loose[name].remove(place)
            elif exact:
                loose[name].append(place)
    missing: dict[str, list[Entry]] = defaultdict(list)
    owned = {entry.place for entry in absent if entry.place not in matched_places}
    for entry in absent:
        if entry.place in owned and not os.path.lexists(root / entry.place):
            missing[os.path.basename(entry.place)].append(entry)
    for name, entries in missing.items():
        ownerless = [place for place in loose[name] if place not in owned]
        if len(entries) == 1 and len(ownerless) == 1:
            yield entries[0], ownerless[0]


def _most_likely(root: Path, equal: Sequence[Entry], info: os.stat_result) -> Sequence[Entry]:
    """Return those of some equal entries that a file may be: the very one, or one that is gone."""
    very = [entry for entry in equal if _likeness(info, entry)[0] == 2]
    lost = [entry for entry in equal if not os.path.lexists(root / entry.place)]
    return very or lost or equal


def _likeness(info: os.stat_result, entry: Entry) -> tuple[int, bool, int]:
    """Return how likely a file of the content of an entry is the very file of it.

    What says it is the number on the disk with the time, or the time alone. Of entries that are as
    likely, the newest that a person decided comes first.
    """
    same = (info.st_size, info.st_mtime_ns) == entry.stamp[:2]
    is_kept = entry.state == "kept"
    return same + (same and info.st_ino == entry.stamp[3]), is_kept, is_kept and entry.version


def returns_of(
    root: Path, journal: Journal, away: Container[str], learned: Sequence[Entry]
) -> Iterator[tuple[Entry, str]]:
    """Yield the learned entries whose file stands at the place of an equal file, each with it.

    Such a copy was learned, and the person took it back to where an equal file had been put. Where
    the disk does not tell the two apart, it is so if the copy was put into the folder by hand.

    Args:
        root: the sorted folder.
        journal: its journal.
        away: the places of those whose content stands there no longer.
        learned: the entries whose file stands nowhere else, by which examples were learned.
    """
    present: dict[str, list[Entry]] = defaultdict(list)
    folder_of = journal.folders.of_place
    for entry in journal.entries.values():
        if entry.state != "intended" and entry.place not in away:
            present[entry.digest].append(entry)
    for entry in sorted(learned, key=lambda entry: -entry.version):
        equal = present.get(entry.digest, [])
        later = any(e.state == "kept" and e.version >= entry.version for e in equal)
        if later or any(folder_of(e.place) == folder_of(entry.place) for e in equal):
            continue  # a later word counts, and a copy in the class keeps the example
        by_hand = Path(entry.source).is_relative_to(os.path.abspath(root))
        gaps = {}
        for present_entry in equal:
            info = (root / present_entry.place).stat()
            likeness = _likeness(info, present_entry)[0]
            gaps[present_entry.place] = _likeness(info, entry)[0] - likeness
        place = max(gaps, key=lambda place: gaps[place], default="")
        if place and gaps[place] >= (0 if by_hand else 1):
            equal.remove(next(e for e in equal if e.place == place))
            yield entry, place
