"""The data sets of two levels that ``hierarchy`` measures on, and how their examples are drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from benchmarks.data_sets import Data, embed, require_data, rows_of
from protolabel.arithmetic.hierarchy import Hierarchy

FEWEST = 20  # documents of a class of dbpedia_l2 that takes part


@dataclass(frozen=True, eq=False)
class Set:
    """A data set of two levels. ``above``: (K,), the parent of each class; ``parts``: the rows of
    train, validation, test and, of each but train, the strangers.
    """

    data: Data
    parents: list[str]
    above: np.ndarray
    parts: dict[str, np.ndarray]


def clinc() -> Set:
    """CLINC150 with its domains and out-of-scope queries, in the published parts."""
    folder = "clinc150_oos"
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    order = sorted(label for label in labels if label != "oos")
    index = {label: i for i, label in enumerate(order)} | {"oos": -1}
    parents = sorted({labels[label]["domain"] for label in order})
    above = np.array([parents.index(labels[label]["domain"]) for label in order])
    names, texts = [labels[label]["name"] for label in order], [row["text"] for row in rows]
    vectors = embed(texts + names)
    y = np.array([index[row["label"]] for row in rows])
    data = Data("CLINC150", texts, y, names, vectors[: len(texts)], vectors[len(texts) :])
    kind = np.array([row["set"] for row in rows])
    parts = {part: np.flatnonzero(kind == part) for part in ("train", "val", "test")}
    parts |= {f"{part} strangers": np.flatnonzero(kind == f"oos_{part}") for part in parts}
    return Set(data, parents, above, parts)


def dbpedia() -> Set:
    """DBpedia, level 2 under level 1: examples from one half of the val file, queries from the
    other half and from the test file; three classes of ten are strangers, whole.
    """
    folder = "dbpedia_l2"
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))["l2"]
    counts = {label: sum(row["label"] == label for row in rows) for label in labels}
    order = sorted((label for label in labels if counts[label] >= 2 * FEWEST), key=int)
    members = [label for i, label in enumerate(order) if i % 10 < 7]
    index = {label: i for i, label in enumerate(members)}
    numbers = sorted({labels[label]["parent"] for label in members}, key=int)
    above = np.array([numbers.index(labels[label]["parent"]) for label in members])
    texts, names = [row["text"] for row in rows], [labels[label]["name"] for label in members]
    vectors = embed(texts + names)
    y = np.array([index.get(row["label"], -1) for row in rows])
    data = Data("DBpedia", texts, y, names, vectors[: len(texts)], vectors[len(texts) :])
    kind = np.array([row["set"] for row in rows])
    far = np.array([row["label"] in order and row["label"] not in index for row in rows])
    first = np.random.default_rng(0).random(len(rows)) < 0.5
    member = y >= 0
    parts = {
        "train": np.flatnonzero(member & (kind == "val") & first),
        "val": np.flatnonzero(member & (kind == "val") & ~first),
        "test": np.flatnonzero(member & (kind == "test")),
        "val strangers": np.flatnonzero(far & (kind == "val")),
        "test strangers": np.flatnonzero(far & (kind == "test")),
    }
    return Set(data, [f"level 1, {number}" for number in numbers], above, parts)


def support_of(one: Set, shots: int, seed: int) -> np.ndarray:
    """Random rows of the training part: so many a class, or as many as there are."""
    rows = np.random.default_rng(seed).permutation(one.parts["train"])
    chosen = [rows[one.data.y[rows] == c][:shots] for c in range(len(one.data.names))]
    return np.sort(np.concatenate(chosen))


def hierarchy_of(one: Set) -> Hierarchy:
    """The classes as columns, and the parents after them."""
    k, p = len(one.above), len(one.parents)
    return Hierarchy(np.concatenate([k + one.above, np.full(p, -1)]), np.arange(k + p), k)
