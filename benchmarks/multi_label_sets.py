"""The documents of several labels that ``multi_label`` measures on, a draw at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.data_sets import require_data, rows_of

QUERIES = 750  # pairs of CLINC150 that are asked about
Matrix = np.ndarray


@dataclass(frozen=True, eq=False)
class Part:
    """Texts with their labels, ``(n, K)`` bool."""

    texts: list[str]
    labels: Matrix

    def take(self, rows: Matrix) -> Part:
        """Some of them."""
        return Part([self.texts[i] for i in rows], self.labels[rows])


@dataclass(frozen=True, eq=False)
class Task:
    """One draw: examples, queries and the names of the classes."""

    names: list[str]
    examples: Part
    queries: Part


def pairs(part: str, rounds: int, seed: int) -> tuple[list[str], Part]:
    """Two queries of different intents joined; each intent is in one pair a round."""
    rows = rows_of("clinc150_oos")
    words = json.loads((require_data("clinc150_oos") / "labels.json").read_text(encoding="utf-8"))
    order = sorted(label for label in words if label != "oos")
    texts = [[r["text"] for r in rows if r["set"] == part and r["label"] == k] for k in order]
    rng = np.random.default_rng(seed)
    joined: list[str] = []
    labels: list[tuple[int, int]] = []
    for _ in range(rounds):
        places = rng.permutation(len(order)).tolist()
        for a, b in zip(places[::2], places[1::2], strict=True):
            one, two = rng.integers(len(texts[a])), rng.integers(len(texts[b]))
            joined.append(f"{texts[a][one]} {texts[b][two]}")
            labels.append((a, b))
    matrix = np.zeros((len(joined), len(order)), np.bool_)
    matrix[np.arange(len(joined))[:, None], labels] = True
    return [words[k]["name"] for k in order], Part(joined, matrix)


def clinc(shots: int, draw: int) -> Task:
    """Pairs of training queries as examples, pairs of test queries as queries."""
    names, examples = pairs("train", shots, 1000 + draw)
    _, queries = pairs("test", QUERIES // 75, 2000 + draw)
    return Task(names, examples, queries)


def goemotions(shots: int, draw: int) -> Task:
    """Comments of one half as examples, so that each label has its number; the other half asked."""
    rows = rows_of("goemotions")
    labels = json.loads((require_data("goemotions") / "labels.json").read_text(encoding="utf-8"))
    order = sorted(labels)
    matrix = np.array([[k in row["labels"] for k in order] for row in rows])
    every = Part([row["text"] for row in rows], matrix)
    halves = np.random.default_rng(100 + draw).permutation(len(rows))
    pool, rest = np.split(halves, [len(rows) // 2])
    chosen: list[int] = []
    counts = np.zeros(len(order), np.int64)
    for k in np.argsort(matrix.sum(axis=0), kind="stable"):  # the rarest first
        for i in pool[matrix[pool, k]].tolist():
            if counts[k] >= shots:
                break
            if i not in chosen:
                chosen.append(i)
                counts += matrix[i]
    return Task([labels[k]["name"] for k in order], every.take(np.array(chosen)), every.take(rest))


SETS: dict[str, Callable[[int, int], Task]] = {"CLINC150 pairs": clinc, "GoEmotions": goemotions}
