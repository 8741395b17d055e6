"""Commands that train encoders: train, adapt. They parse, call ``protolabel.training``, render.

torch is loaded when one of them runs, and its absence is an error that says what to install.
"""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, line, opened
from protolabel.cli.progress import watching
from protolabel.cli.reencode import moved
from protolabel.episodes.scenario import Range, Scenario
from protolabel.extras import require

if TYPE_CHECKING:
    from protolabel.training.loop.recipe import Recipe


class Span(click.ParamType[Range]):
    """``5`` or ``1-5``."""

    name = "N|N-M"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Range:
        """A range, both ends included."""
        if isinstance(value, tuple):
            return value
        low, _, high = str(value).partition("-")
        if not low.isdigit() or not (high or low).isdigit():
            self.fail(f"{value!r} is neither a number nor a range such as 1-5", param, ctx)
        return int(low), int(high or low)


@click.command()
@click.argument("past", nargs=-1, type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="Folder to write the encoder to.")
@click.option(
    "--unlabelled",
    multiple=True,
    type=click.Path(),
    help="Texts without labels, from the stream to come: what `label` reads. Several times for "
    "several sources.",
)
@click.option(
    "--kind",
    type=click.Choice(["transformer", "map", "conv4"]),
    help="What learns: the text encoder, a map over its frozen vectors (seconds), or an image "
    "encoder (the default where the past is images).",
)
@click.option("--encoder", help="Name or folder of the text encoder to start from.")
@click.option(
    "--parts", default="all", show_default=True, help="Of the transformer: all, last:N or lora."
)
@click.option(
    "--metric",
    type=click.Choice(["cosine", "euclidean"]),
    help="What nearness is: cosine for texts, euclidean for images by default.",
)
@click.option("--descriptions", type=click.Path(), help="JSON file: {label: description}.")
@click.option("--names-are-codes", is_flag=True, help="Class names describe nothing.")
@click.option("--skip-small", is_flag=True, help="Leave out classes with too few documents.")
@click.option("--way", type=Span(), help="Classes of an episode.")
@click.option("--shot", type=Span(), help="Support examples of a class.")
@click.option("--query", type=int, help="Queries of a class.")
@click.option("--uneven", is_flag=True, help="Each class draws a shot of its own.")
@click.option("--described", type=float, help="Share of episodes with descriptions and support.")
@click.option("--described-only", type=float, help="Share of episodes with descriptions alone.")
@click.option("--strangers", type=int, help="Queries an episode that belong to none of it.")
@click.option("--like", type=click.Path(), help="Episodes like this label space.")
@click.option("--valid", default=0.2, show_default=True, help="Share of classes to choose on.")
@click.option("--novel", default=0.0, show_default=True, help="Share of classes to report on.")
@click.option("--episodes", type=int, help="Training episodes.")
@click.option("--minutes", type=float, help="Stop after so many minutes.")
@click.option("--learning-rate", type=float, help="Greatest step of the encoder's weights.")
@click.option("--augment", is_flag=True, help="Turn, scale, shift and bend images a little.")
@click.option(
    "--views",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Views of every image that the finished encoder averages over.",
)
@click.option("--seed", default=0, show_default=True, help="Decides all that is drawn.")
@click.option("--log", type=click.Path(), help="Folder for TensorBoard.")
@click.option("--overwrite", is_flag=True, help="Replace what is at --out.")
@as_json
def train(past: tuple[str, ...], out: str, json_: bool, **given: Any) -> None:
    """Train an encoder on a labelled past, so that new classes work better.

    PAST is what `import` reads: JSONL, CSV, or a folder of folders; several are several data sets.
    Classes are split: most to learn from, some to choose on (--valid), some to report on (--novel).
    Documents without labels (--unlabelled) help beside a past, and where there is none.
    A run that was interrupted goes on when the same command is given again. Several processes:
    `torchrun --nproc-per-node 2 -m protolabel train ...`.
    """
    require("train", "training", "torch", "transformers", "peft")
    from protolabel.encoders.locate import DEFAULT
    from protolabel.training import Augmentation, read_past
    from protolabel.training import train as train_encoder
    from protolabel.training.data.past import read_unlabelled
    from protolabel.training.train import Kind, recipe_of, told

    pasts = [
        read_past(p, descriptions=given["descriptions"], names_mean=not given["names_are_codes"])
        for p in past
    ]
    images = bool(pasts) and pasts[0].kind == "image"
    kind: Kind = given["kind"] or ("conv4" if images else "transformer")
    scenario = _scenario(given)
    if given["skip_small"]:
        least = (scenario.shots[0] + scenario.n_query) if scenario else 2
        for i, one in enumerate(pasts):
            pasts[i], gone = one.without_small(least)
            if gone:
                click.echo(f"left out {len(gone)} classes of fewer than {least}", err=True)
    unlabelled = read_unlabelled(given["unlabelled"], besides=pasts, seed=given["seed"])
    wanted = {
        "episodes": given["episodes"],
        "minutes": given["minutes"],
        "learning_rate": given["learning_rate"],
        "seed": given["seed"],
    }
    first = recipe_of(kind, unlabelled=bool(unlabelled))
    recipe: Recipe = replace(first, **{k: v for k, v in wanted.items() if v is not None})
    with watching() as watch:
        done = train_encoder(
            pasts,
            out,
            unlabelled=unlabelled,
            kind=kind,
            encoder=given["encoder"] or DEFAULT,
            parts=given["parts"],
            metric=given["metric"],
            scenario=scenario,
            recipe=recipe,
            valid=given["valid"],
            novel=given["novel"],
            augmentation=Augmentation() if given["augment"] else None,
            views=given["views"],
            overwrite=given["overwrite"],
            watch=watch,
            log=Path(given["log"]) if given["log"] else None,
        )
    if json_:
        line(told(asdict(done) | {"folder": str(done.folder)}))
        return
    outcome = done.outcome
    click.echo(f"{outcome.episodes} episodes in {outcome.seconds / 60:.1f} minutes")
    if done.unlabelled:
        partitions = ", ".join(map(str, done.groups))
        click.echo(f"{done.unlabelled} unlabelled documents, in groups: {partitions}")
    if outcome.first is not None and outcome.best is not None:
        click.echo(
            f"{len(done.valid)} classes to choose on: {outcome.first} before, {outcome.best} at "
            f"episode {outcome.best_episode}, which is kept"
        )
    if done.before is not None and done.after is not None:
        click.echo(f"{len(done.novel)} novel classes: {done.before} before, {done.after} after")
    click.echo(f"wrote {out}; use it with --encoder {out}")


@click.command()
@SPACE
@click.option("--out", type=click.Path(), help="Folder of the encoder; SPACE.encoder by default.")
@click.option(
    "--minutes",
    default=10.0,
    show_default=True,
    help="Longest that one of the five runs may learn; most stop far earlier.",
)
@click.option("--episodes", type=int, help="Most episodes to learn from.")
@click.option(
    "--parts", default="all", show_default=True, help="Of the encoder: all, last:N or lora."
)
@click.option("--seed", default=0, show_default=True, help="Decides all that is drawn.")
@click.option("--overwrite", is_flag=True, help="Replace what is at --out.")
@click.option(
    "--move/--no-move",
    default=True,
    show_default=True,
    help="Move the label space onto what is kept, or only say how to.",
)
@ENCODER
@as_json
def adapt(
    space: str,
    out: str | None,
    minutes: float,
    episodes: int | None,
    parts: str,
    seed: int,
    overwrite: bool,
    move: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Adapt the encoder of a label space to its own examples, where that measurably helps.

    Some examples are held out to judge by. What helps is written to --out, and the label space is
    moved onto it as by `protolabel reencode`: one change, which `protolabel undo` takes back. The
    label space answers throughout.
    """
    require("train", "training", "torch", "transformers", "peft")
    from protolabel.training.adapt import ADAPTING
    from protolabel.training.adapt import adapt as adapt_encoder

    recipe = replace(ADAPTING, minutes=minutes, seed=seed, episodes=episodes or ADAPTING.episodes)
    place = os.path.abspath(out or f"{space}.encoder")  # the file will name it, for any folder
    onto = f"protolabel reencode {space} --encoder {place}"
    with opened(space, encoder) as known:
        with watching() as watch:
            done = adapt_encoder(
                known, place, recipe=recipe, parts=parts, encoder=encoder,
                watch=watch, overwrite=overwrite,
            )  # fmt: skip
        if not json_:
            click.echo(f"held-out examples: {done.before} before, {done.after} after")
            click.echo(
                f"probability of the right class: {done.gain.mean:+.3f} ± "
                f"{done.gain.interval:.3f}, {done.seconds / 60:.1f} minutes"
            )
            helps = done.folder is not None
            click.echo(f"wrote {place}" if helps else "not kept: it does not measurably help")
        change = None
        if done.folder is not None and move:
            change = moved(known, place, place, resume=f"run `{onto}`").change
    if json_:
        record = asdict(done) | {"folder": place if done.folder else None}
        line(record | {"version": change.version if change else None})
    elif change:
        click.echo(
            f"version {change.version}: {change.summary}; `protolabel undo {space}` takes it back"
        )
    elif done.folder:
        click.echo(f"`{onto}` moves the label space onto it")


def _scenario(given: dict[str, Any]) -> Scenario | None:
    """The scenario that the options make; None where they leave it to the data."""
    if given["like"]:
        with opened(given["like"]) as space:
            base = Scenario.like(space)
    else:
        base = Scenario()
    options = {
        "n_way": given["way"],
        "n_shot": given["shot"],
        "n_query": given["query"],
        "uneven": given["uneven"] or None,
        "described": given["described"],
        "described_only": given["described_only"],
        "n_strangers": given["strangers"],
    }
    told = {k: v for k, v in options.items() if v is not None}
    return replace(base, **told) if told or given["like"] else None
