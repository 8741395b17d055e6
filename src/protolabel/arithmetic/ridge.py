"""Ridge regressions of each class against the rest, with exact leave-one-out in closed form.

Each document is one row, whatever number of classes it stands under; each description is a row of
its class. All classes share one factorisation. What their margins mean is fitted in ``multilabel``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Integers, Labels, Positions

RIDGE = 0.3  # in squares of the mean length of a row: chosen on CLINC150 and GoEmotions
CONSTANT = 0.3  # the last component of each row, which bears the offset
MOST_DIRECTIONS = 4096  # of the rows: 130 MB, and two seconds
MOST_WEIGHTS = 40_000_000  # classes x dimensions: 160 MB of float32


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """Weights ``(K, d)`` and offsets ``(K,)`` float32: the margin of class k is x.w_k + b_k."""

    weights: Floats
    biases: Floats

    def margins(self, embeddings: Floats) -> Doubles:
        """Return the margin of each class, one document at a time. *Shape:* ``(n, d)`` -> (n, K).

        So the last digits of a document's margins do not depend on the others.
        """
        out = np.empty((len(embeddings), len(self.weights)))
        for i, row in enumerate(embeddings):
            out[i] = np.dot(self.weights, row) + self.biases
        return out


@dataclass(frozen=True, slots=True, eq=False)
class NegativeRows:
    """Documents that are not of one class; of the other classes they say nothing.

    vectors ``(m, d)`` float32; columns ``(m,)`` int64: the class of each.
    """

    vectors: Floats
    columns: Labels


@dataclass(frozen=True, slots=True, eq=False)
class FittedRidge:
    """The regressions, and the margins ``(g, K)`` of documents that they were made without."""

    model: Ridge
    without: Doubles


def fit_ridge(
    support: Support, groups: Integers, negatives: NegativeRows | None = None
) -> FittedRidge | None:
    """Return the regressions of all documents, and the margins of some without themselves.

    With rows a_i = (x_i, c), targets y_ik = 1 where document i stands under class k and 0
    elsewhere, minimises for each class

        sum_i (a_i.w_k - y_ik)^2 + ridge m^2 |w_k|^2,   m^2 the mean square length of the x_i.

    Without document i the margin is (a_i.w_k - h_i y_ik) / (1 - h_i), h_i being the leverage of its
    row. Near copies are one document. The negatives of a class are rows of its regression alone,
    with target 0: with N_k their rows and A the matrix of all documents, it has
    (A + N_k'N_k)^-1 in the place of A^-1, which the Woodbury identity gives.

    Args:
        support: the examples. A description counts as a document of its class if kappa is not 0.
        groups: ``(g,)``, which documents are to be left out in turn.
        negatives: none of them a near copy of a document of the support.

    Returns:
        None where the rows span too many directions, or there are too many weights.

    Source:
        Allen (1974), PRESS; the row of a ridge regression is deleted in closed form.
    """
    rows, members = _documents(support)
    described = np.flatnonzero(support.classes.described & (support.kappa > 0))
    n, dim, classes = len(rows), support.embeddings.shape[1], support.n_classes
    negative_rows = negatives or NegativeRows(np.empty((0, dim), np.float32), np.empty(0, np.int64))
    n_cases = n + len(described)
    directions = min(n_cases + len(negative_rows.columns), dim + 1)
    if directions > MOST_DIRECTIONS or classes * dim > MOST_WEIGHTS or not n:
        return None
    vectors = [
        support.embeddings[rows],
        support.classes.descriptions[described],
        negative_rows.vectors,
    ]
    cases = np.concatenate(vectors).astype(np.float64)
    length = float(np.sqrt(np.square(cases[:n_cases]).sum(axis=1).mean())) or 1.0
    cases = np.column_stack([cases / length, np.full(len(cases), CONSTANT)])
    basis = None
    if len(cases) <= dim:  # the rows span no more directions than they are
        basis, upper = np.linalg.qr(cases.T)
        cases = np.ascontiguousarray(upper.T)
    cases, refuted = cases[:n_cases], cases[n_cases:]
    products = cases.T @ cases + RIDGE * np.eye(cases.shape[1])
    inverse = np.asarray(np.linalg.inv(products), np.float64)
    targets = np.zeros((cases.shape[1], classes))
    document, label = members
    order = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[order], np.arange(classes + 1))
    for k in range(classes):
        targets[:, k] = cases[document[order[edges[k] : edges[k + 1]]]].sum(axis=0)
    targets[:, described] += cases[n:].T
    solution = inverse @ targets
    place = np.searchsorted(support.groups[rows], groups)
    case_vectors = cases[place]
    leverage = np.einsum("nd,nd->n", case_vectors @ inverse, case_vectors)[:, None]
    leverage = np.repeat(leverage, classes, axis=1) if len(refuted) else leverage
    for k in np.unique(negative_rows.columns).tolist():
        inverse_k = _inverse_with(inverse, refuted[negative_rows.columns == k])
        solution[:, k] = inverse_k @ targets[:, k]
        leverage[:, k] = np.einsum("nd,nd->n", case_vectors @ inverse_k, case_vectors)
    members_of = np.zeros((len(place), classes))
    at = np.searchsorted(place, document)
    inside = (at < len(place)) & (place[np.minimum(at, len(place) - 1)] == document)
    members_of[at[inside], label[inside]] = 1.0
    without = (case_vectors @ solution - leverage * members_of) / np.maximum(1.0 - leverage, 1e-9)
    weights = solution if basis is None else basis @ solution
    model = Ridge(
        np.ascontiguousarray((weights[:dim] / length).T, np.float32),
        np.asarray(weights[dim] * CONSTANT, np.float32),
    )
    return FittedRidge(model, without)


def _inverse_with(inverse: Doubles, rows: Doubles) -> Doubles:
    """Return (A + N'N)^-1 from A^-1 and N, by Woodbury's identity. *Shape:* (p, p), (m, p)."""
    shifts = rows @ inverse
    inner = np.eye(len(rows)) + shifts @ rows.T
    return np.asarray(inverse - shifts.T @ np.linalg.solve(inner, shifts), np.float64)


def _documents(support: Support) -> tuple[Positions, tuple[Positions, Integers]]:
    """Return one example of each document, in the order of the groups, and who stands where.

    Returns:
        rows ``(n,)``; and for each of the p pairs of a document and a class the position of the
        document ``(p,)`` and the class ``(p,)``.
    """
    rows = support.independent()
    rows = rows[np.argsort(support.groups[rows] * support.n_classes + support.labels[rows])]
    _, document = np.unique(support.groups[rows], return_inverse=True)
    first = support.first_of_groups(rows)
    return rows[first], (document.reshape(-1), support.labels[rows])
