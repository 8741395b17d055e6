"""A share of documents with its interval, in which equal documents count as one."""

from __future__ import annotations

from protolabel.arithmetic.intervals import clustered_share
from protolabel.arrays import Mask, Positions
from protolabel.evaluation.results import Share


def share_of(hits: Mask, groups: Positions) -> Share:
    """Return the share of hits; equal documents have the same group and count as one."""
    n = len(hits)
    if not n:
        return Share(float("nan"), 0.0, 1.0, 0)
    return Share(float(hits.mean()), *clustered_share(hits, groups), n)
