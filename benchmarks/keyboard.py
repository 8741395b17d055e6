"""The documents that a keyboard session decides, and what it takes: waits and pressed keys.

The sessions of the desk (``benchmarks.desk``) and of Label Studio (``benchmarks.label_studio``)
have the same documents and the same counts. It drives no browser itself.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.data_sets import draw, load
from protolabel import Document, Example, LabelSpace

CLASSES, SHOTS, QUERIES = 10, 5, 150


@dataclass(frozen=True)
class Figures:
    """What a session took.

    Attributes:
        per_minute: documents decided a minute.
        stored_per_minute: the same until the last decision was stored.
        wait_median: milliseconds from the last key to the next document.
        wait_95: the same, which 95 % of the waits are below.
        accepted: documents whose answer was right.
        corrected: documents that got another class.
        again: documents that were shown again after their decision.
        keys_to_accept: key presses for each document that was accepted.
        keys_to_correct: key presses for each that was corrected.
        keys: key presses in all.
        load: processes that wanted each core.
    """

    per_minute: float
    stored_per_minute: float
    wait_median: float
    wait_95: float
    accepted: int
    corrected: int
    again: int
    keys_to_accept: float
    keys_to_correct: float
    keys: int
    load: float


@dataclass(frozen=True)
class Query:
    """A document to decide: its class, and the class that was nearest before the session."""

    text: str
    label: str
    nearest: str


def make_inbox(path: Path) -> dict[str, Query]:
    """Fill a label space and its inbox; return the documents, by id."""
    data = load("banking77")
    chosen = draw(data, SHOTS, 0)
    support = [i for i in chosen.support if data.y[i] < CLASSES]
    queries = [i for i in chosen.queries if data.y[i] < CLASSES][:QUERIES]
    with LabelSpace.create(path) as space:
        space.add([Example(data.names[data.y[i]], data.texts[i]) for i in support])
        space.answer_log.remember("text")
        space.settle()
        answers = list(space.label_many(Document(f"query {i}", data.texts[i]) for i in queries))
    return {
        f"query {i}": Query(data.texts[i], data.names[data.y[i]], answer.alternatives[0].label)
        for i, answer in zip(queries, answers, strict=True)
    }


@dataclass
class Work:
    """What a session has taken so far. A key that is held with Control counts as one."""

    start: float = field(default_factory=time.perf_counter)
    decided: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    pressed: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def note_decision(self, name: str, kind: str, since: float) -> None:
        """Count the decision of a document, whose last key was pressed at ``since``."""
        self.decided[name] += 1
        self.kinds[kind] += 1
        self.waits.append(time.perf_counter() - since)

    def figures(self, seconds: float, until_stored: float) -> Figures:
        """Return what it took: seconds until all were decided, and until all were stored."""
        n = len(self.decided)
        each = {k: self.pressed[k] / max(1, self.kinds[k]) for k in ("accepted", "corrected")}
        return Figures(
            per_minute=60 * n / seconds,
            stored_per_minute=60 * n / until_stored,
            wait_median=1000 * float(np.median(self.waits)),
            wait_95=1000 * float(np.quantile(self.waits, 0.95)),
            accepted=self.kinds["accepted"],
            corrected=self.kinds["corrected"],
            again=self.decided.total() - n,
            keys_to_accept=each["accepted"],
            keys_to_correct=each["corrected"],
            keys=self.pressed.total(),
            load=os.getloadavg()[0] / (os.cpu_count() or 1),
        )


def check_stored(documents: Mapping[str, Query], stored: Mapping[str, str | None]) -> None:
    """Raise AssertionError unless each document is stored with its class."""
    wrong = [name for name, query in documents.items() if stored.get(name) != query.label]
    assert not wrong, f"{len(wrong)} of {len(documents)} decisions are stored wrong: {wrong[:5]}"
