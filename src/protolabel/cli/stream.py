"""The command that answers documents as they come, and goes on where it was killed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.batch.growing_folder import GrowingFolder
from protolabel.batch.skipped import Skipped
from protolabel.batch.table_files import is_table
from protolabel.cli.answer_flags import AnswerFlags, HeadFlags, answer_flags
from protolabel.cli.answer_output import (
    SAME_COMMAND,
    AnswerOptions,
    FileOutput,
    JsonOutput,
    Output,
    Tally,
)
from protolabel.cli.answering import (
    AnswerRun,
    document_batches,
    naming_all_inputs,
    new_documents,
    run_of,
)
from protolabel.cli.common import ENCODER, SPACE, WholeNumber, as_json, opened
from protolabel.cli.option_records import with_record
from protolabel.cli.outputs import own_files, refuse_own_inputs
from protolabel.cli.reading import (
    SOME_SKIPPED,
    Continuation,
    ReadingFlags,
    documents,
    print_notice,
    reading_flags,
    skipped_of,
)
from protolabel.cli.stream_events import EventFlags, Events
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import silent
from protolabel.readers.kinds import kind_of
from protolabel.system.extras import require
from protolabel.types import Document

LARGEST = 32  # documents of a batch; as many are read meanwhile, and one waits to be taken
GROWING = ("jsonl", "csv", "tsv", "lines")  # kinds of files to which rows are appended
EVERY = WholeNumber(1)

_OPTIONS = [
    click.option(
        "--propose-every", type=EVERY, metavar="DOCUMENTS",
        help="Every so many documents, propose classes for declined ones.  [default: never]",
    ),
    click.option(
        "--watch-every", type=EVERY, metavar="DOCUMENTS",
        help="Every so many documents, look for drift.  [default: never]",
    ),
    click.option(
        "--sharpen-every", type=EVERY, metavar="DOCUMENTS",
        help="Every so many documents, sharpen the descriptions.  [default: never]",
    ),
    click.option(
        "--events", is_flag=True,
        help="Print proposals, drift and sharpening as JSON lines with the key 'event' on stdout, "
        "not as notes.",
    ),
]  # fmt: skip


@click.command()
@SPACE
@click.argument("source", default="-")
@click.option(
    "--out", type=click.Path(), metavar="FILE",
    help="Append the answers to this .jsonl or .csv file. It tells the next run what has been "
    "answered.  [default: print them]",
)  # fmt: skip
@click.option(
    "--follow", is_flag=True,
    help="Go on with what is appended to the file, or with new files in the folder, until Ctrl-C.",
)  # fmt: skip
@answer_flags("How many classes an answer names.")
@lambda function: with_record(function, "events", EventFlags, _OPTIONS)
@reading_flags(labels=False)
@ENCODER
@as_json
def stream(
    space: str,
    source: str,
    out: str | None,
    follow: bool,
    answers: AnswerFlags,
    events: EventFlags,
    reading: ReadingFlags,
    encoder: str | None,
    json_: bool,
) -> None:
    """Answer documents as they come, one line of JSON each.

    SOURCE is - for the standard input, a file of rows, or a folder. With --out, run the same
    command again after an interruption: each document is answered once. What cannot be read is
    reported, and the stream goes on.

    \b
      tail -F mail.ndjson | protolabel stream mail.space
      protolabel stream mail.space mail.jsonl --follow --out answers.jsonl
      protolabel stream mail.space inbox/ --follow --out answers.jsonl
    """
    _refuse(source, out, follow, reading)
    with opened(space, encoder) as label_space:
        _refuse_without_memory(label_space, events, space)
        reading = reading.for_space(label_space)
        go_on = "" if out is None else SAME_COMMAND
        options = AnswerOptions(answers, True, go_on=go_on)
        run = _Run(label_space, source, options, events)
        items = _items(source, out, follow, reading)
        if out is None:
            run.answer(items, JsonOutput())
        else:
            view = label_space.view()
            by = AnsweredBy(view.version)  # what ranks may change while the stream goes on
            settings = run_of(view, (source,), reading, HeadFlags(), options)
            as_streams_do = ("--resume", "--skip-bad")  # which a stream does without options
            with naming_all_inputs(*as_streams_do, without="source", name="label"):
                answers_file = AnswersFile(Path(out), settings, resume=True, marks=view.rows.mark)
            with answers_file as file, RememberedPlaces(view) as places:
                run.begin_after(len(file.earlier))
                new = new_documents(items, file, run.tally, by, places)
                run.answer(new, FileOutput(file, places))
                run.tally.count_replaced(file)
        if json_ and out is not None:
            line(run.tally.record())
        else:
            note(run.tally.words())
    if run.tally.skipped:
        raise click.exceptions.Exit(SOME_SKIPPED)


@dataclass
class _Run:
    """One run over a stream."""

    space: LabelSpace
    source: str
    options: AnswerOptions
    flags: EventFlags

    def __post_init__(self) -> None:
        self.tally = Tally()
        is_folder = os.path.isdir(self.source)
        self.events = Events(self.space, self.flags, "hour" if is_folder else "document")
        self._view, self._earlier = self._settled_view(), 0

    def begin_after(self, earlier: int) -> None:
        """Count the documents of events on from those that earlier runs answered."""
        self.events.documents = self._earlier = earlier

    def answer(self, items: Iterator[Document | Skipped], output: Output) -> None:
        """Answer the stream until it ends, or until somebody ends it."""
        with suppress(KeyboardInterrupt):
            run = AnswerRun(output, self.options, self.tally)
            in_batches = document_batches(items, read_ahead=True, largest=LARGEST)
            run.answer_all(self._newest, in_batches, self._after)

    def _newest(self) -> View:
        if self.space.view().version != self._view.version:
            self._view = self._settled_view()
        return self._view

    def _settled_view(self) -> View:
        view = HeadFlags().view_of(self.space, silent)
        self.tally.count_for(view)
        return view

    def _after(self) -> None:
        if self.flags.any:
            self.events.after(self._earlier + self.tally.n_answers)


def _items(
    source: str, out: str | None, follow: bool, reading: ReadingFlags
) -> Iterator[Document | Skipped]:
    """Yield the documents of the source, and what cannot be read."""
    if follow and os.path.isdir(source):
        options = reading.options() | {"on_notice": print_notice}
        folder = GrowingFolder(source, own_files(out), options)
        return (item if isinstance(item, Document) else skipped_of(item) for item in folder.items())
    continuation = Continuation(skip_bad=True, follow=follow)
    return documents((source,), (), reading, silent, continuation, out=out)


def _refuse(source: str, out: str | None, follow: bool, reading: ReadingFlags) -> None:
    """Raise InputError for what cannot be followed, and for a file that cannot be gone on with."""
    refuse_own_inputs((source,), out)
    if out is not None and is_table(out):
        raise InputError(
            f"--out {out}, a table that is whole only when the stream has ended",
            expected="a .jsonl or .csv file, which grows line by line",
            remedy=f"--out {shlex.quote(str(Path(out).with_suffix('.jsonl')))}",
        )
    if not follow or os.path.isdir(source):
        return
    if source == "-":
        raise InputError(
            "--follow with the standard input, which is followed until it ends",
            expected="a file or a folder that grows",
            remedy="leave --follow out",
        )
    kind = reading.fmt or (kind_of(source) if os.path.exists(source) else None)
    if os.path.exists(source) and kind not in GROWING:
        raise InputError(
            f"--follow with {source}, which is one document",
            expected="a folder, or a file of rows: .jsonl, .csv, .tsv, or --format lines",
            remedy="leave --follow out, or follow the folder that it lies in",
        )


def _refuse_without_memory(space: LabelSpace, events: EventFlags, path: str) -> None:
    """Raise InputError where events look at what is remembered, and nothing is."""
    if events.propose_every:
        require("discover", "proposing classes", "sklearn")
    if events.any and space.settings.remember == "off":
        raise InputError(
            "--propose-every, --watch-every and --sharpen-every look at remembered documents",
            expected="a label space that remembers what it answers",
            remedy=shlex.join(["protolabel", "set", path, "remember", "answers"]),
        )
