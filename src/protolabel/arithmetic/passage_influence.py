"""What each passage does to an answer: leave-one-passage-out. Pure arithmetic; encodes nothing.

A document's vector is a weighted sum of its passages, so the vector without one of them follows
from the weights and costs no encoding.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.scores import LinearModel
from protolabel.arrays import Doubles, Floats, unit


def without_each(document: Floats, passages: Floats, weights: Floats) -> Floats:
    """Return the document's vector without each of its passages in turn.

    What of the vector is in no passage, such as the beginning of the text encoded by itself, goes
    with the first passage, where it stands.

    Args:
        document: (d,) float32, of unit length.
        passages: (m, d) float32, in document order.
        weights: (m,) float32: the weight of each passage in ``document``.

    Returns:
        (m, d) float32 of unit length; zeros where nothing is left.
    """
    parts = weights[:, None].astype(np.float64) * passages.astype(np.float64)
    whole = document.astype(np.float64)
    parts[0] += whole - parts.sum(axis=0)
    left = whole - parts
    left[np.linalg.norm(left, axis=1) < 1e-6] = 0.0  # only rounding of float32 is left of them
    return np.asarray(unit(left.astype(np.float32)), np.float32)


def influences(
    document: Floats,
    passages: Floats,
    weights: Floats,
    best: LinearModel,
    second: LinearModel | None,
) -> Doubles:
    """Return how much of the lead of the best class over the second each passage gives.

    The lead of the document less the lead of the document without the passage: positive where the
    passage speaks for the best class, negative where it speaks for the second. With a single class
    the lead is its score.

    Args:
        document: (d,) float32, of unit length.
        passages: (m, d) float32, in document order.
        weights: (m,) float32: the weight of each passage in ``document``.
        best: one class.
        second: another one, or None.

    Returns:
        (m,) float64.
    """
    queries = np.concatenate([document[None], without_each(document, passages, weights)])
    leads = lead(queries, best, second)
    return np.asarray(leads[0] - leads[1:], np.float64)


def lead(queries: Floats, best: LinearModel, second: LinearModel | None) -> Doubles:
    """Return the score of one class less that of another. *Shape:* ``(n, d)`` -> ``(n,)``."""
    scores = best.scores(queries)[:, 0].astype(np.float64)
    return scores if second is None else np.subtract(scores, second.scores(queries)[:, 0])
