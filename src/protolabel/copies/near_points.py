"""Which points lie within a radius of each other, by a grid over their first two directions.

For what ``near_vectors`` looks for, it is faster than a k-d tree, and a cold command need not
import one before it answers. Where a grid does not serve, the caller decides what to do:
``near_vectors`` takes a tree, ``near_vector_pairs`` keeps no pairs.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles, Positions, ranges

MOST_COMPARED = 20_000_000  # pairs of points: beyond it, a tree is faster
CHUNK = 4096  # points whose pairs are in memory at once
MOST_CELLS = 2**30  # along one direction, so that the rounding of a cell's number does not count
WIDER = 1.0 + 1e-5  # a cell than the radius, for the same reason
NEIGHBOURS = ((0, 1), (1, -1), (1, 0), (1, 1))  # half of those around a cell: each pair once


def near_point_pairs(points: Doubles, radius: float) -> Positions | None:
    """Return the pairs of points that lie within a radius of each other, each pair once.

    Args:
        points: (n, p), finite, p at least 1.
        radius: a distance, which is still within.

    Returns:
        (m, 2), positions. None where a grid does not serve: the radius is not positive, there are
        too many cells, or more than ``MOST_COMPARED`` pairs would be compared.
    """
    if not radius > 0.0:
        return None
    plane = np.zeros((len(points), 2))
    plane[:, : points.shape[1]] = points[:, :2] - points[:, :2].min(axis=0, initial=np.inf)
    cells = np.floor(plane / (radius * WIDER))
    if cells.max(initial=0.0) >= MOST_CELLS:
        return None
    numbers = cells.astype(np.int64) + 1
    codes = numbers[:, 0] * 2 * MOST_CELLS + numbers[:, 1]
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    ends = np.searchsorted(ordered, ordered, side="right")
    candidates = [(np.arange(1, len(ordered) + 1), ends)]
    for across, along in NEIGHBOURS:
        code = ordered + across * 2 * MOST_CELLS + along
        candidates.append(
            (np.searchsorted(ordered, code), np.searchsorted(ordered, code, side="right"))
        )
    if sum(int((end - start).sum()) for start, end in candidates) > MOST_COMPARED:
        return None
    parts = [np.empty((0, 2), np.int64)]
    for start, end in candidates:
        for at in range(0, len(order), CHUNK):
            some = slice(at, at + CHUNK)
            parts.append(_pairs_within(points, order, at, start[some], end[some], radius))
    return np.concatenate(parts)


def _pairs_within(
    points: Doubles, order: Positions, first: int, starts: Positions, ends: Positions, radius: float
) -> Positions:
    """Return the pairs of some points with those of a range of places, within a radius.

    *Shape:* points ``(n, p)``, order ``(n,)``; starts and ends ``(c,)``, of the places from
    ``first`` on -> ``(m, 2)``.
    """
    counts = ends - starts
    place = np.repeat(np.arange(len(counts)), counts)
    pairs = np.stack([order[first + place], order[ranges(starts, counts)]], axis=1)
    gaps = points[pairs[:, 0]] - points[pairs[:, 1]]
    near: Positions = pairs[np.einsum("np,np->n", gaps, gaps) <= radius**2]
    return near
