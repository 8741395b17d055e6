"""Negative examples: documents that are not of a class, and what its scores lose by them.

A class loses where a document is nearer to one of its negatives than to all that it has: its own
examples and its description. A negative reaches as far as the prototype is from it, and no further.
So a class without negatives keeps its scores, and so does every class far from its negatives.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from protolabel.arithmetic.scores import similarities
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Metric, Positions

REFUTED = np.float32(1e20)  # less than any score: the class is no answer for this document
COPY = 1.0 / 8.0  # of the way from a negative to the prototype: a document so near is the same one
ROUNDING = {"cosine": 1e-3, "euclidean": 1e-6}  # of the squared length of a negative
TIE = 1e-6  # of a score: scores that differ by less are equal
NONE: frozenset[int] = frozenset()


class Losses(NamedTuple):
    """What scores lose, pair by pair: queries, ascending, columns and amounts, ``(p,)`` each."""

    queries: Positions
    columns: Positions
    amounts: Floats

    def of_queries(self, part: slice) -> Losses:
        """Return those of some queries, which are counted from the first of them."""
        low, high = np.searchsorted(self.queries, [part.start, part.stop]).tolist()
        return Losses(
            self.queries[low:high] - part.start, self.columns[low:high], self.amounts[low:high]
        )


@dataclass(frozen=True, slots=True, eq=False)
class OwnVectors:
    """What classes have of their own: examples and descriptions.

    vectors ``(s, d)`` float32; columns ``(s,)`` int64, ascending: the class of each; groups
    ``(s,)`` int64: near copies have one number, those of ``Negatives.groups`` too.
    """

    vectors: Floats
    columns: Labels
    groups: Integers

    def of_class(self, column: int) -> tuple[Floats, Integers]:
        """Return the vectors of one class and their groups. *Shape:* ``(r, d)``, ``(r,)``."""
        low, high = np.searchsorted(self.columns, [column, column + 1]).tolist()
        return self.vectors[low:high], self.groups[low:high]


@dataclass(frozen=True, slots=True, eq=False)
class Negatives:
    """Negative examples of classes, by the columns of their scores.

    Attributes:
        vectors: ``(m, d)`` float32.
        columns: ``(m,)`` int64, ascending: the class of each.
        reach: ``(m,)`` float32, how near its class's prototype is to it.
        equal: ``(m,)`` float32, the least score of a document that it is equal to.
        same: ``(m,)`` float32, the least score of a document that counts as the same.
        groups: ``(m,)`` int64; near copies have one number.
        own: what these classes have besides.
        metric: how scores compare.
        copies: the columns refuted for vectors, by their bytes, whatever the scores say.
        exceptions: in the same way, those not refuted however near a negative is.
    """

    vectors: Floats
    columns: Labels
    reach: Floats
    equal: Floats
    same: Floats
    groups: Integers
    own: OwnVectors
    metric: Metric
    copies: Mapping[bytes, frozenset[int]] = field(default_factory=dict)
    exceptions: Mapping[bytes, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        vectors: Floats,
        columns: Labels,
        prototypes: Floats | Doubles,
        own: OwnVectors,
        metric: Metric,
        groups: Integers | None = None,
    ) -> Negatives:
        """Return negatives of classes whose prototypes are known.

        Args:
            vectors: (m, d) float32.
            columns: (m,) the class of each.
            prototypes: (m, d), that of the class of each; of length one where the metric is cosine.
            own: what these classes have.
            metric: of the scores.
            groups: (m,) near copies have one number; each is its own where it is not given.
        """
        order = np.argsort(columns, kind="stable")
        vectors, columns = vectors[order], columns[order]
        numbers = np.arange(len(columns)) if groups is None else groups[order]
        squares = np.square(vectors, dtype=np.float64).sum(axis=1)
        itself = squares if metric == "cosine" else np.zeros(len(squares))
        near = _pairwise(vectors, prototypes[order], metric)
        equal_at = itself - ROUNDING[metric] * squares
        same_at = np.minimum(equal_at, itself - COPY * (itself - near))
        reach, equal, same_score = (
            np.asarray(limit, np.float32) for limit in (near, equal_at, same_at)
        )
        return cls(vectors, columns, reach, equal, same_score, numbers, own, metric)

    @classmethod
    def none(cls, dim: int, metric: Metric) -> Negatives:
        """Return no negatives of any class."""
        vectors, columns = np.empty((0, dim), np.float32), np.empty(0, np.int64)
        return cls.of(vectors, columns, vectors, OwnVectors(vectors, columns, columns), metric)

    def refusing(self, queries: Floats, columns: Sequence[Collection[int]]) -> Negatives:
        """Return the same, which refuse some classes for some queries whatever their scores say.

        Args:
            queries: (n, d).
            columns: n times the classes that are refused for a query.
        """
        return replace(self, copies=_by_vector(self.copies, queries, columns))

    def keeping(self, queries: Floats, columns: Sequence[Collection[int]]) -> Negatives:
        """Return the same, where some classes only lose, however near a negative is.

        Args: as of :meth:`refusing`.
        """
        return replace(self, exceptions=_by_vector(self.exceptions, queries, columns))

    def losses(self, queries: Floats) -> Losses:
        """Return what scores lose, pair by pair; pairs that lose nothing are left out.

            max(0, max_j s(x, n_j) - max(s(x, its nearest own vector), s(n_j, prototype)))

        over the negatives n_j of a class, s being the score against a single vector; ``REFUTED``
        where x is a negative, or so near to one that it counts as the same document, and nearer
        than to all that the class has. Each query is computed by itself.

        *Shape:* ``(n, d)`` -> queries, columns and losses ``(p,)`` each.
        """
        at: list[int] = []
        columns: list[int] = []
        losses: list[float] = []
        for i in range(len(queries)):
            x = queries[i : i + 1]
            near = similarities(x, self.vectors, self.metric)[0]
            active = near > np.minimum(self.reach, self.same)
            copies = self.copies.get(x.tobytes(), NONE) if self.copies else NONE
            exempt = self.exceptions.get(x.tobytes(), NONE) if self.exceptions else NONE
            for column in sorted({*self.columns[active].tolist(), *copies}):
                low, high = np.searchsorted(self.columns, [column, column + 1]).tolist()
                own_score = self._nearest_own(x, column)
                part = slice(low, high)
                is_same = (near[part] >= self.same[part]) & (near[part] > own_score)
                equal = near[part] >= np.maximum(self.equal[part], own_score - TIE * abs(own_score))
                is_copy = column not in exempt and bool((is_same | equal).any())
                refuted = column in copies or is_copy
                gaps = near[part] - np.maximum(own_score, self.reach[part])
                loss = float(gaps.max(initial=0.0))
                if refuted or loss > 0.0:
                    at.append(i)
                    columns.append(column)
                    losses.append(float(REFUTED) if refuted else loss)
        amounts = np.array(losses, np.float32)
        return Losses(np.array(at, np.int64), np.array(columns, np.int64), amounts)

    def lowered(self, queries: Floats, scores: Floats) -> Floats:
        """Take the losses off scores, in place, and return them. *Shape:* ``(n, d)``, (n, K)."""
        rows, columns, losses = self.losses(queries)
        scores[rows, columns] -= losses
        return scores

    def pair_scores(self, queries: Floats, columns: Positions, scores: Floats) -> Floats:
        """Return the score of each query against one class, as :meth:`lowered` gives it.

        *Shape:* queries ``(p, d)``, columns and scores ``(p,)`` -> ``(p,)`` float32.
        """
        lower = scores.copy()
        losses_of: dict[bytes, dict[int, np.float32]] = {}
        refused = [column for every in self.copies.values() for column in every]
        losing = np.isin(columns, self.columns) | np.isin(columns, refused)
        for pair in np.flatnonzero(losing).tolist():
            key = queries[pair].tobytes()
            if key not in losses_of:
                _, classes, losses = self.losses(queries[pair : pair + 1])
                losses_of[key] = dict(zip(classes.tolist(), losses, strict=True))
            lower[pair] -= losses_of[key].get(int(columns[pair]), np.float32(0.0))
        return lower

    def _nearest_own(self, query: Floats, column: int) -> float:
        """Return the score of a query ``(1, d)`` against what a class has that is nearest."""
        vectors, _ = self.own.of_class(column)
        if not len(vectors):
            return -np.inf
        return float(similarities(query, vectors, self.metric)[0].max())


def with_refusals(losses: Losses, columns: Sequence[Collection[int]]) -> Losses:
    """Return what scores lose where some classes are no answer for some queries besides.

    Args:
        losses: of n queries.
        columns: n times the classes that are refused for a query.
    """
    amounts = {
        (query, column): amount
        for query, column, amount in zip(*(part.tolist() for part in losses), strict=True)
    }
    for query, refusals in enumerate(columns):
        amounts |= {(query, column): float(REFUTED) for column in refusals}
    pairs = np.array(sorted(amounts), np.int64).reshape(len(amounts), 2)
    values = np.array([amounts[query, column] for query, column in pairs.tolist()], np.float32)
    return Losses(pairs[:, 0], pairs[:, 1], values)


def refuted(scores: Floats | Doubles | np.float32) -> Mask:
    """Return which scores are of a class that the document is a negative example of.

    *Shape:* any -> the same.
    """
    return np.asarray(scores < -0.5 * REFUTED, np.bool_)


def _by_vector(
    stored: Mapping[bytes, frozenset[int]], queries: Floats, columns: Sequence[Collection[int]]
) -> dict[bytes, frozenset[int]]:
    """Return columns by the bytes of vectors, with those of more queries: n, of n sets."""
    by_vector = dict(stored)
    for vector, every in zip(queries, columns, strict=True):
        if every:
            key = vector.tobytes()
            by_vector[key] = by_vector.get(key, NONE) | frozenset(every)
    return by_vector


def _pairwise(vectors: Floats, vectors_beside: Floats | Doubles, metric: Metric) -> Doubles:
    """Return the score of each vector against another. *Shape:* ``(m, d)`` each -> ``(m,)``."""
    wide = vectors.astype(np.float64)
    if metric == "cosine":
        return np.asarray((wide * vectors_beside).sum(axis=1), np.float64)
    return np.asarray(-np.square(wide - vectors_beside).sum(axis=1), np.float64)
