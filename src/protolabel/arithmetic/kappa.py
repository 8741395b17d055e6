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

import numpy as np
import numpy.typing as npt

LOWEST, HIGHEST = 0.1, 20.0  # outside of it the data say "nothing" or "only": never that sure
FEWEST_PAIRS = 3  # examples beyond the first of their class: degrees of freedom of s2
FEWEST_CLASSES = 3  # described classes with examples: degrees of freedom of t2, plus the offset
PRIOR = 1.0  # kappa where nothing is known
PRIOR_WEIGHT = 3.0  # classes' and examples' worth of the prior, in log kappa


def estimate_kappa(
    embeddings: npt.NDArray[np.float32],
    labels: npt.NDArray[np.integer],
    descriptions: npt.NDArray[np.float32],
    described: npt.NDArray[np.bool_],
) -> float | None:
    """Weight of a description in examples that fits this data, or None where it cannot be told.

    With m_k the mean of the n_k examples of class k and r_k = m_k - g_k - mean_j(m_j - g_j),

        s2 = sum_k sum_i |x_i - m_k|^2 / sum_k (n_k - 1)
        t2 = sum_k |r_k|^2 / (K - 1)  -  s2 mean_k(1 / n_k)
        kappa = s2 / t2

    drawn towards 1 in the logarithm where there are few classes or examples, and kept within 0.1
    to 20. None with fewer than three described classes that have examples, or fewer than three
    examples beyond the first of their class: one example a class says nothing of s2.

    *Shape:* embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``, descriptions ``(K, d)`` (rows
    of classes that are not described are ignored), described ``(K,)``. Raises ValueError where
    the shapes do not agree.
    """
    _check(embeddings, labels, descriptions, described)
    classes, dim = descriptions.shape
    counts = np.bincount(labels, minlength=classes)
    sums = np.zeros((classes, dim))
    np.add.at(sums, labels, embeddings)
    present = counts > 0
    means = np.divide(sums, counts[:, None], out=sums, where=present[:, None])
    pairs = int(counts.sum() - present.sum())
    told = present & described
    if pairs < FEWEST_PAIRS or int(told.sum()) < FEWEST_CLASSES:
        return None
    squares = float(np.square(embeddings, dtype=np.float64).sum())
    within = (squares - float((counts * (means * means).sum(axis=1)).sum())) / pairs
    gaps = means[told] - descriptions[told]
    gaps -= gaps.mean(axis=0)
    spread = float((gaps * gaps).sum()) / (len(gaps) - 1)
    if within <= 1e-12 or spread <= 1e-12:  # copies of one document, or descriptions that are one
        return None
    between = spread - within * float((1.0 / counts[told]).mean())
    ratio = within / max(between, within / HIGHEST)
    size = min(pairs, len(gaps))
    logarithm = (size * np.log(ratio) + PRIOR_WEIGHT * np.log(PRIOR)) / (size + PRIOR_WEIGHT)
    return float(np.clip(np.exp(logarithm), LOWEST, HIGHEST))


def _check(
    embeddings: npt.NDArray[np.float32],
    labels: npt.NDArray[np.integer],
    descriptions: npt.NDArray[np.float32],
    described: npt.NDArray[np.bool_],
) -> None:
    """Raise ValueError where shapes or labels do not agree."""
    classes, dim = descriptions.shape
    if embeddings.ndim != 2 or embeddings.shape[1] != dim:
        raise ValueError(f"embeddings of shape {embeddings.shape}; expected (n, {dim})")
    if labels.shape != (len(embeddings),):
        raise ValueError(f"labels of shape {labels.shape}; expected ({len(embeddings)},)")
    if described.shape != (classes,):
        raise ValueError(f"described of shape {described.shape}; expected ({classes},)")
    if len(labels) and (int(labels.min()) < 0 or int(labels.max()) >= classes):
        found = f"labels from {labels.min()} to {labels.max()}"
        raise ValueError(f"{found}; expected 0 to {classes - 1}")
