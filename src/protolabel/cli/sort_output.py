"""What `label --sort-into` prints about each file, and the counts of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from protolabel.answers import Answer
from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.file_answers import AnsweredFile
from protolabel.batch.sorting.file_report import FileReport
from protolabel.batch.sorting.former_folders import in_former_folders, words_of_former_folders
from protolabel.batch.sorting.journal import Journal
from protolabel.cli.answer_output import class_counts
from protolabel.cli.decided_otherwise import DecidedOtherwise
from protolabel.cli.option_names import with_options
from protolabel.cli.strangers_of_run import StrangersOfRun
from protolabel.cli.terminal import about_space, bold, line, note, printable, styled
from protolabel.label_space.answer_path.declining import Declining
from protolabel.readers.reports import without_source
from protolabel.types import Document
from protolabel.words.certainty import percentages
from protolabel.words.quantity import quantity

MOST_NAMED = 5  # files that a remark names


@dataclass
class SortOutput:
    """Prints what becomes of files, and counts it.

    ``preview``: none is placed. ``declining``: why all documents are declined, or none or few can
    be. ``strangers``: whether more documents belong to no class than the label space counts on.
    ``decided``: whether people decided otherwise on documents.
    ``unsure``: files that have a class although *none of these* is likelier, by name.
    """

    json: bool
    preview: bool = False
    review_below: float | None = None
    by_class: Counter[str] = field(default_factory=Counter)
    review: int = 0
    left: int = 0
    faulty: int = 0
    unchanged: int = 0
    waiting: int = 0
    confirmed: int = 0
    confirmed_review: int = 0
    unsure: list[str] = field(default_factory=list)
    declining: Declining = field(default_factory=Declining)
    strangers: StrangersOfRun = field(default_factory=StrangersOfRun)
    decided: DecidedOtherwise = field(default_factory=DecidedOtherwise)

    def count(self, file: AnsweredFile, document: Document, answer: Answer) -> None:
        """Take note of an answer; a file that a person put somewhere stays there whatever it is."""
        self.strangers.count(document, answer)
        if file.state != "kept":
            self.decided.count(document, answer)

    def write(self, report: FileReport) -> None:
        """Print what became of a file, in the words of the command line."""
        report = replace(
            report,
            reason=about_space(with_options(report.reason)),
            faults=tuple(about_space(with_options(one)) for one in report.faults),
        )
        if report.is_none_likelier and report.place is not None:
            self.unsure.append(f"{report.place} {_sure(report)}")
        if report.again and report.place is not None and not report.moved_from:
            self.confirmed += 1
            self.confirmed_review += report.label is None
        elif report.place is None:
            self.left += 1
        elif report.label is None:
            self.review += 1
        else:
            self.by_class[report.label] += 1
        if not report.again or report.moved_from:
            self.faulty += bool(report.faults)
        if self.json:
            line(asdict(report))
        elif not report.again or report.moved_from:
            _print_report(report)

    @property
    def n_files(self) -> int:
        """How many files were answered for the first time, or left in place."""
        return self.by_class.total() + self.review + self.left

    def words(self) -> str:
        """Return the summary for people."""
        n = self.by_class.total()
        parts = [f"{n:,} sorted", f"{self.review:,} for review"]
        parts += [f"{self.left:,} left in place"] if self.left else []
        files = quantity(self.n_files, "file")
        text = f"{files}: {', '.join(parts)}" if self.n_files else "nothing new"
        text = f"a preview, nothing is placed: {text}" if self.preview else text
        if self.confirmed:
            text += f"; {quantity(self.confirmed, 'file')} answered again, as before"
            if self.confirmed_review:
                text += f", {self.confirmed_review:,} of them for review"
        if self.unchanged:
            text += f"; {quantity(self.unchanged, 'file')} as an earlier run left them"
        if self.waiting:
            text += f", {self.waiting:,} of them for review (--again declined answers those again)"
        return "\n  ".join((text + class_counts(self.by_class), *self._remarks()))

    def _remarks(self) -> Iterator[str]:
        """Yield what there is to say about all answers of the run."""
        yield from self.declining.sentences(
            labelled=bool(self.by_class or self.confirmed) and not self.review_below,
            declined=self.review > 0,
            remedy=f"--review-below 50% puts unsure files into {REVIEW}",
        )
        if words := self.strangers.words():
            yield words
        if words := self.decided.words():
            yield words
        if self.unsure:
            names = "; ".join(map(printable, self.unsure[:MOST_NAMED]))
            names += "; ..." if len(self.unsure) > MOST_NAMED else ""
            yield (
                f"{quantity(len(self.unsure), 'file')} sorted although none of these is likelier "
                f"({names}): "
                f"--review-below 50% puts such files into {REVIEW}; with --again all, also those "
                "that were sorted before"
            )


def note_former_folders(
    root: Path,
    journal: Journal,
    current: Callable[[str, int | None], str],
    moves: Collection[str] = (),
) -> None:
    """Name the files that stay in a folder of a former name; ``moves``: places of those named."""
    labels = in_former_folders(root, journal, current)
    words = words_of_former_folders({p: label for p, label in labels.items() if p not in moves})
    if words:
        note(printable(words))


def _sure(report: FileReport) -> str:
    """Return how sure the answer of a file is, in words; empty where there is no number."""
    return percentages(report.certainty, report.none_probability)


def _print_report(report: FileReport) -> None:
    source = report.moved_from or report.source
    reason = without_source(report.reason, report.source)
    if report.place is None:
        note(f"left {source} in place: {reason}", always=True)
        return
    sure = _sure(report)
    sure = f"  {sure}" if sure else ""
    for fault in (one for one in report.faults if one not in report.reason):
        note(f"not read of {source}: {without_source(fault, report.source)}", always=True)
    reason = reason or report.basis
    why = f"  ({printable(reason)})" if reason else ""
    styled(f"{printable(source)} -> {bold(report.place)}{sure}{why}")
