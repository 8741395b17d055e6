"""Unlabelled documents as classes to learn from: groups of like vectors, in several partitions.

Hsu, Levine and Finn 2019 ("Unsupervised Learning via Meta-Learning", algorithm 1): k-means of an
encoder's vectors gives pseudo-classes, and each episode is drawn from one partition. A group is no
proposal of a class to anybody; it is what episodes are made of. The k-means is scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Positions
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.system.extras import require
from protolabel.system.import_lock import one_import
from protolabel.training.loop.validation import TaskData
from protolabel.words.quantity import quantity

GROUPS = (150, 50, 16)  # of each partition, fine to coarse: chosen in docs/experiments.md
FEWEST_EACH = 12  # documents of a group, in the mean
FEWEST = GROUPS[-1] * FEWEST_EACH  # documents that can be grouped
MOST_WAY = 50  # groups of an episode


def numbers_of_groups(n: int) -> list[int]:
    """Return the number of groups of each partition of ``n`` documents, most first.

    Raises InputError for fewer documents than ``FEWEST``.
    """
    if n < FEWEST:
        raise InputError(
            quantity(n, "different unlabelled document"),
            expected=f"{FEWEST} or more, to find groups in",
            remedy="give more, or train without them",
        )
    return [k for k in GROUPS if n >= k * FEWEST_EACH]


def partitions(vectors: Floats, seed: int) -> list[Positions]:
    """Group documents by their vectors, for each number of groups: the group of each document.

    *Shape:* ``(n, d)`` of unit length -> ``(n,)`` each.
    """
    require("train", "grouping unlabelled documents", "sklearn")
    with one_import():
        from sklearn.cluster import KMeans

    groupings = []
    for number, k in enumerate(numbers_of_groups(len(vectors))):
        means = KMeans(
            k, init="random", n_init=1, max_iter=25, random_state=(seed + number) % 2**32
        )
        groupings.append(np.asarray(means.fit_predict(vectors), np.int64))
    return groupings


def pool_data(
    prepared: Any, groupings: Sequence[Positions], scenario: Scenario, beside: Sequence[TaskData]
) -> list[TaskData]:
    """Return each partition as a data set.

    Its weight is that of all data sets in ``beside`` together. Shots and queries are the
    scenario's. Ways are as many as the groups allow, up to ``MOST_WAY``, since more than will be
    met help (Snell et al. 2017, section 3.1). A group has no words. A document outside an
    episode's groups may still be of their class, so there are no strangers.
    """
    weight = float(sum(one.train.n_classes for one in beside)) or 1.0
    data = []
    for groups in groupings:
        usable = _usable(groups, scenario)
        way = min(MOST_WAY, len(usable))
        shape = Scenario(way, scenario.n_shot, scenario.n_query)
        sampler = Sampler(groups, shape, classes=usable)
        data.append(TaskData(prepared, len(groups), sampler, weight=weight))
    return data


def _usable(groups: Positions, scenario: Scenario) -> npt.NDArray[np.int64]:
    """Return the groups with enough documents for an episode."""
    least = scenario.shots[0] + scenario.n_query
    usable = np.flatnonzero(np.bincount(groups) >= least)
    if len(usable) < 2:
        raise InputError(
            f"{quantity(len(usable), 'group')} of {least} unlabelled documents or more",
            expected="two at least: an episode's support and queries",
            remedy="give more unlabelled documents, or lower n_shot or n_query",
        )
    return usable
