"""The learning curve of a label space's own examples: accuracy by examples a class, measured.

Every document is a query at every size k, against prototypes of k documents a class that never
include it (its own class takes another in its place, as long as it has one). :func:`own_luck`
measures by how much the accuracy depends on which documents there are. What more of them would
bring is estimated in ``forecast``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel, pair_scores
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Integers, Mask, Positions
from protolabel.episodes.sampler import Stream, generator_of
from protolabel.evaluation.all_classes import CELLS, drawn
from protolabel.progress import Meter, Progress, silent, stepped

LUCK_DRAWS = 40  # supports that the luck is measured on


@dataclass(frozen=True, eq=False)
class OwnCurve:
    """Answers of each query at each size.

    ``right`` ``(draws, sizes, m)``; ``support`` ``(sizes, m)``: how many examples its own class had
    without it; ``sizes``: most examples a class; ``query`` ``(m,)``: positions of the queries.
    """

    right: Mask
    support: Positions
    sizes: tuple[int, ...]
    query: Positions


@dataclass(frozen=True)
class Luck:
    """Variances of an accuracy over which documents a class happens to have.

    ``gain``: of what more documents of each class bring; ``then``: of the accuracy with them.
    """

    gain: float = 0.0
    then: float = 0.0


def own_curve(
    support: Support,
    *,
    sizes: Sequence[int],
    draws: int = 10,
    most: int = 5000,
    seed: int = 0,
    progress: Progress = silent,
) -> OwnCurve:
    """Return leave-one-out answers at several sizes.

    Queries are documents whose class has another; copies of a document count once. A document that
    stands under two labels is support and no query: whichever class answers, one label is wrong. A
    class with fewer than k documents gives what it has. More queries than ``most`` are subsampled.
    ``progress`` follows the draws.
    """
    documents, class_of, query = _queries(support, most, seed)
    labels, vectors = support.labels[documents], support.embeddings[documents]
    descriptions, described = support.classes.descriptions, support.classes.described
    counts = np.bincount(labels, minlength=support.n_classes)
    own_size = np.array([np.minimum(k, counts[class_of] - 1) for k in sizes], np.int64)
    right = np.zeros((draws, len(sizes), len(query)), np.bool_)
    chunk = max(1, CELLS // max(len(counts), vectors.shape[1]))
    for number in stepped(range(draws), "draws of the learning curve", draws, progress):
        ranks = drawn(labels, generator_of(seed, number))
        for at, k in enumerate(sizes):
            inside = ranks < k
            classes = ClassTotals.of_examples(
                vectors[inside], labels[inside], descriptions, described
            )
            following = np.zeros(classes.sums.shape)  # the example that takes a query's place
            following[labels[ranks == k]] = vectors[ranks == k]
            for start in range(0, len(query), chunk):
                part = slice(start, start + chunk)
                x, part_classes = vectors[query[part]], class_of[part]
                instead = np.where(inside[query[part], None], following[part_classes] - x, 0.0)
                without = ClassTotals(
                    own_size[at, part],
                    classes.sums[part_classes] + instead,
                    classes.descriptions[part_classes],
                    described[part_classes],
                )
                right[number, at, part] = _right(x, part_classes, classes, without, support)
    return OwnCurve(right, own_size, tuple(sizes), documents[query])


def _queries(support: Support, most: int, seed: int) -> tuple[Positions, Integers, Positions]:
    """Return the documents ``(n,)``, and of the queries among them the classes and positions."""
    documents = support.independent()
    labels = support.labels[documents]
    counts = np.bincount(labels, minlength=support.n_classes)
    _, place, times = np.unique(support.groups[documents], return_inverse=True, return_counts=True)
    query = np.flatnonzero((counts[labels] > 1) & (times[place.reshape(-1)] == 1))
    if len(query) > most:
        query = np.sort(generator_of(seed).permutation(query)[:most])
    return documents, labels[query], query


def own_luck(
    support: Support, more: int, *, most: int = 5000, seed: int = 0, progress: Progress = silent
) -> Luck:
    """Return how much accuracies vary with which documents a class happens to have.

    The mean of n documents of a class lies about its centre with the variance of one document over
    n; the variance within classes is pooled, since a class of two says little of its own. So each
    class's prototype is moved at random: by what ``more`` documents would move it (variance
    1 / n - 1 / (n + more)), and by what it is off with that many (1 / (n + more)). How much the
    leave-one-out accuracy then varies is the luck, each class's by its own count. Where there are
    few queries it is more than that, never less, since they are moved past each other one by one.
    ``progress`` follows the draws.
    """
    documents, class_of, query = _queries(support, most, seed)
    if not len(query):
        return Luck()
    labels, vectors = support.labels[documents], support.embeddings[documents]
    descriptions, described = support.classes.descriptions, support.classes.described
    classes = ClassTotals.of_examples(vectors, labels, descriptions, described)
    counts = classes.counts
    means = classes.sums / np.maximum(counts, 1)[:, None]
    freedom = int(counts.sum() - (counts > 0).sum())
    residuals = (vectors - means[labels]) / np.sqrt(max(freedom, 1))
    if len(residuals) > residuals.shape[1]:  # d rows of the same covariance, for far fewer numbers
        residuals = np.linalg.qr(residuals, mode="r")
    n = np.maximum(counts, 1).astype(np.float64)
    spreads = 1 / n - 1 / (n + more), 1 / (n + more)
    rng = generator_of(seed, Stream.LUCK, more)
    x = vectors[query]
    without = ClassTotals(
        counts[class_of] - 1,
        classes.sums[class_of] - x,
        classes.descriptions[class_of],
        described[class_of],
    )
    variances = []
    meter = Meter("draws of the forecast", len(spreads) * LUCK_DRAWS, progress)
    for spread in spreads:
        accuracies = []
        for _ in range(LUCK_DRAWS):
            shifts = rng.normal(size=(len(counts), len(residuals))) @ residuals
            shifts *= np.sqrt(spread)[:, None] * counts[:, None]
            shifted = ClassTotals(counts, classes.sums + shifts, classes.descriptions, described)
            share = (without.counts / np.maximum(counts[class_of], 1))[:, None]
            without_query = ClassTotals(
                without.counts, without.sums + share * shifts[class_of], without.descriptions,
                without.described,
            )  # fmt: skip
            accuracies.append(float(_right(x, class_of, shifted, without_query, support).mean()))
            meter.advance(1)
        variances.append(float(np.var(accuracies, ddof=1)))
    return Luck(*variances)


def _right(
    x: Floats, labels: Positions, classes: ClassTotals, without: ClassTotals, support: Support
) -> Mask:
    """Return whether the own class, as it is ``without`` the query, is nearer than any other.

    *Shape:* x ``(n, d)``, own ``(n,)``, classes of K, without of n -> ``(n,)``.
    """
    model = LinearModel.of_classes(classes, support.kappa, support.metric)
    scores = model.scores(x)
    scores[np.arange(len(x)), labels] = -np.inf
    models = LinearModel.of_classes(without, support.kappa, support.metric)
    near = pair_scores(x, models.weights, models.biases, support.metric)
    return np.asarray(np.isfinite(near) & (near > scores.max(axis=1, initial=-np.inf)), np.bool_)
