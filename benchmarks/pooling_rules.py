"""Rules that make one vector of a long document's passages: protolabel's own and ideas for others.

They are for the benchmark of long documents, which compares them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.long_documents import LongDocuments
from protolabel.arithmetic.passage_focus import focused
from protolabel.arithmetic.passages import Pooling, pool_passages
from protolabel.arrays import unit
from protolabel.beginnings import Beginnings
from protolabel.types import Encoded

FIRST, MEAN, OWN = "first passage", "mean of all tokens", "beginnings and whole"
IN_FOCUS: dict[str, Pooling] = {OWN: "beginnings", MEAN: "mean"}  # of which queries have a focus
FOCUS = "{}, queries in focus"
Rule = Callable[[LongDocuments], np.ndarray]


def first_passage(data: LongDocuments) -> np.ndarray:
    """The first passage alone: (n, d)."""
    return data.passages[data.firsts]


def encoded(data: LongDocuments, pooling: Pooling) -> Encoded:
    """The documents as the encoder returns them by a rule; one that fits the window is whole."""
    ends = [*data.firsts[1:].tolist(), len(data.owner)]
    vectors, weights, begun = [], [], []
    for i, (low, high) in enumerate(zip(data.firsts.tolist(), ends, strict=True)):
        if not data.split[i]:
            vectors.append(data.passages[low])
            continue
        starts = data.beginnings[:, i] if pooling == "beginnings" else None
        own = pool_passages(data.passages[low:high], data.tokens[low:high], starts, pooling=pooling)
        vectors.append(own.embedding)
        weights.append(own.weights)
        begun += [own.beginning] * len(data.beginnings)
    inside = data.split[data.owner]
    owner = np.repeat(np.flatnonzero(data.split), len(data.beginnings))
    starts = data.beginnings[:, data.split].swapaxes(0, 1).reshape(len(owner), -1)
    return Encoded(
        np.stack(vectors),
        data.passages[inside],
        data.owner[inside],
        np.zeros((int(inside.sum()), 2), np.int64),
        passage_weights=np.concatenate(weights),
        beginnings=Beginnings(starts, owner, np.array(begun, np.float32))
        if pooling == "beginnings"
        else None,
    )


def pooled(data: LongDocuments, pooling: Pooling) -> np.ndarray:
    """A rule of the encoder: (n, d)."""
    return encoded(data, pooling).embeddings


def in_focus(data: LongDocuments, pooling: Pooling) -> np.ndarray:
    """Queries as a label space answers them, whose classes have their names: (n, d)."""
    return focused(encoded(data, pooling), data.name_vectors).embeddings


def beginnings_alone(data: LongDocuments) -> np.ndarray:
    """The beginning at several scales and nothing else: (n, d)."""
    return unit(data.beginnings.sum(axis=0) + data.passages[data.firsts])


def without_boilerplate(data: LongDocuments) -> np.ndarray:
    """The mean of all tokens, of which passages like the mean passage of the set weigh less."""
    common = unit(data.passages.mean(axis=0)[None])[0]
    return weighted(data, data.tokens * np.exp(-8.0 * (data.passages @ common)))


def attentive(data: LongDocuments) -> np.ndarray:
    """Passages by their nearest class name and by their place: (n, d)."""
    nearest = (data.passages @ data.name_vectors.T).max(axis=1)
    ends = np.cumsum(data.tokens)
    before = ends - data.tokens - (ends - data.tokens)[data.firsts][data.owner]
    return weighted(data, data.tokens * np.exp(10.0 * nearest) / (1.0 + before / 128))


def weighted(data: LongDocuments, weights: np.ndarray) -> np.ndarray:
    """The passages of each document by weights (m,): (n, d)."""
    sums = np.zeros((len(data.y), data.passages.shape[1]))
    np.add.at(sums, data.owner, weights[:, None] * data.passages)
    return np.where(data.split[:, None], unit(sums), data.passages[data.firsts])


RULES: dict[str, Rule] = {
    FIRST: first_passage,
    MEAN: lambda data: pooled(data, "mean"),
    "earlier passages weigh more": lambda data: pooled(data, "early"),
    "beginnings alone": beginnings_alone,
    OWN: lambda data: pooled(data, "beginnings"),
}
