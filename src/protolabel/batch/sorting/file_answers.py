"""Files that are due -> their documents -> the verdict on each file. No file is placed here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from protolabel.batch.answering import Skipped, answered
from protolabel.batch.read_ahead import batches
from protolabel.batch.sorting.journal import Entry, Stamp
from protolabel.batch.sorting.placing import digest_of
from protolabel.batch.sorting.verdict import Verdict
from protolabel.batch.sorting.writers import is_being_written
from protolabel.label_space.view import View
from protolabel.readers.each_file import documents_of_files
from protolabel.types import Document

LARGEST = 256  # documents that are answered at once, and read once more after a kill


@dataclass(frozen=True, slots=True)
class Work:
    """A file that is due.

    Attributes:
        path: of the file.
        name: its path within its source.
        entry: that of an earlier run.
        again: it stands in the sorted folder, and its answer is made anew.
    """

    path: str
    name: str
    entry: Entry | None = None
    again: bool = False


@dataclass
class AnsweredFile:
    """A file between its reading and its placing, with what it held when it was read."""

    work: Work
    digest: str
    stamp: Stamp
    read_ns: int
    verdict: Verdict = field(default_factory=Verdict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, or not as a whole. It stays where it is."""

    path: str
    reason: str


_Item = tuple[AnsweredFile, Document | None]  # None at the end of a file


def answered_files(
    view: View,
    works: Iterable[Work],
    stop: Callable[[], bool],
    reading: dict[str, Any],
) -> Iterator[list[AnsweredFile | Failure]]:
    """Yield the files in groups, each file when all of its documents are answered.

    Args:
        view: what answers.
        works: the files that are due.
        stop: asked before each file; those before it are still answered.
        reading: options of the readers, and ``on_notice``.
    """
    failures: list[AnsweredFile | Failure] = []
    for batch in batches(_items(works, failures, stop, reading), _size, LARGEST):
        _answer(view, batch)
        yield [*_drained(failures), *(file for file, document in batch if document is None)]
    if failures:
        yield failures


def _items(
    works: Iterable[Work],
    failures: list[AnsweredFile | Failure],
    stop: Callable[[], bool],
    reading: dict[str, Any],
) -> Iterator[_Item]:
    """Yield the documents of each file, and an end; files that cannot be read fail."""
    current: list[AnsweredFile] = []

    def opened() -> Iterator[tuple[str, str]]:
        for work in works:
            if stop():
                return
            try:
                stamp, now = Stamp.of(work.path), time.time_ns()
                if is_being_written(work.path):
                    failures.append(Failure(work.path, UNFINISHED))
                    continue
                file = AnsweredFile(work, digest_of(work.path), stamp, now)
            except OSError as error:
                failures.append(Failure(work.path, error.strerror or str(error)))
                continue
            current[:] = [file]
            yield work.path, work.name

    for path, documents, faults in documents_of_files(opened(), **reading):
        (file,) = current
        for document in documents:
            yield file, document
        for fault in faults:
            file.verdict.fault(_named(fault.source, fault.reason))
        if not _is_same(path, file.stamp):
            failures.append(Failure(path, CHANGED))
        else:
            yield file, None


CHANGED = "it changed while it was read; the next run takes it"
UNFINISHED = "another program is writing to it; the next run takes it"


def _answer(view: View, batch: list[_Item]) -> None:
    """Answer the documents of a batch, each for its file."""
    files = {id(document): file for file, document in batch if document is not None}
    documents = [document for _, document in batch if document is not None]
    skipped: list[Skipped] = []
    answers = answered(view, documents, alternatives=1, evidence=0, on_unusable=skipped.append)
    for document, answer in answers:
        files.pop(id(document)).verdict.count(answer)
    for file, unusable in zip(files.values(), skipped, strict=True):
        file.verdict.fault(_named(unusable.source, unusable.reason))


def _named(source: str, reason: str) -> str:
    """Return a reason that begins with its source, once."""
    return reason if reason.startswith(source) else f"{source}: {reason}"


def _is_same(path: str, stamp: Stamp) -> bool:
    try:
        return Stamp.of(path) == stamp
    except OSError:
        return False


def _drained(failures: list[AnsweredFile | Failure]) -> list[AnsweredFile | Failure]:
    taken, failures[:] = list(failures), []
    return taken


def _size(item: _Item) -> int:
    document = item[1]
    return 100 if document is None else 100 + len(document.text or "") + len(document.image or b"")
