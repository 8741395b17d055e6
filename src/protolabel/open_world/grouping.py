"""Groups documents without labels by their vectors, however many they are.

Up to ``MOST_WHOLE`` documents are merged one by one. More are first put into cells by k-means
(scikit-learn's, over mini-batches), and the cells are merged by the same rule. Which rule it is
depends on whether the classes that are there say how near documents of one class lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.average_linkage import Moments, merged
from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.spread import Limits, Spread, limits_of, pool_distance, spread_of
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.ward import ward_merged
from protolabel.arrays import Floats, Labels, Positions
from protolabel.import_lock import one_import
from protolabel.progress import Progress, Step, silent

MOST_WHOLE = 4000  # documents that are merged one by one: three seconds
CELLS = 2000
ROUNDS = 3  # in which k-means sees each document, where they are not too many
MOST_SEEN = 300_000  # documents that k-means sees in all
MOST_SAMPLED = 20_000  # documents that say in which directions they vary, and how far apart
CHUNK = 8192  # vectors that are in memory at once


def grouped(
    vectors: Floats, support: Support, least: int, progress: Progress = silent
) -> tuple[Labels, Moments]:
    """Group vectors that lie about as near as the documents of one class do.

    The arguments are those of :meth:`MergedPool.of` and :meth:`MergedPool.groups`.
    """
    return MergedPool.of(vectors, support, progress).groups(least, progress)


@dataclass(frozen=True, slots=True, eq=False)
class MergedPool:
    """Documents that are merged into groups, of which some are too small.

    ``first``: the group of each document ``(n,)``, from 0. ``limits``: of vectors that are not
    weighted.
    """

    vectors: Floats
    first: Labels
    limits: Limits
    pool: _Pool | None  # None without a document

    @classmethod
    def of(cls, vectors: Floats, support: Support, progress: Progress = silent) -> MergedPool:
        """Merge vectors.

        Args:
            vectors: ``(n, d)``, perhaps in a file.
            support: the examples of the classes that are there.
            progress: hears how many documents have a group.
        """
        sample = sampled(vectors)
        limits = limits_of(sample, support)
        if not len(vectors):
            return cls(vectors, np.empty(0, np.int64), limits, None)
        pool = _Pool.of(vectors, sample, support)
        if len(vectors) <= MOST_WHOLE:
            first = pool.merged(Moments.of_each(pool.weighted(slice(None))))
        else:
            cells = _cells(pool, progress)
            n_cells = int(cells.max()) + 1
            first = pool.merged(moments_of(vectors, cells, n_cells, pool.directions))[cells]
        return cls(vectors, _joined(vectors, first, limits.union), limits, pool)

    def groups(self, least: int, progress: Progress = silent) -> tuple[Labels, Moments]:
        """Return the groups of at least so many documents.

        Args:
            least: members of the smallest group. Documents of smaller ones, and those that are too
                far from the others of their group, go to the nearest group, or to none. Groups
                that are too small after that are noise.
            progress: hears how many documents have a group.

        Returns:
            The group of each document ``(n,)``, largest first, and -1 for noise; and the moments of
            the groups.
        """
        vectors = self.vectors
        if self.pool is None:
            return self.first, moments_of(vectors, self.first, 0)
        n_groups = int(self.first.max()) + 1
        large = largest_first(self.first, n_groups, least)[self.first]
        labels = _filed(vectors, large, self.limits, progress)
        labels = largest_first(labels, n_groups, least)[labels]
        if len(vectors) > MOST_WHOLE:
            steps = _steps(len(vectors))
            progress(Step("documents grouped", steps, steps))
        return labels, moments_of(vectors, labels, int(labels.max()) + 1)


def sampled(vectors: Floats) -> Floats:
    """Return some of the vectors, evenly spaced, in memory."""
    return np.asarray(vectors[:: max(1, -(-len(vectors) // MOST_SAMPLED))])


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Documents to be grouped, by the directions in which they and the examples vary.

    Attributes:
        vectors: ``(n, d)``, perhaps in a file.
        directions: by which they are weighted.
        spread: of the classes, weighted; None where they say too little.
        unit: mean squared distance of two documents or, if larger, of two classes, weighted.
    """

    vectors: Floats
    directions: Directions
    spread: Spread | None
    unit: float

    @classmethod
    def of(cls, vectors: Floats, sample: Floats, support: Support) -> _Pool:
        """Return documents, of which there is a sample, with what the examples say of them."""
        examples = support.embeddings[support.documents()]
        directions = Directions.of(np.concatenate([sample, examples]))
        unit = pool_distance(sample, support, directions)
        return cls(vectors, directions, spread_of(support, directions), unit)

    def weighted(self, rows: Positions | slice) -> Floats:
        """Return some of the vectors, weighted."""
        return self.directions.weighted(np.asarray(self.vectors[rows]))

    def merged(self, moments: Moments) -> Labels:
        """Return the group of each of m groups of documents: ``(m,)``."""
        if self.spread is None:
            return ward_merged(moments, self.unit)
        return merged(moments, self.spread.height)


def largest_first(labels: Labels, groups: int, least: int) -> Labels:
    """Return the new number of each group ``(groups + 1,)``: largest first, -1 below ``least``.

    The last one is -1, so that it can be indexed by labels ``(n,)`` of which -1 is no group.
    """
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] >= least]
    place = np.full(groups + 1, -1)
    place[order] = np.arange(len(order))
    return place


def nearest_first(vectors: Floats, labels: Labels, moments: Moments, group: int) -> Positions:
    """Return the documents of a group, nearest to its mean first."""
    places = np.flatnonzero(labels == group)
    mean = moments.sums[group] / moments.counts[group]
    far = ((np.asarray(vectors[places], np.float64) - mean) ** 2).sum(axis=1)
    return places[np.argsort(far, kind="stable")]


def _cells(pool: _Pool, progress: Progress) -> Labels:
    """Return cells of like documents, by k-means: ``(n,)``, numbered from 0 without gaps."""
    with one_import():
        from sklearn.cluster import MiniBatchKMeans

    n, rng = len(pool.vectors), np.random.default_rng(0)
    means = MiniBatchKMeans(
        CELLS, init="random", n_init=1, batch_size=CHUNK, random_state=0, reassignment_ratio=0.0
    )
    steps = _steps(n)
    n_seen = steps - 2 * n
    for at in range(0, n_seen, CHUNK):
        rows = np.sort(rng.choice(n, min(CHUNK, n), replace=False))
        means.partial_fit(pool.weighted(rows))
        progress(Step("documents grouped", at, steps))
    cells = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        cells[at : at + CHUNK] = means.predict(pool.weighted(slice(at, at + CHUNK)))
        progress(Step("documents grouped", n_seen + at, steps))
    return np.asarray(np.unique(cells, return_inverse=True)[1], np.int64)


def _steps(n: int) -> int:
    """Return of how many steps the grouping of many documents is: seen, put into cells, filed."""
    return min(n * ROUNDS, MOST_SEEN) + 2 * n


def _joined(vectors: Floats, labels: Labels, limit: float) -> Labels:
    """Return the groups once those are joined that lie as near as parts of one class do.

    Where most of a pool is of one kind, what its own documents differ in weighs much, and weighted
    vectors part them. The examples do not vary so, and their height hardly follows.
    """
    if not limit:
        return labels
    return merged(moments_of(vectors, labels, int(labels.max()) + 1), limit)[labels]


def _filed(vectors: Floats, labels: Labels, limits: Limits, progress: Progress) -> Labels:
    """Return the groups of documents once none is too far from its own.

    A document that is, or that has none, goes to the nearest group within reach, or to none.
    Distances are of vectors that are not weighted: what is like nothing else lies in a direction of
    its own, which counts for little.
    """
    n, groups = len(labels), int(labels.max()) + 1
    if not groups:
        return labels
    moments = moments_of(vectors, labels, groups)
    result = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        own = labels[at : at + CHUNK]
        far = Moments.of_each(np.asarray(vectors[at : at + CHUNK])).distances(moments)
        rows, nearest = np.arange(len(far)), far.argmin(axis=1)
        stays = (own >= 0) & (far[rows, own] < limits.hold)
        new = np.where(far[rows, nearest] < limits.reach, nearest, -1)
        result[at : at + CHUNK] = np.where(stays, own, new)
        if n > MOST_WHOLE:
            progress(Step("documents grouped", _steps(n) - n + at, _steps(n)))
    return result


def moments_of(
    vectors: Floats, labels: Labels, groups: int, directions: Directions | None = None
) -> Moments:
    """Return the moments of groups, with few vectors in memory at once.

    They are of weighted vectors where there are ``directions``.
    """
    total = Moments.none(groups, (vectors if directions is None else directions.axes).shape[1])
    for at in range(0, len(vectors), CHUNK):
        part = np.asarray(vectors[at : at + CHUNK])
        if directions is not None:
            part = directions.weighted(part)
        total = total.plus(Moments.of(part, labels[at : at + CHUNK], groups))
    return total
