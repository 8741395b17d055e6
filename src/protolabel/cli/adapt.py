"""The command that adapts the encoder of a label space. It parses, calls ``protolabel.training``.

torch is loaded when it runs, and its absence is an error that says what to install.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, opened
from protolabel.cli.option_names import option_names, with_options
from protolabel.cli.option_records import F, with_record
from protolabel.cli.progress import training_progress
from protolabel.cli.reencode import reencoded
from protolabel.cli.terminal import line, say

if TYPE_CHECKING:
    from protolabel.training import Recipe


@dataclass(frozen=True, slots=True)
class RecipeFlags:
    """The options about how the encoder learns."""

    minutes: float
    episodes: int | None
    parts: str
    max_tokens: int
    seed: int

    def recipe(self) -> Recipe:
        """Return the recipe of adapting with these options."""
        from protolabel.training import ADAPTING

        episodes = ADAPTING.episodes if self.episodes is None else self.episodes
        return replace(ADAPTING, minutes=self.minutes, seed=self.seed, episodes=episodes)


def recipe_flags(function: F) -> F:
    """Add the options about how it learns, as one argument ``learning``."""
    options = [
        click.option(
            "--minutes",
            default=30.0,
            show_default=True,
            help="Most minutes of learning, for all five runs together; most runs end far earlier. "
            "Encoding and judging take more time.",
        ),
        click.option(
            "--episodes",
            type=int,
            help="Most episodes to learn from, in each run.  [default: 60]",
        ),
        click.option(
            "--parts",
            default="all",
            show_default=True,
            help="Which parts of the encoder learn: all, last:N (its last N layers) or lora.",
        ),
        click.option(
            "--max-tokens",
            type=click.IntRange(min=3),
            default=128,
            show_default=True,
            help="Most tokens of an example that are learned from. Longer ones are judged whole.",
        ),
        click.option("--seed", default=0, show_default=True, help="Seed of all random draws."),
    ]
    return with_record(function, "learning", RecipeFlags, options)


@click.command()
@SPACE
@click.option(
    "--out", type=click.Path(), help="Folder for the adapted encoder.  [default: SPACE.encoder]"
)
@recipe_flags
@click.option("--overwrite", is_flag=True, help="Replace the trained encoder at --out.")
@click.option(
    "--move/--no-move",
    default=True,
    show_default=True,
    help="Move the label space onto the adapted encoder, or only print the command that does.",
)
@ENCODER
@as_json
def adapt(
    space: str,
    out: str | None,
    learning: RecipeFlags,
    overwrite: bool,
    move: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Adapt the encoder of a label space to its own examples, where that measurably helps.

    Some examples are held out, to judge the adapted encoder. If it is better, it is written to
    --out, and the label space moves onto it as with `protolabel reencode`. That is one change, and
    `protolabel undo` takes it back. The label space answers all the while.
    """
    from protolabel.training import adapt as adapt_encoder
    from protolabel.training.outcome import json_values

    place = os.path.abspath(out or f"{space}.encoder")  # the file will name it, for any folder
    onto = shlex.join(["protolabel", "reencode", space, "--encoder", place])
    with opened(space, encoder) as label_space:
        with option_names(), training_progress() as on_report:
            adapted = adapt_encoder(
                label_space, place, recipe=learning.recipe(), parts=learning.parts,
                max_tokens=learning.max_tokens, encoder=encoder, on_report=on_report,
                overwrite=overwrite,
            )  # fmt: skip
        if not json_:
            say(with_options(str(adapted)))
        change = None
        if adapted.folder is not None and move:
            change = reencoded(label_space, place, place, resume=f"run `{onto}`").change
    if json_:
        record = json_values(asdict(adapted))
        line(record | {"version": change.version if change else None})
    elif change:
        say(
            f"version {change.version}: {change.summary}; "
            f"`protolabel undo {shlex.quote(space)}` takes it back"
        )
    elif adapted.folder:
        say(f"`{onto}` moves the label space onto it")
