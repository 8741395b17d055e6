"""Rules by which negatives may lower scores, side by side on vectors alone: what was tried.

The rule that was built stands in ``arithmetic/negatives``; it is measured here by that code.
"""

from __future__ import annotations

import numpy as np

from benchmarks.data_sets import Data
from protolabel.arithmetic import refinement
from protolabel.arithmetic.lbfgs import Loss
from protolabel.arithmetic.negatives import Negatives, OwnVectors
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support

BUILT = "than own, within reach (built)"
SCORED = ("nearness alone", "than own", BUILT)
CANDIDATES = {
    "prototypes": ("Rocchio, 0.25", "Rocchio, 0.5", *SCORED, "corrected"),
    "refined": (*SCORED, "complementary rows, 0.3", "complementary rows, 1", "corrected"),
}
LEAST, WRONG = 0.6, 200


def candidates_of(
    data: Data, rows: np.ndarray, stream: np.ndarray, queries: np.ndarray
) -> dict[str, float]:
    """What each rule adds to the accuracy after 200 refutations, in points, by head."""
    support = _support(data, rows)
    plain = LinearModel.of_classes(support.classes, 1.0, "cosine")
    x, truth = data.embeddings[queries], data.y[queries]
    values: dict[str, float] = {}
    refined = refine(support)
    assert refined is not None
    for head, model in (("prototypes", plain), ("refined", refined)):
        base = model.scores(x)
        before = float((base.argmax(axis=1) == truth).mean())
        answers = model.scores(data.embeddings[stream]).argmax(axis=1)
        wrong = np.flatnonzero(answers != data.y[stream])[:WRONG]
        vectors, columns = data.embeddings[stream[wrong]], answers[wrong]

        def points(scores: np.ndarray, before: float = before) -> float:
            return 100.0 * float((scores.argmax(axis=1) == truth).mean() - before)

        near = _nearest(x, vectors, columns, len(data.names))
        own = _nearest(x, data.embeddings[rows], data.y[rows], len(data.names))
        own = np.maximum(own, x @ data.name_embeddings.T)
        values[f"{head}/200/nearness alone"] = points(base - 0.5 * np.maximum(near - LEAST, 0))
        values[f"{head}/200/than own"] = points(base - np.maximum(near - own, 0))
        negatives = Negatives.of(
            vectors, columns, plain.weights[columns], _own(data, rows, columns), "cosine"
        )
        values[f"{head}/200/{BUILT}"] = points(negatives.lowered(x, base.copy()))
        both = np.concatenate([rows, stream[wrong]])
        corrected = _support(data, both)
        if head == "prototypes":
            for share in (0.25, 0.5):
                scores = x @ _rocchio(support, vectors, columns, share).T
                values[f"{head}/200/Rocchio, {share}"] = points(scores)
            after: LinearModel | None = LinearModel.of_classes(corrected.classes, 1.0, "cosine")
        else:
            for weight in (0.3, 1.0):
                fitted = _complementary(support, vectors, columns, weight)
                values[f"{head}/200/complementary rows, {weight:g}"] = points(fitted.scores(x))
            after = refine(corrected)
        assert after is not None
        values[f"{head}/200/corrected"] = points(after.scores(x))
    return values


def _support(data: Data, rows: np.ndarray) -> Support:
    described = np.ones(len(data.names), np.bool_)
    return Support.of(data.embeddings[rows], data.y[rows], data.name_embeddings, described)


def _nearest(x: np.ndarray, vectors: np.ndarray, columns: np.ndarray, classes: int) -> np.ndarray:
    """The nearest vector of each class to each query, minus one where there is none."""
    out = np.full((len(x), classes), -1.0, np.float32)
    products = x @ vectors.T
    for column in np.unique(columns):
        out[:, column] = products[:, columns == column].max(axis=1)
    return out


def _own(data: Data, rows: np.ndarray, columns: np.ndarray) -> OwnVectors:
    rows = rows[np.isin(data.y[rows], columns)]
    classes = np.unique(columns)
    owners = np.concatenate([data.y[rows], classes])
    order = np.argsort(owners, kind="stable")
    vectors = np.concatenate([data.embeddings[rows], data.name_embeddings[classes]])
    return OwnVectors(vectors[order], owners[order], np.arange(len(order)))


def _rocchio(
    support: Support, vectors: np.ndarray, columns: np.ndarray, share: float
) -> np.ndarray:
    """Prototypes less a share of the mean of their negatives, the more of them the more."""
    totals = support.classes
    n = np.bincount(columns, minlength=support.n_classes)[:, None]
    negative = np.zeros_like(totals.sums)
    np.add.at(negative, columns, vectors)
    negative = np.divide(negative, n, out=negative, where=n > 0)
    size = totals.counts[:, None] + 1.0
    centres = (totals.sums + totals.descriptions) / size
    centres -= share * np.minimum(1.0, n / size) * negative
    return (centres / np.linalg.norm(centres, axis=1, keepdims=True)).astype(np.float32)


def _complementary(
    support: Support, vectors: np.ndarray, columns: np.ndarray, weight: float
) -> LinearModel:
    """The refinement with a loss -log(1 - p) for each negative: no constraint on other classes."""
    plain = refinement.objective

    def objective(
        rows: np.ndarray, targets: np.ndarray, worth: np.ndarray, start: np.ndarray
    ) -> Loss:
        base = plain(rows, targets, worth, start)
        counts = support.classes.counts
        worth_of = weight / (counts[columns] + 1.0) / (1.0 / (counts[targets] + 1.0)).mean()
        every = np.arange(len(columns))

        def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = base(point)
            logits = vectors @ point[:, :-1].T + point[:, -1]
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            own = np.minimum(shares[every, columns], 1 - 1e-6)
            pull = worth_of * own / (1 - own)
            slope = -pull[:, None] * shares
            slope[every, columns] += pull
            gradient = gradient.copy()
            gradient[:, :-1] += slope.T @ vectors
            gradient[:, -1] += slope.sum(axis=0)
            return value - float((worth_of * np.log1p(-own)).sum()), gradient.astype(np.float32)

        return loss

    refinement.objective = objective
    try:
        fitted = refine(support)
    finally:
        refinement.objective = plain
    assert fitted is not None
    return fitted
