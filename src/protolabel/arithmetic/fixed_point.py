"""Exact sums of embeddings in fixed point (int64, steps of 2**-32), and which vectors they hold.

Integer addition is exact, commutative and associative. So adding and removing examples, merging and
splitting classes and undoing any of it give back the very same sum, whatever the order. The price
is a rounding of at most 2**-33 a component and example: far below the float32 resolution of a unit
vector's components. ``prototypes`` makes prototypes of these sums.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles, FixedSums, Floats, Positions
from protolabel.errors import InputError

STEPS = 2.0**32
LIMIT = 2.0**30  # |component| x examples that a sum can hold without overflow
SMALLEST = 2.0**-16  # largest |component| of a vector, below which its rounding would be visible


def unrepresentable(vectors: Floats | Doubles) -> Positions:
    """Return the rows that a sum cannot hold, ascending; the one home of this rule.

    A component of 2**30 or more overflows, and one that is not finite is no number. A vector whose
    largest component is below 2**-16, and not zero, loses digits that float32 has.

    *Shape:* ``(n, d)`` -> ``(m,)`` int64.
    """
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    fits = (largest < LIMIT) & ((largest >= SMALLEST) | (largest == 0))
    return np.flatnonzero(~fits)  # a comparison with nan is false


def size_error(vector: Floats | Doubles, name: str) -> InputError:
    """Return the error for a vector that :func:`unrepresentable` names. *Shape:* ``(d,)``."""
    return InputError(
        f"{name}: an embedding whose largest component is {float(np.abs(vector).max()):.3g}",
        expected=f"a largest component from {SMALLEST:.3g} to {LIMIT:.3g}, or a vector of zeros",
        remedy="divide all vectors by one number, or bring each to unit length",
    )


def to_fixed(embeddings: Floats | Doubles) -> FixedSums:
    """Return embeddings in fixed point, each component rounded to the nearest 2**-32.

    *Shape:* any, floating point -> the same, int64.

    Raises:
        InputError: a component of 2**30 or more, or one that is not finite. It is checked before
            the cast, which would turn it negative without a word.
    """
    wide = embeddings.astype(np.float64)
    largest = float(np.abs(wide).max(initial=0.0))
    if not largest < LIMIT:
        raise _overflow(f"embedding components up to {largest:.3g}", "components")
    return np.rint(wide * STEPS).astype(np.int64)


def fixed_sum(embeddings: Floats) -> FixedSums:
    """Return the exact sum of embeddings, the same in any order.

    *Shape:* ``(n, d)`` float32 -> ``(d,)`` int64.

    Raises:
        InputError: the sum would overflow.
    """
    largest = float(np.abs(embeddings).max(initial=0.0))
    if not largest * len(embeddings) < LIMIT:
        raise _overflow(f"embedding components up to {largest:.3g}")
    total: FixedSums = to_fixed(embeddings).sum(axis=0, dtype=np.int64)
    return total


def require_representable(total: FixedSums, count: int) -> None:
    """Refuse a sum of ``count`` embeddings that is too large to be held. *Shape:* ``(d,)``.

    Raises:
        InputError: a component of 2**30 or more.
    """
    if np.abs(total).max(initial=0) >= LIMIT * STEPS:
        raise _overflow(f"the sum of {count} embeddings is too large to hold exactly")


def _overflow(message: str, limited: str = "size x number of examples") -> InputError:
    """Return the error for what reaches ``LIMIT``, and so is too large for a sum."""
    return InputError(
        message,
        expected=f"{limited} below {LIMIT:.3g}",
        remedy="scale the vectors down (unit length is usual)",
    )


def from_fixed(sums: FixedSums) -> Doubles:
    """Return fixed point as floating point. *Shape:* any, int64 -> float64."""
    return sums.astype(np.float64) / STEPS
