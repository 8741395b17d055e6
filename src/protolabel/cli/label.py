"""The command that labels documents: to the terminal, to a pipe, or to a file that grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import click

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.answers_table import AnswersTable
from protolabel.batch.earlier_answers import Again, AnsweredBy
from protolabel.batch.skipped import Skipped
from protolabel.batch.table_files import is_table
from protolabel.cli.answer_flags import (
    AnswerFlags,
    HeadFlags,
    OutputFlags,
    answer_flags,
    head_flags,
    output_flags,
)
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
from protolabel.cli.answering import (
    AnswerRun,
    document_batches,
    naming_all_inputs,
    new_documents,
    run_of,
)
from protolabel.cli.common import (
    ENCODER,
    SPACE,
    as_json,
    opened,
    with_progress,
)
from protolabel.cli.decided_otherwise import DecidedOtherwise
from protolabel.cli.idle_options import OF_READING, is_typed, refuse_idle
from protolabel.cli.input_faults import refuse_texts_as_paths, slow
from protolabel.cli.progress import bar_beside_answers, progress_display
from protolabel.cli.reading import (
    SKIP_BAD,
    SOME_SKIPPED,
    Continuation,
    ReadingFlags,
    documents,
    reading_flags,
)
from protolabel.cli.sort_flags import SortFlags, sort_flags
from protolabel.cli.terminal import line, note
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces
from protolabel.label_space.view import View
from protolabel.types import Document
from protolabel.words.quantity import quantity

Stream = Iterator[Document | Skipped]


@click.command()
@SPACE
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="The text of a document; repeatable.")
@answer_flags("How many classes an answer names; in JSON at least two, for the margin.", sets=True)
@reading_flags(labels=False)
@head_flags
@output_flags
@sort_flags
@SKIP_BAD
@with_progress
@ENCODER
@as_json
def label(
    space: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    answers: AnswerFlags,
    reading: ReadingFlags,
    head: HeadFlags,
    output: OutputFlags,
    sorting: SortFlags,
    skip_bad: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Label documents: one, or millions as a stream.

    INPUTS are folders, files, or - for the standard input. A text, PDF, office file, web page, mail
    or image is one document; a .jsonl, .csv or .xlsx file has one per row; a zip or tar archive has
    those of its files. Links to folders in a folder are not followed. Answers come in the order of
    the documents, as soon as they are ready.

    To label every day what is new:

    \b
      protolabel label mail.space inbox/ --out answers.jsonl --resume
      protolabel label mail.space inbox/ --sort-into sorted/
    """
    head.require_one_ranking()
    if sorting.is_sorting(
        ("--text", texts), ("--at", head.at), ("--out", output.out), ("--resume", output.resume),
        ("--set", answers.coverage), ("--top", is_typed("top")),
        ("--evidence", is_typed("evidence")),
    ):  # fmt: skip
        from protolabel.cli.sort import SortRun, sort_command

        run = SortRun(encoder, head, json_)
        sort_command(space, inputs, reading, sorting, output.again, run)
        return
    output.require_complete(space, [*inputs, *texts])
    refuse_texts_as_paths(inputs, "label", space)
    if not inputs:
        refuse_idle(OF_READING, "for texts of the command line")
    tally, out = Tally(), output.out
    with opened(space, encoder) as label_space:
        with progress_display(bar_beside_answers(out)) as progress:
            view = head.view_of(label_space, progress)
            tally.count_for(view)
            if head.at is None:
                tally.decided = DecidedOtherwise.in_space(label_space)
            reading = reading.for_space(label_space)
            past_it = past_it_words(out, resume=output.resume)
            go_on = go_on_words(resume=output.resume)
            options = AnswerOptions(answers, skip_bad, past_it, go_on)
            continuation = Continuation(skip_bad, past_it)
            stream = documents(inputs, texts, reading, progress, continuation, out=out)
            destination: AbstractContextManager[tuple[Stream, Output]]
            if out is None:
                terminal = JsonOutput() if json_ else TextOutput(answers.top)
                destination = nullcontext((stream, terminal))
            else:
                run_settings = run_of(view, inputs, reading, head, options)
                kind = AnswersTable if is_table(out) else AnswersFile
                with naming_all_inputs(without="inputs"):
                    file = kind(Path(out), run_settings, resume=output.resume, marks=view.rows.mark)
                destination = _answers_file(file, stream, output.again, view, tally)
            with destination as (due, target):
                answer_run = AnswerRun(target, options, tally)
                answer_run.answer_all(lambda: view, document_batches(due, read_ahead=slow(inputs)))
        _report(out, json_, tally)


@contextmanager
def _answers_file(
    answers: AnswersFile, stream: Stream, again: Again | None, view: View, tally: Tally
) -> Iterator[tuple[Stream, Output]]:
    """Yield the documents that a file of answers lacks, and that file."""
    with answers as file, RememberedPlaces(view) as places:
        by = AnsweredBy.of(view)
        file.answer_again(again, by)
        yield new_documents(stream, file, tally, by, places), FileOutput(file, places)
        tally.count_replaced(file)


def _report(out: str | None, json_: bool, tally: Tally) -> None:
    """Print the counts of a run; end with the exit code of skipped documents, if there are any."""
    if out is not None:
        note(f"{quantity(tally.n_answers, 'answer')} written to {out}")
    if out is not None and json_:
        line(tally.record())
    elif out is not None or (not json_ and tally.n_answers > 1):
        note(tally.words(can_answer_again=True))
    if tally.skipped:
        raise click.exceptions.Exit(SOME_SKIPPED)
