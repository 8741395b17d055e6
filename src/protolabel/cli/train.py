"""The command that trains an encoder. It parses, calls ``protolabel.training`` and renders.

torch is loaded when it runs, and its absence is an error that says what to install.
"""

from __future__ import annotations

import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from protolabel.cli.common import as_json
from protolabel.cli.idle_options import refuse_idle
from protolabel.cli.option_names import option_names, result_with_options, with_options
from protolabel.cli.outputs import refuse_label_spaces, refuse_output_among
from protolabel.cli.progress import training_progress
from protolabel.cli.reading import ReadingFlags, print_notice, reading_flags
from protolabel.cli.resumable import resumable
from protolabel.cli.spans import Span
from protolabel.cli.terminal import line, say
from protolabel.cli.training_choices import recipe_with, scenario_of, without_small

if TYPE_CHECKING:
    from protolabel.training import Network


@click.command()
@click.argument("past", nargs=-1, type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="Folder to write the encoder to.")
@click.option(
    "--unlabelled",
    multiple=True,
    type=click.Path(),
    help="Unlabelled texts like those that are to come; anything that `label` reads. Repeatable.",
)
@click.option(
    "--kind",
    type=click.Choice(["transformer", "map", "conv4"]),
    help="What learns. transformer: the text encoder; map: a linear map of its vectors, which is "
    "quickest, since each text is encoded once; conv4: an image encoder.  [default: conv4 for "
    "images, else transformer]",
)
@click.option(
    "--encoder",
    help="Name or folder of the text encoder to start from.  [default: all-MiniLM-L6-v2]",
)
@click.option(
    "--parts",
    default="all",
    show_default=True,
    help="Which parts of a transformer learn: all, last:N (its last N layers) or lora.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=3),
    help="Most tokens of a text that a transformer learns from. Longer texts are judged whole.  "
    "[default: 128]",
)
@click.option(
    "--metric",
    type=click.Choice(["cosine", "euclidean"]),
    help="How vectors are compared: by direction (cosine) or by squared distance (euclidean).  "
    "[default: cosine for texts, euclidean for images]",
)
@click.option("--descriptions", type=click.Path(), help='JSON file of {"class": "description"}.')
@click.option(
    "--names-are-codes",
    is_flag=True,
    help="Class names mean nothing: do not use them as descriptions.",
)
@click.option("--skip-small", is_flag=True, help="Leave out classes with too few documents.")
@click.option(
    "--way",
    type=Span(),
    help="Classes in an episode.  [default: up to 20, as many as the data have to learn from]",
)
@click.option(
    "--shot",
    type=Span(),
    help="Examples per class in an episode.  [default: 1 to 5, as the smallest class allows]",
)
@click.option(
    "--query",
    type=int,
    help="Queries per class in an episode.  [default: 1 to 5, as the smallest class allows]",
)
@click.option("--uneven", is_flag=True, help="Draw the number of examples for each class anew.")
@click.option(
    "--described",
    type=float,
    help="Share of the episodes whose classes have descriptions as well as examples.  [default: "
    "0.5 if all classes have words, else 0]",
)
@click.option(
    "--described-only",
    type=float,
    help="Share of the episodes whose classes have descriptions alone.  [default: 0]",
)
@click.option("--strangers", type=int, help="Queries of no class in an episode.  [default: 0]")
@click.option("--like", type=click.Path(), help="Draw episodes that resemble this label space.")
@click.option(
    "--valid",
    default=0.2,
    show_default=True,
    help="Share of the classes by which the best moment is chosen.",
)
@click.option(
    "--novel", default=0.0, show_default=True,
    help="Share of the classes on which the accuracy is reported.",
)  # fmt: skip
@click.option(
    "--episodes",
    type=int,
    help="Most episodes to learn from; the last step is whole.  [default: 200 for a transformer, "
    "600 for a map, 7000 for conv4; beside --unlabelled, 300 and 1800]",
)
@click.option(
    "--episodes-per-step", type=int,
    help="Episodes in a step.  [default: the recipe's, and at least one per process]",
)  # fmt: skip
@click.option(
    "--minutes",
    type=float,
    help="Stop learning after so many minutes. Reading, encoding and judging take more time. How "
    "far it gets depends on the processor.",
)
@click.option(
    "--learning-rate",
    type=float,
    help="Highest learning rate of the encoder.  [default: 5e-05 for a transformer, 0.0003 for a "
    "map, 0.001 for conv4]",
)
@click.option("--augment", is_flag=True, help="Turn, scale, shift and bend images a little.")
@click.option(
    "--views",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many views of each image the trained encoder averages.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all random draws.")
@click.option("--log", type=click.Path(), help="Folder for the logs of TensorBoard.")
@click.option(
    "--only-if-better/--in-any-case",
    default=True,
    show_default=True,
    help="Write the encoder only if it is better than the one it began with, beyond chance.",
)
@click.option("--overwrite", is_flag=True, help="Replace the trained encoder at --out.")
@reading_flags(labels=True)
@as_json
def train(
    past: tuple[str, ...], out: str, reading: ReadingFlags, json_: bool, **options: Any
) -> None:
    """Train an encoder on a labelled past, so that new classes work better.

    PAST is labelled documents, as `protolabel import` reads them: JSONL, CSV, or a folder of
    folders. Each PAST is a data set of its own. Most of its classes are learned from; the best
    moment is chosen by others (--valid), and the accuracy is reported on others again (--novel).
    Unlabelled documents (--unlabelled) help too, with a PAST or without one.

    If a run is interrupted, the same command goes on. To use several processes:
    `torchrun --nproc-per-node 2 -m protolabel train ...`.
    """
    from protolabel.training import (
        RunOptions,
        SplitPlan,
        read_past,
        read_unlabelled,
    )
    from protolabel.training import train as train_encoder
    from protolabel.training.loop.distributed import Processes
    from protolabel.training.outcome import json_values
    from protolabel.training.output_folder import require_outputs

    refuse_output_among([*past, *options["unlabelled"]], out, "--out")
    for space in past:
        remedy = shlex.join(["protolabel", "adapt", space, "--out", out])
        refuse_label_spaces([space], expected="a labelled past", remedy=remedy)
    refuse_label_spaces(options["unlabelled"])
    _refuse_idle(past)
    log = Path(options["log"]) if options["log"] else None
    with option_names():
        require_outputs(Path(out), overwrite=options["overwrite"], log=log)
    fields: Any = reading.options()
    unlabelled_fields = {name: fields[name] for name in fields if name != "label_field"}
    pasts = [
        read_past(p, descriptions=options["descriptions"],
                  names_mean=not options["names_are_codes"], on_notice=print_notice, **fields)
        for p in past
    ]  # fmt: skip
    with option_names():
        scenario = scenario_of(options)
        if options["skip_small"]:
            pasts = [without_small(one, scenario) for one in pasts]
        network = _network(options).fitted(images=bool(pasts) and pasts[0].kind == "image")
        recipe = recipe_with(network.kind or "transformer", bool(options["unlabelled"]), options)
        unlabelled = read_unlabelled(
            options["unlabelled"],
            besides=pasts,
            seed=options["seed"],
            on_notice=print_notice,
            **unlabelled_fields,
        )
        with training_progress() as on_report, resumable(out):
            trained = train_encoder(
                pasts, out, unlabelled=unlabelled, network=network, scenario=scenario,
                recipe=recipe, split=SplitPlan(options["valid"], options["novel"]),
                options=RunOptions(
                    only_if_better=options["only_if_better"], overwrite=options["overwrite"],
                    on_report=on_report, log=log,
                ),
            )  # fmt: skip
    if not Processes.first():
        return
    if json_:
        line(json_values(asdict(result_with_options(trained))))
    else:
        say(with_options(str(trained)))


def _network(options: dict[str, Any]) -> Network:
    """Return what is trained, by the options of the command."""
    from protolabel.training import Augmentation, Network

    network = Network(
        kind=options["kind"],
        parts=options["parts"],
        metric=options["metric"],
        augmentation=Augmentation() if options["augment"] else None,
        views=options["views"],
    )
    choices = {name: options[name] for name in ("encoder", "max_tokens")}
    return replace(network, **{name: one for name, one in choices.items() if one is not None})


def _refuse_idle(past: tuple[str, ...]) -> None:
    """Refuse options that have no effect without a labelled past."""
    of_past = (
        "descriptions", "names_are_codes", "described", "described_only", "skip_small", "valid",
        "novel", "like", "label_field",
    )  # fmt: skip
    if not past:
        refuse_idle(
            of_past, "without a labelled past", expected="a PAST, whose classes it concerns",
        )  # fmt: skip
