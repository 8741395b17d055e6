"""The temperature of eq. 2, fitted to simulated queries. Nothing else is fitted here."""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.simulation import Simulation
from protolabel.arrays import Floats

STEPS = 60  # bounds the search; Newton's method takes five or six
TOLERANCE = 1e-7  # relative, of 1 / T
COLDEST, WARMEST = 1e-4, 100.0  # temperatures, as shares of the mean distance between scores
ROWS_AT_ONCE = 2**20  # cells whose exponentials are in memory together, 4 MB each


def temperature_of(simulation: Simulation) -> float:
    """Return the temperature of the least negative log-likelihood of the right classes.

    One more query counts, an average one whose answer was its best wrong class (the rule of
    succession): m right answers of m then mean a probability near (m + 1) / (m + 2), not 1.

    With b = 1 / T the loss is sum_i log sum_k exp(b (s_ik - max_k s_ik)) (m + 1) / m + b g, where g
    is what the right classes (and the one more) lack of the best scores. It is convex in b. At its
    minimum the first term falls as fast as the second rises. Newton's method on the logarithms of
    these slopes, kept between bounds that close in, finds it. The bounds are shares of the scores'
    own spread: in another unit of the vectors the probabilities are the same.
    """
    scores = simulation.scores
    top = simulation.best
    gap = float((top - simulation.own).sum(dtype=float) + _mean(top - simulation.rival))
    spread = _spread(scores, top)
    if spread == 0.0:
        return 1.0  # all scores are equal, and so are the probabilities at any temperature
    low, high = 1.0 / (WARMEST * spread), 1.0 / (COLDEST * spread)
    share = (len(scores) + 1) / len(scores)
    b = 10.0 / spread
    for _ in range(STEPS):
        mean, variance = _moments(scores, top, b)
        lack = -share * mean  # falls with b, nearly as an exponential does
        low, high = (low, b) if lack < gap else (b, high)
        ahead = high
        if min(lack, gap, variance) > 0.0:
            ahead = b + float(np.log(lack / gap)) * -mean / variance
        ahead = ahead if low < ahead < high else (low * high) ** 0.5
        if abs(ahead - b) <= TOLERANCE * b:
            b = ahead
            break
        b = ahead
    return float(1.0 / b)


def _mean(gaps: Floats) -> float:
    """Return the mean of what is finite, 0 of nothing."""
    finite = gaps[np.isfinite(gaps)]
    return float(finite.mean(dtype=float)) if len(finite) else 0.0


def _spread(scores: Floats, top: Floats) -> float:
    """Return the mean of (best score - score) over all classes that have one."""
    gaps = top[:, None] - scores
    return _mean(gaps)


def _moments(scores: Floats, top: Floats, b: float) -> tuple[float, float]:
    """Return the sums over queries of the mean and the variance of (score - best) under softmax.

    *Shape:* scores ``(m, K)``, top ``(m,)``.
    """
    mean = variance = 0.0
    size = max(1, ROWS_AT_ONCE // max(1, scores.shape[1]))
    for start in range(0, len(scores), size):
        part = slice(start, start + size)
        below = scores[part] - top[part, None]
        weights = np.exp(np.float32(b) * below)
        below[~np.isfinite(below)] = 0.0  # of no weight
        total = weights.sum(axis=1, dtype=float)
        weights *= below
        first = weights.sum(axis=1, dtype=float) / total
        weights *= below
        second = weights.sum(axis=1, dtype=float) / total
        mean += float(first.sum())
        variance += float((second - first * first).sum())
    return mean, variance
