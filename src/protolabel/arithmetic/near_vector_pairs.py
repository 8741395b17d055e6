"""Vectors that differ in rounding alone, brought up to date after a change.

``near_vectors.first_copies`` says which vectors these are, from all of them. Here the pairs of near
ones are kept, so that only vectors that come are compared with the others. Which of a pair stands
for the other is decided anew each time, as there. Equal vectors have one hash, and count once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.vector_hashes import Hashes
from protolabel.arrays import Doubles, Floats, Mask, Positions
from protolabel.copies.near_points import near_point_pairs
from protolabel.copies.near_vectors import (
    COMPARISONS,
    LIMIT,
    WIDER,
    lengths_of,
    projection,
    rounded_spread,
)
from protolabel.row_parts import row_parts

MOST_CHANGED = 0.02  # of the vectors, beyond which all are compared anew
MOST_PAIRS = 5000  # of near vectors: where there are more, nothing is kept


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the spread of n different vectors follows from, when some come and go.

    centre ``(d,)``: close to their mean; total ``(d,)`` and squares: sums of what they differ from
    it, and of the squares of that.
    """

    n: int
    centre: Doubles
    total: Doubles
    squares: float

    @classmethod
    def of(cls, vectors: Floats) -> Moments:
        """Return the moments of different vectors ``(n, d)``."""
        centre = vectors.mean(axis=0, dtype=np.float64)
        return cls(0, centre, np.zeros(len(centre)), 0.0).with_vectors(vectors, +1)

    def with_vectors(self, vectors: Floats, sign: int) -> Moments:
        """Return the moments with m more vectors ``(m, d)`` (``sign`` +1), or without some (-1)."""
        total, squares = self.total.copy(), self.squares
        for part in row_parts(*vectors.shape):
            apart = vectors[part] - self.centre
            total += sign * apart.sum(axis=0)
            squares += sign * float(np.square(apart).sum())
        return Moments(self.n + sign * len(vectors), self.centre, total, squares)

    @property
    def spread(self) -> float:
        """The root mean square distance from the mean, rounded down."""
        variance = (self.squares - float(np.square(self.total).sum()) / self.n) / self.n
        return rounded_spread(float(np.sqrt(max(0.0, variance))))


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Which of n vectors are near each other.

    hashes ``(n,)``, points ``(n, p)`` and lengths ``(n,)``: of each vector; pairs ``(m, 2)``: the
    hashes of near ones; compared: pairs that a search finds at most, each one counted from both
    sides; moments and spread: of the different vectors.
    """

    hashes: Hashes
    points: Doubles
    lengths: Doubles
    pairs: Hashes
    compared: int
    moments: Moments
    spread: float

    @classmethod
    def of(cls, vectors: Floats, hashes: Hashes) -> NearPairs | None:
        """Return the near pairs of vectors; None where they are too many to be kept.

        *Shape:* vectors ``(n, d)``, hashes ``(n,)``.
        """
        _, first, place = np.unique(hashes, return_index=True, return_inverse=True)
        repeated = np.flatnonzero(first[place.reshape(-1)] != np.arange(len(hashes)))
        if len(first) < 2 or (vectors[repeated] != vectors[first[place[repeated]]]).any():
            return None
        points, lengths = projection(vectors), lengths_of(vectors)
        moments = Moments.of(vectors[np.sort(first)] if len(repeated) else vectors)
        spread = moments.spread
        radius = WIDER**2 * LIMIT * spread
        near_points = near_point_pairs(points[first], radius)
        if near_points is None or len(near_points) > (COMPARISONS * len(first) - len(first)) / 2:
            return None
        compared = len(first) + 2 * len(near_points)
        near = first[near_points]
        one, other = near[are_near_vectors(vectors, lengths, spread, near)].T
        pairs = np.stack([hashes[one], hashes[other]], axis=1)
        if len(pairs) > MOST_PAIRS:
            return None
        return cls(hashes, points, lengths, pairs, compared, moments, spread)

    def after(
        self, change: RowChange, before: Floats, vectors: Floats, hashes: Hashes
    ) -> NearPairs | None:
        """Return the near pairs after a change; None where all must be compared anew.

        Args:
            change: of the rows.
            before: (m, d), the vectors until then.
            vectors: (n, d), those from then on.
            hashes: (n,), theirs.
        """
        if change.share > MOST_CHANGED:
            return None
        fresh = vectors[change.fresh]
        points = change.column(self.points, projection(fresh))
        lengths = change.column(self.lengths, lengths_of(fresh))
        come = _rows_of_new(hashes, change.fresh, self.hashes)
        went = _rows_of_new(self.hashes, change.lost, hashes)
        if not _are_equal(vectors, hashes, change.fresh):
            return None
        moments = self.moments.with_vectors(vectors[come], +1).with_vectors(before[went], -1)
        if moments.n < 2 or moments.spread != self.spread:
            return None
        lost = self.hashes[went]
        pairs = self.pairs[~np.isin(self.pairs, lost).any(axis=1)] if len(lost) else self.pairs
        more, compared = [pairs], self.compared
        for row in come.tolist():
            around = _around(points, row, WIDER**2 * LIMIT * self.spread)
            around = around[hashes[around] != hashes[row]]
            compared += 1 + 2 * len(around)
            sought = np.stack([np.full(len(around), row), around], axis=1)
            near = around[are_near_vectors(vectors, lengths, self.spread, sought)]
            near_hashes = np.unique(hashes[near])
            more.append(np.stack([np.full(len(near_hashes), hashes[row]), near_hashes], axis=1))
        pairs = _once(np.concatenate(more))
        if compared > COMPARISONS * moments.n or len(pairs) > MOST_PAIRS:
            return None
        return NearPairs(hashes, points, lengths, pairs, compared, moments, self.spread)

    def leaders(self, vectors: Floats) -> Hashes:
        """Return the hash of the vector that stands for each: ``(n, d)`` -> ``(n,)``."""
        if not len(self.pairs):
            return self.hashes
        neighbours: dict[int, list[int]] = {}
        for one, other in self.pairs.tolist():
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
        order = np.argsort(self.hashes)
        sought = np.array(list(neighbours), np.uint64)
        rows = order[np.searchsorted(self.hashes[order], sought)]
        components = np.asarray(vectors[rows], "<f4") + np.float32(0.0)
        contents = {h: row.tobytes() for h, row in zip(neighbours, components, strict=True)}
        leader_of: dict[int, int] = {}
        for leader in sorted(neighbours, key=contents.__getitem__):  # of several, by their bytes
            if leader not in leader_of:
                leader_of[leader] = leader
                for copy in neighbours[leader]:
                    leader_of.setdefault(copy, leader)
        copies = np.array(sorted(leader_of), np.uint64)
        leaders = np.array([leader_of[copy] for copy in copies.tolist()], np.uint64)
        at = np.minimum(np.searchsorted(copies, self.hashes), len(copies) - 1)
        return np.where(copies[at] == self.hashes, leaders[at], self.hashes)


def are_near_vectors(vectors: Floats, lengths: Doubles, spread: float, pairs: Positions) -> Mask:
    """Return which pairs of rows are copies of each other but for rounding.

    *Shape:* vectors ``(n, d)``, lengths ``(n,)``, pairs ``(m, 2)`` -> ``(m,)``.
    """
    near = np.empty(len(pairs), np.bool_)
    for start in range(0, len(pairs), 1024):
        one, other = pairs[start : start + 1024].T
        gaps = vectors[one].astype(np.float64) - vectors[other].astype(np.float64)
        limits = LIMIT * np.minimum(np.minimum(lengths[one], lengths[other]), spread)
        near[start : start + 1024] = np.einsum("nd,nd->n", gaps, gaps) <= limits**2
    return near


def _around(points: Doubles, row: int, radius: float) -> Positions:
    """Return the rows whose points are near that of one row, itself among them."""
    rows = np.flatnonzero(np.abs(points[:, 0] - points[row, 0]) <= radius)  # few of them
    gaps = points[rows] - points[row]
    near: Positions = rows[np.einsum("np,np->n", gaps, gaps) <= radius**2]
    return near


def _rows_of_new(hashes: Hashes, rows: Positions, among: Hashes) -> Positions:
    """Return one of some rows for each hash that others have not.

    *Shape:* hashes ``(n,)``, rows ``(f,)`` of them, among ``(m,)`` -> ``(c,)``.
    """
    distinct, first = np.unique(hashes[rows], return_index=True)
    if len(distinct) > 64:
        new = ~np.isin(distinct, among)
    else:
        new = np.array([not (among == one).any() for one in distinct], np.bool_)
    return rows[first[new]]


def _are_equal(vectors: Floats, hashes: Hashes, rows: Positions) -> bool:
    """Return whether other vectors that have the hashes of some rows are equal to theirs."""
    for row in rows.tolist():
        same = np.flatnonzero(hashes == hashes[row])
        if len(same) > 1 and (vectors[same] != vectors[row]).any():
            return False
    return True


def _once(pairs: Hashes) -> Hashes:
    """Return pairs, each once, whichever of the two stands first."""
    return np.unique(np.sort(pairs, axis=1), axis=0) if len(pairs) else pairs
