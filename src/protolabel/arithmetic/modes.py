"""The modes of a class: places where its examples lie, beside the class's own weights.

A class of several kinds of documents, such as invoices in five layouts, has no one centre. With
modes, a class's score is partly that of its nearest mode. How large a part is one number for all
classes, which ``mode_share`` chooses from documents that were scored without themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.class_totals import sums_by_class
from protolabel.arithmetic.lbfgs import Stop
from protolabel.arithmetic.scores import LinearModel, Matrix
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Labels, Positions, unit

MOST_MODES = 20  # of a class: decision 43
MOST_ROWS = 10_000  # modes of all classes: 15 MB at 384 dimensions
WEIGHED_AS = 5.0  # documents at which a class's share is half of what it is with many
ROUNDS = 10  # of k-means
HIGHEST = 0.1  # of the documents of other classes: those that decide what a class's score is worth
MOST_OUTSIDERS = 2_000  # documents that are looked at for it
CELLS = 2**22  # scores of modes computed together: 16 MB
PAIRS_AT_ONCE = 512  # exact scores computed together: 31 MB at 20 modes of 384 dimensions


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """Modes of K classes that have weights of their own besides.

    vectors ``(m, d)`` float32, of unit length; columns ``(m,)`` int64, ascending: the class of
    each. offsets ``(K,)`` float32: what a class's nearest mode scores above its weights, for the
    documents of other classes that are nearest to either. trust ``(K,)`` float32: n / (n + 5) for
    n documents, 0 for a class without a mode. ``share``: of the nearest mode in the score.
    """

    vectors: Floats
    columns: Labels
    offsets: Floats
    trust: Floats
    share: float

    def __post_init__(self) -> None:
        for array in (self.vectors, self.columns, self.offsets, self.trust):
            array.flags.writeable = False  # views share them

    def with_share(self, share: float) -> Modes:
        """Return the same with another share."""
        return replace(self, share=share)

    def of_class(self, column: int) -> Floats:
        """Return the modes of one class. *Shape:* ``(m, d)``."""
        low, high = np.searchsorted(self.columns, [column, column + 1]).tolist()
        return self.vectors[low:high]

    def moves(self, queries: Matrix, linear: Matrix) -> Matrix:
        """Return what a share of 1 adds to each score.

        trust_k (max_m x.c_m - offset_k - s_k), c_m being the modes of class k and s_k its score by
        its weights: 0 for a class without a mode or without a score.

        *Shape:* queries ``(n, d)``, scores by the weights ``(n, K)`` -> ``(n, K)``.
        """
        moves = np.zeros_like(linear)
        classes, starts = np.unique(self.columns, return_index=True)
        vectors: Matrix = self.vectors.astype(queries.dtype, copy=False)
        step = max(1, CELLS // max(1, len(vectors)))
        for start in range(0, len(queries) if len(classes) else 0, step):
            part = slice(start, start + step)
            nearest = np.maximum.reduceat(queries[part] @ vectors.T, starts, axis=1)
            class_scores = linear[part, classes]
            gap = (
                nearest
                - self.offsets[classes]
                - np.where(np.isfinite(class_scores), class_scores, 0)
            )
            moves[part, classes] = np.where(np.isfinite(class_scores), self.trust[classes] * gap, 0)
        return moves

    def scores(self, queries: Matrix, linear: Matrix) -> Matrix:
        """Return the scores of queries by weights and nearest modes, from those by the weights.

        *Shape:* queries ``(n, d)``, linear ``(n, K)`` -> ``(n, K)``, of the type of ``linear``.
        """
        moves = self.moves(queries, linear)
        moves *= linear.dtype.type(self.share)
        moves += linear
        return moves

    def deciding(self, queries: Matrix, column: int, linear: Matrix) -> Positions:
        """Return the mode that raises the score of a class for each query: a row of ``vectors``.

        It is the nearest mode of that class, or -1 where it raises nothing.

        *Shape:* queries ``(n, d)``, scores of the class by its weights ``(n,)`` -> ``(n,)`` int64.
        """
        low, high = np.searchsorted(self.columns, [column, column + 1]).tolist()
        if low == high or self.share <= 0 or self.trust[column] <= 0:
            return np.full(len(queries), -1)
        products = queries @ self.vectors[low:high].T.astype(queries.dtype, copy=False)
        raises = products.max(axis=1) - self.offsets[column] > linear
        return np.where(raises, low + products.argmax(axis=1), -1)

    def pair_scores(self, queries: Floats, columns: Positions, linear: Floats) -> Floats:
        """Return the score of each query against one class, as :meth:`scores`, in float64.

        It depends on that query and that class alone, as that of ``scores.pair_scores`` does.

        *Shape:* queries ``(p, d)``, columns and scores by the weights ``(p,)`` -> ``(p,)`` float32.
        """
        exact = linear.astype(np.float64)
        low = np.searchsorted(self.columns, columns)
        counts = np.searchsorted(self.columns, columns, side="right") - low
        owned = np.flatnonzero((counts > 0) & np.isfinite(linear))
        for start in range(0, len(owned), PAIRS_AT_ONCE):
            pairs = owned[start : start + PAIRS_AT_ONCE]
            starts = np.cumsum(counts[pairs]) - counts[pairs]
            pair = np.repeat(pairs, counts[pairs])
            mode = np.arange(len(pair)) - np.repeat(starts, counts[pairs]) + low[pair]
            products = (queries[pair].astype(np.float64) * self.vectors[mode]).sum(axis=1)
            gap = np.maximum.reduceat(products, starts) - self.offsets[columns[pairs]]
            exact[pairs] += self.share * self.trust[columns[pairs]] * (gap - exact[pairs])
        return exact.astype(np.float32)


def modes_of(
    support: Support, model: LinearModel, *, should_stop: Stop | None = None
) -> Modes | None:
    """Return the modes of each class, at share 0.

    Where a class has few documents, each is a mode; where it has more, they are the centres of
    k-means over its documents. Copies and near copies of a document count once. The order of the
    examples does not matter.

    Args:
        support: the examples.
        model: the classes' weights.
        should_stop: asked before each class.

    Returns:
        None where the metric is not the cosine, where no class has two documents, where there are
        too many classes, or where ``should_stop`` said so.
    """
    order = support.order()  # class by class
    rows = order[np.isin(order, support.independent())]
    labels = support.labels[rows]
    classes, counts = np.unique(labels, return_counts=True)
    most = min(MOST_MODES, MOST_ROWS // max(1, len(classes)))
    if support.metric != "cosine" or most < 2 or not (counts > 1).any():
        return None
    vectors: list[Floats] = []
    columns: list[Labels] = []
    ends = np.cumsum(counts).tolist()
    for label, end, count in zip(classes.tolist(), ends, counts.tolist(), strict=True):
        if should_stop is not None and should_stop():
            return None
        class_vectors = unit(support.embeddings[rows[end - count : end]])
        centres = class_vectors if count <= most else _centres(class_vectors, most)
        vectors.append(centres)
        columns.append(np.full(len(centres), label))
    trust = np.zeros(support.n_classes, np.float32)
    trust[classes] = counts / (counts + WEIGHED_AS)
    modes = Modes(
        np.concatenate(vectors),
        np.concatenate(columns),
        np.zeros(support.n_classes, np.float32),
        trust,
        0.0,
    )
    step = -(-len(rows) // MOST_OUTSIDERS)
    sample = rows[::step]
    return replace(
        modes, offsets=_offsets(modes, model, support.embeddings[sample], labels[::step])
    )


def _offsets(modes: Modes, model: LinearModel, vectors: Floats, labels: Labels) -> Floats:
    """Return what the nearest mode of each class scores above its weights: ``(K,)`` float32.

    Both for the tenth of the documents of other classes that score highest by it. The more modes a
    class has, the nearer is the nearest one to anything: without the offset, classes of many
    examples would take documents from classes of few.
    """
    linear = model.scores(vectors)
    full = replace(modes, trust=np.ones_like(modes.trust))
    gaps = full.moves(vectors, linear)
    offsets = np.zeros(len(modes.trust), np.float32)
    for k in np.unique(modes.columns).tolist():
        outside = labels != k
        class_scores = linear[outside, k].astype(np.float64)
        most = max(3, math.ceil(HIGHEST * len(class_scores)))
        if len(class_scores) and np.isfinite(class_scores).all():
            near = class_scores + gaps[outside, k]
            offsets[k] = np.sort(near)[-most:].mean() - np.sort(class_scores)[-most:].mean()
    return offsets


def _centres(vectors: Floats, most: int) -> Floats:
    """Return the centres of k-means by the cosine. *Shape:* ``(n, d)`` -> ``(k, d)`` float32.

    Source:
        Dhillon and Modha 2001, "Concept decompositions for large sparse text data using
        clustering"; first centres by Arthur and Vassilvitskii 2007, "k-means++".
    """
    rng = np.random.default_rng(0)
    medoids = [int(rng.integers(len(vectors)))]
    distance = np.full(len(vectors), np.inf)
    while len(medoids) < most:
        away = np.maximum(1.0 - vectors @ vectors[medoids[-1]].astype(np.float64), 0.0)
        distance = np.minimum(distance, away)
        total = distance.sum()
        if total <= 1e-9:  # no further different vector
            break
        reached = np.searchsorted(np.cumsum(distance), rng.random() * total)
        medoids.append(min(int(reached), len(vectors) - 1))
    centres = vectors[medoids]
    nearest = np.full(len(vectors), -1)
    for _ in range(ROUNDS):
        before, nearest = nearest, (vectors @ centres.T).argmax(axis=1)
        if np.array_equal(before, nearest):
            break
        distinct, nearest = np.unique(nearest, return_inverse=True)
        centres = unit(sums_by_class(vectors, nearest, len(distinct)))
    return centres
