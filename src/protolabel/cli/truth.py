"""`evaluate --truth`: documents or answers beside a table of true labels. It computes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import click

from protolabel.cli.common import opened
from protolabel.cli.option_records import F, with_record
from protolabel.cli.outputs import refuse_label_spaces
from protolabel.cli.reading import Continuation, ReadingFlags, documents, print_notice
from protolabel.cli.usable_documents import Faults
from protolabel.columns.csv_lines import text_of_cell
from protolabel.errors import InputError
from protolabel.evaluation.of_truth import evaluate_answers, evaluate_by_truth, truth_notes
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.truth import Truth, refuse_second_labels, truth_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.progress import Progress
from protolabel.readers.truth import NamedLabels, read_named_labels
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True)
class TruthFlags:
    """The options about a table of true labels: its path, and that of a file of answers."""

    truth: str | None
    answers: str | None

    def require_consistent(self, data: Sequence[str]) -> None:
        """Refuse a table of truth without what it is about. Raises InputError."""
        if self.answers is not None and self.truth is None:
            raise InputError(
                "--answers without --truth",
                expected="a table with the true label of each document",
                remedy="add --truth FILE",
            )
        if self.answers is not None and data:
            raise InputError(
                "--answers with documents",
                expected="one of them",
                remedy="leave the documents out: their answers are in the file",
            )
        if self.truth is not None and self.answers is None and not data:
            raise InputError(
                "--truth without documents",
                expected="documents to label, or --answers with the answers that they got",
                remedy="name the documents",
            )
        if self.truth is not None and any(map(self._is_truth, data)):
            raise InputError(
                f"{self.truth} is the table of truth, and among the documents too",
                expected="the documents",
                remedy="leave it out of the documents",
            )

    def _is_truth(self, path: str) -> bool:
        assert self.truth is not None
        return os.path.realpath(path) == os.path.realpath(self.truth)

    def rows(self, reading: ReadingFlags) -> list[NamedLabels]:
        """Return what the table says."""
        assert self.truth is not None
        return _rows(self.truth, reading)


def truth_flags(function: F) -> F:
    """Add the options about a table of truth, as one argument ``beside``."""
    path = click.Path(dir_okay=False)
    options = [
        click.option(
            "--truth",
            type=path,
            metavar="FILE",
            help="A table with the true label of each document, by its id or the name of its "
            "file. A document without a label there, or with 'none of these', is of no class.",
        ),
        click.option(
            "--answers",
            type=path,
            metavar="FILE",
            help="With --truth: compare these answers, a file of `protolabel label --out`, "
            "instead of labelling documents.",
        ),
    ]
    return with_record(function, "beside", TruthFlags, options)


def answers_by_truth(flags: TruthFlags, reading: ReadingFlags, space: str | None) -> Evaluation:
    """Return how right the answers of a file are; ``space``: the label space that gave them."""
    assert flags.answers is not None
    if space is None:
        return _by_truth(flags, reading)
    with opened(space) as label_space:
        return _by_truth(flags, reading.for_space(label_space), label_space)


def _by_truth(
    flags: TruthFlags, reading: ReadingFlags, space: LabelSpace | None = None
) -> Evaluation:
    assert flags.answers is not None
    rows = flags.rows(reading)
    separated = ReadingFlags(label_separator=reading.label_separator, is_class=reading.is_class)
    answers = [_as_answered(answer) for answer in _rows(flags.answers, separated)]
    subject = f"{flags.answers} by {flags.truth}"
    return evaluate_answers(answers, rows, subject=subject, space=space)


def documents_by_truth(
    flags: TruthFlags,
    reading: ReadingFlags,
    space: LabelSpace,
    data: tuple[str, ...],
    progress: Progress,
    faults: Faults,
) -> Evaluation:
    """Return how right a label space answers documents."""
    rows = flags.rows(reading)
    usable = _documents(flags, reading, data, progress, faults)
    subject = f"{', '.join(data)} by {flags.truth}"
    return evaluate_by_truth(space, usable, rows, subject=subject, progress=progress)


def examples_by_truth(
    flags: TruthFlags,
    reading: ReadingFlags,
    data: tuple[str, ...],
    progress: Progress,
    faults: Faults,
) -> tuple[list[Example], Truth]:
    """Return the documents that have a label and can be read, as examples.

    Raises:
        InputError: a row of the table has several labels: an encoder is evaluated on one a
            document.
    """
    rows = flags.rows(reading)
    refuse_second_labels(rows, "one label: an encoder is evaluated on documents that have one")
    items = list(_documents(flags, reading, data, progress, faults))
    truth = truth_of(items, rows)
    examples = [
        Example(labels[0], d.text, d.id, d.embedding, d.source, d.image)
        for d, labels in zip(items, truth.labels, strict=True)
        if labels and not d.unreadable
    ]
    return examples, truth


def with_truth(evaluation: Evaluation, truth: Truth | None) -> Evaluation:
    """Return an evaluation of an encoder whose labels come from a table, with notes on that."""
    if truth is None:
        return evaluation
    notes = truth_notes(truth)
    if n_strangers := sum(labels == () for labels in truth.labels):
        notes.append(f"of no class, left out: {quantity(n_strangers, 'document')}")
    return replace(evaluation, truth=truth, notes=(*evaluation.notes, *notes))


def _documents(
    flags: TruthFlags,
    reading: ReadingFlags,
    data: tuple[str, ...],
    progress: Progress,
    faults: Faults,
) -> Iterator[Document]:
    """Yield the documents; the table of truth is none, where it lies among them."""
    unlabelled = replace(reading, label_field=None, label_separator=None)
    continuation = Continuation(faults.skip_bad)
    items = documents(data, (), unlabelled, progress, continuation, out=flags.truth)
    return faults.usable(items)


def _as_answered(answer: NamedLabels) -> NamedLabels:
    """Return an answer by the texts that its cells in a CSV file were written from."""
    labels = tuple(map(text_of_cell, answer.labels))
    identity, source = text_of_cell(answer.id), text_of_cell(answer.source)
    return replace(answer, labels=labels, id=identity, source=source)


def _rows(path: str, reading: ReadingFlags) -> list[NamedLabels]:
    """Return the rows of a table by the options that speak of its columns and of classes."""
    refuse_label_spaces([path], expected="a table", remedy="give the file of the table")
    names = ("id_field", "label_field", "label_separator", "encoding", "is_class")
    options = {name: value for name, value in reading.options().items() if name in names}
    return read_named_labels(path, on_notice=print_notice, **options)
