"""How the chances of each label lie beside those of all labels together.

With one curve for all labels, a label that the text hardly determines gets chances that are as sure
as those of the other labels. So each label has a slope and an offset on the common log odds, pulled
to 1 and 0. How strongly they are pulled is chosen by documents that nothing was fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.belonging import logistic
from protolabel.arrays import Doubles, Mask

PULLS = (np.inf, 16.0, 4.0)  # inverse variances of slopes and offsets; inf: all labels alike
STEPS = 40  # bounds Newton's method, which takes about eight
TOLERANCE = 1e-6
SMALLEST = 1e-9  # added to second derivatives, which vanish where chances are certain


@dataclass(frozen=True, slots=True, eq=False)
class LabelCurves:
    """A slope and an offset of each label on the common log odds: ``(K,)`` float64 each."""

    slopes: Doubles
    offsets: Doubles

    @classmethod
    def common(cls, classes: int) -> LabelCurves:
        """Return the curves of labels that are all alike."""
        return cls(np.ones(classes), np.zeros(classes))

    def chances(self, odds: Doubles) -> Doubles:
        """Return the chance of each label. *Shape:* common log odds ``(n, K)`` -> ``(n, K)``."""
        chances: Doubles = logistic(odds * self.slopes + self.offsets)
        return chances


def fit_curves(odds: Doubles, members: Mask, cases: Mask, pull: float) -> LabelCurves:
    """Return the curves of the greatest posterior, each label by itself.

    A slope is never negative: greater log odds never make a label unlikelier. A label without
    cases keeps the common curve. Slopes and offsets are those of float32, which files hold.

    Args:
        odds: ``(n, K)``, the common log odds.
        members: ``(n, K)``, the labels that documents have.
        cases: ``(n, K)``, what counts.
        pull: inverse variance of the normal priors of slopes about 1 and offsets about 0.
    """
    common = LabelCurves.common(odds.shape[1])
    if np.isinf(pull):
        return common
    odds = np.where(cases, odds, 0.0)
    slopes, offsets = _ascend(odds, members, cases, pull, common, flat=False)
    if (slopes < 0.0).any():
        level = LabelCurves(np.where(slopes < 0.0, 0.0, slopes), offsets)
        _, flat = _ascend(odds, members, cases, pull, level, flat=True)
        offsets = np.where(slopes < 0.0, flat, offsets)
        slopes = level.slopes
    return LabelCurves(
        *(numbers.astype(np.float32).astype(np.float64) for numbers in (slopes, offsets))
    )


def _ascend(
    odds: Doubles, members: Mask, cases: Mask, pull: float, start: LabelCurves, *, flat: bool
) -> tuple[Doubles, Doubles]:
    """Return slopes and offsets by Newton's method; ``flat`` leaves the slopes as they are."""
    a, b = start.slopes, start.offsets
    value = _losses(odds, members, cases, pull, a, b)
    for _ in range(STEPS):
        chance = np.where(cases, logistic(odds * a + b), 0.0)
        error = chance - (members & cases)
        bend = chance * (1.0 - chance)
        slope_gradient = (error * odds).sum(axis=0) + pull * (a - 1.0)
        offset_gradient = error.sum(axis=0) + pull * b
        aa = (bend * np.square(odds)).sum(axis=0) + pull + SMALLEST
        ab, bb = (bend * odds).sum(axis=0), bend.sum(axis=0) + pull + SMALLEST
        if flat:
            step_a, step_b = np.zeros_like(a), offset_gradient / bb
        else:
            determinant = aa * bb - np.square(ab)
            step_a = (bb * slope_gradient - ab * offset_gradient) / determinant
            step_b = (aa * offset_gradient - ab * slope_gradient) / determinant
        length = np.ones_like(a)
        while True:
            ahead = _losses(odds, members, cases, pull, a - length * step_a, b - length * step_b)
            worse = (ahead > value) & (length > 1e-6)
            if not worse.any():
                break
            length = np.where(worse, length / 2.0, length)
        a, b, value = a - length * step_a, b - length * step_b, ahead
        moves = length * np.maximum(np.abs(step_a), np.abs(step_b))
        if float(moves.max(initial=0.0)) < TOLERANCE:
            break
    return a, b


def _losses(
    odds: Doubles, members: Mask, cases: Mask, pull: float, slopes: Doubles, offsets: Doubles
) -> Doubles:
    """Return the negative log posterior of each label: ``(K,)``."""
    logits = odds * slopes + offsets
    entropy = np.where(cases, np.logaddexp(0.0, logits) - members * logits, 0.0).sum(axis=0)
    prior = np.square(slopes - 1.0) + np.square(offsets)
    losses: Doubles = entropy + 0.5 * pull * prior
    return losses
