"""The focus of a query: passages of a long document that are near a description weigh more.

It is for documents that are to be labelled. The vectors of examples depend on no label space, so
sums, undo and leave-one-out are what they are without it. Pure arithmetic; encodes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arrays import Doubles, Embeddings, Floats, unit
from protolabel.types import Encoded

SHARPNESS = 10.0  # docs/decisions/0056
MOST_DESCRIPTIONS = 4096  # that passages are compared with: those of the oldest classes
CELLS = 2**20  # cosines computed together: 4 MB
NOTHING = 1e-9  # of the longest vector of a sum: a sum that is no longer has cancelled


def focused(encoded: Encoded, descriptions: Embeddings) -> Encoded:
    """Return documents in which passages weigh the more, the nearer they are to a description.

    The weight of a passage, and that of a beginning, is multiplied by exp(10 c), where c is its
    greatest cosine to a description. The whole and the beginnings keep their shares of the
    document, and the document keeps its length. A document of one window stays as it is, and so
    does every document where there is no description, or where the encoder does not say how it
    weighs passages. Each document is computed by itself.

    Args:
        encoded: the documents, by the rule of their encoder.
        descriptions: (K, d) float32, of the classes; the first ``MOST_DESCRIPTIONS`` count.
    """
    if encoded.passage_weights is None or not len(encoded.passage_owner) or not len(descriptions):
        return encoded
    names = unit(descriptions[:MOST_DESCRIPTIONS])
    vectors, weights = encoded.embeddings.copy(), encoded.passage_weights.copy()
    documents, lows = np.unique(encoded.passage_owner, return_index=True)
    highs = [*lows[1:].tolist(), len(encoded.passage_owner)]
    for document, low, high in zip(documents.tolist(), lows.tolist(), highs, strict=True):
        passages = encoded.passage_embeddings[low:high]
        starts, share = passages[:0], 0.0
        if encoded.beginnings is not None:
            starts, share = encoded.beginnings.of(document)
        views = np.concatenate([passages, starts]).astype(np.float64)
        total = _weights(views, weights[low:high], share, _nearness(views, names))
        vector = total @ views
        length = _length(vector)
        if length > NOTHING * _longest(views):
            scale = _length(vectors[document].astype(np.float64)) / length
            vectors[document], weights[low:high] = scale * vector, scale * total[: len(passages)]
    return replace(encoded, embeddings=vectors, passage_weights=weights, beginnings=None)


def _weights(views: Doubles, weights: Floats, share: float, nearness: Doubles) -> Doubles:
    """Return the new weight of each passage and beginning of a document.

    Args:
        views: (m + b, d), the m passages and the b beginnings.
        weights: (m,) of the passages; that of the first has ``share`` in it.
        share: the weight of each beginning, of which the first passage is one.
        nearness: (m + b,), the greatest cosine of each to a description.
    """
    m = len(weights)
    whole, begun = np.zeros((2, len(views)))
    whole[:m] = weights
    whole[0] -= share
    begun[0] = begun[m:] = share
    return _attended(whole, views, nearness) + _attended(begun, views, nearness)


def _attended(weights: Doubles, views: Doubles, nearness: Doubles) -> Doubles:
    """Return weights times exp(10 nearness), at the length that their sum of vectors had before.

    Zeros where the vectors cancel. *Shape:* ``(v,)``, ``(v, d)``, ``(v,)`` -> ``(v,)``.
    """
    attended = weights * np.exp(SHARPNESS * (nearness - nearness.max()))
    length = _length(attended @ views)
    if length <= NOTHING * _longest(views) * np.abs(attended).max():
        return np.zeros_like(weights)
    return np.asarray(attended * (_length(weights @ views) / length))


def _nearness(views: Doubles, names: Floats) -> Doubles:
    """Return the greatest cosine of each vector to a name. *Shape:* ``(v, d)`` -> ``(v,)``."""
    rows, step = unit(views), max(1, CELLS // len(names))
    parts = [(rows[at : at + step] @ names.T).max(axis=1) for at in range(0, len(rows), step)]
    return np.concatenate(parts).astype(np.float64)


def _length(vector: Doubles) -> float:
    return float(np.linalg.norm(vector))


def _longest(vectors: Doubles) -> float:
    return float(np.linalg.norm(vectors, axis=1).max())
