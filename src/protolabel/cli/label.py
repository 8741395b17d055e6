"""The command that labels documents: to the terminal, to a pipe, or to a file that grows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import get_args

import click

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import Again
from protolabel.batch.skipped import Skipped
from protolabel.batch.table_files import TableFile, is_table
from protolabel.cli.answer_output import (
    AnswerOptions,
    FileOutput,
    JsonOutput,
    Output,
    Tally,
    TextOutput,
    go_on_words,
    past_it_words,
)
from protolabel.cli.answering import answer_all, new_documents, run_of
from protolabel.cli.common import (
    ENCODER,
    NUMBER,
    SHARE,
    SPACE,
    VERSION,
    as_json,
    opened,
    with_progress,
)
from protolabel.cli.progress import bar_beside_answers, progress_display
from protolabel.cli.reading import (
    SKIP_BAD,
    SOME_SKIPPED,
    ReadingFlags,
    documents,
    reading_flags,
    refuse_texts_as_paths,
    slow,
)
from protolabel.cli.settled_view import refuse_both, settled_view
from protolabel.cli.sort import SortRun, sort_command
from protolabel.cli.sort_flags import SortFlags, is_typed, sort_flags
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.quantity import quantity
from protolabel.types import Document

Stream = Iterator[Document | Skipped]


@click.command()
@SPACE
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="A document given here; repeatable.")
@click.option(
    "--top",
    type=NUMBER,
    default=5,
    show_default=True,
    help="How many classes an answer names; JSON has two at least, for the margin.",
)
@click.option(
    "--evidence", type=NUMBER, default=3, show_default=True,
    help="How many of the nearest examples it shows.",
)  # fmt: skip
@click.option(
    "--set", "coverage", type=SHARE, metavar="SHARE",
    help="Also list the classes that cannot be excluded, so that this share of lists is right.",
)  # fmt: skip
@reading_flags(labels=False)
@click.option("--at", type=VERSION, help="Answer as the label space was at this version.")
@click.option("--prototypes", is_flag=True, help="Rank by the prototypes alone, not refined.")
@click.option(
    "--settle",
    is_flag=True,
    help="Wait until the refined ranking is fitted, however long that takes.  [default: wait where "
    "it takes about two seconds or less, else rank by the prototypes]",
)
@click.option(
    "--out",
    type=click.Path(),
    metavar="FILE",
    help="Write the answers to this file: JSON lines, or what a name in .csv, .xlsx or .parquet "
    "says.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="With --out: answer only documents that are new or changed since the file was written. "
    "The answer to a changed file, or to a changed row with an id, replaces the old one.",
)
@click.option(
    "--again",
    type=click.Choice(get_args(Again)),
    help="With --resume or --sort-into: answer again what was declined, what an older version of "
    "the label space answered (changed), or all. The new answers replace the old ones.",
)
@sort_flags
@SKIP_BAD
@with_progress
@ENCODER
@as_json
def label(
    space: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    top: int,
    evidence: int,
    coverage: float | None,
    reading: ReadingFlags,
    at: int | None,
    prototypes: bool,
    settle: bool,
    out: str | None,
    resume: bool,
    again: Again | None,
    sorting: SortFlags,
    skip_bad: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Label documents: one, or millions as a stream.

    INPUTS are folders, files, or - for the standard input. A text, PDF, office file, web page, mail
    or image is one document; a .jsonl, .csv or .xlsx file has one a row; a zip or tar has those of
    its files. Answers come in the order of the documents, as soon as they are ready.

    To answer every day what is new since yesterday:

    \b
      protolabel label mail.space inbox/ --out answers.jsonl --resume
      protolabel label mail.space inbox/ --sort-into sorted/
    """
    refuse_both(prototypes, settle)
    if sorting.is_sorting(
        ("--text", texts), ("--at", at), ("--out", out), ("--resume", resume), ("--set", coverage),
        ("--top", is_typed("top")), ("--evidence", is_typed("evidence")),
    ):  # fmt: skip
        sort_command(
            space, inputs, reading, sorting, again, SortRun(encoder, prototypes, settle, json_)
        )
        return
    _refuse_combinations(space, [*inputs, *texts], out, resume=resume, again=again)
    refuse_texts_as_paths(inputs, "label", space)
    tally, show = Tally(), bar_beside_answers(out)
    with opened(space, encoder) as label_space, progress_display(show) as progress:
        view = settled_view(
            label_space, at, prototypes=prototypes, settle=settle, progress=progress
        )
        tally.count_for(view)
        reading = reading.for_space(label_space)
        past_it = past_it_words(out, resume=resume)
        options = AnswerOptions(
            top, evidence, skip_bad, coverage, past_it, go_on_words(out, resume=resume)
        )
        stream = documents(
            inputs, texts, reading, progress, skip_bad=skip_bad, out=out, past_it=past_it
        )
        destination: AbstractContextManager[tuple[Stream, Output]]
        if out is None:
            destination = nullcontext((stream, JsonOutput() if json_ else TextOutput(top)))
        elif is_table(out):
            destination = _table(Path(out), stream, resume=resume)
        else:
            run = run_of(view, inputs, reading, at, prototypes, options)
            marks = view.rows.mark
            file = AnswersFile(Path(out), run, resume=resume, marks=marks)
            destination = _answers_file(file, stream, again, view.version, tally)
        with destination as (due, output):
            answer_all(lambda: view, due, output, options, tally, read_ahead=slow(inputs))
    _report(out, json_, tally)


def _refuse_combinations(
    space: str, sources: Sequence[str], out: str | None, *, resume: bool, again: str | None
) -> None:
    """Refuse a command without documents, and options that need another one. Raises InputError."""
    if not sources:
        raise InputError(
            "no document", expected="files, folders, - or --text",
            remedy=shlex.join(["protolabel", "label", space, "--text", "some text"]),
        )  # fmt: skip
    if resume and out is None:
        raise InputError(
            "--resume without --out", expected="the file to go on with",
            remedy="add --out FILE",
        )  # fmt: skip
    if again and not resume:
        raise InputError(
            "--again without --resume", expected="the file whose answers are made again",
            remedy="add --resume and --out FILE",
        )  # fmt: skip


@contextmanager
def _table(path: Path, stream: Stream, *, resume: bool) -> Iterator[tuple[Stream, Output]]:
    """Yield the documents and a Parquet or XLSX file of answers."""
    with TableFile(path, resume=resume) as rows:
        yield stream, FileOutput(rows)


@contextmanager
def _answers_file(
    answers: AnswersFile, stream: Stream, again: Again | None, version: int, tally: Tally
) -> Iterator[tuple[Stream, Output]]:
    """Yield the documents that a file of answers lacks, and that file."""
    with answers as file:
        file.answer_again(again, version)
        yield new_documents(stream, file, tally, version), FileOutput(file)
        tally.count_replaced(file.earlier)


def _report(out: str | None, json_: bool, tally: Tally) -> None:
    """Print the counts of a run; end with the exit code of skipped documents, if there are any."""
    if out is not None:
        note(f"{quantity(tally.answers + tally.declined, 'answer')} written to {out}")
    if out is not None and json_:
        line(tally.record())
    elif out is not None or (not json_ and tally.answers + tally.declined > 1):
        note(tally.words("--again declined answers those again"))
    if tally.skipped:
        raise click.exceptions.Exit(SOME_SKIPPED)
