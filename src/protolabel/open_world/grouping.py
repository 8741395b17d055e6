"""Groups documents without labels by their vectors, however many they are.

Few documents are merged one by one. Of many, ``cells`` are merged by the same rule. Which rule it
is depends on whether the classes that are there say how near documents of one class lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.average_linkage import Moments, average_groups
from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.spread import GroupLimits, limits_of, pool_distance, spread_of
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.ward import ward_groups
from protolabel.arrays import Floats, Labels, Positions
from protolabel.open_world.cells import CHUNK, directions_of, sample
from protolabel.progress import Progress, Step, silent


@dataclass(frozen=True, slots=True, eq=False)
class MergedDocuments:
    """Documents that are merged into groups, of which some are too small.

    Attributes:
        vectors: ``(n, d)``, perhaps in a file.
        labels: the group of each document ``(n,)``, from 0.
        limits: of vectors that are not weighted.
    """

    vectors: Floats
    labels: Labels
    limits: GroupLimits

    @classmethod
    def of(cls, vectors: Floats, support: Support, cells: Labels | None = None) -> MergedDocuments:
        """Merge documents.

        Args:
            vectors: ``(n, d)``, perhaps in a file.
            support: the examples of the classes that are there.
            cells: the cell of each document ``(n,)``, from 0; None to merge one by one.
        """
        some = sample(vectors)
        limits = limits_of(some, support)
        if not len(vectors):
            return cls(vectors, np.empty(0, np.int64), limits)
        directions = directions_of(some, support)
        if cells is None:
            moments = Moments.of_each(directions.weighted(np.asarray(vectors)))
            labels = _merged(moments, some, support, directions)
        else:
            cells = np.unique(cells, return_inverse=True)[1]
            moments = moments_of(vectors, cells, int(cells.max()) + 1, directions)
            labels = _merged(moments, some, support, directions)[cells]
        return cls(vectors, _rejoined(vectors, labels, limits.rejoin), limits)

    def groups(self, least: int, progress: Progress = silent) -> tuple[Labels, Moments]:
        """Return the groups of at least so many documents.

        Args:
            least: members of the smallest group. Documents of smaller ones, and those that are too
                far from the others of their group, go to the nearest group, or to none. Groups
                that are too small after that are noise.
            progress: follows how many documents have a group.

        Returns:
            The group of each document ``(n,)``, largest first, and -1 for noise; and the moments of
            the groups.
        """
        if not len(self.vectors):
            return self.labels, moments_of(self.vectors, self.labels, 0)
        large = _largest_first(self.labels, least)
        labels = _largest_first(_filed(self.vectors, large, self.limits, progress), least)
        return labels, moments_of(self.vectors, labels, int(labels.max()) + 1)


def nearest_first(vectors: Floats, labels: Labels, moments: Moments, group: int) -> Positions:
    """Return the documents of a group, nearest to its mean first.

    *Shape:* vectors ``(n, d)`` and their groups ``(n,)`` -> ``(m,)``, places of the m documents.
    """
    places = np.flatnonzero(labels == group)
    mean = moments.sums[group] / moments.counts[group]
    far = ((np.asarray(vectors[places], np.float64) - mean) ** 2).sum(axis=1)
    return places[np.argsort(far, kind="stable")]


def moments_of(
    vectors: Floats, labels: Labels, groups: int, directions: Directions | None = None
) -> Moments:
    """Return the moments of groups, with few vectors in memory at once.

    They are of weighted vectors where there are ``directions``.

    *Shape:* ``(n, d)``, and the group of each ``(n,)``.
    """
    total = Moments.none(groups, (vectors if directions is None else directions.axes).shape[1])
    for at in range(0, len(vectors), CHUNK):
        part = np.asarray(vectors[at : at + CHUNK])
        if directions is not None:
            part = directions.weighted(part)
        total = total.plus(Moments.of(part, labels[at : at + CHUNK], groups))
    return total


def _merged(
    moments: Moments, documents: Floats, support: Support, directions: Directions
) -> Labels:
    """Return the group of each of m documents or cells ``(m,)``, from their weighted moments.

    ``documents``: some of them, not weighted.
    """
    spread = spread_of(support, directions)
    if spread is None:
        return ward_groups(moments, pool_distance(documents, support, directions))
    return average_groups(moments, spread.height)


def _rejoined(vectors: Floats, labels: Labels, distance: float) -> Labels:
    """Return the groups once those nearer than a distance are joined; all are kept if it is 0.

    If most of a pool is one class, the weights favour the directions in which that class itself
    varies, and its documents look far apart. The height is measured on the examples and does not
    grow with them. So the class is cut into several groups.
    """
    if not distance:
        return labels
    return average_groups(moments_of(vectors, labels, int(labels.max()) + 1), distance)[labels]


def _largest_first(labels: Labels, least: int) -> Labels:
    """Return the groups ``(n,)`` numbered anew: largest first, -1 for those below ``least``."""
    sizes = np.bincount(labels[labels >= 0])
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] >= least]
    numbers = np.full(len(sizes) + 1, -1)  # the last one is that of no group, -1
    numbers[order] = np.arange(len(order))
    return numbers[labels]


def _filed(vectors: Floats, labels: Labels, limits: GroupLimits, progress: Progress) -> Labels:
    """Return the groups of documents once none is too far from its own.

    A document that is, or that has none, goes to the nearest group within reach, or to none.
    Distances are of vectors that are not weighted: what is like nothing else lies in a direction of
    its own, which counts for little.
    """
    n, groups = len(labels), int(labels.max()) + 1
    if not groups:
        return labels
    moments = moments_of(vectors, labels, groups)
    filed = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        own = labels[at : at + CHUNK]
        far = Moments.of_each(np.asarray(vectors[at : at + CHUNK])).distances(moments)
        rows, nearest = np.arange(len(far)), far.argmin(axis=1)
        stays = (own >= 0) & (far[rows, own] < limits.hold)
        new = np.where(far[rows, nearest] < limits.reach, nearest, -1)
        filed[at : at + CHUNK] = np.where(stays, own, new)
        progress(Step("documents grouped", min(n, at + CHUNK), n))
    return filed
