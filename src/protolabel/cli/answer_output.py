"""Where answers go: JSON lines, sentences or a file; and the counts of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from protolabel.answers import Answer
from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import AnsweredBy, Earlier
from protolabel.batch.skipped import Skipped
from protolabel.cli.answer_flags import AnswerFlags
from protolabel.cli.decided_otherwise import DecidedOtherwise
from protolabel.cli.reading import PAST_IT
from protolabel.cli.render import answer_record, answer_text
from protolabel.cli.strangers_of_run import StrangersOfRun
from protolabel.cli.terminal import line, styled
from protolabel.identity.document_key import document_key
from protolabel.label_space.answer_path.declining import Declining
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces
from protolabel.label_space.view import View
from protolabel.types import Document
from protolabel.words.quantity import quantity

CLASSES_NAMED = 5  # in the summary
SAME_COMMAND = "; the same command goes on"


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """What answers show, and how a run goes on past a fault.

    ``past_it``: the advice how to go on past a bad document. ``go_on``: the end of the sentence
    that the run was stopped, with the advice how to go on; both are the command's own.
    """

    shows: AnswerFlags
    skip_bad: bool
    past_it: str = PAST_IT
    go_on: str = ""


@dataclass(slots=True)
class Tally:
    """What became of the documents of a run.

    ``declining``: why all documents are declined, or none or few can be. ``strangers``: whether
    more documents belong to no class than the label space counts on. ``decided``: whether people
    have decided otherwise on documents.
    """

    labelled: int = 0
    declined: int = 0
    skipped: int = 0
    earlier: int = 0
    earlier_declined: int = 0
    older: int = 0
    older_declined: int = 0
    changed: int = 0
    undecided: int = 0
    absent: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    declining: Declining = field(default_factory=Declining)
    strangers: StrangersOfRun = field(default_factory=StrangersOfRun)
    decided: DecidedOtherwise = field(default_factory=DecidedOtherwise)

    @property
    def n_answers(self) -> int:
        """How many answers this run gave; *none of these* is one, too."""
        return self.labelled + self.declined

    def count_for(self, view: View) -> None:
        """Take note of what answers: whether it declines all documents, or none or few."""
        self.declining = Declining.of(view)
        self.strangers.view = view

    def count(self, document: Document, answer: Answer) -> None:
        """Take note of an answer."""
        self.strangers.count(document, answer)
        self.decided.count(document, answer)
        if answer.label is None:
            self.declined += 1
        else:
            self.labelled += 1
            self.by_class.update(answer.label_names)

    def count_earlier(self, earlier: Earlier, by: AnsweredBy) -> None:
        """Take note of an answer that an earlier run gave; ``by``: what answers in this run."""
        self.earlier += 1
        self.earlier_declined += earlier.declined
        if earlier.by.may_differ(by):
            self.older += 1
            self.older_declined += earlier.declined

    def count_replaced(self, file: AnswersFile) -> None:
        """Take note of earlier answers to documents that hold something else now, or are gone."""
        self.changed, self.undecided = file.earlier.n_changed, file.earlier.n_undecided
        self.absent = file.count_absent()

    def words(self, *, can_answer_again: bool = False) -> str:
        """Return the summary for people; ``can_answer_again``: ``--again`` is an option."""
        text = (
            f"{quantity(self.n_answers, 'document')}: {self.labelled:,} labelled, "
            f"{self.declined:,} declined"
        )
        if self.skipped:
            text += f", {self.skipped:,} skipped"
        if self.earlier:
            text += f"; {self.earlier:,} answered by an earlier run"
        if self.earlier_declined and not self.older:
            again = " (--again declined answers those again)" if can_answer_again else ""
            text += f", {self.earlier_declined:,} of them declined{again}"
        if self.older:
            again = "; --again changed answers those again" if can_answer_again else ""
            text += (
                f", {self.older:,} of them by another version or ranking of the label space, whose "
                f"answers may differ ({self.older_declined:,} declined{again})"
            )
        if self.changed:
            text += (
                f"; {quantity(self.changed, 'document')} had changed: the new answer replaces the "
                "old one"
            )
        if self.undecided:
            text += (
                f"; {quantity(self.undecided, 'row')} without an id had another text before: both "
                "answers stay, since only ids tell rows apart (--id-field)"
            )
        if self.absent:
            stay = quantity(self.absent, "earlier answer stays", "earlier answers stay")
            text += (
                f"; {stay} whose message is gone from its mailbox, under a number that another "
                "message may have now (a new --out file has none of these)"
            )
        text += class_counts(self.by_class)
        labelled, declined = self.labelled > 0, self.declined > 0
        remarks = self.declining.sentences(labelled=labelled, declined=declined)
        if words := self.strangers.words():
            remarks.append(words)
        if words := self.decided.words():
            remarks.append(words)
        return "\n  ".join((text, *remarks))

    def record(self) -> dict[str, object]:
        """Return the summary as documented in docs/json.md."""
        return {
            "answered": self.labelled,
            "declined": self.declined,
            "skipped": self.skipped,
            "earlier": self.earlier,
            "older": self.older,
            "older_declined": self.older_declined,
            "changed": self.changed,
            "by_class": dict(self.by_class.most_common()),
            "refusal": self.declining.refusal,
        }


def class_counts(by_class: Counter[str]) -> str:
    """Return a line, after a line break, with the most frequent classes; empty for none."""
    counts = [f"{name} {n:,}" for name, n in by_class.most_common(CLASSES_NAMED)]
    if more := len(by_class) - len(counts):
        counts.append(quantity(more, "other class", "other classes"))
    return f"\n  {', '.join(counts)}" if counts else ""


class Output(Protocol):
    """Where answers go."""

    def write(self, document: Document, answer: Answer) -> None:
        """Put out one answer."""

    def skip(self, skipped: Skipped) -> None:
        """Take note of a document that cannot be used."""

    def flush(self) -> None:
        """Put out what is still held back."""


class JsonOutput:
    """Answers as JSON lines on stdout."""

    def write(self, document: Document, answer: Answer) -> None:
        """Put out one answer."""
        line(answer_record(answer))

    def skip(self, skipped: Skipped) -> None:
        """Take note of a document that cannot be used."""
        line({"skipped": skipped.source, "reason": skipped.reason})

    def flush(self) -> None:
        """Put out what is still held back."""


@dataclass(frozen=True)
class TextOutput:
    """Answers for people. ``top``: how many classes each names, the best one always."""

    top: int

    def write(self, document: Document, answer: Answer) -> None:
        """Put out one answer."""
        styled(answer_text(answer, top=self.top))

    def skip(self, skipped: Skipped) -> None:
        """Take note of a document that cannot be used."""

    def flush(self) -> None:
        """Put out what is still held back."""


@dataclass
class FileOutput:
    """Answers in a file, each beside the key of its document.

    ``places``: of documents that the file has answers to, and that were met again.
    """

    file: AnswersFile
    places: RememberedPlaces

    def write(self, document: Document, answer: Answer) -> None:
        """Put out one answer."""
        moves = bool(document.message_path)
        self.file.write(answer_record(answer), document_key(document), moves=moves)

    def skip(self, skipped: Skipped) -> None:
        """Take note of a document that cannot be used."""

    def flush(self) -> None:
        """Put out what is still held back."""
        self.file.flush()
        self.places.write()


def past_it_words(out: str | None, *, resume: bool) -> str:
    """Return the advice how to go on past a bad document: a file of answers is there by then."""
    if out is None or resume:
        return PAST_IT
    return "add --skip-bad --resume to go on past it"


def go_on_words(*, resume: bool) -> str:
    """Return the advice how to go on where `label` was stopped."""
    return SAME_COMMAND if resume else "; with --out, add --resume to go on"
