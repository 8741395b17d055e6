"""Training episodes per second beside a plain re-implementation of the published recipe.

``python -m benchmarks.training_speed [--accuracy N]``: 60-way, 1-shot, 5 queries on Omniglot, two
threads. The rival is what the paper describes written with torch's own layers: float32, the
convolution, batch norm, ReLU and pool of each block in the published order, Adam. Each side runs
in a process of its own, in turns. ``--accuracy N``: also train both for N episodes on the train
characters and answer 1,000 validation episodes, 20-way 1-shot.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.command_line import command_line
from benchmarks.omniglot import PAPER, characters, data
from benchmarks.results import log_line, save, table
from protolabel.episodes.sampler import Sampler, Stream, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import episodic_accuracy
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.reports import Report
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import TaskData

SCENARIO = Scenario(60, 1, 5)
WARM = 5
TURNS = 5
TESTS = 1000  # episodes that the accuracy is of


def block(channels: int) -> nn.Sequential:
    """One block, as published."""
    return nn.Sequential(
        nn.Conv2d(channels, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)
    )


def plain(images: np.ndarray, y: np.ndarray, n: int) -> tuple[list[float], nn.Module]:
    """The rival: seconds of each episode, and what it learned."""
    network = nn.Sequential(block(1), block(64), block(64), block(64), nn.Flatten())
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    x = torch.from_numpy(images[:, None]).float() / 255
    sampler, took = Sampler(y, SCENARIO), []
    for i in range(n):
        start = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * 0.5 ** (i // 2000)
        episode = sampler.draw(generator_of(0, Stream.TRAINING, i))
        rows = torch.from_numpy(np.concatenate([episode.support, episode.query]))
        embedded = network(x[rows])
        support, query = embedded[: len(episode.support)], embedded[len(episode.support) :]
        order = torch.from_numpy(np.argsort(episode.support_class))
        distances = (query[:, None] - support[order][None]).square().sum(-1)
        loss = functional.cross_entropy(-distances, torch.from_numpy(episode.query_class))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        took.append(time.perf_counter() - start)
    return took, network


def ours(images: np.ndarray, y: np.ndarray, n: int) -> tuple[list[float], Conv4]:
    """protolabel's trainer: seconds of each episode, and what it learned."""
    learner = Conv4(bf16=computes_bf16())
    task = TaskData(learner.prepare(images), len(images), Sampler(y, SCENARIO))
    loss = EpisodeLoss("euclidean", learn_temperature=False)
    recipe = type(PAPER)(**{**PAPER.__dict__, "episodes": n, "validate_every": 10**6})
    ends: list[float] = []

    def on_report(report: Report) -> None:
        ends.append(time.perf_counter())

    Trainer(learner, loss, [task], recipe, context=RunContext(on_report=on_report)).run()
    return np.diff(ends[: n + 1]).tolist(), learner


def side(which: str, n: int, test: bool, threads: int) -> None:
    """One side, in this process; its figures as JSON."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    omniglot = data()
    images, y = characters(omniglot, "train")
    took, network = plain(images, y, n) if which == "plain" else ours(images, y, n)
    record: dict[str, object] = {"took": took[WARM:]}
    if test:
        network.eval()
        validation_images, labels = characters(omniglot, "val")
        with torch.no_grad():
            parts = torch.from_numpy(validation_images[:, None]).float().div(255).split(500)
            vectors = torch.cat([network(part) for part in parts]).numpy()
        sampler = Sampler(labels, Scenario(20, 1, 15))
        episodes = (sampler.draw(generator_of(2017, i)) for i in range(TESTS))
        rates = episodic_accuracy(episodes, vectors, metric="euclidean")
        record |= {"accuracy": 100 * rates.mean, "interval": 100 * rates.interval}
    print(json.dumps(record))


def asked(which: str, n: int, test: bool, threads: int) -> dict[str, object]:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.training_speed", "--side", which]
    command += ["--episodes", str(n), "--threads", str(threads)] + (["--test"] if test else [])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _of_accuracy() -> str:
    return (
        f" Accuracy in %: mean ± 95 % interval over {TESTS:,} episodes of the same validation "
        "classes, 1.96 s / √n, as papers print it."
    )


def main() -> None:
    """In turns, then the accuracy."""
    parser = command_line(__doc__)
    parser.add_argument("--accuracy", type=int, default=0)
    parser.add_argument("--side", choices=["plain", "ours"])
    parser.add_argument("--episodes", type=int, default=25)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    if options.side:
        side(options.side, options.episodes, options.test, options.threads)
        return
    started = time.monotonic()
    rates: dict[str, list[float]] = {"plain": [], "ours": []}
    for turn in range(TURNS):
        for which, values in rates.items():
            took = asked(which, options.episodes, False, options.threads)["took"]
            values.append(1 / float(np.median(np.asarray(took, float))))
            log_line(f"turn {turn} {which}: {values[-1]:.2f} episodes/s")
    tests = {w: asked(w, options.accuracy, True, options.threads) for w in rates
             if options.accuracy}  # fmt: skip
    rows = []
    names = {"plain": "plain re-implementation, float32", "ours": "protolabel"}
    for which, values in rates.items():
        cells = [f"{np.median(values):.2f}", f"{min(values):.2f} to {max(values):.2f}"]
        if tests:
            cells.append(f"{tests[which]['accuracy']:.2f} ± {tests[which]['interval']:.2f}")
        rows.append([names[which], *cells])
    ratio = float(np.median(rates["ours"]) / np.median(rates["plain"]))
    head = ["", "episodes/s", "range over turns"]
    head += [f"20-way 1-shot after {options.accuracy} episodes"] if tests else []
    body = (
        "# Training speed\n\n60-way 1-shot episodes with 5 queries a class (360 images), Conv4-64, "
        f"{options.threads} threads. Median of {options.episodes - WARM} episodes, {TURNS} turns, "
        f"each in a process of its own. protolabel is {ratio:.1f} times as "
        f"fast.{_of_accuracy() if tests else ''}\n\n{table(head, rows)}"
    )
    record = {"episodes_per_second": rates, "ratio": ratio, "accuracy": tests}
    save("training_speed", "make bench-training", body, record, time.monotonic() - started)


if __name__ == "__main__":
    main()
