"""Scores -> the probability of each class (eq. 2), or its logarithm. Training computes its own."""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles, Floats


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
