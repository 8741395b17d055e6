"""Episodic accuracy of embeddings that are there already, with its 95 % interval. Pure numpy.

The protocol of few-shot papers: draw episodes, make prototypes of their support (equations 1 and
3), give each query the nearest, and average over episodes. It encodes nothing and trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Floats, Metric
from protolabel.episodes.sampler import STRANGER, Episode


@dataclass(frozen=True)
class Accuracy:
    """Share of queries answered rightly: mean over ``n`` episodes, 0 to 1.

    ``interval``: half-width of the 95 % interval of the mean, 1.96 s / sqrt(n).
    """

    mean: float
    interval: float
    n: int

    def __str__(self) -> str:
        return f"{100 * self.mean:.2f} ± {100 * self.interval:.2f} % (n = {self.n})"


def averaged(values: Iterable[float]) -> Accuracy:
    """Mean and 95 % interval of accuracies, one an episode (or a fold, or a draw)."""
    found = np.asarray(list(values), np.float64)
    n = len(found)
    spread = float(found.std(ddof=1)) if n > 1 else float("nan")
    return Accuracy(float(found.mean()) if n else float("nan"), 1.96 * spread / max(n, 1) ** 0.5, n)


def episode_prototypes(
    episode: Episode,
    embeddings: Floats,
    descriptions: Floats | None = None,
    *,
    kappa: float = 1.0,
    metric: Metric = "cosine",
) -> Floats:
    """Prototypes of an episode by equation 3, or 1 where it is not described: (way, d) float32.

    ``embeddings`` (n, d) are of the whole data set, ``descriptions`` (K, d) of all its classes.
    """
    rows = embeddings[episode.support]
    centres = np.zeros((episode.n_way, embeddings.shape[1]), np.float64)
    np.add.at(centres, episode.support_class, rows)
    counts = np.bincount(episode.support_class, minlength=episode.n_way).astype(np.float64)
    if episode.described and descriptions is not None:
        centres += kappa * descriptions[episode.classes]
        counts += kappa
    centres /= counts[:, None]
    if metric == "cosine":
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    return centres.astype(np.float32)


def episode_scores(queries: Floats, centres: Floats, metric: Metric) -> Floats:
    """Scores of queries (q, d) against prototypes (way, d): (q, way); higher is nearer.

    cosine: the cosine, for queries of unit length. euclidean: minus the squared distance, but for
    a constant a query.
    """
    scores = queries @ centres.T
    if metric == "euclidean":
        scores = 2 * scores - (centres * centres).sum(axis=1)
    return np.asarray(scores, np.float32)


def episodic_accuracy(
    episodes: Iterable[Episode],
    embeddings: Floats,
    descriptions: Floats | None = None,
    *,
    kappa: float = 1.0,
    metric: Metric = "cosine",
) -> Accuracy:
    """Accuracy over episodes; strangers among the queries are left out of it."""
    found = []
    for episode in episodes:
        known = episode.query_class != STRANGER
        centres = episode_prototypes(episode, embeddings, descriptions, kappa=kappa, metric=metric)
        scores = episode_scores(embeddings[episode.query[known]], centres, metric)
        found.append(float((scores.argmax(axis=1) == episode.query_class[known]).mean()))
    return averaged(found)
