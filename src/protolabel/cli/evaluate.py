"""The command that evaluates an encoder on labelled data, or a label space: parses and renders."""

from __future__ import annotations

from dataclasses import replace

import click

from protolabel.cli.common import as_json, opened, with_progress
from protolabel.cli.context import PATH
from protolabel.cli.evaluation_tables import print_evaluation
from protolabel.cli.idle_options import refuse_idle
from protolabel.cli.option_names import option_names, result_with_options
from protolabel.cli.outputs import refuse_label_spaces, refuse_output_among
from protolabel.cli.plan_flags import OF_DATA, OF_DOCUMENTS, OF_READING, PlanFlags, plan_flags
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import SKIP_BAD, ReadingFlags, reading_flags
from protolabel.cli.same_command import same_command
from protolabel.cli.terminal import about_space, line, note
from protolabel.cli.truth import (
    TruthFlags,
    answers_by_truth,
    documents_by_truth,
    examples_by_truth,
    truth_flags,
    with_truth,
)
from protolabel.cli.usable_documents import Faults
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate as evaluate_examples
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.report.page import require_report, write_report
from protolabel.evaluation.results import Evaluation
from protolabel.label_space.label_space import DEFAULT_ENCODER, LabelSpace
from protolabel.progress import Progress
from protolabel.readers import read_descriptions


def _space_of_advice(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    """Note the label space, so that the advice of an error names it."""
    if value is not None:
        context.meta[PATH] = value
    return value


@click.command()
@click.argument("data", nargs=-1)
@click.option(
    "--space", type=click.Path(), callback=_space_of_advice, help="Evaluate this label space."
)
@click.option(
    "--encoder",
    help=f"Name or folder of the encoder.  [default: {DEFAULT_ENCODER}; with --space, its own]",
)
@click.option(
    "--descriptions",
    type=click.Path(),
    help='Also evaluate with the descriptions of this JSON file: {"class": "description"}.',
)
@click.option(
    "--with-names", is_flag=True, help="Also evaluate with the class names as descriptions."
)
@plan_flags
@click.option(
    "--report",
    type=click.Path(),
    metavar="FOLDER",
    help="Write report.html, its plots and results.json to this folder.",
)
@truth_flags
@reading_flags(labels=True)
@SKIP_BAD
@with_progress
@as_json
def evaluate(
    data: tuple[str, ...],
    space: str | None,
    encoder: str | None,
    descriptions: str | None,
    with_names: bool,
    drawing: PlanFlags,
    report: str | None,
    beside: TruthFlags,
    reading: ReadingFlags,
    skip_bad: bool,
    json_: bool,
) -> None:
    """Measure how well classes are told apart, with intervals.

    DATA are labelled documents, as `protolabel import` reads them: tables, or folders with a
    sub-folder for each class. The result is the accuracy over episodes and over all classes at
    once, a learning curve, and a list of the classes that are confused.

    With --space alone, the label space is evaluated on its own examples, each of which is left out
    in turn. A forecast says what more examples would bring. With --space and DATA, the label space
    is evaluated on these documents, which should be new to it.

    With --truth, the labels of the documents stand in a table. Then the result is how many answers
    are right, 'none of these' among them, and what is taken for what.

    \b
      protolabel evaluate --space mail.space inbox/ --truth truth.csv
      protolabel evaluate --answers answers.csv --truth truth.csv
    """
    if data and space is None:
        command = same_command("--space", *data, without=("data",))
        refuse_label_spaces(data[:1], expected="labelled documents", remedy=command)
    beside.require_consistent(data)
    _check(data, space, beside)
    refuse_output_among(data, report, "--report")
    if report is not None:
        require_report(report)
    faults = Faults(skip_bad=skip_bad)
    with progress_display() as progress, option_names():
        if beside.answers is not None:
            evaluation = answers_by_truth(beside, reading, space)
        elif space is not None:
            with opened(space, encoder, cache=True) as label_space:
                flags = reading.for_space(label_space)
                if beside.truth is not None:
                    evaluation = documents_by_truth(
                        beside, flags, label_space, data, progress, faults
                    )
                elif data:
                    examples = faults.examples(data, flags, progress)
                    subject = ", ".join(data)
                    evaluation = evaluate_space_on(
                        label_space, examples, subject=subject, progress=progress
                    )
                else:
                    evaluation = _of_own_examples(label_space, drawing, progress)
        else:
            if beside.truth is not None:
                examples, truth = examples_by_truth(beside, reading, data, progress, faults)
            else:
                examples, truth = faults.examples(data, reading, progress), None
            evaluation = evaluate_examples(
                examples,
                encoder=encoder or DEFAULT_ENCODER,
                descriptions=None if descriptions is None else read_descriptions(descriptions),
                with_names=with_names,
                plan=drawing.plan(),
                subject=", ".join(data),
                cache=True,
                progress=progress,
            )
            evaluation = with_truth(evaluation, truth)
    _show(result_with_options(evaluation), report, json_)
    faults.end()


def _show(evaluation: Evaluation, report: str | None, json_: bool) -> None:
    """Print an evaluation, and write its report where one is asked for."""
    evaluation = replace(evaluation, notes=tuple(map(about_space, evaluation.notes)))
    if json_:
        line(evaluation.record())
    else:
        print_evaluation(evaluation)
    if report is not None:
        note(f"report written to {write_report(evaluation, report)[0]}")


def _of_own_examples(space: LabelSpace, drawing: PlanFlags, progress: Progress) -> Evaluation:
    return evaluate_space(
        space,
        more=3 if drawing.more is None else drawing.more,
        draws=10 if drawing.draws is None else drawing.draws,
        seed=drawing.seed,
        progress=progress,
    )


def _check(data: tuple[str, ...], space: str | None, beside: TruthFlags) -> None:
    """Refuse options that would have no effect."""
    if space is None and not data and beside.answers is None:
        raise InputError(
            "no data",
            expected="labelled documents, or a label space",
            remedy="protolabel evaluate DATA, or protolabel evaluate --space SPACE",
        )
    useless: tuple[str, ...] = ("more",)
    if beside.answers is not None:
        useless = (*OF_DATA, *OF_READING, "more", "draws", "seed", "encoder")
    elif space is not None:
        useless = (*OF_DATA, *(("more", "draws", "seed") if data else OF_DOCUMENTS))
    what = "labelled data" if space is None else "a label space"
    what = what if beside.answers is None else "answers"
    refuse_idle(useless, f"for {what}" + (" on labelled data" if space and data else ""))
