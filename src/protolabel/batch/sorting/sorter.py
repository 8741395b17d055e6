"""Files that are new or changed -> answered -> placed in the folder of their class.

What is due, what becomes of a file that a person moved, and the order of the journal's lines are
decided here; names, the rule for a file of several documents and the placing stand elsewhere.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from protolabel.batch.earlier_answers import Again, AnsweredBy, Earlier, is_due_again
from protolabel.batch.file_stamps import Stamp
from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.entries import Entry, How
from protolabel.batch.sorting.file_answers import (
    CHANGED,
    AnsweredFile,
    LeftFile,
    OnAnswer,
    Work,
    answered_files,
)
from protolabel.batch.sorting.file_report import FileReport, report_of, report_of_left
from protolabel.batch.sorting.former_contents import FormerContents, remember_moved
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.names import FreeNames
from protolabel.batch.sorting.own_folders import OwnFolders
from protolabel.batch.sorting.placing import (
    SourceChangedError,
    digest_of,
    is_link,
    moved_after_copying,
    moved_within,
    place,
    recovered,
    recovered_within,
)
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.label_space.stored_items.current_names import CurrentNames
from protolabel.label_space.view import View

_RACY_NS = 2_000_000_000  # a file that was written to so recently may change within its time stamp


class Sorter:
    """Sorts files into the folder of a journal, which is open."""

    def __init__(
        self,
        root: Path,
        journal: Journal,
        how: How,
        again: Again | None,
        *,
        review_below: float | None = None,
        preview: bool = False,
        on_answer: OnAnswer = lambda file, document, answer: None,
    ) -> None:
        """Take the folder.

        Args:
            root: the sorted folder.
            journal: its journal, open.
            how: how files are put there.
            again: which answers of earlier runs are made again.
            review_below: files of a smaller chance are for the review; None: none are.
            preview: say what would become of files, and place none.
            on_answer: is called with each document, its file and its answer.
        """
        self.root, self.journal = root, journal
        self.how: How = how
        self._again = again
        self._review_below, self._preview, self._on_answer = review_below, preview, on_answer
        self._own_folders = OwnFolders(root, journal)
        self._names = FreeNames(root, journal.entries, journal.folders)
        self._version, self._class_paths = 0, dict[str, tuple[str, ...]]()
        self.n_unchanged = self.n_waiting = self.n_kept = self.n_emptied = 0

    def recover(self) -> int:
        """End what a killed run had begun; return how many files that were."""
        if self._preview:
            return 0
        unfinished = [e for e in self.journal.entries.values() if e.state == "intended"]
        for entry, target in [(e, self.root / e.place) for e in unfinished]:
            try:
                if entry.moved_from:
                    done = recovered_within(self.root / entry.moved_from, target, entry.digest)
                else:
                    done = recovered(entry.source, target, entry.how, entry.digest)
            except OSError:
                continue  # it stays intended; the next run looks again
            self._own_folders.remove_empty(entry.moved_from if done else entry.place)
            if done:
                earlier = self.journal.entries.get(entry.moved_from)
                is_kept = earlier is not None and earlier.state == "kept"
                self.journal.write([replace(entry, state="kept" if is_kept else "placed")])
            else:
                self.journal.remove(entry)
        return len(unfinished)

    def due(
        self,
        files: Iterable[tuple[str, str]],
        by: AnsweredBy,
        ready: Callable[[str, Stamp], bool] = lambda path, stamp: True,
        *,
        again: bool = True,
    ) -> Iterator[Work]:
        """Yield the files that are new or changed, then those whose answer is to be made anew.

        Args:
            files: paths, each with its path within its source.
            by: what answers now; an answer of something else is made anew where that is wanted.
            ready: says of a file that it is complete; others are left for a later call.
            again: whether earlier answers are looked at.
        """
        self.n_unchanged = self.n_waiting = 0
        self.n_kept = 0 if again else self.n_kept
        former = FormerContents(self.root, self.journal)
        places: set[str] = set()  # of files whose source is due
        unchanged: set[str] = set()
        for path, name in files:
            entry = self.journal.of_source(os.path.abspath(path))
            try:
                stamp = Stamp.of(path)
                if entry is not None and self._is_unchanged(path, stamp, entry):
                    unchanged.add(entry.place)
                    self.n_unchanged += 1
                    self.n_waiting += entry.label is None  # for a person, in the review
                    self._empty(path, entry)
                    continue
                if not ready(path, stamp):
                    continue
            except OSError:
                pass  # the reading says why
            if entry is not None:
                places.add(entry.place)
            yield Work(path, name, entry, former=former.standing(path))
        for entry in list(self.journal.entries.values()) if again else ():
            if entry.place in places or entry.state != "placed":
                continue
            if not is_due_again(Earlier(entry.label is None, entry.answered_by), self._again, by):
                continue
            if entry.place in unchanged:  # it counts once, as what becomes of it now
                self.n_unchanged -= 1
                self.n_waiting -= entry.label is None
            standing, path = self.root / entry.place, self.journal.folders.path_within(entry.place)
            if standing.exists():
                yield Work(str(standing), path, entry, again=True, is_former=former.has(entry))
            else:
                self.n_kept += 1

    def _is_unchanged(self, path: str, stamp: Stamp, entry: Entry) -> bool:
        if entry.state == "intended":
            return False
        is_same_stamp = (entry.stamp, entry.source) == (stamp.numbers, os.path.abspath(path))
        if is_same_stamp and entry.read_ns - max(stamp.mtime_ns, stamp.ctime_ns) > _RACY_NS:
            return True
        read_ns = time.time_ns()
        is_same = digest_of(path) == entry.digest
        if is_same and not self._preview:
            self.journal.write([entry.read_again(os.path.abspath(path), stamp.numbers, read_ns)])
        return is_same

    def _empty(self, path: str, entry: Entry) -> None:
        """Remove a source that an earlier run copied or linked, where files are moved now."""
        at, look = self.root / entry.place, self._preview
        if self.how == "move" != entry.how and moved_after_copying(path, at, entry.digest, look):
            self.n_emptied += 1
            if not look:
                self.journal.write([replace(self.journal.entries[entry.place], how="move")])

    def run(
        self,
        view: View,
        works: Iterable[Work],
        stop: Callable[[], bool] = lambda: False,
        **reading: Any,
    ) -> Iterator[FileReport]:
        """Read, answer and place files; yield what became of each.

        Args:
            view: what answers.
            works: the files that are due.
            stop: asked before each file; what was read until then is placed.
            **reading: options of the readers, and ``on_notice``.
        """
        if view.version != self._version:
            self._version, self._class_paths = view.version, class_paths(view.classes())
            self.journal.folders.add(self._class_paths.values())
        ways = self._review_below, self._on_answer
        for group in answered_files(view, works, stop, reading, *ways):
            yield from (report_of_left(left) for left in group if isinstance(left, LeftFile))
            files = [file for file in group if isinstance(file, AnsweredFile)]
            yield from self._placements(files, view)
            former = [one.work.entry for one in files if one.work.is_former and one.work.entry]
            remember_moved(view, self.root, self.journal, former, reading)

    def _placements(self, files: list[AnsweredFile], view: View) -> Iterator[FileReport]:
        """Place files: first what is about to be done is written down, then it is done."""
        planned: list[tuple[AnsweredFile, Entry]] = []
        reserved: set[str] = set()
        for file in files:
            entry = self._plan_of(file, view, reserved)
            reserved.add(entry.place)
            planned.append((file, entry))
        if self._preview:
            yield from (report_of(file, entry) for file, entry in planned)
            return
        moving = [entry for file, entry in planned if file.needs_placing(entry)]
        self.journal.write(moving, durable=True)
        done: list[Entry] = []
        try:
            for file, entry in planned:
                if not file.needs_placing(entry):
                    done.append(replace(entry, state=file.state, moved_from=""))
                    yield report_of(file, entry)
                    continue
                try:
                    done.append(self._carried_out(file, entry, reserved))
                    yield report_of(file, done[-1])
                except (SourceChangedError, OSError) as error:
                    self.journal.remove(entry)
                    reason = getattr(error, "strerror", CHANGED) or str(error)
                    yield report_of_left(LeftFile(file.work.path, reason))
        finally:
            self.journal.write(done)

    def _folder(self, label: str) -> str:
        """Return the folder of a class, within that of the class above it."""
        return self.journal.folders.folder(*self._class_paths.get(label, (label,)))

    def _plan_of(self, file: AnsweredFile, view: View, reserved: set[str]) -> Entry:
        """Return the entry that a file is about to have."""
        work, earlier = file.work, file.work.entry
        answer: dict[str, Any] = file.verdict.numbers | AnsweredBy.of(view)._asdict()
        if earlier is not None and earlier.state == "kept":  # a person's word stands
            present_name = CurrentNames(view.rows, view.version).name
            answer = dict.fromkeys(answer) | AnsweredBy(earlier.version)._asdict()
            answer["label"] = earlier.label and present_name(earlier.label, earlier.version)
        folder = REVIEW if answer["label"] is None else self._folder(answer["label"])
        if work.again:
            assert earlier is not None
            stays = self.journal.folders.of_place(earlier.place) == folder
            return replace(
                earlier,
                place=earlier.place if stays else self._names.place(folder, work.name, reserved),
                **answer,
                state="intended",
                moved_from="" if stays else earlier.place,
            )
        moved_from = ""
        if earlier is not None and self.how == "link" and is_link(self.root, earlier):
            moved_from = earlier.place  # the link shows the new content already
        elif earlier is not None and not self._preview:
            self.journal.write([replace(earlier, how="move")])  # it stays, no longer its source's
        stays = self.journal.folders.of_place(moved_from) == folder
        return Entry(
            place=moved_from if stays else self._names.place(folder, work.name, reserved),
            source=os.path.abspath(work.path),
            digest=file.digest,
            stamp=file.stamp.numbers,
            read_ns=file.read_ns,
            how=self.how,
            **answer,
            state="intended",
            moved_from="" if stays else moved_from,
            is_partial=earlier is not None and earlier.is_partial,
            earlier_versions=() if earlier is None else earlier.earlier_versions,
        )

    def _carried_out(self, file: AnsweredFile, entry: Entry, reserved: set[str]) -> Entry:
        while True:
            target = self.root / entry.place
            try:
                self._own_folders.make(entry.place)
                if entry.moved_from:
                    moved_within(self.root / entry.moved_from, target, entry.digest)
                    self._own_folders.remove_empty(entry.moved_from)
                else:
                    place(file.work.path, target, entry.how, entry.digest)
            except FileExistsError:  # somebody took the name meanwhile
                folder = self.journal.folders.of_place(entry.place)
                self.journal.remove(entry)
                entry = replace(entry, place=self._names.place(folder, file.work.name, reserved))
                reserved.add(entry.place)
                self.journal.write([entry])
            else:
                stamp = entry.stamp
                if entry.how == "link" and not entry.moved_from:  # a new link changes the time
                    with suppress(OSError):
                        stamp = Stamp.of(file.work.path).numbers
                return replace(entry, stamp=stamp, state=file.state)
