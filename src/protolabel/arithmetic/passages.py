"""Pools the passages of a long document into one vector. Pure arithmetic; encodes nothing.

A plain mean drowns what decides a document (docs/decisions/0003), so leading passages weigh most
and every passage counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from protolabel.arrays import Embeddings

SCALE = 128  # tokens
POWER = 1.5
RULE = f"start-{SCALE}-{POWER}"
"""Name of the weighting; it is part of an encoder's fingerprint."""


def passage_weights(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the weight of each passage of a document by its place, positive and summing to 1.

    ``lengths``: (m,) int64, tokens of each passage in document order. A token counts by what is
    before its passage: (1 + tokens before / SCALE) ** -POWER. So the first passage weighs most
    whatever the length of the document, and how a text is cut matters little.

    *Shape:* ``(m,)`` -> ``(m,)`` float64.

    Raises:
        ValueError: no passage, or one of no length.
    """
    if lengths.size == 0 or int(lengths.min()) < 1:
        raise ValueError("passages must number at least one and have at least one token each")
    before = np.cumsum(lengths) - lengths
    weights = lengths * (1.0 + before / SCALE) ** -POWER
    return np.asarray(weights / weights.sum(), np.float64)


def pool_passages(vectors: Embeddings, lengths: npt.NDArray[np.int64]) -> Embeddings:
    """Return the unit vector of a document from those of its passages.

    ``vectors``: (m, d) float32, in document order; ``lengths``: (m,) int64. Returns (d,) float32
    of unit length; should the weighted passages cancel exactly, the first passage stands.

    Raises:
        ValueError: counts differ, no passage, or one of no length.
    """
    if vectors.ndim != 2 or vectors.shape[0] != lengths.size:
        raise ValueError(f"{vectors.shape} vectors do not go with {lengths.shape} lengths")
    total = passage_weights(lengths) @ vectors.astype(np.float64)
    norm = float(np.linalg.norm(total))
    size = float(np.linalg.norm(vectors.astype(np.float64), axis=1).max())
    pooled = total / norm if norm > 1e-12 * size else vectors[0]
    return np.asarray(pooled, np.float32)
