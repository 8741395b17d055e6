"""Which columns of a matrix of scores come first. It knows no classes and no examples."""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Floats, Integers

SORTED_WHOLE = 64  # columns up to which sorting them all is the fastest


def top(scores: Floats, k: int) -> Integers:
    """Return the columns of the k highest scores of each row, best first.

    Of equal scores the earlier column comes first, whatever k is.

    *Shape:* ``(n, K)`` -> ``(n, k)`` int64.
    """
    n_columns = scores.shape[1]
    if k >= n_columns or n_columns <= SORTED_WHOLE:
        return np.argsort(-scores, axis=1, kind="stable")[:, :k]
    columns_at_top = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    columns_at_top.sort(axis=1)
    values = np.take_along_axis(scores, columns_at_top, axis=1)
    lowest = values.min(axis=1, keepdims=True)
    left_out = (scores == lowest).sum(axis=1) > (values == lowest).sum(axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    columns = np.take_along_axis(columns_at_top, order, axis=1)
    for row in np.flatnonzero(left_out).tolist():  # equals of the last one were left out
        columns[row] = np.argsort(-scores[row], kind="stable")[:k]
    return columns
