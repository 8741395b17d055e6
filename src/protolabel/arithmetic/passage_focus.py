"""The focus of a query: passages of a long document that are near a description weigh more.

It is for documents that are to be labelled. The vectors of examples depend on no label space, so
sums, undo and leave-one-out are what they are without it. Pure arithmetic; encodes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arithmetic.passages import cancels, parts_of_weights
from protolabel.arrays import Doubles, Embeddings, Floats, unit
from protolabel.types import Encoded

SHARPNESS = 10.0  # docs/decisions/0056
MOST_DESCRIPTIONS = 4096  # that passages are compared with: those of the oldest classes
CELLS = 2**20  # cosines computed together: 4 MB


def focused(encoded: Encoded, descriptions: Embeddings) -> Encoded:
    """Return documents in which passages weigh the more, the nearer they are to a description.

    The weight of a passage, and that of a beginning, is multiplied by exp(10 c), where c is its
    greatest cosine to a description. The whole and the beginnings keep their shares of the
    document, and the document keeps its length. A document stays as
    it is if it fits the window, if no class has a description, or if the encoder does not say how
    it weighs passages. Each document is computed by itself.

    Args:
        encoded: the documents, by the rule of their encoder.
        descriptions: (K, d) float32, of the classes; the first ``MOST_DESCRIPTIONS`` count.
    """
    if encoded.passage_weights is None or not len(encoded.passage_owner) or not len(descriptions):
        return encoded
    directions = unit(descriptions[:MOST_DESCRIPTIONS])
    vectors, weights = encoded.embeddings.copy(), encoded.passage_weights.copy()
    documents, lows = np.unique(encoded.passage_owner, return_index=True)
    highs = [*lows[1:].tolist(), len(encoded.passage_owner)]
    for document, low, high in zip(documents.tolist(), lows.tolist(), highs, strict=True):
        passages = encoded.passage_embeddings[low:high]
        beginnings, share = passages[:0], 0.0
        if encoded.beginnings is not None:
            beginnings, share = encoded.beginnings.of(document)
        parts = np.concatenate([passages, beginnings]).astype(np.float64)
        cosines = _greatest_cosines(parts, directions)
        whole, opening = parts_of_weights(weights[low:high], share, len(parts))
        part_weights = _focus_weights(whole, parts, cosines) + _focus_weights(
            opening, parts, cosines
        )
        vector = part_weights @ parts
        if not cancels(vector, parts):
            scale = _length(vectors[document].astype(np.float64)) / _length(vector)
            vectors[document] = scale * vector
            weights[low:high] = scale * part_weights[: len(passages)]
    return replace(encoded, embeddings=vectors, passage_weights=weights, beginnings=None)


def _focus_weights(weights: Doubles, parts: Doubles, cosines: Doubles) -> Doubles:
    """Return weights times exp(10 cosines), at the length that their sum of vectors had before.

    Zeros where the vectors cancel. *Shape:* ``(v,)``, ``(v, d)``, ``(v,)`` -> ``(v,)``.
    """
    attended = weights * np.exp(SHARPNESS * (cosines - cosines.max()))
    total = attended @ parts
    if cancels(total, parts, float(np.abs(attended).max())):
        return np.zeros_like(weights)
    return np.asarray(attended * (_length(weights @ parts) / _length(total)))


def _greatest_cosines(parts: Doubles, directions: Floats) -> Doubles:
    """Return the greatest cosine of each to a direction. *Shape:* ``(v, d)`` -> ``(v,)``."""
    rows, step = unit(parts), max(1, CELLS // len(directions))
    slabs = [(rows[at : at + step] @ directions.T).max(axis=1) for at in range(0, len(rows), step)]
    return np.concatenate(slabs).astype(np.float64)


def _length(vector: Doubles) -> float:
    return float(np.linalg.norm(vector))
