"""What people did in a sorted folder: files of another class's folder, and files put in by hand.

A file is known by its content, whatever its name is now; one that was edited too, by its name. A
file at the place of an entry whose content stands nowhere is that one, edited where it stood. Of
equal files the time and the number on the disk say which is which. Contents are read here, and no
document. No file is changed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.moved_files import absent_entries, moves_of, returns_of
from protolabel.batch.sorting.placing import digest_of
from protolabel.readers.paths import walk
from protolabel.readers.reports import Reports

Current = Callable[[str, int | None], str]
"""Returns the present name of a class from its name at a version, None where that is not known."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A file that a person moved, or put into the folder of a class.

    Attributes:
        entry: where it was put, or stands if no run has put it; with the present name of its class.
        name_then: of the class of the entry, at the version of the entry.
        place: where it stands now.
        label: the class of its folder, None for the review.
        undone: it was learned or taken back already, and an undo has ended that.
        is_former: the folder has a name that its class has no more.
        by_hand: no run has put it anywhere.
        is_partial: something of it cannot be used, so that it is learned in part.
        is_renamed: a person decided on it before, and it only has another name in its class.
    """

    entry: Entry
    place: str
    label: str | None
    name_then: str | None = None
    undone: bool = False
    is_former: bool = False
    by_hand: bool = False
    is_partial: bool = False
    is_renamed: bool = False

    @property
    def is_unfinished(self) -> bool:
        """Whether it stands where it was learned in part, and is read for what was lacking."""
        return self.entry.is_partial and self.label == self.entry.label and not self.undone

    def learned(self, version: int) -> Entry:
        """Return the entry of the file where it stands now; no answer moves it from there."""
        if self.is_renamed:
            return replace(self.entry, place=self.place, moved_from=self.entry.place)
        is_back = self.label is None and self.entry.state == "kept"
        is_same = self.label == self.entry.label
        return replace(
            self.entry,
            class_before=self.name_then if is_back else None,
            version_before=self.entry.version if is_back else 0,
            place=self.place,
            label=self.label,
            probability=None,
            version=version,
            state="kept",
            moved_from="" if self.by_hand else self.entry.place,
            is_partial=self.is_partial,
            earlier_versions=self.entry.versions_of_parts if is_same else (),
        )


def corrections(
    root: Path,
    journal: Journal,
    in_force: Container[int],
    current: Current = lambda label, version: label,
) -> list[Correction]:
    """Return the files that stand in another class's folder than where a run put them, if one did.

    Of several equal files the one whose name is the same counts first. A file whose class was
    learned by a change that is no longer in force is among them: it was undone. So is one that was
    taken back by such a change, and stands in the review still; and one that was learned in part,
    edited since or not. Classes that were renamed or merged since have their present names; folders
    of one class are one place. A learned file that was renamed within its class is among them, so
    that it is still known by its name after an edit. A file that no run has put anywhere is among
    them, unless a copy of it was put into that class. So is a file that was learned, and stands now
    where an equal one was put.

    Args:
        root: the sorted folder.
        journal: its journal.
        in_force: the versions of the label space whose changes are in force.
        current: such as :meth:`CurrentNames.name`.
    """
    entries = [entry for entry in journal.entries.values() if entry.state != "intended"]
    absent = absent_entries(root, entries)
    away = {entry.place for entry in absent}
    files = [place for place in _files(root) if place not in journal.entries or place in away]

    state = _JournalState(journal, in_force, current)
    pairs = list(moves_of(root, absent, files))
    found_places = {entry.place for entry, _ in pairs}
    learned_entries = [
        entry for entry in absent
        if state.is_learned(entry) and entry.place not in found_places
        and not os.path.lexists(root / entry.place)
    ]  # fmt: skip
    pairs += returns_of(root, journal, away, learned_entries)
    moves = [move for entry, place in pairs if (move := state.move_of(entry, place)) is not None]
    listed_places = {place for _, place in pairs}
    new = [p for p in files if p not in listed_places and (p not in away or p in found_places)]
    edited = {*files} - listed_places - {*new}
    places = {move.place for move in moves}
    standing = [
        state.again(entry, entry.place)
        for entry in entries
        if state.is_open(entry) and entry.place not in away and entry.place not in places
    ]
    repaired = [
        state.again(_as_it_is(root, entry) if entry.how == "move" else entry, entry.place)
        for entry in entries
        if entry.is_partial and entry.place in edited
    ]
    return moves + standing + repaired + _by_hand(root, journal, new, current)


@dataclass(frozen=True, slots=True)
class _JournalState:
    """What entries of a journal come to by the changes in force and the present names of classes.

    The fields are the arguments of :func:`corrections`.
    """

    journal: Journal
    in_force: Container[int]
    current: Current

    def is_learned(self, entry: Entry) -> bool:
        """Return whether examples were learned by an entry, and still are there."""
        return entry.state == "kept" and entry.version in self.in_force

    def is_undone(self, entry: Entry) -> bool:
        """Return whether an entry was learned or taken back by a change that is undone."""
        is_word = entry.state == "kept" and (entry.label or entry.class_before)
        return bool(is_word) and entry.version not in self.in_force

    def is_open(self, entry: Entry) -> bool:
        """Return whether an entry is to be learned where it stands."""
        return self.is_undone(entry) or entry.is_partial

    def again(self, entry: Entry, place: str) -> Correction:
        """Return the correction that learns an entry once more, or takes it back once more."""
        entry_as_learned = entry if entry.label else entry.before()
        present = _with_current_name(entry_as_learned, self.current)
        label = present.label if entry.label else None
        return Correction(
            present, place, label, entry_as_learned.label, undone=self.is_undone(entry)
        )

    def move_of(self, entry: Entry, place: str) -> Correction | None:
        """Return what it says that an entry stands at another place; None where that says nothing.

        It says nothing in a folder that is none of a class, nor the review.
        """
        folders = self.journal.folders
        folder = folders.of_place(place)
        name = folders.label(folder)
        if not (name or folder == REVIEW):
            return None
        label, present = name and self.current(name, None), _with_current_name(entry, self.current)
        is_there = folder == folders.of_place(entry.place)
        if not is_there and (label is None or label != present.label):
            return Correction(present, place, label, entry.label, is_former=label != name)
        if self.is_open(entry):
            return self.again(entry, place)
        if entry.state == "kept":
            return Correction(entry, place, entry.label, entry.label, is_renamed=True)
        return None


def _by_hand(
    root: Path,
    journal: Journal,
    places: Sequence[str],
    current: Current,
) -> list[Correction]:
    """Return the files of these that stand in the folder of a class, where that is new of them."""
    entries = journal.entries.values()
    copies = {(e.digest, e.label and current(e.label, e.version)) for e in entries}
    corrections = []
    for place in places:
        name = journal.folders.label(journal.folders.of_place(place))
        if name is None:
            continue
        label, source = current(name, None), os.path.abspath(root / place)
        entry = _as_it_is(root, Entry(place, source, "", (), 0, "move", None, None, 0))
        if (entry.digest, label) not in copies:
            corrections.append(
                Correction(entry, place, label, is_former=label != name, by_hand=True)
            )
    return corrections


def _as_it_is(root: Path, entry: Entry) -> Entry:
    """Return an entry with what its file holds now."""
    path, read_ns = root / entry.place, time.time_ns()
    stamp = Stamp.of(path).numbers
    return replace(entry, digest=digest_of(path), stamp=stamp, read_ns=read_ns)


def _with_current_name(entry: Entry, current: Current) -> Entry:
    """Return an entry with the present name of its class; None stays None."""
    return replace(entry, label=entry.label and current(entry.label, entry.version))


def _files(root: Path) -> Iterator[str]:
    """Yield the files in folders, those of the program aside."""
    for path in walk(str(root), reports=Reports(lambda fault: None)):
        place = Path(path).relative_to(root).as_posix()
        if "/" in place and os.path.isfile(path):
            yield place
