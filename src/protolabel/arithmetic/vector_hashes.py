"""Numbers that follow from vectors alone, to draw and to compare documents by. No secrets.

Equal vectors have equal hashes. Different ones have different hashes but for one pair in 2^64.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Integers

ROWS_AT_ONCE = 512  # 0.8 MB at 384 dimensions, which a cache holds

Hashes = npt.NDArray[np.uint64]


def vector_hashes(vectors: Floats) -> Hashes:
    """Return a hash of each vector; -0 counts as 0. *Shape:* ``(n, d)`` -> ``(n,)``."""
    n, dim = vectors.shape
    hashes = np.empty(n, np.uint64)
    factors = mixed(np.arange((dim + 1) // 2, dtype=np.uint64)) | np.uint64(1)
    for start in range(0, n, ROWS_AT_ONCE):
        part = vectors[start : start + ROWS_AT_ONCE]
        whole = np.zeros((len(part), 2 * len(factors)), np.float32)
        np.add(part, np.float32(0.0), out=whole[:, :dim])
        pairs = whole.view(np.uint64)
        pairs ^= pairs >> np.uint64(32)  # so that the low bits depend on the high ones too
        hashes[start : start + ROWS_AT_ONCE] = np.einsum("nd,d->n", pairs, factors)
    return mixed(hashes)


def word_hashes(words: Hashes) -> Hashes:
    """Return a hash of each row of words. *Shape:* ``(n, w)`` -> ``(n,)``."""
    factors = mixed(np.arange(words.shape[1], dtype=np.uint64)) | np.uint64(1)
    return mixed(np.einsum("nw,w->n", words ^ (words >> np.uint64(32)), factors))


def number_hashes(numbers: Integers) -> Hashes:
    """Return a hash of each number. *Shape:* ``(n,)`` -> ``(n,)``."""
    return mixed(numbers.astype(np.uint64))


def mixed(words: Hashes) -> Hashes:
    """Return words of which each bit depends on all bits.

    Source:
        Steele, Lea and Flood (2014), SplitMix64.
    """
    z = words + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
