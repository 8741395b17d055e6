"""What one change costs a label space of 1,000 classes x 20 examples until it is calibrated again.

Called by ``benchmarks.latency``. The examples are random vectors about random centres. Texts are
random words, of which few are frequent, and five to 25 long. CPU time, since other programs use the
machine too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.results import log_line, machine, table
from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import calibrate
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.prototypes import sizes
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit
from protolabel.encoders import PrecomputedEncoder

DIM, CLASSES, EACH = 384, 1000, 20
TIMES = 7  # that each kind of change is made
VOCABULARY = [
    "".join(word) for word in product("bdfgklmnprstvz", "aeiou", "bdfgklmnprstvz", "aeiou")
]
FREQUENCIES = 1.0 / np.arange(1, len(VOCABULARY) + 1)
FREQUENCIES /= FREQUENCIES.sum()  # those of words are about like that
KINDS = ("an example added", "one removed", "one moved", "a class added", "a class retired")


@dataclass
class World:
    """Classes by key, their centres and their examples."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    examples: list[tuple[int, np.ndarray]] = field(default_factory=list)
    centres: list[np.ndarray] = field(default_factory=list)

    def grow(self) -> None:
        """Add a class."""
        self.centres.append(unit(self.rng.standard_normal((1, DIM)).astype("f4"))[0])
        self.examples += [self.near(len(self.centres) - 1) for _ in range(EACH)]

    def near(self, key: int) -> tuple[int, np.ndarray]:
        """A new example of a class."""
        noise = 0.08 * self.rng.standard_normal(DIM, dtype=np.float32)
        return key, unit((self.centres[key] + noise)[None])[0]

    def change(self, kind: str) -> None:
        """Make one change, somewhere."""
        place = int(self.rng.integers(len(self.examples)))
        key, vector = self.examples[place]
        if kind == "an example added":
            self.examples.append(self.near(key))
        elif kind == "one removed":
            self.examples.pop(place)
        elif kind == "one moved":
            self.examples[place] = (self.examples[place - 1 - EACH][0], vector)
        elif kind == "a class added":
            self.grow()
        else:
            self.examples = [one for one in self.examples if one[0] != key]
        self.examples.sort(key=lambda one: one[0])

    def support(self) -> tuple[Support, np.ndarray]:
        """The examples as arithmetic has them, and the keys of their classes."""
        of_examples = np.array([key for key, _ in self.examples])
        keys = np.unique(of_examples)
        vectors = np.array([vector for _, vector in self.examples], np.float32)
        centres = np.array([self.centres[key] for key in keys], np.float32)
        labels = np.searchsorted(keys, of_examples)
        return Support.of(vectors, labels, centres, np.ones(len(keys), np.bool_)), keys


def cpu_milliseconds(action: Callable[[], object]) -> float:
    """CPU time of one call, of all threads."""
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


def of_arithmetic() -> dict[str, list[float]]:
    """A calibration after each kind of change, and one from nothing."""
    world, kept = World(), KeptScores()
    for _ in range(CLASSES):
        world.grow()
    times: dict[str, list[float]] = {}
    for kind in ("", "an example added", *KINDS * TIMES):  # the second one prepares the others
        if kind:
            world.change(kind)
        support, keys = world.support()
        per_class = sizes(support.classes, support.kappa)
        took = cpu_milliseconds(lambda s=support, k=keys, z=per_class: kept.calibrate(s, k, z))
        anew = cpu_milliseconds(lambda s=support, z=per_class: calibrate(simulate(s), z))
        times.setdefault("from nothing", []).append(anew)
        if kept.updates > 1:
            times.setdefault(kind, []).append(took)
    log_line(f"recalibration: {times}")
    return times


class Written:
    """The same world as a label space file, whose examples may have texts."""

    def __init__(self, path: Path, *, texts: bool) -> None:
        self.world, self.texts = World(), texts
        self.rng = np.random.default_rng(1)
        self.space = LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False)
        self.space.add([one for key in range(CLASSES) for one in self.new_class(key)])

    def example(self, key: int, vector: np.ndarray) -> Example:
        """An example of a class."""
        words = " ".join(self.rng.choice(VOCABULARY, self.rng.integers(5, 26), p=FREQUENCIES))
        return Example(f"class {key}", words if self.texts else None, embedding=vector)

    def new_class(self, key: int) -> list[Example]:
        """The examples of one more class."""
        self.world.grow()
        return [self.example(key, vector) for _, vector in self.world.examples[-EACH:]]

    def change(self, kind: str, number: int) -> None:
        """Make one change."""
        name, key = f"class {number}", len(self.world.centres)
        if kind == "an example added":
            self.space.add([self.example(*self.world.near(number))])
        elif kind == "a class added":
            self.space.add(self.new_class(key))
        elif kind == "a class retired":
            self.space.retire(name)
        else:
            example = self.space.show(name)[1][0].id
            if kind == "one removed":
                self.space.remove([example])
            else:
                self.space.move(example, f"class {number + 500}")

    def settled(self) -> float:
        """All of ``settle(refined=False)``."""
        return cpu_milliseconds(lambda: self.space.settle(refined=False))


def of_label_space(path: Path, *, texts: bool) -> dict[str, list[float]]:
    """All of ``settle(refined=False)``: the first one, and after each kind of change."""
    written = Written(path, texts=texts)
    times: dict[str, list[float]] = {}
    with written.space:
        for number, kind in enumerate(("", "an example added", *KINDS * TIMES)):
            if kind:
                written.change(kind, number)
            took = written.settled()
            if number != 1:  # the second one prepares the others
                times.setdefault(kind or "the first one", []).append(took)
    log_line(f"settle: {times}")
    return times


def recalibrations(folder: Path) -> dict[str, Any]:
    """First, median and 95th percentile in milliseconds of CPU time, by what was done.

    With them goes what they were measured on.
    """
    times = {f"calibration, {kind}": own for kind, own in of_arithmetic().items()}
    for words, texts in (("without texts", False), ("with texts", True)):
        of_settle = of_label_space(folder / f"{words}.space", texts=texts)
        times |= {f"all of settle, {words}, {kind}": own for kind, own in of_settle.items()}
    milliseconds = {
        what: (own[0], float(np.median(own)), float(np.quantile(own, 0.95)))
        for what, own in times.items()
    }
    load = f"{time.strftime('%Y-%m-%d')}, {machine()}, load average {os.getloadavg()[1]:.0f}"
    return {"measured": load, "milliseconds": milliseconds}


RECALIBRATION = """## Calibrated again after one change

Milliseconds of CPU time, 1,000 classes x 20 examples, d = 384. *Calibration*: from the examples in
memory to temperature, thresholds and all that is stored of them. *From nothing*: the same without
the scores that the calibration before left behind. *All of settle*, `settle(refined=False)`, also
reads the examples, groups equal ones and near copies, estimates kappa, and writes the fit. *The
first one* of a label space that is opened does all of it for all examples. Texts have five to 25
words.

"""


def part(measured: dict[str, Any]) -> str:
    """The part of the page about it."""
    rows = [
        [what, *(f"{value:.0f}" for value in own)] for what, own in measured["milliseconds"].items()
    ]
    headers = ["what", "first", "median", "95 %"]
    return f"{RECALIBRATION}{table(headers, rows)}\n\nThis table: {measured['measured']}."
