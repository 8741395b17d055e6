"""The temperature of eq. 2, fitted to simulated queries, or without any. It fits nothing else."""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.score_moments import finite_mean
from protolabel.arithmetic.simulation import SimulatedQueries
from protolabel.arrays import Floats, Metric

UNFITTED_TEMPERATURE = 0.05  # of cosines, before anything is fitted
STEPS = 60  # bounds the search; Newton's method takes five or six
TOLERANCE = 1e-7  # relative, of 1 / T
DIGITS = 6  # of a temperature: what its rounding errors leave the same, in whatever way it came
COLDEST, WARMEST = 1e-4, 100.0  # temperatures, as shares of the mean distance between scores


def unfitted_temperature(queries: Floats, metric: Metric) -> float:
    """Return a temperature for queries where there is none fitted: enough to put them in order.

    For cosines it is ``UNFITTED_TEMPERATURE``. The squared distance of two vectors of length one is
    2 - 2 cos, so for Euclidean distances it is twice that, times the variance of the queries, which
    is 1 for vectors of length one around the origin. So the order depends neither on the unit of
    the vectors nor on where their origin lies.

    *Shape:* ``(n, d)``.
    """
    if metric == "cosine":
        return UNFITTED_TEMPERATURE
    variance = float(queries.var(axis=0, dtype=np.float64).sum()) if len(queries) else 0.0
    return 2.0 * UNFITTED_TEMPERATURE * variance if variance > 0.0 else 1.0


def temperature_of(simulation: SimulatedQueries) -> float:
    """Return the temperature of the least negative log-likelihood of the right classes.

    One more query counts, an average one whose answer was its best wrong class (the rule of
    succession): m right answers of m then mean a probability near (m + 1) / (m + 2), not 1.

    With b = 1 / T the loss is sum_i log sum_k exp(b (s_ik - max_k s_ik)) (m + 1) / m + b g, where g
    is what the right classes (and the one more) lack of the best scores. It is convex in b. At its
    minimum the first term falls as fast as the second rises. Newton's method on the logarithms of
    these slopes, kept between bounds that close in, finds it. The bounds are shares of the scores'
    own spread: in another unit of the vectors the probabilities are the same.
    """
    top = simulation.best
    gap = float((top - simulation.own).sum(dtype=float) + finite_mean(top - simulation.rival))
    spread = simulation.mean_gap()
    if spread == 0.0:
        return 1.0  # all scores are equal, and so are the probabilities at any temperature
    low, high = 1.0 / (WARMEST * spread), 1.0 / (COLDEST * spread)
    share = (len(top) + 1) / len(top)
    b = 10.0 / spread if simulation.likely is None else simulation.likely.sharpness
    for _ in range(STEPS):
        mean, variance = simulation.moments(b)
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
    return float(f"{1.0 / b:.{DIGITS}g}")
