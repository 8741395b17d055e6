"""Whether vectors differ at all: in their directions, as the cosine needs it, or in any way."""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Embeddings, unit

_ROUNDING = 1e-6  # most 1 - cosine of vectors that differ by rounding alone


def are_parallel(vectors: Embeddings) -> bool:
    """Return whether all vectors, none of them zero, have one direction but for rounding."""
    directions = unit(vectors).astype(np.float64)
    return bool((np.square(directions - directions[0]).sum(axis=1) <= 2 * _ROUNDING).all())


def are_equal(vectors: Embeddings) -> bool:
    """Return whether all vectors are one but for rounding."""
    wide = vectors.astype(np.float64)
    squares = np.square(wide - wide[0]).sum(axis=1)
    return bool((squares <= 2 * _ROUNDING * np.square(wide[0]).sum()).all())
