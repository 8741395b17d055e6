"""A label space's own weight of descriptions (kappa of eq. 3), estimated from its examples.

Empirical Bayes in the Gaussian reading of the prototype: an example of class k is its class mean
plus noise of variance s2 a component, and the class means lie about their descriptions (moved by
one offset common to all classes, because descriptions and examples live in different regions) with
variance t2 a component. The posterior mean of the class mean is then eq. 3 with kappa = s2 / t2.
Both variances come by moments, from squared lengths alone: no search, no held-out data. That kappa
does not depend on how many examples there are, so one number serves classes of any count.

This file estimates; what a prototype is stands in ``prototypes``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Integers, Positions

LOWEST, HIGHEST = 0.1, 20.0  # outside of it the data say "nothing" or "only": never that sure
FEWEST_PAIRS = 3  # documents beyond the first of their class: degrees of freedom of s2
FEWEST_CLASSES = 3  # described classes with examples: degrees of freedom of t2, plus the offset
PRIOR = 1.0  # kappa where nothing is known
SHARPENED = 3.0  # the same where unlabelled documents have moved every description
PRIOR_WEIGHT = 3.0  # classes' and documents' worth of the prior, in log kappa
NOTHING = 1e-12  # a variance below this share of the squared distances is rounding
ROWS_AT_ONCE = 4096  # 13 MB of float64 at 384 dimensions


def prior_for(share: float) -> float:
    """Return the prior of kappa where documents have moved this share of the descriptions."""
    return PRIOR * float((SHARPENED / PRIOR) ** share)


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """How the different documents of K classes lie about their means: all that kappa needs of them.

    counts ``(K,)`` int64; means ``(K, d)``, zeros of a class without documents; squares ``(K,)``:
    sum of the squared distances of its documents to the mean.
    """

    counts: Integers
    means: Doubles
    squares: Doubles


def kappa_rows(support: Support) -> Positions:
    """Return the examples that count: one of each document that says something of new ones.

    *Shape:* ``(m,)``, ascending.
    """
    documents = support.independent()
    return documents[support.is_evidence[documents]]


def scatter_of(support: Support, rows: Positions) -> Scatter:
    """Return the scatter of some examples; that of a class depends on its own examples alone.

    *Shape:* rows ``(m,)``.
    """
    labels, classes = support.labels[rows], support.n_classes
    counts = np.bincount(labels, minlength=classes)
    means, squares = np.zeros((classes, support.embeddings.shape[1])), np.zeros(classes)
    rows = rows[np.argsort(labels, kind="stable")]
    ends = np.cumsum(counts)
    alone = counts == 1
    means[alone] = support.embeddings[rows[ends[alone] - 1]]
    for label in np.flatnonzero(counts > 1).tolist():  # differences: wherever the origin lies
        members = rows[ends[label] - counts[label] : ends[label]]
        for start in range(0, len(members), ROWS_AT_ONCE):
            part = support.embeddings[members[start : start + ROWS_AT_ONCE]]
            means[label] += part.sum(axis=0, dtype=np.float64)
        means[label] /= counts[label]
        for start in range(0, len(members), ROWS_AT_ONCE):
            part = support.embeddings[members[start : start + ROWS_AT_ONCE]]
            squares[label] += float(np.square(part - means[label]).sum())
    return Scatter(counts, means, squares)


def estimate_kappa(
    support: Support, prior: float = PRIOR, scatter: Scatter | None = None
) -> float | None:
    """Return the weight of a description in examples that fits these, or None.

    With m_k the mean of the n_k documents of class k and r_k = m_k - g_k - mean_j(m_j - g_j),

        s2 = sum_k sum_i |x_i - m_k|^2 / sum_k (n_k - 1)
        t2 = sum_k |r_k|^2 / (K - 1)  -  s2 mean_k(1 / n_k)
        kappa = s2 / t2

    drawn towards the prior in the logarithm where there are few classes or documents, and kept
    within 0.1 to 20. Each document counts once in its class, however many copies or near copies of
    it there are. Documents that the encoder has learned from do not count: training drew them
    towards their class and its description, so that both variances are smaller than those of new
    documents. Nor do documents that stand in the description of their class: it was written from
    them. The weight that the support has plays no part.

    Args:
        support: the examples.
        prior: of kappa.
        scatter: of the support, where it is there.

    Returns:
        None where the data cannot tell: with fewer than three described classes that have
        examples, or fewer than three documents beyond the first of their class, since one document
        a class says nothing of s2.
    """
    scatter = scatter_of(support, kappa_rows(support)) if scatter is None else scatter
    counts, means, described = scatter.counts, scatter.means, support.classes.described
    present = counts > 0
    pairs = int(counts.sum() - present.sum())
    is_both = present & described
    if pairs < FEWEST_PAIRS or int(is_both.sum()) < FEWEST_CLASSES:
        return None
    n = int(counts.sum())
    apart = means - np.einsum("k,kd->d", counts / n, means)
    squares = float(scatter.squares.sum() + (counts * np.square(apart).sum(axis=1))[present].sum())
    within = float(scatter.squares.sum()) / pairs
    gaps = means[is_both] - support.classes.descriptions[is_both]
    rounding = NOTHING * (squares / n + float(gaps.mean(axis=0) @ gaps.mean(axis=0)))
    gaps -= gaps.mean(axis=0)
    spread = float((gaps * gaps).sum()) / (len(gaps) - 1)
    if within <= rounding or spread <= rounding:  # one vector, or descriptions that are one
        return None
    between = spread - within * float((1.0 / counts[is_both]).mean())
    ratio = within / max(between, within / HIGHEST)
    size = min(pairs, len(gaps))
    logarithm = (size * np.log(ratio) + PRIOR_WEIGHT * np.log(prior)) / (size + PRIOR_WEIGHT)
    return float(np.clip(np.exp(logarithm), LOWEST, HIGHEST))


def kappa_for(support: Support, prior: float = PRIOR, scatter: Scatter | None = None) -> float:
    """Return the kappa that fits these examples: the prior's where they cannot tell."""
    estimate = estimate_kappa(support, prior, scatter)
    return prior if estimate is None else estimate
