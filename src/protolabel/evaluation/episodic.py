"""Episodic accuracy of embeddings. Pure NumPy.

The protocol of few-shot papers: draw episodes, make prototypes of their support (equations 1 and
3), give each query the class of the nearest, and average over episodes. It encodes nothing and
trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.intervals import Estimate, normal_interval
from protolabel.arithmetic.scores import LinearModel
from protolabel.arrays import Doubles, Floats, Mask, Metric, Positions
from protolabel.episodes.sampler import STRANGER, Episode

Accuracy = Estimate
averaged = normal_interval


def episode_model(
    episode: Episode,
    embeddings: Floats,
    descriptions: Floats | None = None,
    *,
    kappa: float = 1.0,
    metric: Metric = "cosine",
) -> LinearModel:
    """Return the prototypes of an episode, by equation 3, or 1 where it is not described.

    *Shape:* embeddings ``(n, d)`` are of the whole data set, descriptions ``(K, d)`` of all its
    classes; the model is of the episode's ``way`` classes.
    """
    described = episode.described and descriptions is not None
    none = np.zeros((episode.n_way, embeddings.shape[1]), np.float32)
    classes = ClassTotals.of_examples(
        embeddings[episode.support],
        episode.support_class,
        descriptions[episode.classes] if described and descriptions is not None else none,
        np.full(episode.n_way, described),
    )
    return LinearModel.of_classes(classes, kappa, metric)


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

    *Shape:* embeddings of n documents ``(n, d)``, and of the descriptions of k classes ``(k, d)``.
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
        hits, _ = episode_hits(episode, embeddings, descriptions, kappa=kappa, metric=metric)
        accuracies.append(float(hits.mean()))
        members.append(episode.classes)
    return np.asarray(accuracies, np.float64), members


def episode_hits(
    episode: Episode,
    embeddings: Floats,
    descriptions: Floats | None = None,
    *,
    kappa: float = 1.0,
    metric: Metric = "cosine",
) -> tuple[Mask, Positions]:
    """Return whether the nearest class is the true one, and the true one, of each query.

    Strangers among the queries are left out.

    Returns:
        ``(q,)`` bool, and ``(q,)`` int64: class numbers of the data set.
    """
    of_class = episode.query_class != STRANGER
    truth = episode.query_class[of_class]
    model = episode_model(episode, embeddings, descriptions, kappa=kappa, metric=metric)
    scores = model.scores(embeddings[episode.query[of_class]])
    return scores.argmax(axis=1) == truth, episode.classes[truth]
