"""The groups of unlabelled documents, found in rounds: learn, group, learn from that, group again.

As Caron et al. 2018 (DeepCluster) do, but what learns in between is a linear map over the vectors
of the encoder as it is, which takes seconds; the encoder itself learns once, from the last groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from protolabel.arrays import Positions
from protolabel.episodes.scenario import Scenario
from protolabel.training.data.pseudo_classes import numbers_of_groups, partitions, pool_data
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.loop import checkpoint
from protolabel.training.loop.distributed import World
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Report, Watch
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData

ROUNDS = 2  # groupings, each after a map has learned; more bring nothing (docs/experiments.md)
RECIPE = Recipe(
    episodes=1500, episodes_per_step=3, learning_rate=3e-4, weight_decay=0.1, average=0.98,
    validate_every=1500,
)  # fmt: skip

Labelled = Callable[[Callable[[Any], Any]], list[TaskData]]


def grouped(
    begun: Callable[[], LinearMap],
    texts: Sequence[str],
    labelled: Labelled,
    scenario: Scenario,
    *,
    seed: int,
    world: World,
    folder: Path,
    key: str,
    watch: Watch | None = None,
) -> list[Positions]:
    """Groups of the unlabelled ``texts``: the number of each text's group, by partition.

    ``begun``: makes the map that learns between groupings, where it is needed. ``labelled``: gives
    the labelled data, prepared by a function; an empty list where there are none. The groups are
    kept in ``folder`` under ``key``, so that a run that is resumed has the same; the first of
    several processes finds them, and tells the others.
    """
    shapes = [len(texts)] * len(numbers_of_groups(len(texts)))
    found = checkpoint.kept_groups(folder, key) if world.leads else None
    if found is None and world.leads:
        found = _found(begun(), texts, labelled, scenario, seed, watch)
        checkpoint.keep_groups(folder, found, key)
    told = world.told(np.concatenate(found).tolist() if found else [0.0] * sum(shapes))
    return np.split(np.array(told, np.int64), np.cumsum(shapes)[:-1])


def _found(
    learner: LinearMap,
    texts: Sequence[str],
    labelled: Labelled,
    scenario: Scenario,
    seed: int,
    watch: Watch | None,
) -> list[Positions]:
    pool = learner.prepare(texts)
    data = [replace(one, valid=None) for one in labelled(learner.prepare)]
    groups: list[Positions] = []
    for turn in range(1, ROUNDS + 1):
        learner.begin()
        told = [*data, *pool_data(pool, groups, scenario, data)]
        if told:
            torch.manual_seed(seed)
            recipe = replace(RECIPE, seed=seed)
            loss = EpisodeLoss("cosine")
            phase = f"groups, {turn} of {ROUNDS}: "
            Trainer(learner, loss, told, recipe, watch=_in_phase(watch, phase)).run()
        vectors = learner.embed_all(pool, np.arange(len(texts)))
        groups = partitions(vectors, seed + 10 * turn)
    return groups


def _in_phase(watch: Watch | None, phase: str) -> Watch | None:
    """``watch``, told that the episodes are those of finding groups."""
    if watch is None:
        return None

    def told(report: Report) -> None:
        watch(replace(report, phase=phase))

    return told
