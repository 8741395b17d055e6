"""What negative examples take from the scores of documents that are left out: in simulations.

``negatives`` says what they take from the scores of answers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arithmetic.negatives import Negatives
from protolabel.arithmetic.scores import similarities
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Integers

ROWS_AT_ONCE = 1024
CELLS_AT_ONCE = 4_000_000  # scores of queries and own vectors, in memory together: 16 MB


def lowered_without(
    negatives: Negatives, queries: Floats, groups: Integers, scores: Floats
) -> Floats:
    """Return scores of documents that are left out, less what they lose by other documents.

    Negatives and own vectors of a document's own group are left out with it. What a person said
    of one document is no evidence about others, so none is ``REFUTED``.

    Args:
        negatives: of the classes.
        queries: (n, d).
        groups: (n,) the group of each.
        scores: (n, K).
    """
    lower = scores.copy()
    classes, starts = np.unique(negatives.columns, return_index=True)
    edges = np.append(starts, len(negatives.columns))
    for start in range(0, len(queries) if len(classes) else 0, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        near = similarities(queries[part], negatives.vectors, negatives.metric)
        near = np.where(negatives.groups[None] == groups[part, None], -np.inf, near)
        active = np.logical_or.reduceat(near > negatives.reach, starts, axis=1)
        for k in np.flatnonzero(active.any(axis=0)).tolist():
            rows, own_part = np.flatnonzero(active[:, k]), slice(edges[k], edges[k + 1])
            column = int(classes[k])
            own = _nearest_own_without(negatives, queries[part][rows], groups[part][rows], column)
            gaps = near[rows, own_part] - np.maximum(own[:, None], negatives.reach[own_part])
            lower[start + rows, column] -= gaps.max(axis=1).clip(min=0.0)
    return lower


def simulated_with(
    negatives: Negatives, simulation: Simulation, support: Support, groups: Integers
) -> Simulation:
    """Return simulated queries and strangers with the scores that negatives leave them.

    Args:
        negatives: of the classes.
        simulation: of the support.
        support: its n examples.
        groups: (n,) the group of each example, by the numbers of the negatives.
    """
    rows, strangers = simulation.rows, simulation.stranger_rows
    return replace(
        simulation,
        scores=lowered_without(
            negatives, support.embeddings[rows], groups[rows], simulation.scores
        ),
        stranger_scores=lowered_without(
            negatives, support.embeddings[strangers], groups[strangers], simulation.stranger_scores
        ),
    )


def _nearest_own_without(
    negatives: Negatives, queries: Floats, groups: Integers, column: int
) -> Floats:
    """Return the score of each query against what a class has that is nearest.

    A query's own group does not count. *Shape:* ``(q, d)``, ``(q,)`` -> ``(q,)``.
    """
    vectors, numbers = negatives.own.of_class(column)
    nearest = np.full(len(queries), -np.inf, np.float32)
    size = max(1, CELLS_AT_ONCE // max(1, len(vectors)))
    for start in range(0, len(queries) if len(vectors) else 0, size):
        part = slice(start, start + size)
        near = similarities(queries[part], vectors, negatives.metric)
        near[groups[part, None] == numbers] = -np.inf
        nearest[part] = near.max(axis=1)
    return nearest
