"""Average linkage over groups that are counts and sums, as classes are.

The mean squared distance between the documents of two groups follows from their counts, sums and
squared lengths alone, so that nothing else of a document is needed. Groups are merged while that
mean is below a height. Choosing the height is ``spread``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import sums_by_class
from protolabel.arithmetic.neighbour_chains import groups_after, merges
from protolabel.arrays import Doubles, Floats, Labels, Positions


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

    @classmethod
    def none(cls, groups: int, dim: int) -> Moments:
        """Return groups without documents."""
        return cls(np.zeros(groups), np.zeros((groups, dim)), np.zeros(groups))

    def plus(self, other: Moments) -> Moments:
        """Return the moments with those of more documents of the same groups."""
        return Moments(
            self.counts + other.counts, self.sums + other.sums, self.squares + other.squares
        )

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
        """Return some of the groups, in that order.

        *Shape:* ``(k,)``, places of groups.
        """
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


def average_groups(moments: Moments, height: float) -> Labels:
    """Merge the nearest groups while their mean squared distance is below a height.

    Args:
        moments: of m groups.
        height: mean squared distance from which groups stay apart.

    Returns:
        ``(m,)``: the merged group of each, numbered from 0 by their first members.
    """
    near = moments.distances(moments).astype(np.float32)
    return groups_after(merges(near, moments.counts, _average, height), len(moments.counts))


def _average(near: Floats, counts: Doubles, one: int, two: int) -> Floats:
    """Return the mean squared distances (UPGMA) from two groups that become one: ``(m,)``."""
    total = counts[one] + counts[two]
    return np.asarray((counts[one] * near[one] + counts[two] * near[two]) / total)
