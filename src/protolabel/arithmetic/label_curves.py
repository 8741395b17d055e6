"""How the chances of each label lie beside those of all labels together.

With one curve for all labels, a label that the text hardly determines gets chances that are as sure
as those of the other labels. So each label has a slope and an offset on the common log odds, pulled
to 1 and 0. How strongly they are pulled is chosen by documents that nothing was fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.logistic import fit_coefficients, logistic
from protolabel.arrays import Doubles, Mask

PULLS = (np.inf, 16.0, 4.0)  # inverse variances of slopes and offsets; inf: all labels alike


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
    columns = np.ascontiguousarray(np.where(cases, odds, 0.0).T), np.ones((1, 1))
    targets, weights = (members & cases).T.astype(np.float64), cases.T.astype(np.float64)
    start = np.stack([common.slopes, common.offsets], axis=1)
    curves = fit_coefficients(
        columns, targets, weights, start, pull=(pull, pull), centre=(1.0, 0.0)
    )
    flat = curves[:, 0] < 0.0
    if flat.any():
        level = fit_coefficients(
            columns[1:], targets[flat], weights[flat], curves[flat, 1:], pull=(pull,), centre=(0.0,)
        )
        curves[flat] = np.concatenate([np.zeros_like(level), level], axis=1)
    return LabelCurves(*curves.T.astype(np.float32).astype(np.float64))
