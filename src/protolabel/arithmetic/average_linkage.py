"""Average linkage over groups that are counts and sums, as classes are.

The mean squared distance between the documents of two groups follows from their counts, sums and
squared lengths alone, so that nothing else of a document is needed. Groups are merged while that
mean is below a height. Choosing the height is ``spread``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import sums_by_class
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Positions


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Counts ``(m,)``, sums ``(m, d)`` and summed squared lengths ``(m,)`` of m groups, float64."""

    counts: Doubles
    sums: Doubles
    squares: Doubles

    @classmethod
    def of(cls, vectors: Floats, labels: Labels, groups: int) -> Moments:
        """Return the moments of labelled vectors. *Shape:* ``(n, d)``, ``(n,)``; -1 is no group."""
        is_grouped = labels >= 0
        vectors, labels = vectors[is_grouped], labels[is_grouped]
        lengths = np.square(vectors, dtype=np.float64).sum(axis=1)
        return cls(
            _totals(labels, np.ones(len(labels)), groups),
            sums_by_class(vectors, labels, groups),
            _totals(labels, lengths, groups),
        )

    @classmethod
    def of_each(cls, vectors: Floats) -> Moments:
        """Return each vector as a group of its own. *Shape:* ``(n, d)``."""
        return cls.of(vectors, np.arange(len(vectors)), len(vectors))

    def joined(self, labels: Labels, groups: int) -> Moments:
        """Return the moments after merging. *Shape:* labels ``(m,)``; -1 is left out."""
        is_grouped = labels >= 0
        labels = labels[is_grouped]
        return Moments(
            _totals(labels, self.counts[is_grouped], groups),
            sums_by_class(self.sums[is_grouped], labels, groups),
            _totals(labels, self.squares[is_grouped], groups),
        )

    def only(self, groups: Positions) -> Moments:
        """Return some of the groups, in that order."""
        return Moments(self.counts[groups], self.sums[groups], self.squares[groups])

    def distances(self, other: Moments) -> Doubles:
        """Return the mean squared distance between the documents of each pair of groups.

        *Shape:* m groups here and k there -> ``(m, k)``. Lower is nearer.
        """
        means, other_means = self.sums / self.counts[:, None], other.sums / other.counts[:, None]
        squares = (self.squares / self.counts)[:, None] + other.squares / other.counts
        return np.asarray(np.maximum(squares - 2.0 * means @ other_means.T, 0.0))

    def scatter(self) -> Doubles:
        """Return the mean squared distance of each group's documents to their mean: ``(m,)``."""
        means = self.sums / self.counts[:, None]
        return np.asarray(np.maximum(self.squares / self.counts - (means**2).sum(axis=1), 0.0))


def _totals(labels: Labels, values: Doubles, groups: int) -> Doubles:
    return np.bincount(labels, values, minlength=groups).astype(np.float64)


def merged(moments: Moments, height: float) -> Labels:
    """Merge the nearest groups while their mean squared distance is below a height.

    Average linkage (UPGMA) is reducible: merging in the order of nearest-neighbour chains gives the
    same tree as always merging the nearest pair, in O(m²) time and memory.

    Args:
        moments: of m groups.
        height: mean squared distance from which groups stay apart.

    Returns:
        ``(m,)``: the merged group of each, numbered from 0 by their first members.

    Source:
        Murtagh and Contreras 2012, "Algorithms for hierarchical clustering", section 3.
    """
    m = len(moments.counts)
    near = moments.distances(moments).astype(np.float32)
    np.fill_diagonal(near, np.inf)
    counts, alive = moments.counts.copy(), np.ones(m, np.bool_)
    parent = np.arange(m)
    chain: list[int] = []
    first = 0
    while True:
        if not chain:
            while first < m and not alive[first]:
                first += 1
            if first == m:
                break
            chain.append(first)
        top = chain[-1]
        neighbour = int(near[top].argmin())
        distance = near[top, neighbour]
        if len(chain) > 1 and near[top, chain[-2]] <= distance:
            neighbour = chain[-2]
        if distance >= height:  # nothing that is near enough: all of the chain stays as it is
            for done in chain:
                _take_out(near, alive, done)
            chain.clear()
        elif len(chain) > 1 and neighbour == chain[-2]:
            chain[-2:] = []
            keep, neighbour = min(top, neighbour), max(top, neighbour)
            total = counts[keep] + counts[neighbour]
            row = (counts[keep] * near[keep] + counts[neighbour] * near[neighbour]) / total
            row[keep] = np.inf
            near[keep], near[:, keep], counts[keep] = row, row, total
            parent[neighbour] = keep
            _take_out(near, alive, neighbour)
        else:
            chain.append(neighbour)
    return _root_numbers(parent)


def _take_out(near: Floats, alive: Mask, group: int) -> None:
    near[group] = np.inf
    near[:, group] = np.inf
    alive[group] = False


def _root_numbers(parent: Integers) -> Labels:
    """Return the root of each, numbered from 0 in order. A parent is never above its child."""
    root = parent.copy()
    for i, p in enumerate(parent):
        root[i] = i if p == i else root[p]
    return np.asarray(np.unique(root, return_inverse=True)[1], np.int64)
