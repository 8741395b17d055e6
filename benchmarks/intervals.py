"""Figures with their intervals: over draws, of paired differences, and over folds.

docs/decisions/0012-intervals.md says which interval is whose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from benchmarks.data_sets import Data
from protolabel.arithmetic.intervals import combined
from protolabel.arithmetic.variances import Variance, draws_variance


@dataclass(frozen=True)
class Sampling:
    """How the draws behind a figure in per cent come about; docs/decisions/0012-intervals.md.

    ``documents``: how many different documents were queries. ``shared``: which share of its support
    a draw has in common with another on average. The default is draws that share nothing, and a
    figure that no document limits, such as seconds.
    """

    documents: int = 0
    shared: float = 0.0


NEW_DATA = "mean ± 95 % interval for new examples and new documents of the same classes (t)"
INDEPENDENT = Sampling()


def sampling(data: Data, shots: int, queries: int | None = None) -> Sampling:
    """Draws of ``shots`` a class, and of ``queries`` others (all of them by default)."""
    counts = np.bincount(data.y)
    n = len(data.y) - shots * len(counts) if queries is None else queries
    return Sampling(n, float(np.minimum(shots / counts, 1.0).mean()))


def mean_interval(values: Sequence[float], how: Sampling = INDEPENDENT) -> tuple[float, float]:
    """The mean over draws, and half of its 95 % interval (Student's t)."""
    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    parts = [draws_variance(array, how.shared)]
    if how.documents:  # at most: documents that are right as often as the mean, each on its own
        parts.append(Variance(mean * (100 - mean) / how.documents, how.documents))
    if len(array) < 2:
        return mean, math.nan
    return mean, combined(mean, len(array), parts).interval


def paired_text(differences: Sequence[float], differs: Sequence[float], how: Sampling) -> str:
    """``"+2.1 ± 0.4"``: a difference of two ways in points, both on the same draws and documents.

    ``differs``: in per cent of the documents of each draw, how many only one of the two has right.
    """
    mean, parts = float(np.mean(differences)), [draws_variance(np.array(differences), how.shared)]
    if how.documents:
        parts.append(Variance(100 * float(np.mean(differs)) / how.documents, how.documents))
    half = combined(mean, len(differences), parts).interval
    return f"{mean:+.1f}" + ("" if len(differences) == 1 else f" ± {half:.1f}")


def interval_text(values: Sequence[float], digits: int = 1, how: Sampling = INDEPENDENT) -> str:
    """``"77.8 ± 0.4"``; of a single value there is no interval."""
    mean, half = mean_interval(values, how)
    return f"{mean:.{digits}f}" + ("" if len(values) == 1 else f" ± {half:.{digits}f}")


def ratio_text(weights: Sequence[float], values: Sequence[float]) -> str:
    """``"+12 ± 17"``: a weighted mean over draws, each of which weighs what it has of it.

    Source:
        Cochran 1977, "Sampling Techniques", section 2.11: the variance of a ratio.
    """
    weight, value, n = np.asarray(weights, float), np.asarray(values, float), len(weights)
    if not weight.sum():
        return "-"
    mean = float((weight * value).sum() / weight.sum())
    if n < 2:
        return f"{mean:+.0f}"
    variance = n / (n - 1) * float(((weight * (value - mean)) ** 2).sum()) / weight.sum() ** 2
    half = float(student.ppf(0.975, n - 1)) * math.sqrt(variance)
    return f"{mean:+.0f} ± {half:.0f}"


def over_folds(values: Sequence[float]) -> str:
    """``"91.18 ± 0.95"``: mean and standard deviation over folds; of one fold its value."""
    mean = f"{np.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.2f}"


def folds(name: str, n: int) -> str:
    """``"BANKING77, 5 folds"``."""
    return f"{name}, {n} fold{'s' if n > 1 else ''}"
