"""Answers by level: the class where that is sure enough, or else a class above it.

Where a threshold decides, it decides whether a document gets an answer at all, and the level
follows from the chances: the nearest class where that is likelier right than wrong, otherwise the
deepest class on the heaviest way down that is, otherwise the top of that way. Where a target asks
for chances, each level needs its own, and without a level that has it there is no answer.
docs/decisions/0047-hierarchies.md says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.answers import Level
from protolabel.arithmetic.hierarchy import NO_NODE, Hierarchy, deepest
from protolabel.arithmetic.softmax import chance
from protolabel.arrays import Doubles, Integers, Keys
from protolabel.store import Rows
from protolabel.store.class_paths import way_up
from protolabel.types import ClassInfo
from protolabel.words.certainty import LIKELIER_THAN_NOT

MOST_LEVELS = 8  # of classes under one another

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The classes that can answer and those above them, with the names of the latter by node."""

    hierarchy: Hierarchy
    names: Mapping[int, str]

    @property
    def names_by_key(self) -> dict[int, str]:
        """The names of the classes above others, by class key."""
        return {int(self.hierarchy.keys[node]): name for node, name in self.names.items()}


def levels_of(rows: Rows, version: int, keys_of_columns: Callable[[], Keys]) -> Levels | None:
    """Return the levels of a version; None where no class that can answer stands under another.

    A retired class is passed over: what stands under it counts for the class above it.

    Args:
        rows: of the label space.
        version: which one.
        keys_of_columns: returns (K,), the classes that can answer, as columns of the scores.
            It is called only where some class stands under another: of many classes it takes long.
    """
    stored = rows.class_parents(version)
    if not stored:
        return None
    above = {key: rows.class_with_key(key, version) for key in set(stored.values())}

    def parent_of(key: int) -> int | None:
        parent = stored.get(key)
        for _ in range(len(above)):
            if parent is None or not above[parent].retired:
                break
            parent = stored.get(parent)
        return parent

    try:
        hierarchy = Hierarchy.of(keys_of_columns(), parent_of)
    except ValueError as error:  # only where the file is damaged
        log.warning("answers have no levels: %s; run protolabel check", error)
        return None
    if hierarchy.levels == 1:
        return None
    nodes = enumerate(hierarchy.keys.tolist())
    return Levels(hierarchy, {node: above[key].name for node, key in nodes if key in above})


def lineages(classes: Iterable[ClassInfo]) -> dict[str, tuple[str, ...]]:
    """Return the classes from the top down to each class, which is the last, by its name."""
    parents = {info.name: info.parent for info in classes}
    return {name: tuple(reversed(way_up(parents, name))) for name in parents}


def class_paths(classes: Iterable[ClassInfo]) -> dict[str, tuple[str, ...]]:
    """Return the way from the top down to each class that can answer, which is the last.

    As in answers, a retired class is passed over.
    """
    infos = list(classes)
    retired = {info.name for info in infos if info.retired}
    return {
        name: tuple(above for above in path if above not in retired)
        for name, path in lineages(infos).items()
        if name not in retired
    }


@dataclass(frozen=True, slots=True, eq=False)
class LevelDecisions:
    """Which node answers each of n queries, and the way from the top that leads there.

    Attributes:
        levels: the nodes.
        answers: (n,) int64, the node that is the answer if the query gets one.
        ways: (n, w) int64, nodes from the top down, ``NO_NODE`` where the way has ended. It leads
            to the nearest class where that answers, and takes the heaviest child elsewhere.
        probabilities: (n, w), of each node on the way; None without a calibration.
        least_chances: (n,), what a target asks of each answer; None where a threshold decides.
    """

    levels: Levels
    answers: Integers
    ways: Integers
    probabilities: Doubles | None
    least_chances: Doubles | None = None

    @property
    def columns(self) -> Integers:
        """The nodes on the ways that are columns of the scores; any column in place of others.

        *Shape:* ``(n, w)``.
        """
        return np.where(self.ways < self.levels.hierarchy.n_classes, np.maximum(self.ways, 0), 0)

    def way(self, row: int, names: Mapping[int, str], none: float | None) -> tuple[Level, ...]:
        """Return the levels of a query, from the top down.

        Args:
            row: which query.
            names: of columns.
            none: the probability of *none of these*, or None.
        """
        levels = []
        for depth, node in enumerate(self.ways[row].tolist()):
            if node == NO_NODE:
                break
            name = self.levels.names.get(node) or names[node]
            if self.probabilities is None:
                levels.append(Level(name))
                continue
            probability = float(self.probabilities[row, depth])
            chance_of_level = None if none is None else chance(probability, none)
            levels.append(Level(name, probability, chance_of_level))
        return tuple(levels)

    def place(self, row: int) -> int:
        """Return at which place of its way the answer to a query stands."""
        return int(np.flatnonzero(self.ways[row] == self.answers[row])[0])


def decide_levels(
    levels: Levels,
    nearest: Integers,
    shares: Doubles | None,
    none: Doubles | None,
    least_chances: Sequence[float] | None,
) -> LevelDecisions:
    """Return the level that answers each query, if it gets an answer.

    Args:
        levels: the nodes.
        nearest: (n,), column of the best score of each query.
        shares: (n, K), probability of each class; None without a calibration: then the nearest
            class is all that can answer.
        none: (n,), the probability of *none of these*, or None.
        least_chances: what a target asks of each level, from the top down, the nearest class last;
            of a level that never answers it is infinite. None where a threshold decides.
    """
    hierarchy, rows = levels.hierarchy, np.arange(len(nearest))
    paths = hierarchy.paths(nearest)
    if shares is None:
        return LevelDecisions(levels, nearest, paths, None)
    sums = hierarchy.sums(shares)
    nodes, weights = hierarchy.candidates(sums, nearest)
    limits = np.array(
        [LIKELIER_THAN_NOT] * nodes.shape[1] if least_chances is None else least_chances
    )
    last = 0 if np.isfinite(limits[0]) else len(limits) - 1  # where no level is sure enough
    chances = weights if none is None else chance(weights, none[:, None])
    place = deepest(chances >= limits)
    place = np.where(place < 0, last, place)
    answers = nodes[rows, place]
    ways = np.where((answers == nearest)[:, None], paths, nodes[:, :-1])
    probabilities = np.where(ways == NO_NODE, 0.0, np.take_along_axis(sums, ways, axis=1))
    least = None if least_chances is None else limits[place]
    return LevelDecisions(levels, answers, ways, probabilities, least)
