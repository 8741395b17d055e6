"""The options of `evaluate` about what is drawn: ways, shots, episodes and draws."""

from __future__ import annotations

from dataclasses import dataclass

import click

from protolabel.cli.common import METRIC
from protolabel.cli.option_records import F, with_record
from protolabel.evaluation.plan import Plan

OF_DATA = (  # options that a label space has no use for
    "descriptions", "with_names", "ways", "shots", "query", "episodes", "metric", "kappa",
    "skip_small", "keep_copies",
)  # fmt: skip

OF_READING = ("fmt", "text_field", "skip_bad")  # options that only documents to read have a use for

OF_DOCUMENTS = (  # options that only documents or a table of truth have a use for
    "encoder", "id_field", "label_field", "label_separator", "encoding", *OF_READING,
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
    keep_copies: bool
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
            keep_copies=self.keep_copies,
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
            "--keep-copies",
            is_flag=True,
            help="Keep every document, as published protocols do: copies, near copies, and what "
            "the encoder has learned from.",
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
