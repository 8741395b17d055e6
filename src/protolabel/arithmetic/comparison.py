"""Which of two encoders serves a label space better: told by the label space's own examples.

Each example whose class has another is scored with itself left out of its class (the simulation of
``calibration``), once with the old vectors and once with the new, and the two answers are paired.
Nothing here encodes, stores or decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import FEWEST, simulate
from protolabel.arithmetic.kappa import PRIOR, estimate_kappa
from protolabel.arrays import Floats, Labels, Metric
from protolabel.types import Comparison

Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The same examples and descriptions in one encoder's vectors.

    embeddings ``(n, d)``, descriptions ``(K, d)`` with rows of zeros where a class has none.
    """

    fingerprint: str
    embeddings: Floats
    descriptions: Floats


def compare(
    old: Side,
    new: Side,
    labels: Labels,
    described: npt.NDArray[np.bool_],
    *,
    kappa: float | None,
    metric: Metric,
) -> Comparison:
    """Leave-one-out accuracy of prototypes (eq. 3) in both, and the difference with its interval.

    ``kappa`` None: each side has the weight of descriptions that it would estimate for itself,
    from all examples. *Shape:* labels ``(n,)`` in ``[0, K)``, described ``(K,)``.
    """
    kappas = [
        kappa if kappa is not None else _estimated(side, labels, described) for side in (old, new)
    ]
    right = [
        _right(side, labels, described, weight, metric)
        for side, weight in zip((old, new), kappas, strict=True)
    ]
    n = len(right[0])
    lost, won = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    low, high = interval(lost, won, n) if n else (None, None)
    return Comparison(
        old=old.fingerprint,
        new=new.fingerprint,
        n=n,
        old_accuracy=float(right[0].mean()) if n else None,
        new_accuracy=float(right[1].mean()) if n else None,
        difference=(won - lost) / n if n else None,
        low=low,
        high=high,
        only_old=lost,
        only_new=won,
        old_kappa=kappas[0],
        new_kappa=kappas[1],
    )


def no_worse(comparison: Comparison) -> bool:
    """Whether the new encoder is right on as many examples as the old one, of ten at least."""
    return comparison.n >= FEWEST and comparison.only_new >= comparison.only_old


def interval(lost: int, won: int, n: int) -> tuple[float, float]:
    """95 % interval of a difference of paired shares, (won - lost) / n.

    The adjusted Wald interval of Bonett and Price (2012, Journal of Educational and Behavioral
    Statistics 37:479-488): one is added to either discordant count and two to n, so that it has a
    width also where nothing differs, and covers what it says also where n is small.
    """
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    reach = Z * float(np.sqrt((p + q - (p - q) ** 2) / (n + 2)))
    return max(p - q - reach, -1.0), min(p - q + reach, 1.0)


def _estimated(side: Side, labels: Labels, described: npt.NDArray[np.bool_]) -> float:
    found = estimate_kappa(side.embeddings, labels, side.descriptions, described)
    return PRIOR if found is None else found


def _right(
    side: Side, labels: Labels, described: npt.NDArray[np.bool_], kappa: float, metric: Metric
) -> npt.NDArray[np.bool_]:
    """Whether each example that can be left out is nearest to its own class."""
    counts = np.bincount(labels, minlength=len(described))
    if len(described) < 2 or counts.max(initial=0) < 2:
        return np.zeros(0, dtype=np.bool_)
    sums = np.zeros((len(described), side.embeddings.shape[1]))
    np.add.at(sums, labels, side.embeddings)
    simulation = simulate(
        side.embeddings,
        labels,
        counts,
        sums,
        side.descriptions,
        described,
        kappa=kappa,
        metric=metric,
    )
    right: npt.NDArray[np.bool_] = simulation.own > simulation.rival
    return right
