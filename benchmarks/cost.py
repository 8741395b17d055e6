"""What minutes of training on two cores buy, and the memory that they take.

``python -m benchmarks.cost [--minutes 2 10 60] [--threads N]``: the default encoder trained on the
train classes of BANKING77's fold 01, a linear map over its frozen vectors, and Conv4-64 on Omniglot
(affine augmentation, averaged weights), each for so many minutes in a process of its own. The
answers are those of few_shot_text and omniglot. Every run is kept in ``.bench/cost``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import torch

from benchmarks import few_shot_text as text
from benchmarks import omniglot
from benchmarks.command_line import command_line
from benchmarks.keep import keep
from benchmarks.memory import peak_memory
from benchmarks.results import CACHE, log_line, machine, save, table
from protolabel.encoders import Encoder, load_encoder
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.training import Augmentation, Network, Recipe, RunOptions, SplitPlan, train
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData
from protolabel.training.network import RECIPES, Kind

PLACE = CACHE / "cost"
MOST = 10**6  # episodes: the minutes end a run
FOLD = "01"


def intents(kind: Kind, minutes: float) -> dict[str, object]:
    """The default encoder, or a map over it, on BANKING77; zero minutes: as it was."""
    one = text.SETS["BANKING77"]
    past, folds = text.past_and_folds(one)
    classes = folds[FOLD]
    if not minutes:
        first = load_encoder()
        assert isinstance(first, Encoder)
        return {"accuracy": text.answered(first, past, classes["test"], one, 1.0)}
    every = 20 if kind == "transformer" else 100
    recipe = text.RECIPE if kind == "transformer" else RECIPES[kind]
    place = PLACE / f"encoder-{kind}-{minutes:g}"
    trained = train(
        past, place, network=Network(kind, max_tokens=one.max_tokens),
        recipe=replace(recipe, minutes=minutes, episodes=MOST, validate_every=every, patience=MOST),
        split=SplitPlan(classes["valid"], classes["test"]),
        scenario=Scenario(25, 1, 3, described=0.3),
        options=RunOptions(only_if_better=False, overwrite=True),
    )  # fmt: skip
    peak = peak_memory()
    last = load_encoder(place)
    assert isinstance(last, Encoder)
    record = text.answered(last, past, classes["test"], one, trained.outcome.kappa)
    return {"accuracy": record, "episodes": trained.outcome.episodes, "peak_mb": peak}


def glyphs(minutes: float) -> dict[str, object]:
    """Conv4-64 on Omniglot, without validation: the last averaged weights are tested."""
    data = omniglot.data()
    images, y = omniglot.characters(data, "trainval", reflected=True)
    torch.manual_seed(0)
    learner = Conv4(bf16=computes_bf16(), augmentation=Augmentation(bend=0))
    task = TaskData(learner.prepare(images), len(images), Sampler(y, Scenario(100, 1, 3)))
    recipe = Recipe(
        episodes=MOST, minutes=minutes, learning_rate=1e-3, schedule="cosine", warmup=0.0,
        average=0.999, clip=1e9, validate_every=MOST,
    )  # fmt: skip
    outcome = Trainer(learner, EpisodeLoss("euclidean"), [task], recipe).run()
    peak = peak_memory()
    record = omniglot.tested(learner, *omniglot.characters(data, "test"), "euclidean")
    return {
        "accuracy": {f"{w}-way {s}-shot": 100 * a.mean for (w, s), a in record.items()},
        "episodes": outcome.episodes, "peak_mb": peak,
    }  # fmt: skip


WHAT = {
    "transformer": "BANKING77: the encoder itself",
    "map": "BANKING77: a map over frozen vectors",
    "conv4": "Omniglot: Conv4-64",
}


def one(what: str, minutes: float, threads: int) -> dict[str, object]:
    """A run in a process of its own, or what it came to before."""
    path = PLACE / f"{what}-{minutes:g}.json"
    if not path.is_file():
        log_line(f"{what}, {minutes:g} minutes")
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.cost", "--one", what, "--threads",
                   str(threads), "--minutes", str(minutes)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{what}, {minutes:g} minutes:\n{done.stderr[-2000:]}")
        keep(path, done.stdout.strip().splitlines()[-1])
    return dict(json.loads(path.read_text(encoding="utf-8")))


def run(what: str, minutes: float, threads: int) -> dict[str, object]:
    """In this process."""
    torch.set_num_threads(threads)
    record = glyphs(minutes) if what == "conv4" else intents("map" if what == "map" else
                                                            "transformer", minutes)  # fmt: skip
    return record | {"threads": threads, "machine": machine()}


def main() -> None:
    """Run what is lacking, and write what there is."""
    parser = command_line(__doc__)
    parser.add_argument("--minutes", nargs="*", type=float, default=[2, 10, 60])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--one", choices=list(WHAT), help="in this process, as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(options.one, options.minutes[0], options.threads)))
        return
    one("transformer", 0, options.threads)
    one("map", 1, options.threads)
    for minutes in options.minutes:
        for what in ("transformer", "conv4"):
            one(what, minutes, options.threads)
    report()


def report() -> None:
    """Write docs/results/cost from the runs that are there."""
    body, values = "# What minutes of training buy\n", {}
    for group in (("transformer", "map"), ("conv4",)):
        rows: list[list[str]] = []
        keys: list[str] = []
        for what in group:
            paths = sorted(PLACE.glob(f"{what}-*.json"), key=lambda p: float(p.stem.split("-")[1]))
            for path in paths:
                record = json.loads(path.read_text(encoding="utf-8"))
                values[path.stem] = record
                keys = list(record["accuracy"])
                rows.append([
                    WHAT[what], path.stem.split("-")[1], str(record["threads"]),
                    str(record.get("episodes", "")),
                    f"{record['peak_mb']:,.0f}" if "peak_mb" in record else "",
                    *(f"{record['accuracy'][key]:.2f}" for key in keys),
                ])  # fmt: skip
        body += "\n" + table(["", "minutes", "threads", "episodes", "peak MB", *keys], rows) + "\n"
    body += (
        "\nAccuracy in % on classes that were not trained on: BANKING77's fold 01, 600 episodes of "
        "5 ways; Omniglot's test characters, 1,000 episodes. Minutes are those of learning, "
        "validation included. Zero minutes is the encoder before training. With one thread, other "
        "work ran beside it. The peak is that of the whole process. For an hour of Conv4-64 on one "
        "thread, see the longest run of [Omniglot](omniglot.md)."
    )
    save("cost", "make bench-cost", body, values, None)


if __name__ == "__main__":
    main()
