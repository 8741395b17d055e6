"""Omniglot by the published protocol: table 1, table 4, Euclidean against cosine, and beyond.

``python -m benchmarks.omniglot [--only NAME ...] [--threads N]``: trains each Conv4-64 on the
train + validation characters, and answers 1,000 test episodes of each kind once. Every run is kept
in ``.bench/omniglot`` and is not repeated; an interrupted one goes on. Recipes that are not the
paper's were chosen with ``--choose``, which trains on the train characters alone and answers
validation episodes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from safetensors.torch import load_file

from benchmarks.command_line import command_line
from benchmarks.data_sets import require_data
from benchmarks.keep import keep
from benchmarks.results import CACHE, log_line, machine, save, table
from protolabel.arrays import Metric
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import Accuracy, episodic_accuracy
from protolabel.training import Augmentation, Recipe
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.reports import Report
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import TaskData
from protolabel.training.outcome import write_encoder

PLACE = CACHE / "omniglot"
PAPER = Recipe(
    episodes=7000, learning_rate=1e-3, schedule="halve", warmup=0.0, clip=1e9,
    validate_every=1000, n_validation=300, patience=1000,
)  # fmt: skip
TASKS = ((5, 1), (5, 5), (20, 1), (20, 5))
PUBLISHED = {  # Snell et al. 2017: table 1 (best of their models), and the 1-shot rows of table 4
    "paper": (98.8, 99.7, 96.0, 98.9),
    "way5": (97.4, 99.3, 92.0, 97.8),
    "way20": (98.7, 99.6, 95.4, 98.8),
}


@dataclass(frozen=True)
class Run:
    """One model: how it is trained."""

    what: str
    scenario: Scenario
    recipe: Recipe = PAPER
    cosine: bool = False
    augmentation: Augmentation | None = None
    reflected: bool = False  # mirrored characters are classes of their own
    views: int = 1  # of every image when it is answered; more than one is a second answer


LONG = replace(PAPER, episodes=14000, schedule="cosine", average=0.999, validate_every=2000)
RUNS = {
    "paper": Run("60-way 1-shot, the paper's recipe", Scenario(60, 1, 5)),
    "way5": Run("5-way 1-shot", Scenario(5, 1, 5)),
    "way20": Run("20-way 1-shot", Scenario(20, 1, 5)),
    "cosine": Run("60-way 1-shot, cosine", Scenario(60, 1, 5), cosine=True),
    "beyond": Run(
        "100-way 1-shot, affine augmentation, mirrored classes, averaged weights",
        Scenario(100, 1, 3), LONG, augmentation=Augmentation(bend=0), reflected=True, views=9,
    ),
    "turns": Run(
        "60-way 1-shot in turns, affine and bent, mirrored classes, averaged weights",
        Scenario(60, 1, 3), replace(LONG, episodes=11000, turns=True),
        augmentation=Augmentation(), reflected=True, views=9,
    ),
}  # fmt: skip


def data() -> dict[str, np.ndarray]:
    """The arrays of the data set."""
    with np.load(require_data("omniglot") / "omniglot.npz") as file:
        return {name: file[name] for name in file.files if name != "images_snell"}


def characters(
    omniglot: dict[str, np.ndarray], part: str, *, reflected: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8, ink 255, and class numbers: characters x 4 rotations, 20 each."""
    images = []
    for character in omniglot[f"vinyals_{part}"]:
        own = omniglot["images"][omniglot["char"] == character]
        images += [np.rot90(own, quarter, axes=(1, 2)) for quarter in range(4)]
    if reflected:
        images += [one[:, :, ::-1] for one in images]
    return np.concatenate(images), np.repeat(np.arange(len(images)), 20)


def trained(name: str, run: Run, omniglot: dict[str, np.ndarray], part: str) -> dict[str, object]:
    """Train, or take what was trained before; test, once."""
    place = PLACE / f"{name}-{part}"
    if (place / "result.json").is_file():
        return dict(json.loads((place / "result.json").read_text(encoding="utf-8")))
    torch.manual_seed(run.recipe.seed)
    images, y = characters(omniglot, part, reflected=run.reflected)
    metric: Metric = "cosine" if run.cosine else "euclidean"
    learner = Conv4(bf16=computes_bf16(), normalize=run.cosine, augmentation=run.augmentation)
    task = TaskData(learner.prepare(images), len(images), Sampler(y, run.scenario))
    loss = EpisodeLoss(metric, learn_temperature=run.cosine)

    def on_report(report: Report) -> None:
        if report.episode % 500 == 0:
            log_line(
                f"{name} {report.episode}/{report.episodes} loss {report.loss:.3f} "
                f"accuracy {report.accuracy:.3f}, {report.remaining / 60:.0f} minutes left"
            )

    trainer = Trainer(
        learner, loss, [task], run.recipe,
        context=RunContext(folder=place / "run", on_report=on_report),
    )  # fmt: skip
    outcome = trainer.run()
    write_encoder(learner, place / "encoder", {"run": run.what}, overwrite=True)
    test = "test" if part == "trainval" else "val"
    result = tested(learner, *characters(omniglot, test), metric)
    record = {"what": run.what, "on": part, "tested_on": test, "machine": machine()} | {
        "threads": torch.get_num_threads(), "seed": run.recipe.seed,
        "scenario": asdict(run.scenario), "recipe": asdict(run.recipe),
        "seconds": outcome.seconds, "episodes": outcome.episodes,
        "accuracy": {f"{w}-way {s}-shot": asdict(a) for (w, s), a in result.items()},
    }  # fmt: skip
    keep(place / "result.json", json.dumps(record, indent=1))
    return record


def viewed(name: str, run: Run, omniglot: dict[str, np.ndarray], part: str) -> None:
    """The same weights with a mean over views of every image: written and tested, once."""
    place = PLACE / f"{name}-{part}"
    if run.views == 1 or (place / "views.json").is_file():
        return
    learner = Conv4(
        bf16=computes_bf16(), normalize=run.cosine, views=Augmentation().views(run.views)
    )
    learner.load_state_dict(load_file(place / "encoder" / "model.safetensors"))
    write_encoder(learner, place / "encoder-views", {"run": run.what}, overwrite=True)
    metric = "cosine" if run.cosine else "euclidean"
    test = "test" if part == "trainval" else "val"
    result = tested(learner, *characters(omniglot, test), metric)
    accuracy = {f"{w}-way {s}-shot": asdict(a) for (w, s), a in result.items()}
    keep(place / "views.json", json.dumps({"accuracy": accuracy}))


def tested(
    learner: Conv4, images: np.ndarray, y: np.ndarray, metric: str
) -> dict[tuple[int, int], Accuracy]:
    """1,000 episodes of each kind, 15 queries a class (the published protocol)."""
    vectors = learner.embed_all(learner.prepare(images), np.arange(len(images)))
    result = {}
    for way, shot in TASKS:
        sampler = Sampler(y, Scenario(way, shot, 15))
        episodes = (sampler.draw(generator_of(2017, way, shot, i)) for i in range(1000))
        result[way, shot] = episodic_accuracy(
            episodes, vectors, metric="cosine" if metric == "cosine" else "euclidean"
        )
    return result


def row(what: str, record: dict[str, object]) -> list[str]:
    """A line of the table."""
    accuracy = record["accuracy"]
    assert isinstance(accuracy, dict)
    cells = [
        f"{100 * accuracy[f'{w}-way {s}-shot']['mean']:.2f} ± "
        f"{100 * accuracy[f'{w}-way {s}-shot']['interval']:.2f}"
        for w, s in TASKS
    ]
    return [what, *cells, f"{float(str(record['seconds'])) / 60:.0f}"]


def main() -> None:
    """Train what is lacking, and write what there is."""
    parser = command_line(__doc__)
    parser.add_argument("--only", nargs="*", choices=list(RUNS), help="train these alone")
    parser.add_argument("--choose", action="store_true", help="on train and validation characters")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    omniglot = data()
    part = "train" if options.choose else "trainval"
    for name in options.only or RUNS:
        record = trained(name, RUNS[name], omniglot, part)
        viewed(name, RUNS[name], omniglot, part)
        log_line(" ".join(row(name, record)))
    if options.choose:
        return
    report()


def report() -> None:
    """Write docs/results/omniglot from the runs that are there."""
    rows, values, machines = [], {}, []
    for name, run in RUNS.items():
        path = PLACE / f"{name}-trainval" / "result.json"
        if name in PUBLISHED:
            rows.append([f"published: {run.what}", *(f"{a:.1f}" for a in PUBLISHED[name]), ""])
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            machines += [record["machine"]] if record["machine"] not in machines else []
            mark = " †" * machines.index(record["machine"])
            rows.append(row(run.what + mark, record))
            values[name] = record
        if (path := path.with_name("views.json")).is_file():
            record = json.loads(path.read_text(encoding="utf-8")) | {"seconds": record["seconds"]}
            rows.append(row(f"the same, mean over {run.views} views of every image{mark}", record))
            values[f"{name}, {run.views} views"] = record["accuracy"]
    where = [f"{'† ' * i}on {machine_name}" for i, machine_name in enumerate(machines)]
    head = ["trained", *(f"{w}-way {s}-shot" for w, s in TASKS), "minutes"]
    body = (
        "# Omniglot, Conv4-64\n\n"
        "Accuracy in % over 1,000 test episodes with 15 queries a class, with the 95 % interval of "
        "published protocols (1.96 s/√n over episodes, which speaks of more episodes of the same "
        "classes). "
        "Vinyals split, characters x 4 rotations: 1,692 test classes, trained on all others. "
        "Minutes are those of training, beside other work on the same cores. "
        "Published: Snell et al. 2017, "
        f"tables 1 and 4. Runs {', '.join(where)}.\n\n{table(head, rows)}"
    )
    save("omniglot", "make bench-omniglot", body, values, None)


if __name__ == "__main__":
    main()
