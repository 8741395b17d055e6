"""The groups of unlabelled documents, found in rounds: learn, group, learn from that, group again.

As Caron et al. 2018 (DeepCluster) do, but what learns in between is a linear map over the vectors
of the encoder as it is, which takes seconds; the encoder itself learns once, from the last groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from protolabel.arrays import Positions
from protolabel.episodes.scenario import Scenario
from protolabel.training.data.pseudo_classes import numbers_of_groups, partitions, pool_data
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.loop import checkpoint
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import OnReport, in_phase
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import TaskData

ROUNDS = 2  # groupings, each after a map has learned; more bring nothing (docs/experiments.md)
RECIPE = Recipe(
    episodes=1500, episodes_per_step=3, learning_rate=3e-4, weight_decay=0.1, average=0.98,
    validate_every=1500,
)  # fmt: skip

Labelled = Callable[[Callable[[Any], Any]], list[TaskData]]


@dataclass(frozen=True)
class Grouping:
    """What the groups follow from, and where they are kept.

    ``texts``: the unlabelled documents. ``scenario``: of the episodes that are drawn from groups.
    ``folder``: of the run's state; the groups are kept there under ``key``, so that a run that is
    resumed has the same.
    """

    texts: Sequence[str]
    scenario: Scenario
    seed: int
    folder: Path
    key: str


def grouped(
    new_map: Callable[[], LinearMap],
    labelled: Labelled,
    grouping: Grouping,
    *,
    processes: Processes,
    on_report: OnReport | None = None,
) -> list[Positions]:
    """Return the groups of unlabelled texts: the number of each text's group, by partition.

    The first of several processes finds them, and tells the others.

    Args:
        new_map: makes the map that learns between groupings.
        labelled: returns the labelled data, prepared by a function; empty where there are none.
        grouping: the texts, and what else the groups follow from.
        processes: those that need the groups.
        on_report: is called with the reports of the maps' training.
    """
    n = len(grouping.texts)
    sizes = [n] * len(numbers_of_groups(n))
    groups = None
    if processes.leads:
        groups = checkpoint.kept_groups(grouping.folder, grouping.key)
        if groups is None:
            groups = _grouped_in_rounds(new_map(), labelled, grouping, on_report)
            checkpoint.keep_groups(grouping.folder, groups, grouping.key)
    numbers = np.concatenate(groups).tolist() if groups else [0.0] * sum(sizes)
    shared = processes.from_leader(numbers)
    return np.split(np.array(shared, np.int64), np.cumsum(sizes)[:-1])


def _grouped_in_rounds(
    learner: LinearMap, labelled: Labelled, grouping: Grouping, on_report: OnReport | None
) -> list[Positions]:
    """Group, learn a map from the groups, and group again in what it makes of the texts."""
    pool = learner.prepare(grouping.texts)
    data = [replace(one, valid=None) for one in labelled(learner.prepare)]
    groups: list[Positions] = []
    for turn in range(1, ROUNDS + 1):
        learner.begin()
        sets = [*data, *pool_data(pool, groups, grouping.scenario, data)]
        if sets:
            torch.manual_seed(grouping.seed)
            phase = in_phase(on_report, f"groups, {turn} of {ROUNDS}: ")
            recipe = replace(RECIPE, seed=grouping.seed)
            context = RunContext(on_report=phase)
            Trainer(learner, EpisodeLoss("cosine"), sets, recipe, context=context).run()
        vectors = learner.embed_all(pool, np.arange(len(grouping.texts)))
        groups = partitions(vectors, grouping.seed + 10 * turn)
    return groups
