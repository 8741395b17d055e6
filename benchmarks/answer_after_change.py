"""The first answer after a change, in a label space of 1,500 classes x 10 examples.

Called by ``benchmarks.latency``. Texts are random words, encoded by the default encoder, so the
times hold the encoding of one document. A change adds one example, or a class of five. *Open*: the
program that makes the change has the space open and its fits in the background. *Cold*: a new
process answers after a change of another. *Settled*: the cold command waits for all fits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recalibration import FREQUENCIES, VOCABULARY
from benchmarks.results import log_line, machine, table
from protolabel import Example, LabelSpace

CLASSES, EACH = 1500, 10
TIMES, TIMES_SETTLED = 15, 3  # changes of each kind
RNG = np.random.default_rng(0)
WORDS = RNG.choice(VOCABULARY, (CLASSES, 6), p=FREQUENCIES)  # of each class
NUMBER = count(1)  # of new classes
Spread = tuple[float, float, float]  # of seconds: least, median, greatest


def text_of(key: int) -> str:
    """A document of a class: three of its words, and eight of all."""
    return " ".join([*RNG.choice(WORDS[key], 3), *RNG.choice(VOCABULARY, 8, p=FREQUENCIES)])


def random_text() -> str:
    """A document of some class."""
    return text_of(int(RNG.integers(CLASSES)))


def add_example(space: LabelSpace) -> None:
    """Add an example to some class."""
    key = int(RNG.integers(CLASSES))
    space.add([Example(f"class {key}", text_of(key))])


def add_class(space: LabelSpace) -> None:
    """Add a class of five examples."""
    name = f"new {next(NUMBER)}"
    space.add([Example(name, random_text()) for _ in range(5)])


CHANGES = {"an example": add_example, "a class of five": add_class}


def answers(folder: Path) -> dict[str, Any]:
    """Seconds to the first answer, by where it is asked for and what was changed."""
    path = folder / "answers.space"
    seconds: dict[str, Spread] = {}
    with LabelSpace.create(path) as space:
        space.add([Example(f"class {k}", text_of(k)) for k in range(CLASSES) for _ in range(EACH)])
        space.settle()
        log_line(f"{CLASSES} classes are there")
        for what, change in CHANGES.items():
            took = []
            for _ in range(TIMES):
                change(space)
                took.append(seconds_of(lambda: space.label(random_text())))
            seconds[f"open, after {what}"] = spread(took)
    for door, flags, times in (("cold", [], TIMES), ("settled", ["--settle"], TIMES_SETTLED)):
        command = [sys.executable, "-m", "protolabel", "label", str(path), "--json", *flags]
        for what, change in CHANGES.items():
            took = []
            for _ in range(times):
                with LabelSpace(path, background=False) as space:
                    change(space)
                question = [*command, "--text", random_text()]
                took.append(seconds_of(lambda q=question: run(q)))
            seconds[f"{door}, after {what}"] = spread(took)
            log_line(f"{door}, after {what}: {took}")
    load = f"{time.strftime('%Y-%m-%d')}, {machine()}, load average {os.getloadavg()[1]:.0f}"
    return {"measured": load, "seconds": seconds}


def seconds_of(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def spread(took: list[float]) -> Spread:
    """The least, the median and the greatest of some times."""
    return min(took), float(np.median(took)), max(took)


def run(command: list[str]) -> None:
    """Run a process; as where the package is installed, its modules are compiled already."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def answers_part(measured: dict[str, Any]) -> str:
    """The part of the page about it."""
    rows = [
        [*what.split(", after "), *(f"{value:.2f}" for value in own)]
        for what, own in measured["seconds"].items()
    ]
    return (
        f"## The first answer after a change\n\nSeconds, {CLASSES:,} classes x {EACH} examples, "
        "the default encoder, one document of eleven words; the change itself is not counted. "
        "*Open*: the program that made the change asks, while its fits run in the background. "
        "*Cold*: a new process asks, after another process made the change. *Settled*: the new "
        "process fits the refined ranking too before it answers (`--settle`). "
        f"{TIMES} changes each, {TIMES_SETTLED} with `--settle`.\n\n"
        + table(["asked", "after", "least", "median", "greatest"], rows)
        + f"\n\nThis table: {measured['measured']}."
    )
