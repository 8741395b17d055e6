"""Parts of the variance of a mean: of its draws, of its documents, of its classes.

Each function names its population. ``intervals`` makes an interval of several parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles


@dataclass(frozen=True, slots=True)
class Variance:
    """A part of the variance of a mean, with the degrees of freedom of its estimate."""

    value: float
    freedom: float


def draws_variance(values: Doubles, shared: float) -> Variance:
    """Return the variance of the mean over draws of a support from one pool of documents.

    It speaks of supports drawn from new documents. Two draws of k out of n documents share k / n
    of them, so that the draws vary less than supports of new documents would, and their mean keeps
    what they share.

    Args:
        values: (D,), one accuracy for each draw.
        shared: the share of its support that a draw has in common with another on average, 0 to 1.

    Source:
        To first order an accuracy is a sum over the documents of its support (Hoeffding 1948), so
        its correlation between two draws is the share that they have in common.
    """
    draws = len(values)
    if draws < 2 or shared >= 1:
        return Variance(math.nan if draws < 2 else 0.0, draws - 1)
    spread = float(values.var(ddof=1))
    return Variance(spread * (1 / draws + shared / (1 - shared)), draws - 1)


def documents_variance(
    rates: Doubles, labels: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64]
) -> Variance:
    """Return the variance of a mean over documents: new documents of the same classes.

    Args:
        rates: (n,), how often each document was answered rightly, 0 to 1.
        labels: (n,), its class; the shares of the classes are taken as given.
        clusters: (n,), equal documents have the same number and count as one.

    Source:
        Cochran (1977), stratified sampling of clusters.
    """
    n = len(rates)
    if n == 0:
        return Variance(math.nan, 0)
    _, place = np.unique(labels, return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, weights=rates) / counts
    pairs = np.stack([place, clusters], axis=1)
    kinds, member = np.unique(pairs, axis=0, return_inverse=True)
    per_class = np.bincount(kinds[:, 0], minlength=len(counts))  # clusters of each class
    centre = np.where(per_class > 1, means, float(rates.mean()))  # one alone varies around all
    totals = np.bincount(member.ravel(), weights=rates - centre[place], minlength=len(kinds))
    factor = np.where(per_class > 1, per_class / np.maximum(per_class - 1, 1), 1.0)
    value = float((totals * totals * factor[kinds[:, 0]]).sum()) / n**2
    return Variance(value, max(len(kinds) - int((per_class > 1).sum()), 1))


def classes_variance(
    values: Doubles, members: npt.NDArray[np.int64], classes: int
) -> Variance | None:
    """Return the variance of a mean over episodes: new episodes of new classes.

    An accuracy over episodes of ``way`` classes each is a U-statistic of the classes; its variance
    follows from the mean of the episodes that hold each class.

    Args:
        values: (E,), one accuracy for each episode.
        members: (E, way), the classes of each episode, 0 to ``classes`` - 1.
        classes: how many classes episodes are drawn from.

    Returns:
        None where too few classes can be left out: fewer than two more than the way.

    Source:
        Sen (1960); Arvesen (1969): (C - 1) way^2 / (C (C - way)^2) times the sum of squares.
    """
    episodes, way = members.shape
    if classes < way + 2 or episodes < 2:
        return None
    times = np.bincount(members.ravel(), minlength=classes)
    if (times < 2).any():
        return None
    sums = np.bincount(members.ravel(), weights=np.repeat(values, way), minlength=classes)
    deviations = sums / times - float(values.mean())
    factor = (classes - 1) * way**2 / (classes * (classes - way) ** 2)
    over_classes = factor * float((deviations * deviations).sum())
    over_episodes = float(values.var(ddof=1)) / episodes
    return Variance(over_classes + over_episodes, classes - 1)
