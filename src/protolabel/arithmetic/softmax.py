"""Scores -> the probability of each class (eq. 2), its logarithm, and its chance.

Training computes its own.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from protolabel.arrays import Doubles, Floats, Positions
from protolabel.row_parts import row_parts

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
        total = np.maximum(_sum(score_matrix, top, temperature), total)
    return np.asarray(shares / total, np.float64)


def _sum(score_matrix: Floats | Doubles, top: Floats | Doubles, temperature: float) -> Doubles:
    """Return the sum of exp((score - top) / T) over each row. *Shape:* ``(n, K)`` -> ``(n, 1)``."""
    powers = np.exp((score_matrix - top) / score_matrix.dtype.type(temperature))
    return np.asarray(powers.sum(axis=1, keepdims=True, dtype=float))


def shares_of(scores: Floats, rows: Positions, of: Floats, temperature: float) -> Doubles:
    """Return the probabilities of a few scores of each of some rows, each as :func:`softmax` does.

    Two of them may be the score of the same class. A few rows are looked at together, so a large
    matrix is never there a second time.

    *Shape:* scores ``(n, K)``, rows ``(m,)``, of ``(m, k)`` -> ``(m, k)`` float64.
    """
    shares = np.empty(of.shape)
    for part in row_parts(len(rows), scores.shape[1]):
        matrix = scores[rows[part]]
        top = matrix.max(axis=1, keepdims=True)
        powers = np.exp((of[part].astype(np.float64) - top) / temperature)
        total = np.maximum(_sum(matrix, top, temperature), powers)
        shares[part] = powers / total
    return shares


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
