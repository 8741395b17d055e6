"""Documents -> answers -> an output, batch by batch: what `label` and `stream` share."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.batch.read_ahead import LARGEST, ReadAhead, batches
from protolabel.batch.run_file import OtherInputsError, Run
from protolabel.batch.skipped import Skipped
from protolabel.cli.answer_flags import HeadFlags
from protolabel.cli.answer_output import AnswerOptions, Output, Tally
from protolabel.cli.option_names import with_options
from protolabel.cli.reading import ReadingFlags, naming_skip_bad, skipped_words
from protolabel.cli.same_command import same_command
from protolabel.cli.terminal import note
from protolabel.documents import size_of
from protolabel.errors import EncoderError, InputError
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces
from protolabel.label_space.view import View
from protolabel.types import Document
from protolabel.words.quantity import quantity


def new_documents(
    stream: Iterator[Document | Skipped],
    file: AnswersFile,
    tally: Tally,
    by: AnsweredBy,
    places: RememberedPlaces,
) -> Iterator[Document | Skipped]:
    """Yield what no earlier run has answered; count the rest, and note where it stands now.

    ``by``: what answers now.
    """
    for item in stream:
        earlier = None
        if isinstance(item, Document):
            earlier = file.claim(item)
        else:
            file.note_fault(item.source)
        if earlier is None:
            yield item
        else:
            tally.count_earlier(earlier, by)
            places.note(cast(Document, item))
    file.note_end()


@contextmanager
def naming_all_inputs(*more: str, without: str, name: str = "") -> Iterator[None]:
    """Name the command that answers all inputs, where a file was begun with others.

    Args:
        more: words that the command lacks.
        without: the parameter of the inputs.
        name: of the command, where it is another than the one that runs.
    """
    try:
        yield
    except OtherInputsError as error:
        command = same_command(*more, *error.sources, without=(without,), name=name)
        raise InputError(
            error.got,
            expected=error.expected,
            remedy=f"give --out another file, or answer all: `{command}`",
        ) from error


@dataclass(slots=True)
class AnswerRun:
    """Documents of one run: each is answered and put out, or skipped with its reason."""

    output: Output
    options: AnswerOptions
    tally: Tally
    answering: bool = False  # whether a fault is one of answering, not of reading

    def skip(self, skipped: Skipped) -> None:
        """Report a document that cannot be used."""
        skipped = replace(skipped, reason=with_options(skipped.reason))
        self.tally.skipped += 1
        self.output.skip(skipped)
        note(skipped_words(skipped))

    def answer(self, view: View, batch: Sequence[Document | Skipped]) -> None:
        """Answer a batch and put it out. Raises InputError unless bad documents are skipped."""
        for bad, items in itertools.groupby(batch, lambda item: isinstance(item, Skipped)):
            if bad:
                for skipped in items:
                    self.skip(cast(Skipped, skipped))
            else:
                self.answering = True
                self._answer_documents(view, cast(list[Document], list(items)))
                self.answering = False
        self.output.flush()

    def _answer_documents(self, view: View, documents: list[Document]) -> None:
        shows = self.options.shows
        answers = view.label_each(
            documents, alternatives=shows.top, evidence=shows.evidence, coverage=shows.coverage
        )
        for document, answer in zip(documents, answers, strict=True):
            if not isinstance(answer, InputError):
                self.output.write(document, answer)
                self.tally.count(document, answer)
            elif self.options.skip_bad:
                self.skip(Skipped.of(document, answer))
            else:
                raise answer

    def answer_all(
        self,
        view_of: Callable[[], View],
        stream: Iterable[Sequence[Document | Skipped]],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Answer all batches, and put out what comes before a fault before raising it.

        Args:
            view_of: returns what answers the next batch.
            stream: batches of documents, and of what cannot be used.
            after: is called when a batch is put out.
        """
        try:
            for batch in stream:
                self.answer(view_of(), batch)
                after()
        except InputError as error:
            self.output.flush()
            note(f"{self._n_documents} before the fault answered")
            if self.answering and not self.options.skip_bad:
                raise naming_skip_bad(error, self.options.past_it) from error
            raise  # a reader's error names the option by itself
        except EncoderError:
            self.output.flush()
            note(f"{self._n_documents} before the fault answered{self.options.go_on}")
            raise
        except KeyboardInterrupt:
            self.output.flush()
            note(f"stopped after {self._n_documents}{self.options.go_on}")
            raise

    @property
    def _n_documents(self) -> str:
        """How many documents are answered, in words."""
        return quantity(self.tally.n_answers, "document")


def document_batches(
    stream: Iterator[Document | Skipped], *, read_ahead: bool, largest: int = LARGEST
) -> Iterator[list[Document | Skipped]]:
    """Return a stream in batches of at most ``largest`` documents.

    ``read_ahead``: the stream may pause, and then what has come is a batch.
    """
    if read_ahead:
        return ReadAhead(stream, _size, largest).batches()
    return batches(stream, _size, largest)


def _size(document: Document | Skipped) -> int:
    return size_of(document) if isinstance(document, Document) else len(document.reason)


def run_of(
    view: View,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    head: HeadFlags,
    answer_options: AnswerOptions,
) -> Run:
    """Return the settings that the next run must share."""
    paths = tuple(source if source == "-" else os.path.abspath(source) for source in inputs)
    shows = answer_options.shows
    options: dict[str, object] = {"--top": shows.top, "--at": head.at}
    options["--evidence"] = shows.evidence
    if shows.coverage is not None:
        options["--set"] = shows.coverage
    options |= {"--prototypes": head.prototypes} | {
        f"--{name.replace('_', '-')}": value for name, value in reading.typed().items()
    }
    return Run(view.rows.identity, paths, options, folder=os.getcwd())
