"""Ward's tree over groups that are counts and sums, cut where joining costs too much.

What joining two groups costs is by how much the squared distances of documents to the means of
their groups grow. It grows with the size of the groups, and so does what is too much.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.neighbour_chains import groups_after, merges
from protolabel.arrays import Doubles, Floats, Labels

RISE = 0.1  # by which a document more in the mean group raises the limit: decision 34


def ward_groups(moments: Moments, unit: float) -> Labels:
    """Merge the groups that cost least to join, while the cost is below a limit.

    The limit is 1 + ``RISE`` x documents per group.

    Args:
        moments: of m groups.
        unit: squared distance at which joining two single documents costs 1.

    Returns:
        ``(m,)``: the merged group of each, numbered from 0 by their first members.

    Source:
        Ward 1963, "Hierarchical grouping to optimize an objective function".
    """
    m, counts = len(moments.counts), moments.counts
    if m < 2 or unit <= 0:
        return np.zeros(m, np.int64)
    means = moments.sums / counts[:, None]
    lengths = (means**2).sum(axis=1)
    near = np.maximum(lengths[:, None] + lengths - 2.0 * means @ means.T, 0.0)
    near *= 2.0 / (1.0 / counts[:, None] + 1.0 / counts) / unit
    tree = merges(near.astype(np.float32), counts, _ward, np.inf)
    tree.sort(key=lambda merge: merge.distance)
    n, groups = float(counts.sum()), m - np.arange(m - 1)
    costs = np.array([merge.distance for merge in tree])
    too_much = np.flatnonzero(costs >= 1.0 + RISE * n / groups)
    return groups_after(tree[: too_much[0]] if len(too_much) else tree, m)


def _ward(near: Floats, counts: Doubles, one: int, two: int) -> Floats:
    """Return what joining each group costs with two that become one: ``(m,)``."""
    total = counts[one] + counts[two]
    row = (counts[one] + counts) * near[one] + (counts[two] + counts) * near[two]
    return np.asarray((row - counts * near[one, two]) / (total + counts))
