"""Which documents to label next: one for each region of documents whose answers are in doubt.

The doubt about a document is 1 less the lead of its likeliest answer over the next one. k-means
(scikit-learn's) over the vectors, each weighted by its squared doubt, makes as many regions as
labels are asked for; the document nearest to the mean of each is chosen. So the choice is both
uncertain and diverse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Doubles, Floats, Positions
from protolabel.system.import_lock import one_import

ROUNDS = 15  # of k-means
LEAST = 1e-6  # weight of a document without doubt


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Documents to label, most helpful first.

    Attributes:
        places: ``(c,)``, of the documents.
        gains: ``(c,)``, the wrong answers that are expected in the region of each.
        sizes: ``(c,)``, the documents of that region.
    """

    places: Positions
    gains: Doubles
    sizes: Positions


def doubts(chances: Doubles) -> Doubles:
    """Return 1 less the lead of the likeliest answer over the next: ``(n, k)`` -> ``(n,)``.

    ``chances``: of the likeliest classes and of *none of these*, in any order, k at least 2.
    """
    two = -np.partition(-chances, 1, axis=1)[:, :2]
    return np.asarray(1.0 - (two[:, 0] - two[:, 1]))


def choose(vectors: Floats, doubt: Doubles, errors: Doubles, count: int) -> Choice:
    """Return the documents to label.

    Args:
        vectors: ``(n, d)``.
        doubt: ``(n,)``, of :func:`doubts`.
        errors: ``(n,)``, the chance that the answer of each is wrong.
        count: how many to choose at most.

    Source:
        Zhdanov 2019, "Diverse mini-batch active learning", section 3.2, with all documents.
    """
    with one_import():
        from sklearn.cluster import KMeans

    count = min(count, len(vectors))
    if not count:
        return Choice(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    count = min(count, len({row.tobytes() for row in vectors}))  # equal vectors are one region
    means = KMeans(count, init="k-means++", n_init=1, max_iter=ROUNDS, random_state=0)
    regions = means.fit_predict(vectors, sample_weight=np.maximum(doubt**2, LEAST))
    far = np.square(vectors - means.cluster_centers_[regions], dtype=np.float64).sum(axis=1)
    gains = np.bincount(regions, errors, minlength=count)
    order = np.lexsort((far, regions))
    present, first = np.unique(regions[order], return_index=True)
    places = order[first]
    by_gain = np.argsort(-gains[present], kind="stable")
    sizes = np.bincount(regions, minlength=count)[present]
    return Choice(places[by_gain], gains[present][by_gain], sizes[by_gain])
