"""Label sets: the classes that cannot be excluded at a stated error, *none of these* among them.

A class is in the set of a query unless its probability is unusually low for documents of that
class. The simulated queries, left out of their classes, say what is usual.

The guarantee: where new queries and the scored ones are exchangeable, as with held-out documents,
the set holds the right class with probability ``coverage`` at least (split conformal prediction).
Simulated queries come from examples left out in turn, so the guarantee holds as far as leaving one
example out hardly changes the rest (jackknife); docs/results/open_world.md measures it.

A class with enough simulated queries has a limit of its own (Mondrian), and the guarantee holds
within the class. Other classes share the limit of all queries, and it holds only on average over
them. A class of one example or of a description alone has no simulated queries: nothing is
guaranteed for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.scored_queries import ScoredQueries
from protolabel.arrays import Doubles, Mask


@dataclass(frozen=True, slots=True, eq=False)
class SetRule:
    """What is in a label set.

    Attributes:
        least: (K,), least probability of each class (eq. 2) to be in a set.
        own: (K,) bool, whether the class has a limit of its own.
        none_score: *none of these* is in the set of a query whose best score is at most this.
        coverage: what the sets hold the right label with.
    """

    least: Doubles
    own: Mask
    none_score: float
    coverage: float

    def members(self, probabilities: Doubles) -> Mask:
        """Return which classes are in the set of each query; the best one always is.

        *Shape:* ``(n, K)`` -> ``(n, K)`` bool.
        """
        inside = probabilities >= self.least
        inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
        return np.asarray(inside, np.bool_)

    def with_none(self, best_scores: Doubles) -> Mask:
        """Return whether *none of these* is in the set of each query. *Shape:* ``(n,)``."""
        return np.asarray(best_scores <= self.none_score, np.bool_)


def set_rule(queries: ScoredQueries, classes: int, coverage: float) -> SetRule:
    """Return the rule of label sets that hold the right label with a probability.

    A class has a limit of its own where it has enough queries for one: (m + 1) (1 - coverage)
    is 1 or above. Where all queries together are not enough, every class is in every set.

    Args:
        queries: simulated, or of held-out documents.
        classes: K.
        coverage: above 0 and below 1.

    Source:
        Vovk, Gammerman and Shafer (2005), Mondrian conformal prediction; Sadinle, Lei and Wasserman
        (2019), least ambiguous sets.
    """
    least = np.full(classes, _least(queries.own, coverage))
    has_limit = np.zeros(classes, np.bool_)
    order = np.argsort(queries.classes, kind="stable")
    present, starts, counts = np.unique(
        queries.classes[order], return_index=True, return_counts=True
    )
    for column, start, count in zip(present, starts, counts, strict=True):
        if _rank(int(count), coverage) >= 1:
            members = order[start : start + count]
            least[column], has_limit[column] = _least(queries.own[members], coverage), True
    none = -_least(-queries.stranger_best_scores, coverage)
    return SetRule(least, has_limit, none, coverage)


def _rank(count: int, coverage: float) -> int:
    """Return how many of the lowest values may lie below the limit, and the limit itself."""
    return math.floor((count + 1) * (1.0 - coverage) + 1e-9)


def _least(values: Doubles, coverage: float) -> float:
    """Return the limit that a new value reaches with probability ``coverage``; -inf if none does.

    *Shape:* ``(m,)``.
    """
    rank = _rank(len(values), coverage)
    return float(np.partition(values, rank - 1)[rank - 1]) if rank >= 1 else -math.inf
