"""Scores -> the probability of each class (eq. 2), its logarithm, and its chance.

Training computes its own.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from protolabel.arrays import Doubles, Floats

Share = TypeVar("Share", float, Doubles)


def softmax(
    score_matrix: Floats | Doubles, temperature: float, of: Floats | None = None
) -> Doubles:
    """Return the probability of each class to be the right one of a query that belongs to one.

    p(k | x) = exp(score_k / T) / sum_j exp(score_j / T), T being the temperature.

    *Shape:* ``(n, K)`` -> ``(n, K)`` float64, or ``(n, k)`` for the scores ``of`` some classes.

    Source:
        Snell et al. (2017), eq. 2.
    """
    top = score_matrix.max(axis=1, keepdims=True)
    columns = (score_matrix if of is None else of).astype(np.float64)
    shares = np.exp((columns - top) / temperature)
    total = shares.sum(axis=1, keepdims=True)
    if of is not None or score_matrix.dtype != np.float64:  # which may be rounded otherwise
        others = np.exp((score_matrix - top) / score_matrix.dtype.type(temperature))
        total = np.maximum(others.sum(axis=1, keepdims=True, dtype=float), total)
    return np.asarray(shares / total, np.float64)


def log_softmax(score_matrix: Floats | Doubles, temperature: float) -> Doubles:
    """Return the logarithms of the probabilities of :func:`softmax`, finite where these are 0.

    *Shape:* ``(n, K)`` -> ``(n, K)`` float64.
    """
    scaled = score_matrix.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))


def chance(probability: Share, none: Share) -> Share:
    """Return how likely a class is the right one, documents of no class among all others.

    Args:
        probability: of the class if the document belongs to one, as of :func:`softmax`.
        none: the probability that it belongs to none; of many, in a shape that fits.
    """
    return probability * (1.0 - none)
