"""Files of a sorted folder about which people said something else since they were put there.

A move within the file system has no version. The system notes when it last changed a file or its
place, and the label space when somebody said something: the later one counts. Where the times do
not tell, the statement counts, and the place does not. Nothing is changed here.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.labelled_documents import keys_as_labelled
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.identity.document_key import document_key, row_of
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.readers.each_file import FileReader
from protolabel.readers.paths import printable
from protolabel.readers.reports import Unreadable
from protolabel.words.quantity import quantity

MOST_NAMED = 5
_Standing = tuple[str, str, Entry]  # a place, the class of its folder, and the entry of its file


def later_statements(
    folder: SortedFolder,
    moves: Iterable[Correction],
    in_force: Collection[int],
) -> dict[str, str]:
    """Return the places of such files, each with what people said of it, in words.

    Args:
        folder: the sorted folder.
        moves: the files that people moved.
        in_force: the versions of the label space whose changes are in force.
    """
    statements = _Statements(folder, in_force)
    if not statements.any_decisions:
        return {}
    moves = list(moves)
    files = [(one.place, one.label, one.entry) for one in moves if one.label is not None]
    places = {one.entry.place for one in moves}
    files += [
        (entry.place, folder.current(entry.label, entry.version), entry)
        for entry in folder.journal.entries.values()
        if entry.state == "kept"
        and entry.label is not None
        and entry.place not in places
        and any(version > entry.version for version in statements.changes)
        and os.path.isfile(folder.root / entry.place)
    ]
    with folder.reader() as reader:
        words = {one[0]: _words(folder, reader, statements, one) for one in files}
    return {place: one for place, one in words.items() if one}


def remark_on(statements: Mapping[str, str]) -> str:
    """Return the remark about files of :func:`later_statements`; empty where there are none."""
    if not statements:
        return ""
    names = [f"{place} ({words})" for place, words in list(statements.items())[:MOST_NAMED]]
    names += ["..."] if len(statements) > MOST_NAMED else []
    is_one = len(statements) == 1
    them, lie = ("it", "it lies") if is_one else ("them", "they lie")
    folders = "the folder of its class" if is_one else "the folders of their classes"
    return printable(
        f"nothing is learned from {quantity(len(statements), 'file')} about which people said "
        f"something else since {lie} there: {'; '.join(names)}. Move {them} to {folders}, or "
        f"correct {them} again"
    )


@dataclass(frozen=True)
class _Statements:
    """What people said of documents, but by their moves in one sorted folder."""

    folder: SortedFolder
    in_force: Collection[int]

    @cached_property
    def any_decisions(self) -> bool:
        """Whether anybody has decided on a document."""
        answers = session_of(self.folder.space).store.answers
        return answers.has_decisions() or bool(answers.decided())

    @cached_property
    def _learned_versions(self) -> set[int]:
        entries = self.folder.journal.entries.values()
        learned_entries = [entry for entry in entries if entry.state == "kept"]
        return {v for entry in learned_entries for v in (entry.version, *entry.versions_of_parts)}

    @cached_property
    def changes(self) -> list[int]:
        """The versions in force that learned nothing in this folder."""
        return [version for version in self.in_force if version not in self._learned_versions]

    @cached_property
    def _present(self) -> ClassesNow:
        return ClassesNow(self.folder.space.view().rows, self.folder.space.version)

    @cached_property
    def _times(self) -> dict[int, datetime]:
        changes = self.folder.space.history()
        return {one.version: datetime.fromisoformat(one.at) for one in changes}

    def of(self, keys: Sequence[bytes], label: str, entry: Entry, moved_at: datetime) -> str:
        """Return what was said of a document since, where its folder says otherwise, in words.

        ``moved_at``: when the system changed the place of its file last, or something else of it.
        """
        space = self.folder.space
        answers = session_of(space).store.answers
        present = self._present

        def names_of(classes: Iterable[int]) -> set[str]:
            return {present.present[key] for one in classes if (key := present.key(one))}

        labels = names_of(c for one in answers.decisions(keys).values() for c in one.classes)
        refused = names_of(key for _, key in answers.refusals(keys))
        if label in labels or not (labels or label in refused):
            return ""
        newest = max(answers.decided_with(keys, self.in_force).values(), default=None)
        if newest is None:
            is_since = bool(labels) and entry.label not in labels
        else:
            is_since = newest > entry.version and newest not in self._learned_versions
            is_since = is_since and self._times[newest] >= moved_at
        if not is_since:
            return ""
        return f"corrected to {', '.join(sorted(labels))}" if labels else f"not {label}"


def _words(
    folder: SortedFolder,
    reader: FileReader,
    statements: _Statements,
    file: _Standing,
) -> str:
    """Return what was said of a document of a file since it lies there, in words."""
    place, label, entry = file
    path = str(folder.root / place)
    moved_at = datetime.fromtimestamp(os.stat(path).st_ctime, UTC)
    for document in reader.documents(path, os.path.basename(path)):
        if isinstance(document, Unreadable):
            continue
        if row_of(document.source) is not None:  # what is said of a row is not said of its table
            return ""
        keys = [*keys_as_labelled(document, path, entry), document_key(document)]
        words = statements.of(keys, label, entry, moved_at)
        if words:
            return words
    return ""
