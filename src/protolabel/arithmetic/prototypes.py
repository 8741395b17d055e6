"""Counts and sums to prototypes: the arithmetic of equations 1 and 3, and nothing that stores it.

Sums are kept in fixed point (int64, 2**-32 a step), not in floating point. Integer addition is
exact, commutative and associative, so that adding and removing examples, merging and splitting
classes and undoing any of it give back the very same sum, whatever the order. A rounding of at
most 2**-33 a component and example is the price: far below the float32 resolution of a unit
vector's components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, FixedSums, Floats, Metric
from protolabel.errors import InputError

STEPS = 2.0**32
LIMIT = 2.0**30  # |component| x examples that a sum can hold without overflow


@dataclass(frozen=True, slots=True, eq=False)
class ClassVectors:
    """What a prototype is made of. sums: (d,) int64; description: (d,) float32 or None."""

    key: int
    name: str
    count: int
    sums: FixedSums
    description: Floats | None


def to_fixed(embeddings: Floats) -> FixedSums:
    """Embeddings in fixed point, each component rounded to the nearest 2**-32.

    *Shape:* ``(n, d)`` float32 -> ``(n, d)`` int64.
    """
    return np.rint(embeddings.astype(np.float64) * STEPS).astype(np.int64)


def fixed_sum(embeddings: Floats) -> FixedSums:
    """Exact sum of embeddings, the same in any order.

    *Shape:* ``(n, d)`` float32 -> ``(d,)`` int64. Raises InputError where it would overflow.
    """
    if embeddings.size and float(np.abs(embeddings).max()) * len(embeddings) >= LIMIT:
        raise InputError(
            f"embedding components up to {float(np.abs(embeddings).max()):.3g}",
            expected=f"size x number of examples below {LIMIT:.3g}",
            remedy="scale the vectors down (unit length is usual)",
        )
    total: FixedSums = to_fixed(embeddings).sum(axis=0, dtype=np.int64)
    return total


def from_fixed(sums: FixedSums) -> Doubles:
    """Fixed point back to floating point. *Shape:* any, int64 -> float64."""
    return sums.astype(np.float64) / STEPS


def prototypes(
    counts: npt.NDArray[np.int64],
    sums: FixedSums,
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    kappa: float,
) -> Doubles:
    """Prototypes by equation 3, c_k = (kappa g_k + sum_k) / (kappa + n_k); eq. 1 where no g_k is.

    Each row depends on its own class alone, bit for bit.

    *Shape:* counts ``(K,)``, sums ``(K, d)``, descriptions ``(K, d)`` (rows of classes that are
    not described are ignored), described ``(K,)`` -> ``(K, d)`` float64. A class with neither
    examples nor description gets zeros.
    """
    weight = np.where(described, kappa, 0.0)[:, None]
    total = from_fixed(sums) + weight * np.where(described[:, None], descriptions, 0.0)
    size = weight + counts[:, None]
    centres: Doubles = np.divide(total, size, out=np.zeros_like(total), where=size > 0)
    return centres


def linear(centres: Doubles, metric: Metric) -> tuple[Floats, Floats]:
    """Prototypes as a linear model, score_k(x) = w_k.x + b_k; higher is nearer.

    cosine: w_k = c_k / |c_k|, b_k = 0, and the score is the cosine for x of unit length.
    euclidean (Snell et al. 2017, eqs. 7-8): w_k = 2 c_k, b_k = -c_k.c_k, and the score less |x|^2
    is -|x - c_k|^2.

    *Shape:* ``(K, d)`` float64 -> weights ``(K, d)`` float32, biases ``(K,)`` float32.
    """
    if metric == "cosine":
        lengths = np.sqrt((centres * centres).sum(axis=1, keepdims=True))
        weights = np.divide(centres, lengths, out=np.zeros_like(centres), where=lengths > 0)
        return weights.astype(np.float32), np.zeros(len(centres), dtype=np.float32)
    biases = -(centres * centres).sum(axis=1)
    return (2.0 * centres).astype(np.float32), biases.astype(np.float32)
