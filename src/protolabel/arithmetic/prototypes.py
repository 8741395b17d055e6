"""Prototypes (eqs. 1 and 3) from counts, sums and descriptions, and which classes have one.

Snapshots, simulation, refinement and evaluation all take prototypes from here. ``scores`` scores
queries against them.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arrays import Doubles, Mask, Metric


def sizes(classes: ClassTotals, kappa: float) -> Doubles:
    """Return what each prototype is worth in examples: n_k, and kappa where it is described.

    *Shape:* ``(K,)`` float64.
    """
    return np.asarray(classes.counts + kappa * classes.described, np.float64)


def totals(classes: ClassTotals, kappa: float) -> Doubles:
    """Return kappa g_k + sum_k, the numerator of eq. 3. *Shape:* ``(K, d)`` float64."""
    if not classes.described.any():
        return classes.sums
    weights = np.where(classes.described, kappa, 0.0)
    return classes.sums + weights[:, None] * classes.descriptions


def prototypes(classes: ClassTotals, kappa: float) -> Doubles:
    """Return prototypes, c_k = (kappa g_k + sum_k) / (kappa + n_k).

    Each row depends on its own class alone, bit for bit. A class without a prototype
    (:func:`has_prototype`) gets zeros.

    *Shape:* ``(K, d)`` float64.

    Source:
        Equation 3; eq. 1 of Snell et al. (2017) where a class has no description.
    """
    numerator, size = totals(classes, kappa), sizes(classes, kappa)[:, None]
    centres: Doubles = np.divide(numerator, size, out=np.zeros_like(numerator), where=size > 0)
    return centres


def has_prototype(classes: ClassTotals, kappa: float, metric: Metric) -> Mask:
    """Return which classes can be an answer.

    A class needs an example, or a description that counts: with kappa 0 it counts for nothing. By
    the cosine a prototype also needs a direction, which vectors of zeros, or vectors that cancel,
    do not have.

    *Shape:* ``(K,)`` bool.
    """
    present: Mask = sizes(classes, kappa) > 0
    if metric == "cosine":
        present &= totals(classes, kappa).any(axis=1)
    return present
