"""Logistic regressions of few columns, many at once, by Newton's method.

The one home of the method, of Platt's targets, and of the logistic function. ``belonging``,
``multilabel`` and ``label_curves`` say what they fit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.arrays import Doubles, Mask

STEPS = 100  # bounds Newton's method, which takes five to ten
TOLERANCE = 1e-10  # of a step
SHORT = 1e-5  # step, from which Newton's method needs no damping
SHORTEST = 1e-6  # share of a step that is tried
SMALLEST = 1e-12  # added to second derivatives, which vanish where all is certain
PENALTY = 0.5  # on the squares of standardised coefficients: few documents prove little


def logistic(odds: Doubles) -> Doubles:
    """Return 1 / (1 + exp(-odds)), without overflow. *Shape:* any -> the same."""
    small = np.exp(-np.abs(odds))
    return np.asarray(np.where(odds >= 0.0, 1.0, small) / (1.0 + small), np.float64)


def platt_targets(members: Mask) -> Doubles:
    """Return the targets of cases: each side counts one more case of the other side.

    So cases that are apart are not certain. *Shape:* ``(n,)``, with cases of both kinds.

    Source:
        Platt (1999), targets (p + 1) / (p + 2) and 1 / (q + 2).
    """
    p, q = int(members.sum()), int((~members).sum())
    return np.where(members, (p + 1.0) / (p + 2.0), 1.0 / (q + 2.0))


def fit_coefficients(
    columns: Sequence[Doubles],
    targets: Doubles,
    weights: Doubles,
    start: Doubles,
    *,
    pull: Sequence[float],
    centre: Sequence[float],
) -> Doubles:
    """Return the coefficients of the greatest posterior of each of B regressions.

    Each minimises sum w (log(1 + exp(o)) - t o) + sum pull (c - centre)^2 / 2, where the log odds o
    are the sum of the columns times their coefficients c. Columns are best of the size of one:
    steps are measured as they are.

    Args:
        columns: k of them, ``(B, n)``, or ``(1, 1)`` for the column of ones.
        targets: ``(B, n)``, 0 to 1.
        weights: ``(B, n)``, 0 or above.
        start: ``(B, k)``; the outcome is the same from everywhere.
        pull: k inverse variances of the normal priors, 0 for none.
        centre: k means of these.

    Returns:
        ``(B, k)``.
    """
    point, k = start.astype(np.float64), len(columns)
    inverse_variances, means = np.array(pull, np.float64), np.array(centre, np.float64)

    def losses(ahead: Doubles) -> tuple[Doubles, Doubles]:
        """Return the loss of each at a point, ``(B,)``, and the chances, ``(B, n)``."""
        odds = columns[0] * ahead[:, :1]
        for j in range(1, k):
            odds = odds + columns[j] * ahead[:, j : j + 1]
        small = np.exp(-np.abs(odds))
        entropies = np.maximum(odds, 0.0) + np.log1p(small) - targets * odds
        prior = 0.5 * (inverse_variances * np.square(ahead - means)).sum(axis=1)
        chances = np.where(odds >= 0.0, 1.0, small) / (1.0 + small)
        return (weights * entropies).sum(axis=1) + prior, chances

    value, chances = losses(point)
    moving = np.ones(len(point), np.bool_)
    for _ in range(STEPS):
        short, bend = weights * (chances - targets), weights * chances * (1.0 - chances)
        gradient = inverse_variances * (point - means)
        hessian = np.zeros((len(point), k, k)) + np.diag(inverse_variances + SMALLEST)
        for i, column in enumerate(columns):
            bent = bend * column  # sums, not products of matrices, whose threads would cost more
            gradient[:, i] += (short * column).sum(axis=1)
            for j in range(i, k):
                cross = (bent * columns[j]).sum(axis=1)
                hessian[:, i, j] += cross
                hessian[:, j, i] += cross if i < j else 0.0
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        distance = np.abs(step).max(axis=1, initial=0.0)
        length = np.where(moving, 1.0, 0.0)
        # Of a short step, the loss is too flat to tell which end is lower.
        damped = moving & (distance >= SHORT)
        while True:
            ahead = point - length[:, None] * step
            lower, chances = losses(ahead)
            worse = damped & (lower > value)
            if not worse.any():
                break
            length = np.where(worse, length / 2.0, length)
            stuck = worse & (length <= SHORTEST)
            length, damped, moving = np.where(stuck, 0.0, length), damped & ~stuck, moving & ~stuck
        point, value = ahead, lower
        moving &= distance >= TOLERANCE
        if not moving.any():
            break
    return point


def fit_logistic(features: Doubles, members: Mask) -> Doubles:
    """Return the coefficients of the greatest penalised likelihood; the last one is the offset.

    Args:
        features: ``(m, k)``.
        members: ``(m,)``, with cases of both kinds; :func:`platt_targets` stand for them.

    Returns:
        ``(k + 1,)``.
    """
    m, k = features.shape
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 1e-12, spread, 1.0)
    standard = np.ascontiguousarray(((features - middle) / spread).T)
    coefficients = fit_coefficients(
        [*standard[:, None, :], np.ones((1, 1))],
        platt_targets(members)[None, :],
        np.ones((1, m)),
        np.zeros((1, k + 1)),
        pull=[PENALTY] * k + [0.0],
        centre=[0.0] * (k + 1),
    )[0]
    slopes: Doubles = coefficients[:-1] / spread
    return np.append(slopes, coefficients[-1] - float(slopes @ middle))
