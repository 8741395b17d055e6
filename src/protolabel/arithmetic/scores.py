"""Scores of queries against prototypes, or any linear weights; ranks (eqs. 7-8).

All scoring goes through this file, except training's loss and the leave-one-out correction, which
keeps the prototype's length (:mod:`protolabel.arithmetic.leave_one_out`). Higher is nearer. Two
classes whose scores are equal are a tie, which the older class wins: the one of the earlier column.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.prototypes import has_prototype, prototypes
from protolabel.arrays import Doubles, Floats, Integers, Mask, Metric, Positions

PAIRS_AT_ONCE = 8192  # exact scores computed together: 25 MB at 384 dimensions
QUERIES_AT_ONCE = 1024  # in float64: 3 MB at 384 dimensions
FEW = 32  # of queries or of classes, whose products are too small for several threads
FEW_AT_ONCE = 128  # queries of such products: 0.4 MB, which the cache of a core holds
TRUSTED_DIGITS = 1e3  # a squared distance from a product has three right digits, or is subtracted

Matrix = TypeVar("Matrix", Floats, Doubles)
Adjustment = Callable[[Floats, Positions, Floats], Floats]
"""Queries ``(m, d)``, a column each and its score by the weights ``(m,)`` -> the score ``(m,)``."""
Rows = Callable[[Positions], tuple[Floats | Doubles, Floats | Doubles]]
"""Weights ``(m, d)`` and biases ``(m,)`` of the classes of some columns ``(m,)``."""


def score_range(metric: Metric) -> tuple[float, float]:
    """Return the lowest and the highest score of a metric."""
    return (-1.0, 1.0) if metric == "cosine" else (-math.inf, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weights that score: score_k(x) = x.w_k + b_k, less |x|^2 where the metric is euclidean.

    weights ``(K, d)``, biases ``(K,)``: minus infinity for a class without a prototype, which is
    then never an answer. Both are float32 for cosines, and float64 for Euclidean distances, which
    are small differences of large numbers where the vectors lie far from the origin.
    """

    weights: Floats | Doubles
    biases: Floats | Doubles
    metric: Metric

    @classmethod
    def of_centres(cls, centres: Doubles, metric: Metric) -> LinearModel:
        """Return prototypes as a linear model.

        cosine: w_k = c_k / |c_k|, b_k = 0, and the score is the cosine for x of unit length.
        euclidean: w_k = 2 c_k, b_k = -c_k.c_k, and the score is -|x - c_k|^2.

        *Shape:* ``(K, d)`` float64.

        Source:
            Snell et al. (2017), eqs. 7-8.
        """
        if metric == "cosine":
            lengths = np.sqrt((centres * centres).sum(axis=1, keepdims=True))
            weights = np.divide(centres, lengths, out=np.zeros_like(centres), where=lengths > 0)
            return cls(weights.astype(np.float32), np.zeros(len(centres), np.float32), metric)
        return cls(2.0 * centres, -(centres * centres).sum(axis=1), metric)

    @classmethod
    def of_classes(cls, classes: ClassTotals, kappa: float, metric: Metric) -> LinearModel:
        """Return the prototypes of classes (eq. 3) as a linear model."""
        model = cls.of_centres(prototypes(classes, kappa), metric)
        model.biases[~has_prototype(classes, kappa, metric)] = -np.inf
        return model

    @property
    def present(self) -> Mask:
        """Which classes have a prototype. *Shape:* ``(K,)`` bool."""
        return np.isfinite(self.biases)

    def scores(self, queries: Floats) -> Floats:
        """Return the scores of queries. *Shape:* ``(n, d)`` -> ``(n, K)`` float32."""
        return scores(queries, self.weights, self.biases, self.metric)

    def exact_scores(self, queries: Floats, rows: Positions | None = None) -> Floats:
        """Return the same scores, each computed in float64 before it is rounded.

        So a score hardly ever depends on which others are computed with it.

        Args:
            queries: (n, d).
            rows: (m,), which of them; None for all.

        Returns:
            (m, K) float32.
        """
        n = len(queries) if rows is None else len(rows)
        out = np.empty((n, len(self.weights)), np.float32)
        weights = self.weights.astype(np.float64, copy=False)
        few = self.metric == "cosine" and min(out.shape) <= FEW
        size = FEW_AT_ONCE if few else QUERIES_AT_ONCE
        for start in range(0, n, size):
            part = slice(start, start + size)
            wide = (queries[part] if rows is None else queries[rows[part]]).astype(np.float64)
            if few:
                out[part] = np.einsum("nd,kd->nk", wide, weights) + self.biases
            else:
                out[part] = scores(wide, weights, self.biases, self.metric)
        return out


def scores(
    queries: Matrix,
    weights: Floats | Doubles,
    biases: Floats | Doubles,
    metric: Metric,
    out: Matrix | None = None,
) -> Matrix:
    """Return the score of every query against every class; higher is nearer.

    The cosine, for unit vectors, or minus the squared distance, which is 0 at most.

    *Shape:* queries ``(n, d)``, weights ``(K, d)``, biases ``(K,)`` -> ``(n, K)``, in ``out`` where
    it is given; the scores have the type of the queries, float32 or float64.
    """
    matrix = np.empty((len(queries), len(weights)), queries.dtype) if out is None else out
    if metric == "euclidean":
        matrix[:] = _squared_distances(queries.astype(np.float64), weights, biases)
        return matrix
    _product(queries, weights, matrix)
    matrix += biases
    return matrix


def _product(queries: Floats | Doubles, weights: Floats | Doubles, out: Floats | Doubles) -> None:
    """Write the inner products of queries ``(n, d)`` and weights ``(K, d)`` to ``(n, K)``."""
    if len(queries) == 1:  # a matrix-vector product reads the weights once, without a copy
        np.dot(weights, queries[0], out=out[0])
    else:
        np.matmul(queries, weights.T, out=out)


def _squared_distances(
    queries: Doubles, weights: Floats | Doubles, biases: Floats | Doubles
) -> Doubles:
    """Return minus the squared distances, of three right digits at least.

    |x|^2 - 2 x.c + |c|^2 is one matrix product, and its rounding is a share of |x|^2 + |c|^2. Where
    the distance is too small for that, it is computed from the differences of the components.

    *Shape:* queries ``(n, d)``, weights ``(K, d)``, biases ``(K,)`` -> ``(n, K)``.
    """
    wide_weights = weights.astype(np.float64, copy=False)
    distances = np.empty((len(queries), len(weights)))
    _product(queries, wide_weights, distances)
    squares = (queries * queries).sum(axis=1)
    distances += biases
    distances -= squares[:, None]
    doubt = TRUSTED_DIGITS * queries.shape[1] ** 0.5 * np.finfo(np.float64).eps
    limits = np.subtract.outer(doubt * squares, doubt * biases.astype(np.float64))
    query, column = np.nonzero(distances > -limits)
    for start in range(0, len(query), PAIRS_AT_ONCE):
        rows, columns = query[start : start + PAIRS_AT_ONCE], column[start : start + PAIRS_AT_ONCE]
        distances[rows, columns] = _pair_distances(queries[rows], wide_weights[columns])
    return distances


def centres_of(weights: Floats | Doubles, metric: Metric) -> Floats | Doubles:
    """Return the prototypes of these weights of a :class:`LinearModel`, of length one for cosines.

    *Shape:* ``(m, d)`` -> ``(m, d)``.
    """
    return weights if metric == "cosine" else 0.5 * weights


def _pair_distances(queries: Doubles, weights: Floats | Doubles) -> Doubles:
    """Return minus the squared distance of each query to one centre, from the differences.

    *Shape:* queries and weights (twice the centres) ``(m, d)`` -> ``(m,)``.
    """
    differences = queries - 0.5 * weights.astype(np.float64, copy=False)
    return np.asarray(-np.square(differences).sum(axis=1), np.float64)


def similarities(queries: Floats, vectors: Floats, metric: Metric) -> Floats:
    """Return the score of each query against each single vector, as if it were a prototype.

    The inner product, which is the cosine of vectors of length one, or minus the squared distance.

    *Shape:* ``(m, d)``, ``(n, d)`` -> ``(m, n)`` float32.
    """
    if metric == "cosine":
        return scores(queries, vectors, np.zeros(len(vectors), np.float32), metric)
    return LinearModel.of_centres(vectors.astype(np.float64), metric).scores(queries)


def pair_scores(
    queries: Floats, weights: Floats | Doubles, biases: Floats | Doubles, metric: Metric
) -> Floats:
    """Return the score of each query against one class of its own, in float64 before it is rounded.

    It depends on that query and that class alone: not on which others are computed with them, as
    the last digit of a matrix product does. So equal classes have equal scores.

    *Shape:* queries and weights ``(m, d)``, biases ``(m,)`` -> ``(m,)`` float32.
    """
    exact_scores = np.empty(len(queries), np.float32)
    for start in range(0, len(queries), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        x = queries[part].astype(np.float64)
        if metric == "euclidean":
            present = np.isfinite(biases[part])
            exact = np.where(present, _pair_distances(x, weights[part]), -np.inf)
        else:
            exact = (x * weights[part]).sum(axis=1) + biases[part]
        exact_scores[part] = exact
    return exact_scores


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The best classes of each query. columns ``(n, k)`` int64, best first; scores ``(n, k)``."""

    columns: Integers
    scores: Floats


def ranking(
    queries: Floats,
    score_matrix: Floats,
    k: int,
    rows: Rows,
    longest: float,
    metric: Metric,
    adjustment: Adjustment | None = None,
) -> Ranking:
    """Return the k best classes of each query, best first; of equal ones the older comes first.

    The answer does not depend on k, nor on which queries are scored together: classes that
    ``score_matrix`` cannot tell apart, for the rounding of a matrix product, are scored again by
    :func:`pair_scores`.

    Args:
        queries: (n, d) float32.
        score_matrix: (n, K) float32, as :func:`scores` returns them.
        k: from 1 to K.
        rows: gives the weights and biases of some columns.
        longest: length of the longest of all weights.
        metric: of the scores.
        adjustment: what else than the weights the scores depend on.

    Returns:
        (n, k) each.
    """
    n, classes = score_matrix.shape
    kth = np.partition(score_matrix, classes - k, axis=1)[:, classes - k]
    lengths = np.sqrt(np.einsum("nd,nd->n", queries, queries, dtype=np.float64))
    products = queries.shape[1] * lengths * longest
    if metric == "euclidean":  # products are of float64, where only the sum is rounded to float32
        wide = queries.shape[1] * (lengths**2 + longest**2)
        rounding = np.finfo(np.float64).eps * wide + np.finfo(np.float32).eps * np.abs(kth)
    else:
        rounding = np.finfo(np.float32).eps * (products + np.abs(kth))
    cut = kth - 2.0 * np.where(np.isfinite(rounding), rounding, 0.0)
    query, column = np.nonzero(score_matrix >= cut[:, None])
    if n == 1:  # the columns of one query ascend, and each is there once
        distinct, place = column, np.arange(len(column))
    else:
        distinct, place = np.unique(column, return_inverse=True)
    weights, biases = rows(distinct)
    exact = np.empty(len(query), np.float32)
    for start in range(0, len(query), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        at = place[part]
        exact[part] = pair_scores(queries[query[part]], weights[at], biases[at], metric)
        if adjustment is not None:
            exact[part] = adjustment(queries[query[part]], column[part], exact[part])
    order = np.lexsort((column, -exact, query))
    first = np.searchsorted(query, np.arange(n))  # ``query`` ascends, and so it does in ``order``
    best = order[first[:, None] + np.arange(k)]
    return Ranking(column[best], exact[best])
