"""A share of documents with its interval, in which equal documents and near copies count as one."""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.intervals import clustered_share
from protolabel.arrays import Mask, Positions
from protolabel.evaluation.results import Share


def share_of(hits: Mask, groups: Positions) -> Share:
    """Return the share of hits; documents of one group count as one in its interval.

    *Shape:* ``(n,)``, of each document whether it is a hit, and its group.
    """
    n = len(hits)
    if not n:
        return Share(float("nan"), 0.0, 1.0, 0, 0)
    return Share(float(hits.mean()), *clustered_share(hits, groups), n, len(np.unique(groups)))


def first_of_each(groups: Positions) -> Positions:
    """Return for each document the position of the first of its group. *Shape:* ``(n,)``."""
    _, first, place = np.unique(groups, return_index=True, return_inverse=True)
    return np.asarray(first[place.reshape(-1)], np.int64)
