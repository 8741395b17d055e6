"""Merges the nearest groups, along chains of nearest neighbours, by any reducible linkage.

A linkage is reducible where no merging brings a third group nearer than the nearer of the two was.
Then the order of the chains gives the same tree as always merging the nearest pair, in O(m²) time
and memory. Which linkage it is, ``average_linkage`` and ``ward`` say.

Source: Murtagh and Contreras 2012, "Algorithms for hierarchical clustering", section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask


class Merge(NamedTuple):
    """Two groups that become one: their lowest members, the lower first, and how far apart."""

    first: int
    second: int
    distance: float


Linkage = Callable[[Floats, Doubles, int, int], Floats]
"""How far each group is from two that become one.

From the distances ``(m, m)``, the counts ``(m,)`` and the two groups: ``(m,)``.
"""


def merges(near: Floats, counts: Doubles, linkage: Linkage, height: float) -> list[Merge]:
    """Return the merges of groups that are nearer than a height. Overwrites ``near``.

    Args:
        near: ``(m, m)``, distances of m groups.
        counts: ``(m,)``, documents of each.
        linkage: how far a third group is from two that become one.
        height: distance from which groups stay apart.
    """
    m = len(counts)
    np.fill_diagonal(near, np.inf)
    counts, alive = counts.copy(), np.ones(m, np.bool_)
    tree: list[Merge] = []
    chain: list[int] = []
    start = 0
    while True:
        if not chain:
            while start < m and not alive[start]:
                start += 1
            if start == m:
                return tree
            chain.append(start)
        top = chain[-1]
        neighbour = int(near[top].argmin())
        distance = near[top, neighbour]
        if len(chain) > 1 and near[top, chain[-2]] <= distance:
            neighbour = chain[-2]
        if distance >= height:  # nothing that is near enough: all of the chain stays as it is
            for group in chain:
                _take_out(near, alive, group)
            chain.clear()
        elif len(chain) > 1 and neighbour == chain[-2]:
            chain[-2:] = []
            merge = Merge(min(top, neighbour), max(top, neighbour), float(distance))
            row = linkage(near, counts, merge.first, merge.second)
            row[merge.first] = np.inf
            near[merge.first], near[:, merge.first] = row, row
            counts[merge.first] += counts[merge.second]
            tree.append(merge)
            _take_out(near, alive, merge.second)
        else:
            chain.append(neighbour)


def groups_after(tree: Sequence[Merge], m: int) -> Labels:
    """Return the group of each of m after merges: ``(m,)``, numbered by their first members."""
    parent = np.arange(m)
    for merge in tree:
        parent[merge.second] = merge.first
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
