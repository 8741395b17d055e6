"""Files that are due -> their documents -> the verdict on each file. No file is placed here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from protolabel.answers import Answer
from protolabel.batch.file_stamps import Stamp
from protolabel.batch.open_writers import is_being_written
from protolabel.batch.read_ahead import batches
from protolabel.batch.skipped import Skipped
from protolabel.batch.sorting.entries import Entry, State
from protolabel.batch.sorting.former_contents import remember_where_they_stand
from protolabel.batch.sorting.placing import digest_of
from protolabel.batch.sorting.sources import path_as_typed
from protolabel.batch.sorting.verdict import Verdict
from protolabel.documents import size_of
from protolabel.errors import InputError
from protolabel.label_space.person_statements.decided_labels import as_decided
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.label_space.view import View
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.readers.each_file import FileReader
from protolabel.readers.reports import Unreadable, with_source
from protolabel.types import Document

_SMALL = 100  # bytes of the end of a file, about
# What one batch counts at most: each document, each end of a file and each file left out is one. So
# at most 256 files are answered at once, 128 of one document each (docs/every-day.md). After a kill
# they are read once more.
LARGEST = 256


@dataclass(frozen=True, slots=True)
class Work:
    """A file that is due.

    Attributes:
        path: of the file.
        name: its path within its source.
        entry: that of an earlier run.
        again: it stands in the sorted folder, and its answer is made anew.
        source: the path that it came from, as the inputs of this run lead to it.
        former: where the file stands whose content its path had before, and its path within the
            folder of its class; None where there is none.
        is_former: its source had another content since.
    """

    path: str
    name: str
    entry: Entry | None = None
    again: bool = False
    source: str = ""
    former: tuple[str, str] | None = None
    is_former: bool = False


def works_as_typed(works: Iterable[Work], inputs: Sequence[str]) -> Iterator[Work]:
    """Yield files; those that are answered again have the paths that the inputs lead to."""
    for work in works:
        if work.again and work.entry is not None:
            yield replace(work, source=path_as_typed(work.entry.source, inputs))
        else:
            yield work


@dataclass
class AnsweredFile:
    """A file between its reading and its placing, with what it held when it was read."""

    work: Work
    digest: str
    stamp: Stamp
    read_ns: int
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def state(self) -> State:
        """The state of the file when it is placed; a person's word stands."""
        earlier = self.work.entry
        return "kept" if earlier is not None and earlier.state == "kept" else "placed"

    def needs_placing(self, entry: Entry) -> bool:
        """Return whether the file does not stand where its entry says."""
        earlier = self.work.entry
        return earlier is None or entry.place != earlier.place


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that is left where it is, and why. ``is_fault``: it could not be read."""

    path: str
    reason: str
    is_fault: bool = True


OnAnswer = Callable[[AnsweredFile, Document, Answer], None]
_Item = LeftFile | tuple[AnsweredFile, Document | None]  # None at the end of a file

CHANGED = "it changed while it was read; the next run takes it"
UNFINISHED = "another program is writing to it; the next run takes it"
EDITED = "somebody edited it after it was sorted, so it keeps its place and its answer"


def answered_files(
    view: View,
    works: Iterable[Work],
    stop: Callable[[], bool],
    reading: dict[str, Any],
    review_below: float | None = None,
    on_answer: OnAnswer = lambda file, document, answer: None,
) -> Iterator[list[AnsweredFile | LeftFile]]:
    """Yield the files in groups, each file when all of its documents are answered.

    Args:
        view: what answers.
        works: the files that are due.
        stop: asked before each file; those before it are still answered.
        reading: options of the readers, and ``on_notice``.
        review_below: answers of a smaller chance count as declined; None: none do.
        on_answer: is called with each document, its file and its answer.
    """
    for batch in batches(_items(works, stop, reading), _size, LARGEST):
        ends = [item[0] for item in batch if not isinstance(item, LeftFile) and item[1] is None]
        works_of_batch = {item[0].work for item in batch if not isinstance(item, LeftFile)}
        former = [work.former for work in works_of_batch if work.former]
        remember_where_they_stand(view, former, reading)
        answers = list(_answers(view, batch))
        decided = _as_decided(view, [(document, answer) for _, document, answer in answers])
        for (file, document, answer), decision in zip(answers, decided, strict=True):
            on_answer(file, document, answer)
            file.verdict.count(decision or answer, None if decision else review_below)
        queue = view.answer_queue
        if isinstance(queue, AnswerQueue) and any(work.is_former for work in works_of_batch):
            queue.write()  # their keys are those of the places that they leave now
        failures = [item for item in batch if isinstance(item, LeftFile)]
        yield [*failures, *ends]


def _as_decided(view: View, answers: Sequence[tuple[Document, Answer]]) -> Iterator[Answer | None]:
    """Yield each answer with the classes that a person gave its document, where it has others.

    None where nobody decided otherwise, and where the view does not remember answers.
    """
    queue, n = view.answer_queue, len(answers)
    decisions = [()] * n if queue is None else queue.decided_labels([one for one, _ in answers])
    paths = class_paths(view.classes()) if any(decisions) else {}
    for (_, answer), labels in zip(answers, decisions, strict=True):
        present = tuple(label for label in labels if label in paths)
        names = {name for label in answer.label_names for name in paths.get(label, (label,))}
        is_so = names >= set(present) and (answer.labels is None or len(names) == len(present))
        yield None if is_so or not present else as_decided(answer, present, paths)


def _items(
    works: Iterable[Work], stop: Callable[[], bool], reading: dict[str, Any]
) -> Iterator[_Item]:
    """Yield the documents of each file, and an end; files that cannot be read fail."""
    with FileReader(**reading) as reader:
        for work in works:
            if stop():
                return
            try:
                file = _file_to_answer(work)
            except OSError as error:
                file = LeftFile(work.path, error.strerror or str(error))
            if isinstance(file, LeftFile):
                yield file
                continue
            for document in reader.documents(work.path, work.name, _source(work)):
                if isinstance(document, Unreadable):
                    file.verdict.fault(with_source(document.reason, document.source))
                else:
                    yield file, document
            yield (file, None) if _is_same(work.path, file.stamp) else LeftFile(work.path, CHANGED)


def _source(work: Work) -> str:
    """Return the path that the documents of a file come from: answered again, they are the same.

    A file that was moved, or whose source has held another content since, has only its own path.
    """
    entry = work.entry
    if not work.again or entry is None:
        return work.path
    is_taken = entry.how == "move" and os.path.lexists(entry.source)
    return work.path if is_taken or work.is_former else work.source or entry.source


def _file_to_answer(work: Work) -> AnsweredFile | LeftFile:
    """Return a file that is about to be read, or why it is not. Raises OSError."""
    stamp, read_ns = Stamp.of(work.path), time.time_ns()
    if is_being_written(work.path):
        return LeftFile(work.path, UNFINISHED)
    digest = digest_of(work.path)
    if work.again and work.entry is not None and digest != work.entry.digest:
        return LeftFile(work.path, EDITED, is_fault=False)
    return AnsweredFile(work, digest, stamp, read_ns, Verdict(work.name))


def _answers(view: View, batch: list[_Item]) -> Iterator[tuple[AnsweredFile, Document, Answer]]:
    """Yield the documents of a batch with their files and answers; faults go to the file."""
    items = [item for item in batch if not isinstance(item, LeftFile)]
    pairs = [(file, document) for file, document in items if document is not None]
    answers = view.label_each([document for _, document in pairs], alternatives=1, evidence=0)
    for (file, document), answer in zip(pairs, answers, strict=True):
        if isinstance(answer, InputError):
            skipped = Skipped.of(document, answer)
            file.verdict.fault(with_source(skipped.reason, skipped.source))
        else:
            yield file, document, answer


def _is_same(path: str, stamp: Stamp) -> bool:
    try:
        return Stamp.of(path) == stamp
    except OSError:
        return False


def _size(item: _Item) -> int:
    document = None if isinstance(item, LeftFile) else item[1]
    return _SMALL if document is None else size_of(document)
