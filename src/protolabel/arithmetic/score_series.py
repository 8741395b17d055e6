"""Sums of exponentials of a row of scores, as a series in 1 / temperature that can be updated.

Where a label space changes a little, so does its temperature. Near the old one the sums follow from
a few moments of each row, and a column that changes is taken out of them and put in again. Nothing
here knows what the scores are of.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles, Floats
from protolabel.row_parts import row_parts

MOMENTS = 20  # moments of a row
NEAR = 0.2  # relative difference of b up to which sums are right to ten digits


def powers_of(below: Doubles, b: float) -> Doubles:
    """Return exp(b x) x^j, j = 0 ... MOMENTS - 1. *Shape:* ``(...)`` -> ``(..., MOMENTS)``.

    ``below``: scores less the best one, 0 or below; minus infinity counts for nothing.
    """
    powers = np.empty((*below.shape, MOMENTS))
    powers[..., 0] = np.exp(b * below)
    finite = np.where(np.isfinite(below), below, 0.0)
    for j in range(1, MOMENTS):
        np.multiply(powers[..., j - 1], finite, out=powers[..., j])
    return powers


def series_of(scores: Floats, top: Floats, b: float) -> Doubles:
    """Return the sums of :func:`powers_of` over each row.

    Rows without a finite score have zeros. *Shape:* scores ``(m, K)``, top ``(m,)`` -> ``(m,
    MOMENTS)``.
    """
    sums = np.zeros((len(scores), MOMENTS))
    for part in row_parts(*scores.shape):
        finite = np.isfinite(top[part])
        below = scores[part][finite].astype(np.float64) - top[part][finite, None]
        weights = np.exp(b * below)
        below[~np.isfinite(below)] = 0.0
        moments = np.empty((len(below), MOMENTS))
        for j in range(MOMENTS):
            moments[:, j] = weights.sum(axis=1)
            if j + 1 < MOMENTS:
                weights *= below
        sums[part][finite] = moments
    return sums


def sums_near(series: Doubles, step: float) -> tuple[Doubles, Doubles, Doubles]:
    """Return the sums of exp(b x), exp(b x) x and exp(b x) x^2 where b is ``step`` more.

    *Shape:* ``(m, MOMENTS)`` -> ``(m,)`` each.
    """
    factors = step ** np.arange(MOMENTS) / np.cumprod([1.0, *range(1, MOMENTS)])
    of_power = np.zeros((3, MOMENTS))
    for j in range(3):
        of_power[j, j:] = factors[: MOMENTS - j]
    zeroth, first, second = np.einsum("mj,pj->pm", series, of_power)
    return zeroth, first, second
