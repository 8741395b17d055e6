"""Array type aliases and ``Metric``, each defined once, and a few small functions of arrays.

An alias says what the numbers mean. The docstring of whoever uses it says their shape.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

Embeddings = Floats
"""Vectors of documents or descriptions, one a row: ``(n, d)``."""
Labels = Integers
"""Class numbers, 0 to K - 1: ``(n,)``."""
Positions = Integers
"""Rows of a data set or of an array: ``(n,)``."""
Keys = Integers
"""Class keys as the store numbers them, oldest first: ``(K,)``."""
FixedSums = Integers
"""Sums in fixed point, 2**-32 a step: ``(d,)`` or ``(K, d)``."""

Metric = Literal["cosine", "euclidean"]
"""How scores compare: the cosine, or minus the squared Euclidean distance."""


def unit(vectors: Embeddings | Doubles) -> Embeddings:
    """Return the vectors at length one; a vector of zeros stays zero.

    What is not finite makes its vector NaN, so that a check afterwards still sees it.

    The length is computed in float64, so that no float32 vector is too long or too short for it.

    *Shape:* ``(n, d)`` -> ``(n, d)`` float32.
    """
    lengths = np.sqrt(np.square(vectors, dtype=np.float64).sum(axis=1, keepdims=True))
    with np.errstate(invalid="ignore"):
        scaled = np.divide(vectors, lengths, out=np.zeros(vectors.shape), where=lengths != 0)
    return np.asarray(scaled, np.float32)


def distinct(numbers: Integers) -> Integers:
    """Return each number once, in ascending order.

    ``numpy.unique`` alone would first import masked arrays, which takes 20 ms of a cold command;
    asked to count as well, it does not.

    *Shape:* any -> ``(n,)`` int64.
    """
    return np.unique(numbers, return_counts=True)[0]


def ranges(starts: Integers, counts: Integers) -> Integers:
    """Return whole ranges one after the other: starts 3, 7 and counts 2, 3 -> 3, 4, 7, 8, 9.

    *Shape:* ``(n,)`` each -> ``(sum of the counts,)``.
    """
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(np.repeat(starts, counts) + within, np.int64)
