"""Documents -> answers -> an output, batch by batch: what `label` and `stream` share."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.read_ahead import LARGEST, ReadAhead, batches
from protolabel.batch.run_file import Run
from protolabel.batch.skipped import Skipped
from protolabel.cli.answer_output import AnswerOptions, Output, Tally
from protolabel.cli.option_names import with_options
from protolabel.cli.reading import ReadingFlags, naming_skip_bad, skipped_words
from protolabel.cli.terminal import note
from protolabel.document_key import document_key
from protolabel.documents import size_of
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.quantity import quantity
from protolabel.types import Document


def new_documents(
    stream: Iterator[Document | Skipped], file: AnswersFile, tally: Tally, version: int
) -> Iterator[Document | Skipped]:
    """Yield what no earlier run has answered; count the rest."""
    for item in stream:
        earlier = file.claim(document_key(item)) if isinstance(item, Document) else None
        if earlier is None:
            yield item
        else:
            tally.count_earlier(earlier, version)


def answer_all(
    view_of: Callable[[], View],
    stream: Iterator[Document | Skipped],
    output: Output,
    options: AnswerOptions,
    tally: Tally,
    *,
    read_ahead: bool,
    largest: int = LARGEST,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Answer a stream in batches, and put out what comes before a fault before raising it.

    Args:
        view_of: returns what answers the next batch.
        stream: documents, and what cannot be used.
        output: where answers go.
        options: of the answers.
        tally: counts what becomes of the documents.
        read_ahead: whether the stream may make us wait, so that what has come is answered.
        largest: documents of a batch.
        after: is called when a batch is put out.
    """

    def take_note(skipped: Skipped) -> None:
        skipped = replace(skipped, reason=with_options(skipped.reason))
        tally.skipped += 1
        output.skip(skipped)
        note(skipped_words(skipped))

    in_batches = (
        ReadAhead(stream, _size, largest).batches()
        if read_ahead
        else batches(stream, _size, largest)
    )
    answering = False
    try:
        for batch in in_batches:
            view = view_of()
            for bad, items in itertools.groupby(batch, lambda item: isinstance(item, Skipped)):
                if bad:
                    for skipped in items:
                        take_note(cast(Skipped, skipped))
                    continue
                answering = True
                usable = cast(list[Document], list(items))
                outcomes = view.label_each(
                    usable, alternatives=options.alternatives, evidence=options.evidence,
                    coverage=options.coverage,
                )  # fmt: skip
                for document, outcome in zip(usable, outcomes, strict=True):
                    if not isinstance(outcome, InputError):
                        output.write(document, outcome)
                        tally.count(outcome)
                    elif options.skip_bad:
                        take_note(Skipped.of(document, outcome))
                    else:
                        raise outcome
                answering = False
            output.flush()
            after()
    except InputError as error:
        output.flush()
        done = tally.answers + tally.declined
        note(f"{quantity(done, 'document')} before the fault answered")
        if answering and not options.skip_bad:  # a reader's error names the option by itself
            raise naming_skip_bad(error, options.past_it) from error
        raise
    except KeyboardInterrupt:
        output.flush()
        done = tally.answers + tally.declined
        note(f"stopped after {quantity(done, 'document')}{options.go_on}")
        raise


def _size(document: Document | Skipped) -> int:
    return size_of(document) if isinstance(document, Document) else len(document.reason)


def run_of(
    view: View,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    at: int | None,
    prototypes: bool,
    answer_options: AnswerOptions,
) -> Run:
    """Return the settings that the next run must share."""
    paths = tuple(source if source == "-" else os.path.abspath(source) for source in inputs)
    options: dict[str, object] = {"--top": answer_options.alternatives, "--at": at}
    options["--evidence"] = answer_options.evidence
    if answer_options.coverage is not None:
        options["--set"] = answer_options.coverage
    options |= {"--prototypes": prototypes} | {
        f"--{name.replace('_', '-')}": value for name, value in reading.typed().items()
    }
    return Run(view.rows.identity, paths, options)
