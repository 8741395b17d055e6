"""Scored queries, simulated or held out: what a risk, a target or a label set is computed from.

A record in plain arrays, much smaller than the scores that it comes from. What follows from it
stands in ``risk``, ``target`` and ``conformal``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.hierarchy import Hierarchy
from protolabel.arithmetic.simulation import SimulatedQueries, Simulation
from protolabel.arithmetic.softmax import softmax
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Positions

MOST = 4000  # queries, and strangers, that are kept: an interval of 1.5 points at most


@dataclass(frozen=True, slots=True, eq=False)
class QueriesByLevel:
    """The same queries at each level that can be the answer.

    The levels are the w candidates of :meth:`Hierarchy.candidates`, from the top down, the nearest
    class last.

    Attributes:
        shares: (m, w), probability of each candidate if the query belongs to a class; 0 where there
            is none.
        right: (m, w) bool, whether the right class is the candidate or stands under it.
        stranger_shares: (s, w), as ``shares``.
    """

    shares: Doubles
    right: Mask
    stranger_shares: Doubles

    @classmethod
    def of(
        cls, simulation: Simulation, temperature: float, queries: Positions, strangers: Positions
    ) -> QueriesByLevel | None:
        """Return some queries and strangers of a simulation, by level."""
        hierarchy = simulation.hierarchy
        if hierarchy is None:
            return None
        nodes, shares = _candidates(hierarchy, simulation.scores[queries], temperature)
        width = nodes.shape[1]
        inner = np.repeat(simulation.labels[queries], width)
        right = hierarchy.holds(nodes.reshape(-1), inner).reshape(nodes.shape)
        _, far = _candidates(hierarchy, simulation.stranger_scores[strangers], temperature)
        return cls(shares, right, far)


def _candidates(
    hierarchy: Hierarchy, scores: Floats, temperature: float
) -> tuple[Integers, Doubles]:
    if not len(scores):
        return np.empty((0, hierarchy.levels + 1), np.int64), np.empty((0, hierarchy.levels + 1))
    shares = softmax(scores.astype(np.float64), temperature)  # whose sums are one to the last bits
    return hierarchy.candidates(hierarchy.sums(shares), scores.argmax(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class ScoredQueries:
    """Simulated (or held-out) queries of m documents that belong, and of s strangers.

    Attributes:
        best_scores: (m,) float64, the best score of each, as thresholds are compared with it.
        shares: (m,), probability of the best class if the query belongs to one (eq. 2).
        own: (m,), the same of the right class.
        right: (m,) bool, whether the best class is the right one.
        classes: (m,) int64, the class of each query, as a column of the scores.
        stranger_best_scores, stranger_shares, stranger_classes: (s,), the same of strangers;
            the class is the left-out one that the stranger is a document of.
        by_level: the same by level, where classes stand under others; None elsewhere.
    """

    best_scores: Doubles
    shares: Doubles
    own: Doubles
    right: Mask
    classes: Labels
    stranger_best_scores: Doubles
    stranger_shares: Doubles
    stranger_classes: Labels
    by_level: QueriesByLevel | None = None

    @classmethod
    def of(
        cls,
        simulation: SimulatedQueries,
        temperature: float,
        best_scores: Doubles,
        stranger_best_scores: Doubles,
    ) -> ScoredQueries:
        """Return queries and strangers of a simulation, at most ``MOST`` of each, evenly chosen.

        A document under two labels is one query, as ``Simulation.documents`` chooses it.

        Args:
            simulation: m queries and s strangers.
            temperature: of eq. 2.
            best_scores: (m,), the best scores as thresholds are compared with them.
            stranger_best_scores: (s,), the same of the strangers.
        """
        queries = _evenly(np.sort(simulation.documents))
        strangers = _evenly(np.sort(simulation.stranger_documents))
        best, right_shares = simulation.shares(queries, temperature)
        by_level = None
        if isinstance(simulation, Simulation):
            by_level = QueriesByLevel.of(simulation, temperature, queries, strangers)
        return cls(
            best_scores[queries],
            best,
            right_shares,
            simulation.right[queries],
            simulation.labels[queries],
            stranger_best_scores[strangers],
            simulation.stranger_shares(strangers, temperature),
            simulation.stranger_labels[strangers],
            by_level,
        )


def _evenly(places: Positions) -> Positions:
    """Return at most ``MOST`` of some places, at even distances."""
    if len(places) <= MOST:
        return places
    return places[np.linspace(0, len(places) - 1, MOST).astype(np.int64)]
