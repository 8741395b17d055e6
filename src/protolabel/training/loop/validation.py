"""Data as the trainer takes it, and accuracy over episodes of classes that are not trained on.

The validation episodes of a seed are the same every time; only the documents that they need are
embedded. Nothing is learned here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Positions
from protolabel.episodes.sampler import Episode, Sampler, generator_of
from protolabel.evaluation.episodic import Accuracy, episodic_accuracy
from protolabel.training.learners.base import Learner
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe

VALIDATION = 2  # the stream of a seed that validation episodes come from


@dataclass(frozen=True, eq=False)
class TaskData:
    """One data set, prepared by the learner.

    Rows 0 to n - 1 of ``prepared`` are the documents; row ``n + k`` is the description of class k
    where there are descriptions. ``train`` and ``valid`` draw the episodes; ``valid`` may be None.
    ``weight``: how often its episodes are drawn beside other data sets'; its classes, where None.
    """

    prepared: Any
    n: int
    train: Sampler
    valid: Sampler | None = None
    weight: float | None = None


def validated(
    learner: Learner, loss: EpisodeLoss, data: Sequence[TaskData], recipe: Recipe
) -> Accuracy:
    """Accuracy over the validation episodes: the mean over data sets that have any."""
    found: list[Accuracy] = []
    for which, one in enumerate(data):
        if one.valid is None:
            continue
        episodes = [
            one.valid.draw(generator_of(recipe.seed, VALIDATION, which, i))
            for i in range(recipe.n_validation)
        ]
        vectors, words = _vectors(learner, loss, one, episodes)
        found.append(
            episodic_accuracy(episodes, vectors, words, kappa=loss.kappa, metric=loss.metric)
        )
    interval = float(np.sqrt(np.sum([a.interval**2 for a in found])) / len(found))
    return Accuracy(float(np.mean([a.mean for a in found])), interval, sum(a.n for a in found))


def _vectors(
    learner: Learner, loss: EpisodeLoss, data: TaskData, episodes: Sequence[Episode]
) -> tuple[Floats, Floats | None]:
    rows = np.unique(np.concatenate([np.concatenate([e.support, e.query]) for e in episodes]))
    classes = np.unique(np.concatenate([e.classes for e in episodes if e.described] or [rows[:0]]))
    found = learner.embed_all(data.prepared, np.concatenate([rows, data.n + classes]))
    if loss.metric == "cosine":
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    vectors = _spread(found[: len(rows)], rows, data.n)
    if not len(classes):
        return vectors, None
    return vectors, _spread(found[len(rows) :], classes, int(classes.max()) + 1)


def _spread(found: Floats, rows: Positions, n: int) -> npt.NDArray[np.float32]:
    """Rows back in their places among n; the others are zeros."""
    whole = np.zeros((n, found.shape[1]), np.float32)
    whole[rows] = found
    return whole
