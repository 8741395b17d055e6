"""The command that labels documents: to the terminal, to a pipe, or to a file that grows."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import get_args

import click

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.earlier_answers import Again
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
    if not inputs and not texts:
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
    refuse_texts_as_paths(inputs, "label", space)
    tally, show = Tally(), bar_beside_answers(out)
    with opened(space, encoder) as label_space, progress_display(show) as progress:
        view = settled_view(
            label_space, at, prototypes=prototypes, settle=settle, progress=progress
        )
        tally.refusal = view.refusal()
        reading = reading.for_space(label_space)
        past_it = past_it_words(out, resume=resume)
        options = AnswerOptions(
            top, evidence, skip_bad, coverage, past_it, go_on_words(out, resume=resume)
        )
        stream = documents(
            inputs, texts, reading, progress, skip_bad=skip_bad, out=out, past_it=past_it
        )
        if out is None:
            output: Output = JsonOutput() if json_ else TextOutput(top)
            answer_all(lambda: view, stream, output, options, tally, read_ahead=slow(inputs))
        elif is_table(out):
            with TableFile(Path(out), resume=resume) as rows:
                answer_all(
                    lambda: view, stream, FileOutput(rows), options, tally, read_ahead=slow(inputs)
                )
        else:
            run = run_of(view, inputs, reading, at, prototypes, options)
            marks = view.rows.mark
            with AnswersFile(Path(out), run, resume=resume, marks=marks) as file:
                file.answer_again(again, view.version)
                new = new_documents(stream, file, tally, view.version)
                answer_all(
                    lambda: view, new, FileOutput(file), options, tally, read_ahead=slow(inputs)
                )
                tally.count_replaced(file.earlier)
    if out is not None:
        note(f"{quantity(tally.answers + tally.declined, 'answer')} written to {out}")
    if out is not None and json_:
        line(tally.record())
    elif out is not None or (not json_ and tally.answers + tally.declined > 1):
        note(tally.words("--again declined answers those again"))
    if tally.skipped:
        raise click.exceptions.Exit(SOME_SKIPPED)
