"""The report of a file: where sorting has put it, or why it was left. It moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.file_answers import AnsweredFile, LeftFile
from protolabel.ranked_classes import certainty
from protolabel.readers.paths import printable
from protolabel.words.certainty import is_none_likelier


@dataclass(frozen=True, slots=True)
class FileReport:
    """Where a file was put. ``place``: its path in the sorted folder, None where it was left.

    ``again``: it was sorted before and its answer was made again; ``moved_from``: where it stood
    then, if the answer is another one. ``faults``: what could not be read of it.
    ``none_probability``: of *none of these*, beside the chance. ``decided_by``: the first of its
    documents that decided; ``basis`` says it in words where some have not its class.
    """

    source: str
    place: str | None
    label: str | None
    probability: float | None
    documents: int
    reason: str
    faults: tuple[str, ...] = ()
    again: bool = False
    moved_from: str = ""
    chance: float | None = None
    none_probability: float | None = None
    decided_by: tuple[str, ...] = ()
    basis: str = ""

    @property
    def certainty(self) -> float | None:
        """The one number that people read beside the place, as of an answer."""
        return certainty(self.chance, self.probability)

    @property
    def is_none_likelier(self) -> bool:
        """Whether it has a class although *none of these* is likelier."""
        return is_none_likelier(self.certainty, self.none_probability)


def report_of(file: AnsweredFile, entry: Entry) -> FileReport:
    """Return the report of a file that stands where its entry says."""
    verdict = file.verdict
    is_answer = entry.label == verdict.label and file.state != "kept"
    source = entry.source if file.work.again else file.work.path
    return FileReport(
        printable(source),
        printable(entry.place),
        entry.label,
        entry.probability,
        verdict.n_documents,
        verdict.reason if entry.label is None else "",
        tuple(verdict.faults),
        file.work.again,
        printable(entry.moved_from),
        entry.chance,
        None if entry.chance is None else verdict.none_probability,
        verdict.decided_by if is_answer else (),
        verdict.basis if is_answer else "",
    )


def report_of_left(left: LeftFile) -> FileReport:
    """Return the report of a file that was left where it is."""
    faults = (left.reason,) if left.is_fault else ()
    return FileReport(printable(left.path), None, None, None, 0, left.reason, faults)
