"""Scores of simulated queries: ``leave_one_out`` and ``cross_fit`` make them, fits use them.

A record, and what follows from it. It computes no scores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic import score_moments
from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.hierarchy import Hierarchy
from protolabel.arithmetic.softmax import shares_of
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Positions


@dataclass(frozen=True, slots=True)
class Likely:
    """What a calibration of much the same queries has found: the new one may begin there.

    sharpness: 1 / temperature. belonging: the curve of *none of these*, where there is one.
    """

    sharpness: float
    belonging: Belonging | None


class SimulatedQueries(ABC):
    """What a calibration asks of m simulated queries and s strangers.

    ``labels``, ``groups`` ``(m,)``: class and document of each query. ``stranger_labels``,
    ``stranger_groups`` ``(s,)``: left-out class and document of each stranger. A
    :class:`Simulation` has a matrix of scores; others may do without.
    """

    __slots__ = ()

    labels: Labels
    groups: Integers
    stranger_labels: Labels
    stranger_groups: Integers

    @property
    @abstractmethod
    def own(self) -> Floats:
        """Score against the own class, left out of it. *Shape:* ``(m,)``."""

    @property
    @abstractmethod
    def rival(self) -> Floats:
        """Best score among the other classes. *Shape:* ``(m,)``."""

    @property
    @abstractmethod
    def best(self) -> Floats:
        """Best score of all. *Shape:* ``(m,)``."""

    @property
    @abstractmethod
    def answers(self) -> Labels:
        """Class of the best score; of equal ones the oldest, as in an answer. *Shape:* ``(m,)``."""

    @property
    @abstractmethod
    def strangers(self) -> Floats:
        """Best score of each stranger. *Shape:* ``(s,)``."""

    @property
    @abstractmethod
    def stranger_answers(self) -> Labels:
        """Class of the best score of each stranger. *Shape:* ``(s,)``."""

    @property
    @abstractmethod
    def full_classes(self) -> int:
        """How many classes have a score for each query."""

    @property
    def likely(self) -> Likely | None:
        """Where searches may begin; None where nobody knows."""
        return None

    @abstractmethod
    def mean_gap(self) -> float:
        """Return the mean of (best score - score) over all classes that have one."""

    @abstractmethod
    def moments(self, b: float) -> tuple[float, float]:
        """Return the sums over queries of the mean and the variance of (score - best), at 1 / b."""

    @abstractmethod
    def shares(self, queries: Positions, temperature: float) -> tuple[Doubles, Doubles]:
        """Return the probability of the best and of the own class of some queries (eq. 2)."""

    @abstractmethod
    def stranger_shares(self, strangers: Positions, temperature: float) -> Doubles:
        """Return the probability of the best class of some strangers."""

    @property
    def right(self) -> Mask:
        """Whether the best class is the own one. *Shape:* ``(m,)``."""
        right: Mask = self.answers == self.labels
        return right

    @property
    def documents(self) -> Positions:
        """One query of each document. *Shape:* ``(g,)``: positions among the queries.

        A document with several labels counts once, by the label that scores least: it counts as
        wrong if any of its labels does. Whichever class answers, one of its labels is wrong.
        """
        order = np.lexsort((self.own, self.groups))
        return order[np.unique(self.groups[order], return_index=True)[1]]

    @property
    def stranger_documents(self) -> Positions:
        """One stranger of each document. *Shape:* ``(g,)``: positions among the strangers.

        Of near copies under several classes it is the one whose best score is least.
        """
        order = np.lexsort((self.strangers, self.stranger_groups))
        return order[np.unique(self.stranger_groups[order], return_index=True)[1]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Simulation(SimulatedQueries):
    """Scores of m simulated queries and s strangers; higher is nearer.

    A query is a document that its class was made without. A stranger is one whose class was left
    out of the label space.

    Attributes:
        scores: ``(m, K)`` float32; minus infinity for a class without a prototype.
        labels: ``(m,)`` int64, the class of each query, a column of the scores.
        rows: ``(m,)`` int64, which example of the support each query is.
        groups: ``(m,)`` int64, the document of each; two queries of one stand under two labels.
        stranger_scores: ``(s, K)`` float32; minus infinity for the classes left out.
        stranger_labels: ``(s,)`` int64, the left-out class of each stranger.
        stranger_rows: ``(s,)`` int64, which example of the support each stranger is.
        stranger_groups: ``(s,)`` int64, the document of each.
        hierarchy: the classes above those of the scores, if there are any.
    """

    scores: Floats
    labels: Labels
    rows: Positions
    groups: Integers
    stranger_scores: Floats
    stranger_labels: Labels
    stranger_rows: Positions
    stranger_groups: Integers
    hierarchy: Hierarchy | None = None

    @classmethod
    def of_queries(cls, scores: Floats, labels: Labels, rows: Positions) -> Simulation:
        """Return queries that are different documents, without strangers."""
        none, nothing = np.empty((0, scores.shape[1]), np.float32), np.empty(0, np.int64)
        return cls(
            scores=scores,
            labels=labels,
            rows=rows,
            groups=np.arange(len(labels)),
            stranger_scores=none,
            stranger_labels=nothing,
            stranger_rows=nothing,
            stranger_groups=nothing,
        )

    @property
    def strangers(self) -> Floats:
        """Best score of each stranger. *Shape:* ``(s,)``."""
        best: Floats = self.stranger_scores.max(axis=1, initial=-np.inf)
        return best

    @property
    def own(self) -> Floats:
        """Score against the own class, left out of it. *Shape:* ``(m,)``."""
        scores: Floats = self.scores[np.arange(len(self.labels)), self.labels]
        return scores

    @property
    def rival(self) -> Floats:
        """Best score among the other classes. *Shape:* ``(m,)``."""
        return score_moments.best_others(self.scores, self.labels)

    @property
    def best(self) -> Floats:
        """Best score of all. *Shape:* ``(m,)``."""
        best: Floats = self.scores.max(axis=1, initial=-np.inf)
        return best

    @property
    def answers(self) -> Labels:
        """Class of the best score; of equal ones the oldest, as in an answer. *Shape:* ``(m,)``."""
        return np.asarray(self.scores.argmax(axis=1), np.int64)

    @property
    def stranger_answers(self) -> Labels:
        """Class of the best score of each stranger. *Shape:* ``(s,)``."""
        return np.asarray(self.stranger_scores.argmax(axis=1), np.int64)

    @property
    def full_classes(self) -> int:
        """How many classes have a score for each query."""
        return int((~np.isneginf(self.scores)).all(axis=0).sum())

    def mean_gap(self) -> float:
        """Return the mean of (best score - score) over all classes that have one."""
        return score_moments.mean_gap(self.scores, self.best)

    def moments(self, b: float) -> tuple[float, float]:
        """Return the sums over queries of the mean and the variance of (score - best), at 1 / b."""
        return score_moments.moments(self.scores, self.best, b)

    def shares(self, queries: Positions, temperature: float) -> tuple[Doubles, Doubles]:
        """Return the probability of the best and of the own class of some queries (eq. 2)."""
        scores = np.stack([self.best[queries], self.own[queries]], axis=1)
        of_best, of_own = shares_of(self.scores, queries, scores, temperature).T
        return of_best, of_own

    def stranger_shares(self, strangers: Positions, temperature: float) -> Doubles:
        """Return the probability of the best class of some strangers."""
        best = self.strangers[strangers][:, None]
        return shares_of(self.stranger_scores, strangers, best, temperature)[:, 0]

    def of_rows(self, mask: Mask) -> Simulation:
        """Return the queries and strangers that are chosen examples. *Shape:* ``(n,)``."""
        queries, strangers = mask[self.rows], mask[self.stranger_rows]
        return Simulation(
            scores=self.scores[queries],
            labels=self.labels[queries],
            rows=self.rows[queries],
            groups=self.groups[queries],
            stranger_scores=self.stranger_scores[strangers],
            stranger_labels=self.stranger_labels[strangers],
            stranger_rows=self.stranger_rows[strangers],
            stranger_groups=self.stranger_groups[strangers],
            hierarchy=self.hierarchy,
        )

    @classmethod
    def join(cls, parts: Sequence[Simulation]) -> Simulation:
        """Return simulations against the same classes as one; all documents are different."""
        return cls.of_queries(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )
