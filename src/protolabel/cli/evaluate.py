"""The command that evaluates an encoder on labelled data, or a label space: parses and renders."""

from __future__ import annotations

from dataclasses import dataclass

import click

from protolabel.cli.common import METRIC, as_json, opened, with_progress
from protolabel.cli.context import PATH
from protolabel.cli.evaluation_tables import print_evaluation
from protolabel.cli.option_names import option_names
from protolabel.cli.option_records import F, with_record
from protolabel.cli.outputs import refuse_output_among
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import ReadingFlags, examples_of, reading_flags
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate as evaluate_examples
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import write_report
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.readers import read_descriptions

OF_DATA = (  # options that a label space has no use for
    "descriptions", "with_names", "ways", "shots", "query", "episodes", "metric", "kappa",
    "skip_small",
)  # fmt: skip


def _numbers(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """Read ``5,20`` as (5, 20)."""
    if value is None:
        return None
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is not whole numbers with commas between them", context, option
        ) from error


def _space_of_advice(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    """Note the label space, so that the advice of an error names it."""
    if value is not None:
        context.meta[PATH] = value
    return value


@dataclass(frozen=True, slots=True)
class PlanFlags:
    """The options about what is drawn, None where they were not used."""

    ways: tuple[int, ...] | None
    shots: tuple[int, ...] | None
    query: int | None
    episodes: int
    draws: int | None
    metric: str
    kappa: float | None
    skip_small: bool
    more: int | None
    seed: int

    def plan(self) -> Plan:
        """Return the plan for labelled data."""
        return Plan(
            ways=self.ways,
            shots=self.shots,
            query=self.query,
            episodes=self.episodes,
            draws=5 if self.draws is None else self.draws,
            metric="euclidean" if self.metric == "euclidean" else "cosine",
            kappa=self.kappa,
            skip_small=self.skip_small,
            seed=self.seed,
        )


def plan_flags(function: F) -> F:
    """Add the options about what is drawn, as one argument ``drawing``."""
    options = [
        click.option(
            "--ways",
            callback=_numbers,
            metavar="N,N,...",
            help="Numbers of classes in an episode.  [default: 5,20 as far as there are classes]",
        ),
        click.option(
            "--shots",
            callback=_numbers,
            metavar="N,N,...",
            help="Numbers of examples per class; 0 needs descriptions.  [default: 1,5 as far as "
            "the smallest class has documents]",
        ),
        click.option(
            "--query",
            type=int,
            help="Queries per class in an episode.  [default: 5, or what the smallest class has "
            "left]",
        ),
        click.option(
            "--episodes",
            default=600,
            show_default=True,
            help="Episodes for each pair of --ways and --shots.",
        ),
        click.option(
            "--draws",
            type=int,
            help="Draws of examples of all classes.  [default: 5; with --space 10]",
        ),
        METRIC,
        click.option(
            "--kappa",
            type=float,
            help="How many examples a description counts for.  [default: 1 in episodes; "
            "otherwise estimated]",
        ),
        click.option(
            "--skip-small", is_flag=True, help="Leave out classes with too few documents."
        ),
        click.option(
            "--more",
            type=int,
            help="With --space alone: forecast what so many more examples per class would bring.  "
            "[default: 3]",
        ),
        click.option("--seed", default=0, show_default=True, help="Seed of all random draws."),
    ]
    return with_record(function, "drawing", PlanFlags, options)


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
@reading_flags(labels=True)
@with_progress
@as_json
@click.pass_context
def evaluate(
    context: click.Context,
    data: tuple[str, ...],
    space: str | None,
    encoder: str | None,
    descriptions: str | None,
    with_names: bool,
    drawing: PlanFlags,
    report: str | None,
    reading: ReadingFlags,
    json_: bool,
) -> None:
    """Measure how well classes are told apart, with intervals.

    DATA are labelled documents, as `protolabel import` reads them: tables, or folders with a
    sub-folder for each class. The result is the accuracy over episodes and over all classes at
    once, a learning curve, and a list of the classes that are confused.

    With --space alone, the label space is evaluated on its own examples, each of which is left out
    in turn. A forecast says what more examples would bring. With --space and DATA, the label space
    is evaluated on these documents, which should be new to it.
    """
    _check(context, data, space)
    refuse_output_among(data, report, "--report")
    with progress_display() as progress, option_names():
        subject = ", ".join(data)
        examples = examples_of(data, None, reading, progress) if data and space is None else []
        if space is not None and data:
            with opened(space, encoder, cache=True) as label_space:
                examples = examples_of(data, None, reading.for_space(label_space), progress)
                evaluation = evaluate_space_on(
                    label_space, examples, subject=subject, progress=progress
                )
        elif space is not None:
            with opened(space, encoder, cache=True) as label_space:
                evaluation = evaluate_space(
                    label_space,
                    more=3 if drawing.more is None else drawing.more,
                    draws=10 if drawing.draws is None else drawing.draws,
                    seed=drawing.seed,
                    progress=progress,
                )
        else:
            evaluation = evaluate_examples(
                examples,
                encoder=encoder or DEFAULT_ENCODER,
                descriptions=None if descriptions is None else read_descriptions(descriptions),
                with_names=with_names,
                plan=drawing.plan(),
                subject=subject,
                cache=True,
                progress=progress,
            )
    paths = write_report(evaluation, report) if report is not None else []
    if json_:
        line(evaluation.record())
    else:
        print_evaluation(evaluation)
    for path in paths[:1]:
        note(f"report written to {path}")


def _check(context: click.Context, data: tuple[str, ...], space: str | None) -> None:
    """Refuse options that would have no effect."""
    options = {
        name
        for name in (*OF_DATA, "more", "draws", "seed")
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    useless: set[str] = set()
    if space is None and not data:
        raise InputError(
            "no data",
            expected="labelled documents, or a label space",
            remedy="protolabel evaluate DATA, or protolabel evaluate --space SPACE",
        )
    if space is None:
        useless = options & {"more"}
    elif data:
        useless = options
    else:
        useless = options & set(OF_DATA)
    if useless:
        names = ", ".join("--" + name.replace("_", "-") for name in sorted(useless))
        what = "labelled data" if space is None else "a label space"
        raise InputError(
            f"{names} for {what}" + (" on labelled data" if space and data else ""),
            expected="options that have an effect there",
            remedy="leave them out",
        )
