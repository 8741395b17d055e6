"""Logistic regressions of few columns, by Newton's method."""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.belonging import logistic
from protolabel.arrays import Doubles, Mask

PENALTY = 0.5  # on the squares of standardised coefficients: few documents prove little
STEPS = 60  # bounds Newton's method, which takes about ten
TOLERANCE = 1e-9


def fit_logistic(features: Doubles, members: Mask) -> Doubles:
    """Return the coefficients of the greatest penalised likelihood; the last one is the offset.

    Each side counts one case of the other, so that cases that are apart are not certain.

    Args:
        features: ``(m, k)``.
        members: ``(m,)``, with cases of both kinds.

    Returns:
        ``(k + 1,)``.

    Source:
        Platt (1999), targets (p + 1) / (p + 2) and 1 / (q + 2).
    """
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 1e-12, spread, 1.0)
    cases = np.column_stack([(features - middle) / spread, np.ones(len(features))])
    p, q = int(members.sum()), int((~members).sum())
    targets = np.where(members, (p + 1.0) / (p + 2.0), 1.0 / (q + 2.0))
    penalty = np.append(np.full(features.shape[1], PENALTY), 0.0)
    point = np.zeros(cases.shape[1])
    value = _loss(point, cases, targets, penalty)
    for _ in range(STEPS):
        chance = logistic(cases @ point)
        gradient = cases.T @ (chance - targets) + penalty * point
        bend = chance * (1.0 - chance)
        hessian = (cases * bend[:, None]).T @ cases + np.diag(penalty + 1e-9)
        step, length = np.linalg.solve(hessian, gradient), 1.0
        ahead = point - step
        while (lower := _loss(ahead, cases, targets, penalty)) > value and length > 1e-6:
            length /= 2.0
            ahead = point - length * step
        step_length = float(np.abs(ahead - point).max())
        point, value = ahead, lower
        if step_length < TOLERANCE:
            break
    slopes: Doubles = point[:-1] / spread
    return np.append(slopes, point[-1] - float(slopes @ middle))


def _loss(point: Doubles, cases: Doubles, targets: Doubles, penalty: Doubles) -> float:
    odds = cases @ point
    entropy = float((np.logaddexp(0.0, odds) - targets * odds).sum())
    return entropy + 0.5 * float(penalty @ np.square(point))
