"""Long documents in label spaces: their answers and their probabilities, with and without focus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from benchmarks.data_sets import Data, Draw
from benchmarks.long_documents import LongDocuments
from benchmarks.open_worlds import calibration_error
from benchmarks.pooling_rules import FOCUS, OWN, in_focus, pooled
from benchmarks.results import table
from benchmarks.spaces import predicted, space_of
from protolabel import Document, LabelSpace


def by_label_space(
    data: LongDocuments, vectors: np.ndarray, one: Draw, queries: np.ndarray | None = None
) -> np.ndarray:
    """Classes of the queries by a label space as it comes: estimated kappa, refined weights."""
    with settled_space(data, vectors, one) as (space, plain):
        return predicted(space, as_queries(plain, queries), one.queries)


@contextmanager
def settled_space(
    data: LongDocuments, vectors: np.ndarray, one: Draw
) -> Iterator[tuple[LabelSpace, Data]]:
    """A label space with the examples of a draw, and the data with their vectors."""
    texts = [str(i) for i in range(len(data.y))]
    plain = Data(data.title, texts, data.y, data.names, vectors, data.name_vectors)
    with space_of(plain, one.support, refine=True) as space:
        space.settle()
        yield space, plain


def as_queries(plain: Data, queries: np.ndarray | None) -> Data:
    """The same with the vectors that documents have as queries."""
    return plain if queries is None else replace(plain, embeddings=queries)


def calibration_of(data: LongDocuments, draws: Iterable[Draw]) -> dict[str, list[float]]:
    """Of long documents: per cent right, mean probability and ECE, in focus and without."""
    vectors = pooled(data, "beginnings")
    ways = {OWN: None, FOCUS.format(OWN): in_focus(data, "beginnings")}
    outcomes: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in ways}
    for one in draws:
        long = one.queries[data.split[one.queries]]
        with settled_space(data, vectors, one) as (space, plain):
            for name, queries in ways.items():
                right, sure = right_and_sure(space, as_queries(plain, queries), long)
                outcomes[name].append((right, sure))
    results = {}
    for name, pairs in outcomes.items():
        right, sure = (np.concatenate(part) for part in zip(*pairs, strict=True))
        error = calibration_error(sure, right)
        results[name] = [100.0 * float(right.mean()), 100.0 * float(sure.mean()), error]
    return results


def right_and_sure(
    space: LabelSpace, data: Data, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the nearest class is right, and its probability: (m,) each."""
    documents = [Document(str(i), data.texts[i], data.embeddings[i]) for i in rows.tolist()]
    best = [a.alternatives[0] for a in space.label_many(documents, evidence=0)]
    right = [int(b.label[:3]) == data.y[i] for b, i in zip(best, rows.tolist(), strict=True)]
    return np.array(right), np.array([b.probability for b in best])


def calibration_table(errors: dict[int, dict[str, list[float]]]) -> list[str]:
    """What the probabilities of long posts are worth."""
    rows = [
        [str(shots), name, *(f"{value:.1f}" for value in one)]
        for shots, own in errors.items()
        for name, one in own.items()
    ]
    words = (
        "Probabilities of a label space for posts that are longer than the window, over all draws. "
        "They are calibrated by examples that are left out, whose vectors have no focus."
    )
    head = ["examples a class", "rule", "right", "mean probability", "calibration error"]
    return [words, table(head, rows)]
