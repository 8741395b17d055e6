"""Sums over score matrices that a temperature follows from: of the whole matrix, in few passes.

``simulation`` has them of simulated queries, and ``kept_scores`` follows them through changes.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Floats, Labels
from protolabel.row_parts import row_parts


def finite_mean(gaps: Floats) -> float:
    """Return the mean of what is finite, 0 of nothing. *Shape:* ``(n,)``."""
    finite = gaps[np.isfinite(gaps)]
    return float(finite.mean(dtype=float)) if len(finite) else 0.0


def mean_gap(scores: Floats, top: Floats) -> float:
    """Return the mean of (best score - score) over all classes that have one.

    *Shape:* scores ``(m, K)``, top ``(m,)``.
    """
    total, count = 0.0, 0
    for part in row_parts(*scores.shape):
        gaps = top[part, None] - scores[part]
        finite = np.isfinite(gaps)
        total += float(gaps.sum(dtype=float, where=finite))
        count += int(finite.sum())
    return total / count if count else 0.0


def best_others(scores: Floats, labels: Labels) -> Floats:
    """Return the best score of each query among the classes that are not its own.

    *Shape:* scores ``(m, K)``, labels ``(m,)`` -> ``(m,)``.
    """
    best = np.empty(len(scores), np.float32)
    for part in row_parts(*scores.shape):
        others = scores[part].copy()
        others[np.arange(len(others)), labels[part]] = -np.inf
        best[part] = others.max(axis=1, initial=-np.inf)
    return best


def moments(scores: Floats, top: Floats, b: float) -> tuple[float, float]:
    """Return the sums over queries of the mean and the variance of (score - best) under softmax.

    *Shape:* scores ``(m, K)``, top ``(m,)``.
    """
    mean = variance = 0.0
    for part in row_parts(*scores.shape):
        below = scores[part].astype(np.float64)
        below -= top[part, None]
        weights = np.exp(b * below)
        below[~np.isfinite(below)] = 0.0  # of no weight
        total = weights.sum(axis=1)
        first = np.einsum("nk,nk->n", weights, below) / total
        below *= below
        second = np.einsum("nk,nk->n", weights, below) / total
        mean += float(first.sum())
        variance += float((second - first * first).sum())
    return mean, variance
