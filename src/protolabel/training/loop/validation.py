"""The data of a trainer, and answers to episodes of classes that are not trained on.

The validation episodes of a seed are the same every time; only the documents that they need are
embedded. Nothing is learned here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Positions
from protolabel.episodes.sampler import Episode, Sampler, Stream, generator_of
from protolabel.evaluation.episodic import Accuracy, averaged, episode_hits, episodic_accuracy
from protolabel.training.learners.base import Learner
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe

Embed = Callable[[Any, Positions], Floats]
"""Prepared documents and m rows of them -> (m, d)."""


@dataclass(frozen=True, eq=False)
class TaskData:
    """One data set, prepared by the learner.

    Rows 0 to n - 1 of ``prepared`` are the documents; row ``n + k`` is the description of class k
    where there are descriptions. ``train`` and ``valid`` draw the episodes; ``valid`` may be None.
    ``weight``: how often its episodes are drawn beside other data sets'; its classes, where None.
    ``numbers`` (K,): of its classes, the same for one name in several data sets; 0 to K - 1, where
    None.
    """

    prepared: Any
    n: int
    train: Sampler
    valid: Sampler | None = None
    weight: float | None = None
    numbers: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class EpisodeAnswers:
    """Queries that were answered, by class.

    ``classes`` (q,): the true class of each query, one number for each name in all data sets.
    ``right`` (q,): whether it was answered with it. ``accuracy``: of the same queries, over
    episodes.
    """

    classes: npt.NDArray[np.int64]
    right: npt.NDArray[np.bool_]
    accuracy: Accuracy


def validated(
    learner: Learner, loss: EpisodeLoss, data: Sequence[TaskData], recipe: Recipe
) -> Accuracy:
    """Return accuracy over the validation episodes: the mean over data sets that have any."""
    accuracies = [
        episodic_accuracy(episodes, vectors, words, kappa=loss.kappa, metric=loss.metric)
        for _, episodes, vectors, words in _embedded_episodes(
            loss, data, recipe, Stream.VALIDATION, embed=learner.embed_all
        )
    ]
    return _mean(accuracies)


def episode_answers(
    learner: Learner, loss: EpisodeLoss, data: Sequence[TaskData], recipe: Recipe
) -> EpisodeAnswers:
    """Answer episodes of the ``valid`` samplers that no moment of the run was chosen on.

    By the vectors of whole documents, as the written encoder will make them.
    """
    classes, right, accuracies = [], [], []
    for dataset, episodes, vectors, words in _embedded_episodes(
        loss, data, recipe, Stream.JUDGEMENT, embed=learner.embed_whole
    ):
        pairs = [
            episode_hits(episode, vectors, words, kappa=loss.kappa, metric=loss.metric)
            for episode in episodes
        ]
        accuracies.append(averaged([float(hits.mean()) for hits, _ in pairs]))
        right += [hits for hits, _ in pairs]
        true = [truth for _, truth in pairs]
        classes += true if dataset.numbers is None else [dataset.numbers[truth] for truth in true]
    return EpisodeAnswers(np.concatenate(classes), np.concatenate(right), _mean(accuracies))


def _embedded_episodes(
    loss: EpisodeLoss, data: Sequence[TaskData], recipe: Recipe, stream: int, embed: Embed
) -> Iterator[tuple[TaskData, list[Episode], Floats, Floats | None]]:
    """Yield each data set that has any, its episodes, vectors and descriptions."""
    for position, dataset in enumerate(data):
        if dataset.valid is None:
            continue
        episodes = [
            dataset.valid.draw(generator_of(recipe.seed, stream, position, number))
            for number in range(recipe.n_validation)
        ]
        yield dataset, episodes, *_vectors(embed, loss, dataset, episodes)


def _mean(accuracies: Sequence[Accuracy]) -> Accuracy:
    """Return the mean over data sets of accuracies of their own."""
    interval = float(np.sqrt(np.sum([one.interval**2 for one in accuracies])) / len(accuracies))
    mean = float(np.mean([one.mean for one in accuracies]))
    return Accuracy(mean, interval, sum(one.n for one in accuracies))


def _vectors(
    embed: Embed, loss: EpisodeLoss, data: TaskData, episodes: Sequence[Episode]
) -> tuple[Floats, Floats | None]:
    rows = np.unique(np.concatenate([np.concatenate([e.support, e.query]) for e in episodes]))
    classes = np.unique(np.concatenate([e.classes for e in episodes if e.described] or [rows[:0]]))
    embedded = embed(data.prepared, np.concatenate([rows, data.n + classes]))
    if loss.metric == "cosine":
        embedded /= np.maximum(np.linalg.norm(embedded, axis=1, keepdims=True), 1e-12)
    vectors = _spread(embedded[: len(rows)], rows, data.n)
    if not len(classes):
        return vectors, None
    return vectors, _spread(embedded[len(rows) :], classes, int(classes.max()) + 1)


def _spread(vectors: Floats, rows: npt.NDArray[np.int64], n: int) -> Floats:
    """Return the vectors at their rows among n; the other rows are zeros."""
    whole = np.zeros((n, vectors.shape[1]), np.float32)
    whole[rows] = vectors
    return whole
