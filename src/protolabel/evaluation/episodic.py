"""Episodic accuracy of embeddings that are there already. Pure NumPy.

The protocol of few-shot papers: draw episodes, make prototypes of their support (equations 1 and
3), give each query the nearest, and average over episodes. It encodes nothing and trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from protolabel.arithmetic.intervals import Estimate, normal_interval
from protolabel.arrays import Doubles, Floats, Metric, Positions
from protolabel.episodes.sampler import STRANGER, Episode

Accuracy = Estimate
averaged = normal_interval


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
) -> Estimate:
    """Return the accuracy over episodes with the interval of published protocols.

    Strangers among the queries are left out.
    """
    accuracies, _ = episode_accuracies(
        episodes, embeddings, descriptions, kappa=kappa, metric=metric
    )
    return normal_interval(accuracies)


def episode_accuracies(
    episodes: Iterable[Episode],
    embeddings: Floats,
    descriptions: Floats | None = None,
    *,
    kappa: float = 1.0,
    metric: Metric = "cosine",
) -> tuple[Doubles, list[Positions]]:
    """Return the accuracy of each episode, (E,) from 0 to 1, and the classes of each."""
    accuracies, members = [], []
    for episode in episodes:
        known = episode.query_class != STRANGER
        centres = episode_prototypes(episode, embeddings, descriptions, kappa=kappa, metric=metric)
        scores = episode_scores(embeddings[episode.query[known]], centres, metric)
        accuracies.append(float((scores.argmax(axis=1) == episode.query_class[known]).mean()))
        members.append(episode.classes)
    return np.asarray(accuracies, np.float64), members
