"""The command that evaluates an encoder on labelled data, or a label space: parses and renders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from protolabel.cli.common import as_json, line, opened
from protolabel.cli.progress import shown
from protolabel.cli.render import table
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate as evaluate_examples
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import write_report
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.sentences import (
    curve_text,
    episodes_text,
    forecast_text,
    headline,
    percent,
    row_name,
    share_text,
    shown_estimate,
)
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.progress import Progress
from protolabel.readers import read_descriptions, read_examples
from protolabel.types import Example

WORST = 15  # classes that the table in a terminal shows
OF_DATA = (  # options that a label space has no use for
    "descriptions", "with_names", "ways", "shots", "query", "episodes", "metric", "kappa",
    "skip_small",
)  # fmt: skip


def _numbers(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """``5,20`` as (5, 20)."""
    if value is None:
        return None
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is not whole numbers with commas between them", context, option
        ) from error


@click.command()
@click.argument("data", nargs=-1)
@click.option("--space", type=click.Path(), help="Evaluate this label space.")
@click.option(
    "--encoder", help=f"Name or folder of the encoder; {DEFAULT_ENCODER} or the label space's own."
)
@click.option(
    "--descriptions", type=click.Path(), help='JSON file of {"class": "what it is"}: with them too.'
)
@click.option("--with-names", is_flag=True, help="Also with class names as descriptions.")
@click.option(
    "--ways",
    callback=_numbers,
    metavar="N,N,...",
    help="Classes an episode; 5,20 as far as there are.",
)
@click.option(
    "--shots",
    callback=_numbers,
    default="1,5",
    show_default=True,
    metavar="N,N,...",
    help="Examples a class; 0 with descriptions.",
)
@click.option("--query", default=5, show_default=True, help="Queries a class and episode.")
@click.option("--episodes", default=600, show_default=True, help="Episodes for each way and shot.")
@click.option("--draws", type=int, help="Draws with all classes at once; 5, for a label space 10.")
@click.option(
    "--metric", type=click.Choice(["cosine", "euclidean"]), default="cosine", show_default=True
)
@click.option(
    "--kappa",
    type=float,
    help="Examples that a description is worth; 1 in episodes, else estimated.",
)
@click.option("--skip-small", is_flag=True, help="Leave out classes with too few documents.")
@click.option(
    "--more", type=int, help="Of a label space: what would N more examples a class buy? 3."
)
@click.option("--seed", default=0, show_default=True, help="Of all that is drawn.")
@click.option(
    "--report", type=click.Path(), help="Write report.html, plots and results.json there."
)
@click.option("--progress/--no-progress", default=None, help="On by default in a terminal.")
@as_json
@click.pass_context
def evaluate(
    context: click.Context,
    data: tuple[str, ...],
    space: str | None,
    encoder: str | None,
    descriptions: str | None,
    with_names: bool,
    ways: tuple[int, ...] | None,
    shots: tuple[int, ...],
    query: int,
    episodes: int,
    draws: int | None,
    metric: str,
    kappa: float | None,
    skip_small: bool,
    more: int | None,
    seed: int,
    report: str | None,
    progress: bool | None,
    json_: bool,
) -> None:
    """Measure how well documents are told apart, with intervals.

    DATA are labelled documents, as `protolabel import` reads them: .jsonl, .csv, folders with a
    sub-folder for each class. Episodes over ways and shots, all classes at once with a learning
    curve, and which classes are taken for which.

    With --space alone: the label space on its own examples, each left out in turn, and what more
    of them would buy. With --space and DATA: the label space as it is, on these documents.
    """
    _check(context, data, space)
    with shown(progress) as follow:
        if space is not None:
            evaluation = _of_space(space, data, encoder, more, draws, seed, follow)
        else:
            plan = Plan(
                ways=ways,
                shots=shots,
                query=query,
                episodes=episodes,
                draws=5 if draws is None else draws,
                metric="euclidean" if metric == "euclidean" else "cosine",
                kappa=kappa,
                skip_small=skip_small,
                seed=seed,
            )
            evaluation = evaluate_examples(
                _read(data),
                encoder=encoder or DEFAULT_ENCODER,
                descriptions=None if descriptions is None else read_descriptions(descriptions),
                with_names=with_names,
                plan=plan,
                subject=", ".join(data),
                cache=True,
                progress=follow,
            )
    written = write_report(evaluation, report) if report is not None else []
    if json_:
        line(evaluation.record())
    else:
        _print(evaluation)
    for path in written[:1]:
        click.echo(f"report written to {path}", err=True)


def _check(context: click.Context, data: tuple[str, ...], space: str | None) -> None:
    """Refuse options that would have no effect."""
    options = {
        name
        for name in (*OF_DATA, "more", "draws", "seed")
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    useless: set[str] = set()
    if space is None and not data:
        raise InputError("no data", expected="labelled documents, or --space with a label space")
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


def _of_space(
    space: str,
    data: tuple[str, ...],
    encoder: str | None,
    more: int | None,
    draws: int | None,
    seed: int,
    follow: Progress,
) -> Evaluation:
    with opened(space, encoder, cache=True) as known:
        if data:
            return evaluate_space_on(known, _read(data), subject=", ".join(data), progress=follow)
        return evaluate_space(
            known,
            more=3 if more is None else more,
            draws=10 if draws is None else draws,
            seed=seed,
            progress=follow,
        )


def _read(data: Sequence[str]) -> Iterator[Example]:
    for source in data:
        yield from read_examples(source)


def _print(evaluation: Evaluation) -> None:
    """Print the evaluation as tables for people."""
    click.echo(click.style(headline(evaluation), bold=True))
    click.echo(
        f"{evaluation.classes} classes, {evaluation.examples} documents, encoder "
        f"{evaluation.encoder}, {evaluation.date}"
    )
    for note in evaluation.notes:
        click.echo(f"note: {note}")
    if evaluation.shares:
        click.echo()
        rows = [(name, share_text(s), str(s.n)) for name, s in evaluation.shares.items()]
        table(("", "share (95 % interval)", "n"), rows)
    if evaluation.episodes:
        _print_episodes(evaluation)
    if evaluation.curve:
        _print_curve(evaluation)
    if evaluation.forecast is not None:
        click.echo("\n" + forecast_text(evaluation))
    if evaluation.confusion is not None:
        classes = evaluation.confusion.rows
        click.echo(f"\nclasses, least accurate first: {evaluation.confusion.about}")
        rows_of_classes = [
            (
                row.label,
                f"{100 * row.accuracy:.1f} ({100 * row.low:.0f} to {100 * row.high:.0f})",
                str(row.n),
                ", ".join(f"{m.label} {m.count}" for m in row.confused),
            )
            for row in classes[:WORST]
        ]
        table(("class", "% right (95 % interval)", "n", "taken for"), rows_of_classes)
        if len(classes) > WORST:
            click.echo(f"and {len(classes) - WORST} more classes (--json or --report has all)")


def _print_episodes(evaluation: Evaluation) -> None:
    click.echo(f"\nepisodes: {episodes_text(evaluation)}")
    shots = sorted({cell.shot for cell in evaluation.episodes})
    rows = [
        (
            row_name(way, described),
            *(shown_estimate(evaluation, way, shot, described) for shot in shots),
        )
        for way, described in sorted({(c.way, c.described) for c in evaluation.episodes})
    ]
    table(("", *(f"{shot}-shot" for shot in shots)), rows)


def _print_curve(evaluation: Evaluation) -> None:
    click.echo(f"\nall classes at once: {curve_text(evaluation)}")
    rows = [("prototypes", *(percent(point.prototypes) for point in evaluation.curve))]
    if any(point.refined for point in evaluation.curve):
        rows.append(("refined", *(percent(point.refined) for point in evaluation.curve)))
    table(("examples a class", *(str(point.shot) for point in evaluation.curve)), rows)


EVALUATING: tuple[click.Command, ...] = (evaluate,)
