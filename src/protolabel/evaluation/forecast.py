"""How accurate a label space would be with more examples: an estimate, or why there is none.

Extrapolated from the learning curve of a label space's own examples (``learning_curve``): error =
a + b (s + h)^-c, s being what a class's prototype is worth in examples. That law is an
approximation. Nothing here scores a document.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Doubles, Mask
from protolabel.episodes.sampler import generator_of
from protolabel.evaluation.learning_curve import Luck
from protolabel.words.quantity import quantity

SHIFTS = (0.0, 1.0, 3.0, 8.0)  # h: curves that fall slowly at first
EXPONENTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # c
SHAPES = tuple((h, c) for h in SHIFTS for c in EXPONENTS)
REPLICATES = 400
FEWEST_SIZES = 3  # as many as the law has parameters
FEWEST_QUERIES = 20
FURTHEST = 3.0  # times the largest size measured
NO_LUCK = Luck()


@dataclass(frozen=True)
class Forecast:
    """Estimated accuracy with ``more`` examples of each class, and the gain over now: 0 to 1.

    ``low``, ``high`` and ``gain_low``, ``gain_high`` are 95 % intervals of what would be measured
    then, on new documents that are spread over the classes as the examples are. ``n``: queries that
    the estimate rests on.
    """

    more: int
    now: float
    then: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float
    n: int


@dataclass(frozen=True)
class CannotTell:
    """Why there is no forecast."""

    more: int
    reason: str


def forecast(
    right: Mask,
    sizes: Doubles,
    present: Doubles,
    more: int,
    *,
    luck: Luck = NO_LUCK,
    seed: int = 0,
) -> Forecast | CannotTell:
    """Return what ``more`` examples of each class would bring, by laws fitted to measured answers.

    It speaks of documents that come as the queries do: of a class with many examples, many.

    With e_p the error at size p, s_pi what the prototype of query i's class was worth there, and
    weights w_p = 1 / variance, a law of shape (h, c) is the a, b >= 0 that minimise

        loss = sum_p w_p (e_p - a - b mean_i (s_pi + h)^-c)^2

    so that classes of different counts are taken as they are. Few points fit many shapes, hence no
    shape is chosen: each counts by exp(-loss / 2). The estimate is their mean; each replicate
    of the bootstrap draws queries and draws again, then one shape by that weight, and adds the luck
    of which examples there are.

    *Shape:* right ``(draws, P, m)``; sizes ``(P, m)`` > 0, worth of the prototype in examples;
    present ``(m,)``, its worth now.
    """
    reason = _too_little(right, sizes, present, more)
    if reason:
        return CannotTell(more, reason)
    draws, points, m = right.shape
    wrong = (~right).astype(np.float64)
    rng = generator_of(seed)
    of_draws = np.vstack([np.ones(draws), rng.multinomial(draws, [1 / draws] * draws, REPLICATES)])
    of_queries = np.vstack([np.ones(m), rng.multinomial(m, [1 / m] * m, REPLICATES)])
    errors = np.stack(
        [((of_draws @ wrong[:, p]) * of_queries).sum(axis=1) for p in range(points)], axis=1
    ) / (draws * m)  # row 0: as measured; the others: replicates
    share = np.clip(errors[0], 0.5 / m, 1 - 0.5 / m)
    spread = wrong.mean(axis=2).var(axis=0, ddof=1) / draws if draws > 1 else np.zeros(points)
    weights = 1.0 / (spread + share * (1 - share) / m)
    curve = _Curve(sizes, errors, of_queries, weights)
    ahead = np.stack([present, present + more])
    laws = [curve.law(shift, exponent, ahead) for shift, exponent in SHAPES]
    losses = np.stack([law.loss for law in laws])  # (shapes, R)
    chances = np.exp(-0.5 * (losses - losses.min(axis=0)))
    chances /= chances.sum(axis=0)
    errors_ahead = np.stack([law.errors for law in laws])  # (shapes, 2, R)
    error_now, error_then = (chances[:, 0] @ errors_ahead[:, :, 0]).tolist()
    shape_of_replicate = (chances.cumsum(axis=0) < rng.random(chances.shape[1])).sum(axis=0)
    shape_of_replicate = np.minimum(shape_of_replicate, len(SHAPES) - 1)
    drawn_now, drawn_then = errors_ahead[shape_of_replicate, :, np.arange(chances.shape[1])][1:].T
    shared, new = rng.normal(size=(2, REPLICATES))
    shared *= luck.then**0.5
    new *= luck.gain**0.5
    low, high = np.quantile(np.clip(1 - drawn_then + shared, 0, 1), [0.025, 0.975])
    gain_low, gain_high = np.quantile(drawn_now - drawn_then + new, [0.025, 0.975])
    gain = error_now - error_then
    return Forecast(
        more,
        1 - error_now,
        1 - error_then,
        min(float(low), 1 - error_then),
        max(float(high), 1 - error_then),
        gain,
        min(float(gain_low), gain),
        max(float(gain_high), gain),
        m,
    )


def _too_little(right: Mask, sizes: Doubles, present: Doubles, more: int) -> str:
    points, m = right.shape[1:]
    if m < FEWEST_QUERIES:
        return f"needs {FEWEST_QUERIES} examples in classes of two or more; has {m}"
    if points < FEWEST_SIZES:
        return f"needs {FEWEST_SIZES} points of the learning curve from 1 example on; has {points}"
    if len(np.unique(sizes.mean(axis=1).round(9))) < FEWEST_SIZES:
        return f"needs {FEWEST_SIZES} different sizes; classes have too few examples"
    if right[:, -1].all():
        return (
            f"the prototypes made no mistake among {m} documents, so that there is nothing to "
            "extrapolate from"
        )
    if float((present + more).mean()) > FURTHEST * float(sizes[-1].mean()):
        return (
            f"{quantity(more, 'more example of each class is', 'more examples of each class are')} "
            f"over {FURTHEST:g} times what was measured "
            f"({sizes[-1].mean():.1f} a class on average)"
        )
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class _Law:
    """One shape fitted to R rows of errors. loss ``(R,)``; errors ``(A, R)`` at A other sizes."""

    loss: Doubles
    errors: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A learning curve as measured at P sizes, in its first row, and R - 1 replicates of it.

    Attributes:
        sizes: (P, m) what the prototype of each query's class was worth in examples.
        errors: (R, P) shares of wrong answers.
        of_queries: (R, m) how often each query counts.
        weights: (P,) one over the variance of the error at each size.
    """

    sizes: Doubles
    errors: Doubles
    of_queries: Doubles
    weights: Doubles

    def law(self, shift: float, exponent: float, ahead: Doubles) -> _Law:
        """Fit a, b >= 0 by weighted least squares, and tell the errors at the sizes ``ahead``.

        *Shape:* ahead ``(A, m)``.
        """
        errors, weights = self.errors, self.weights
        w = weights / weights.sum()
        x = self._falls(self.sizes, shift, exponent)
        mean_x, mean_e = (x @ w)[:, None], (errors @ w)[:, None]
        across = (w * (x - mean_x) ** 2).sum(axis=1)
        slope = (w * (x - mean_x) * (errors - mean_e)).sum(axis=1) / np.maximum(across, 1e-300)
        slope = np.maximum(slope, 0.0)
        floor = mean_e[:, 0] - slope * mean_x[:, 0]
        through = (w * x * errors).sum(axis=1) / (w * x * x).sum(axis=1)  # the best where a is 0
        slope, floor = np.where(floor < 0, through, slope), np.maximum(floor, 0.0)
        loss = (weights * (errors - floor[:, None] - slope[:, None] * x) ** 2).sum(axis=1)
        errors_ahead = floor + slope * self._falls(ahead, shift, exponent).T
        return _Law(loss, np.clip(errors_ahead, 0.0, 1.0))

    def _falls(self, sizes: Doubles, shift: float, exponent: float) -> Doubles:
        """Return the mean of (s + h)^-c over the queries. *Shape:* ``(A, m)`` -> ``(R, A)``."""
        falls: Doubles = self.of_queries @ ((sizes + shift) ** -exponent).T / sizes.shape[1]
        return falls
