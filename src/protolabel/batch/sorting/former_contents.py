"""Sorted files whose path in the inbox has another content since: they stand in the sorted folder.

A scanner gives each document the name of the one before. What is remembered of a document, and
what a person decided on it, stays with the file that was sorted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.placing import digest_of, is_link
from protolabel.identity.maildir_paths import lasting_path
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces
from protolabel.label_space.view import View
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.readers.each_file import FileReader
from protolabel.readers.reports import Unreadable


class FormerContents:
    """The newest file of each path in the inbox, as a journal has them when it is first asked."""

    def __init__(self, root: Path, journal: Journal) -> None:
        """Take a sorted folder and its journal."""
        self._root, self._journal = root, journal
        self._newest: dict[str, Entry] | None = None

    def standing(self, path: str) -> tuple[str, str] | None:
        """Return where the file stands that came from a path before.

        With its path within the folder of its class. None where no such file is there as it was
        sorted; one that is a link shows what the path holds now.
        """
        entry = self._newest_by_source().get(lasting_path(os.path.abspath(path)))
        if entry is None or is_link(self._root, entry):
            return None
        standing = self._root / entry.place
        try:
            if digest_of(standing) != entry.digest:
                return None
        except OSError:
            return None
        return str(standing), self._journal.folders.path_within(entry.place)

    def has(self, entry: Entry) -> bool:
        """Return whether another file has come from the source of an entry since."""
        newest = self._newest_by_source().get(entry.known_source)
        return newest is not None and newest.read_ns > entry.read_ns

    def _newest_by_source(self) -> Mapping[str, Entry]:
        if self._newest is None:
            entries = [one for one in self._journal.entries.values() if one.state != "intended"]
            entries.sort(key=lambda one: one.read_ns)
            self._newest = {one.known_source: one for one in entries}
        return self._newest


def remember_where_they_stand(
    view: View, files: Iterable[tuple[str, str]], reading: Mapping[str, Any]
) -> None:
    """Let the remembered documents of sorted files stand where these stand.

    Args:
        view: what remembers.
        files: their paths, each with its path within the folder of its class.
        reading: options of the readers; what they have to say was said before.
    """
    files, queue = list(files), view.answer_queue
    if not files or not isinstance(queue, AnswerQueue):
        return
    queue.write()
    silent = {**reading, "on_notice": lambda notice: None}
    with RememberedPlaces(view) as places, FileReader(**silent) as reader:
        for path, name in files:
            for document in reader.documents(path, name, path):
                if not isinstance(document, Unreadable):
                    places.note(document)


def remember_moved(
    view: View, root: Path, journal: Journal, earlier: Sequence[Entry], reading: Mapping[str, Any]
) -> None:
    """Let the remembered documents of files that a run has moved on stand where these are now."""
    sources = {(one.source, one.digest) for one in earlier}
    files = [
        (str(root / one.place), journal.folders.path_within(one.place))
        for one in (journal.entries.values() if sources else ())
        if (one.source, one.digest) in sources and one.state == "placed"
    ]
    remember_where_they_stand(view, files, reading)
