"""Draws episodes from labelled data: which classes, which support, which queries. Pure NumPy.

It knows class numbers and positions, no documents and no vectors.
An episode follows from its generator alone. So a run can resume, or be shared out over processes,
at any episode: give each episode a generator of its own number (:func:`generator_of`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, unique

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Positions
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.words.quantity import quantity

STRANGER = -1  # class of a query that no class of the episode explains


@dataclass(frozen=True, eq=False)
class Episode:
    """One drawn task. Positions are rows of the data set; places are 0 to way - 1.

    ``classes`` (way,): class numbers. ``support`` (s,) with ``support_class`` (s,) places.
    ``query`` (q,) with ``query_class`` (q,) places, ``STRANGER`` for strangers. ``described``:
    whether descriptions of the classes count. ``dataset``: which of several data sets.
    """

    classes: Positions
    support: Positions
    support_class: Positions
    query: Positions
    query_class: Positions
    described: bool
    dataset: int = 0

    @property
    def n_way(self) -> int:
        """Classes in this episode."""
        return len(self.classes)


def turns(episode: Episode) -> list[tuple[Episode, Positions]]:
    """Return the other tasks in an episode's documents: each takes its turn as an example.

    Of s documents of support and q queries a class, the first s are the support of the first turn,
    which is the episode itself, the next s of the second, and so on, (s + q) // s turns; all others
    are its queries. With each turn: where its support and its queries are in (support, query)
    joined. One turn where classes have unequal numbers or no support, or there are strangers.
    """
    documents = np.concatenate([episode.support, episode.query])
    place = np.concatenate([episode.support_class, episode.query_class])
    counts = np.bincount(episode.support_class, minlength=episode.n_way)
    strangers = bool((episode.query_class == STRANGER).any())
    n_queries = (
        np.zeros(1) if strangers else np.bincount(episode.query_class, minlength=episode.n_way)
    )
    if strangers or not counts.min() == counts.max() > 0 or n_queries.min() < n_queries.max():
        return [(episode, np.arange(len(documents)))]
    shot, way = int(counts[0]), episode.n_way
    table = np.argsort(place, kind="stable").reshape(way, -1)  # a class's support, then its queries
    tasks = []
    for start in range(0, table.shape[1] - shot + 1, shot):
        columns = np.arange(start, start + shot)
        parts = table[:, columns].ravel(), np.delete(table, columns, axis=1).ravel()
        rows = np.concatenate(parts)
        turned = replace(
            episode,
            support=documents[parts[0]],
            support_class=place[parts[0]],
            query=documents[parts[1]],
            query_class=place[parts[1]],
        )
        tasks.append((turned, rows))
    return tasks


@unique
class Stream(IntEnum):
    """The streams of random numbers of one seed, by what draws from them."""

    TRAINING = 1  # the episodes that are learned from
    VALIDATION = 2  # those that choose the best moment
    SPLIT = 3  # which classes are held out
    HELD_OUT = 4  # which examples are held out
    RESERVOIR = 5  # which of many unlabelled documents are kept
    JUDGEMENT = 6  # the episodes by which a run is judged
    LUCK = 7  # by how much prototypes of other documents would differ


def generator_of(seed: int, *numbers: int) -> np.random.Generator:
    """Return the generator of a seed and a numbering: always the same, in every process.

    The first number is a :class:`Stream`, except for the draws of an evaluation, which is the only
    user of its seed.
    """
    return np.random.default_rng([seed, *numbers])


class Sampler:
    """Episodes of a scenario from one data set's labels.

    ``labels`` (n,): class number of each document, 0 to K - 1. ``classes``: the class numbers to
    draw from, all by default. Where the scenario asks for a range, a class with few documents
    gives what it has beyond its queries.
    """

    def __init__(
        self,
        labels: npt.NDArray[np.integer],
        scenario: Scenario,
        *,
        classes: Sequence[int] | Positions | None = None,
        names: Sequence[str] | None = None,
        described: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Check the labels. Raises InputError where they cannot give what the scenario asks for."""
        labels = np.asarray(labels, np.int64)
        pool = np.unique(labels) if classes is None else np.asarray(classes, np.int64)
        order = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[order], pool, "left")
        ends = np.searchsorted(labels[order], pool, "right")
        self._classes, self._counts = pool, ends - starts
        self._scenario = scenario
        self._most = int(self._counts.max(initial=0))
        self._by_class, self._starts = order, starts  # positions, class after class
        self._described = described
        self._check(names)

    @property
    def scenario(self) -> Scenario:
        """What its episodes are like."""
        return self._scenario

    @property
    def n_classes(self) -> int:
        """Number of classes to draw from."""
        return len(self._classes)

    @property
    def described_share(self) -> float:
        """The share of episodes all of whose classes have a description; others use none."""
        if self._described is None:
            return 1.0
        n, n_described = len(self._classes), int(self._described[self._classes].sum())
        ways = range(self._scenario.ways[0], min(self._scenario.ways[1], self._most_ways()) + 1)
        return sum(math.comb(n_described, way) / math.comb(n, way) for way in ways) / len(ways)

    def draw(self, rng: np.random.Generator, *, dataset: int = 0) -> Episode:
        """Return the next episode of ``rng``."""
        s = self._scenario
        n_way = int(rng.integers(s.ways[0], min(s.ways[1], self._most_ways()) + 1))
        picked = rng.choice(len(self._classes), n_way, replace=False)
        kind = rng.random()
        only = kind < s.described_only
        described = only or kind < s.described_only + s.described
        if self._described is not None:
            described = described and bool(self._described[self._classes[picked]].all())
            only = only and described
        counts = self._counts[picked]
        shots = rng.integers(s.shots[0], s.shots[1] + 1, n_way if s.uneven else 1)
        shots = np.minimum(np.broadcast_to(shots, n_way), counts - s.n_query)
        shots = np.zeros(n_way, np.int64) if only else shots
        support: list[Positions] = []
        query: list[Positions] = []
        for start, count, shot in zip(
            self._starts[picked].tolist(), counts.tolist(), shots.tolist(), strict=True
        ):
            # The smallest random keys pick a class's documents, none twice. Each class takes as
            # many numbers from the generator as the largest has documents: the episodes of a seed
            # are those that they have always been.
            keys = rng.random(self._most)[:count]
            documents = self._by_class[start + np.argsort(keys)[: shot + s.n_query]]
            support.append(documents[:shot])
            query.append(documents[shot:])
        place = np.arange(n_way)
        query_class = np.repeat(place, s.n_query)
        if s.n_strangers:
            query.append(self._strangers(rng, picked))
            query_class = np.concatenate([query_class, np.full(s.n_strangers, STRANGER)])
        return Episode(
            self._classes[picked],
            np.concatenate(support),
            np.repeat(place, shots),
            np.concatenate(query),
            query_class,
            bool(described),
            dataset,
        )

    def _strangers(self, rng: np.random.Generator, picked: Positions) -> Positions:
        classes = np.setdiff1d(np.arange(len(self._classes)), picked)
        rows = rng.choice(classes, self._scenario.n_strangers)
        columns = (rng.random(len(rows)) * self._counts[rows]).astype(np.int64)
        return np.asarray(self._by_class[self._starts[rows] + columns], np.int64)

    def _most_ways(self) -> int:
        return len(self._classes) - (1 if self._scenario.n_strangers else 0)

    def _check(self, names: Sequence[str] | None) -> None:
        s = self._scenario
        if self._most_ways() < s.ways[0]:
            more = " and one for strangers" if s.n_strangers else ""
            raise InputError(
                f"{quantity(len(self._classes), 'class')} to draw from",
                expected=f"{s.ways[0]}{more}: the fewest that an episode needs",
                remedy="lower n_way, or give data of more classes",
            )
        least = s.n_query + (s.shots[0] if s.described_only < 1 else 0)
        short = np.flatnonzero(self._counts < least)
        if len(short):
            k = int(self._classes[short[0]])
            name = repr(names[k]) if names is not None else str(k)
            also = f" (and {quantity(len(short) - 1, 'more such class')})" if len(short) > 1 else ""
            raise InputError(
                f"class {name} has {quantity(int(self._counts[short[0]]), 'document')}{also}",
                expected=f"{least}: {least - s.n_query} of support and {s.n_query} of queries",
                remedy="lower n_shot or n_query, give more, or leave such classes out"
                + (" with past.without_small" if names is not None else ""),
            )


class Mixture:
    """Episodes of several data sets; each is drawn as often as its weight says, or its classes."""

    def __init__(
        self, samplers: Iterable[Sampler], weights: Sequence[float | None] | None = None
    ) -> None:
        self._samplers = list(samplers)
        if not self._samplers:
            raise InputError("no data set", expected="at least one")
        shares = [None] * len(self._samplers) if weights is None else weights
        pairs = zip(self._samplers, shares, strict=True)
        sizes = np.array([s.n_classes if w is None else w for s, w in pairs], float)
        self._shares = sizes / sizes.sum()

    def draw(self, rng: np.random.Generator) -> Episode:
        """Return the next episode of ``rng``."""
        dataset = int(rng.choice(len(self._samplers), p=self._shares))
        return self._samplers[dataset].draw(rng, dataset=dataset)
