"""Simulated queries by the sums of their scores: what a calibration asks, without a matrix of them.

``kept_scores`` makes these from what it keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.score_moments import finite_mean
from protolabel.arithmetic.score_series import NEAR, sums_near
from protolabel.arithmetic.simulation import Likely, SimulatedQueries
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Positions


@dataclass(frozen=True, slots=True, eq=False)
class OwnScores:
    """Scores of queries against the classes that they stand under, pair by pair.

    queries, labels ``(p,)``: ascending by query; scores ``(p,)`` float32.
    """

    queries: Positions
    labels: Labels
    scores: Floats

    def best(self, m: int) -> tuple[Floats, Labels]:
        """Return the best of each of m queries, and its class: of equal ones the oldest."""
        if len(self.queries) == m:  # one each
            return self.scores, self.labels
        order = np.lexsort((self.labels, -self.scores, self.queries))
        first = order[np.searchsorted(self.queries, np.arange(m))]
        return self.scores[first], self.labels[first]


@dataclass(frozen=True, slots=True, eq=False)
class OtherScores:
    """Sums of each query's scores against the classes that it does not stand under.

    best ``(m,)`` float32 and its class, answers ``(m,)``; sums ``(m,)`` float64 of the finite ones;
    present ``(K,)`` bool: which classes have a score.
    """

    best: Floats
    answers: Labels
    sums: Doubles
    present: Mask


class KeptQueries(SimulatedQueries):
    """Queries by the sums of their scores.

    Args:
        labels: (m,), as in :class:`SimulatedQueries`.
        groups: (m,).
        pairs: their own scores.
        others: sums of the others.
        series: gives the series of the others, (m, MOMENTS), and about which b it is: one near the
            b that it gets.
        likely: what earlier queries say.
    """

    __slots__ = (
        "_answers",
        "_best",
        "_documents",
        "_far",
        "_likely",
        "_others",
        "_own",
        "_pairs",
        "_series",
        "groups",
        "labels",
        "stranger_groups",
        "stranger_labels",
    )

    def __init__(
        self,
        labels: Labels,
        groups: Integers,
        pairs: OwnScores,
        others: OtherScores,
        series: Callable[[float], tuple[Doubles, float]],
        likely: Likely,
    ) -> None:
        self.labels, self.groups = labels, groups
        self._pairs, self._others, self._series = pairs, others, series
        self._likely = likely
        self._own: Floats = pairs.scores[labels[pairs.queries] == pairs.labels]
        nearest, label = pairs.best(len(labels))
        rival, label_of_rival = others.best, others.answers
        tie = np.minimum(label, label_of_rival)
        self._best: Floats = np.maximum(nearest, rival)
        self._answers = np.where(
            nearest > rival, label, np.where(nearest < rival, label_of_rival, tie)
        )
        self._far = np.flatnonzero(np.isfinite(rival))
        self.stranger_labels, self.stranger_groups = labels[self._far], groups[self._far]
        self._documents = super().documents

    @property
    def documents(self) -> Positions:
        """One query of each document. *Shape:* ``(g,)``."""
        return self._documents

    @property
    def own(self) -> Floats:
        """Score against the own class, left out of it. *Shape:* ``(m,)``."""
        return self._own

    @property
    def rival(self) -> Floats:
        """Best score among the other classes than the own one. *Shape:* ``(m,)``."""
        pairs = self._pairs
        more = self.labels[pairs.queries] != pairs.labels
        rival: Floats = self._others.best.copy()
        np.maximum.at(rival, pairs.queries[more], pairs.scores[more])
        return rival

    @property
    def best(self) -> Floats:
        """Best score of all. *Shape:* ``(m,)``."""
        return self._best

    @property
    def answers(self) -> Labels:
        """Class of the best score; of equal ones the oldest. *Shape:* ``(m,)``."""
        return self._answers

    @property
    def strangers(self) -> Floats:
        """Best score of each stranger. *Shape:* ``(s,)``."""
        best: Floats = self._others.best[self._far]
        return best

    @property
    def stranger_answers(self) -> Labels:
        """Class of the best score of each stranger. *Shape:* ``(s,)``."""
        return self._others.answers[self._far]

    @property
    def full_classes(self) -> int:
        """How many classes have a score for each query."""
        full = self._others.present.copy()
        full[self._pairs.labels[np.isneginf(self._pairs.scores)]] = False
        return int(full.sum())

    @property
    def likely(self) -> Likely:
        """Where searches may begin."""
        return self._likely

    def mean_gap(self) -> float:
        """Return the mean of (best score - score) over all classes that have one."""
        pairs, rivals, m = self._pairs, self._others, len(self.labels)
        finite = np.isfinite(pairs.scores)
        counts = np.full(m, int(rivals.present.sum()))
        counts -= np.bincount(pairs.queries[rivals.present[pairs.labels]], minlength=m)
        counts += np.bincount(pairs.queries[finite], minlength=m)
        own_sums = np.bincount(pairs.queries[finite], pairs.scores[finite].astype(np.float64), m)
        has_rivals = counts > 0
        gaps = (
            counts[has_rivals] * self._best[has_rivals].astype(np.float64)
            - (rivals.sums + own_sums)[has_rivals]
        )
        return float(gaps.sum() / counts.sum())

    def moments(self, b: float) -> tuple[float, float]:
        """Return the sums over queries of the mean and the variance of (score - best), at 1 / b."""
        total, first, second = self._sums(np.arange(len(self.labels)), b)
        first, second = first / total, second / total
        return float(first.sum()), float((second - first * first).sum())

    def shares(self, queries: Positions, temperature: float) -> tuple[Doubles, Doubles]:
        """Return the probability of the best and of the own class of some queries (eq. 2)."""
        total, _, _ = self._sums(queries, 1.0 / temperature)
        lack = self._own[queries].astype(np.float64) - self._best[queries]
        return 1.0 / total, np.exp(lack / temperature) / total

    def stranger_shares(self, strangers: Positions, temperature: float) -> Doubles:
        """Return the probability of the best class of some strangers."""
        series, middle = self._series(1.0 / temperature)
        total, _, _ = sums_near(series[self._far[strangers]], 1.0 / temperature - middle)
        return 1.0 / total

    def _sums(self, queries: Positions, b: float) -> tuple[Doubles, Doubles, Doubles]:
        """Return the sums of exp(b x) x^j over all classes, j = 0, 1, 2; x = score - best."""
        series, middle = self._series(b)
        zeroth, first, second = sums_near(series, b - middle)
        top, rival = self._best.astype(np.float64), self._others.best.astype(np.float64)
        below = np.where(np.isfinite(rival), rival - top, 0.0)
        weight = np.exp(b * below)
        sums = [
            weight * zeroth,
            weight * (first + below * zeroth),
            weight * (second + 2.0 * below * first + below * below * zeroth),
        ]
        pairs = self._pairs
        finite = np.isfinite(pairs.scores)
        at = pairs.queries[finite]
        x = pairs.scores[finite].astype(np.float64) - top[at]
        powers = np.exp(b * x)
        for j in range(3):
            sums[j] += np.bincount(at, powers * x**j, len(top))
        zeroth, first, second = (moment[queries] for moment in sums)
        return zeroth, first, second


def is_flat(queries: KeptQueries) -> bool:
    """Return whether scores hardly differ, so that sums of them cannot tell by how much."""
    return queries.mean_gap() <= 1e-6 * abs(finite_mean(queries.best))


def is_near(b: float, middle: float) -> bool:
    """Return whether a series about a middle is right at b."""
    return abs(b - middle) <= NEAR * middle
