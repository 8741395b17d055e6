"""How near a prototype of few examples is to the centre of its class, and what scores lose by it.

The difference shrinks as a class gets examples. How fast depends on how wide classes are, which is
estimated from the label space's own examples. ``refinement`` and ``calibration`` correct scores by
it, each with a power of its own.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.class_totals import sums_by_class
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles

SPREAD = 0.7  # of a class's documents: mean squared distance from their centre over its own square
BELIEF = 5.0  # documents that ``SPREAD`` counts for where it is estimated
MOST_DOCUMENTS = 5.0  # of one class that count in the estimate, so that no class decides alone
WIDEST = 50.0  # spread: documents of a class that have next to nothing in common


def nearness(sizes: Doubles, spread: float = SPREAD) -> Doubles:
    """Return the expected cosine of a document with its prototype, over that with the centre.

    Documents lie around a centre mu with mean square distance s2, so the mean of n of them has the
    expected square length |mu|^2 + s2 / n, while its product with another document stays |mu|^2:
    1 / sqrt(1 + r / n) with r = s2 / |mu|^2, the spread. A description counts as kappa of n; less
    than one example counts as one.

    *Shape:* ``(n,)`` -> ``(n,)`` float64, above 0 and below 1.
    """
    share: Doubles = 1.0 / np.sqrt(1.0 + spread / np.maximum(sizes, 1.0))
    return share


def spread_of_classes(support: Support) -> float:
    """Return the spread of the classes, which are assumed to be about equally wide.

    The product of two documents of a class has the expectation |mu|^2, and the square of one has
    |mu|^2 + s2. Both are means over classes of two documents or more, together with ``BELIEF``
    documents of the usual spread.

    Args:
        support: examples without copies.
    """
    embeddings, labels, n_classes = support.embeddings, support.labels, support.n_classes
    counts = np.bincount(labels, minlength=n_classes).astype(np.float64)
    sums = sums_by_class(embeddings, labels, n_classes)
    lengths = np.einsum("nd,nd->n", embeddings, embeddings, dtype=np.float64)
    squares = np.bincount(labels, lengths, n_classes)
    several = np.flatnonzero(counts > 1)
    if not len(several):
        return SPREAD
    n, squares = counts[several], squares[several]
    pairs = np.einsum("kd,kd->k", sums[several], sums[several]) - squares
    weights = np.minimum(n - 1.0, MOST_DOCUMENTS)
    square = float((weights * squares / n).sum() / weights.sum())
    if square <= 0.0:
        return SPREAD
    mean_product = float((weights * pairs / (n * (n - 1.0))).sum() / square)
    # |mu|^2 of the square
    share = (mean_product + BELIEF / (1.0 + SPREAD)) / (weights.sum() + BELIEF)
    return float(1.0 / max(share, 1.0 / (1.0 + WIDEST)) - 1.0) if share < 1.0 else 0.0
