"""The refinement: linear weights that start at the prototypes and are pulled towards them.

By eqs. 7-8 of Snell et al. (2017) a prototype classifier is a linear model, so a discriminative
fit can begin there, and score_k(x) = x.w_k + b_k stays the way a query is scored. It is
fitted on the documents, and on the descriptions as if they were documents. When to run is decided
elsewhere.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.lbfgs import Loss, Stop, minimised
from protolabel.arithmetic.nearness import nearness, spread_of_classes
from protolabel.arithmetic.placement import placed_rows
from protolabel.arithmetic.prototypes import sizes
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Labels

TEMPERATURE = 0.1  # of the fit, in products of mean lengths; not the one of the answers
PULL = 0.03  # towards the prototypes
DESCRIPTION = 2.0  # worth of a description among the documents of its class
FEW = 1.5  # power of the nearness of a class: chosen on validation halves, decision 4
MOST_STEPS = 40
FEWEST_STEPS = 8
BUDGET = 8e11  # floating-point operations of one fit
SPEED = 1e11  # of them in a second: 20,000 x 150 x 384 took 1.9 s on two cores of an AMD EPYC
MOST_CELLS = 40_000_000  # rows x classes: 160 MB of scores


def refine(support: Support, *, should_stop: Stop | None = None) -> LinearModel | None:
    """Return weights near the prototypes that tell the classes apart better.

    With W0, b0 the prototypes as a linear model, L and M the mean lengths of the rows of W0 and of
    the documents, and t = 0.1, all of W in units of L, x in units of M and b in units of L M,
    minimises

        sum_i v_i CE((W x_i + b) / t, y_i)  +  pull / 2 (|W - W0|^2 + |b - b0|^2) / t^2

    over the documents, v_i ~ 1 / (n_k + 1), and the descriptions as documents, v_i ~ 2 / (n_k + 1),
    less where kappa is below 1; the mean of v is 1. A copy of a document adds nothing. So each
    class weighs the same, whatever its count. The mean length of the rows is brought back to that
    of W0, so that scores keep their scale; then each is divided by its ``nearness`` to the power of
    ``FEW``, relative to the mean, and with equal counts stays as it is: without both, classes with
    many examples take queries from those with few. The power is above 1, because the fit has seen
    the few examples of a small class and so leaves its weights too short. Descriptions are moved by
    the mean of (class mean - description), into the region where documents lie. A class without
    examples takes no part: :mod:`protolabel.arithmetic.placement` says where it is.

    Args:
        support: examples and class totals; the prototypes are those of the totals.
        should_stop: asked at every step.

    Returns:
        The model, near the scale of the prototypes. None where the metric is not the cosine (the
        pull and its temperature are for unit vectors), where there is nothing to fit (fewer than
        two classes with examples), where it is too large for the budget, or where ``should_stop``
        said so.
    """
    if support.metric != "cosine":
        return None
    documents = support.take(support.documents())
    counts = documents.classes.counts
    prototypes = LinearModel.of_classes(support.classes, support.kappa, support.metric)
    dim = prototypes.weights.shape[1]
    takes_part = (counts > 0) & prototypes.present
    labels = (np.cumsum(takes_part) - 1)[documents.labels]
    in_fit = takes_part[documents.labels]
    classes = documents.classes.only(takes_part)
    steps = steps_for(int(in_fit.sum() + classes.described.sum()), int(takes_part.sum()), dim)
    if takes_part.sum() < 2 or steps == 0:
        return None
    rows, targets, worth = rows_of_fit(
        documents.embeddings[in_fit], labels[in_fit], classes, support.kappa
    )
    row_length = _mean_length(prototypes.weights[takes_part])
    document_length = _mean_length(documents.embeddings[in_fit])
    units = np.full(dim + 1, TEMPERATURE * row_length)
    units[dim] *= document_length
    model = np.column_stack([prototypes.weights, prototypes.biases]).astype(np.float32)
    start = np.asarray(model[takes_part] / units, np.float32)
    rows /= np.float32(document_length)
    fitted = minimised(objective(rows, targets, worth, start), start, steps, should_stop)
    if fitted is None:
        return None
    scale = row_length / _mean_length(fitted[:, :dim])
    model[takes_part] = fitted * (scale * units / (TEMPERATURE * row_length)).astype(np.float32)
    spread = spread_of_classes(documents.take(in_fit))
    divisors = nearness(sizes(support.classes, support.kappa), spread) ** FEW
    factors = divisors[takes_part].mean() / divisors[takes_part]
    model[takes_part] *= factors[:, None].astype(np.float32)
    without_examples = prototypes.present & ~takes_part
    if without_examples.any():
        descriptions = support.classes.descriptions[without_examples]
        model[without_examples] = placed_rows(descriptions, classes, model[takes_part])
    return LinearModel(np.ascontiguousarray(model[:, :dim]), model[:, dim].copy(), support.metric)


def steps_for(rows: int, classes: int, dim: int) -> int:
    """Return the steps that the budget allows for so many rows; 0 where they are too many."""
    if rows * classes > MOST_CELLS:
        return 0
    steps = int(min(MOST_STEPS, BUDGET / max(_operations(rows, classes, dim), 1.0)))
    return steps if steps >= FEWEST_STEPS else 0


def refinement_seconds(rows: int, classes: int, dim: int) -> float:
    """Return about how many seconds :func:`refine` takes at most, on two cores.

    Args:
        rows: documents and descriptions.
        classes: classes that take part.
        dim: dimensions of a vector.
    """
    return steps_for(rows, classes, dim) * _operations(rows, classes, dim) / SPEED


def _operations(rows: int, classes: int, dim: int) -> float:
    """Return the floating-point operations of a step: a product of matrices there and one back."""
    return 4.0 * rows * classes * dim


def rows_of_fit(
    embeddings: Floats, labels: Labels, classes: ClassTotals, kappa: float
) -> tuple[Floats, Labels, Floats]:
    """Return rows ``(m, d)`` of the fit, their classes and worth ``(m,)``.

    The totals are those of these documents, of which each class has one at least.
    """
    described = np.flatnonzero(classes.described)
    shifted = classes.descriptions[described].astype(np.float64)
    if len(described):
        means = classes.sums[described] / classes.counts[described][:, None]
        before = np.linalg.norm(shifted, axis=1, keepdims=True)
        shifted += (means - shifted).mean(axis=0)
        after = np.linalg.norm(shifted, axis=1, keepdims=True)
        shifted *= np.divide(before, after, out=np.ones_like(after), where=after > 0)
    rows = np.concatenate([embeddings, shifted]).astype(np.float32)
    targets = np.concatenate([labels, described]).astype(np.int64)
    worth = 1.0 / (classes.counts[targets] + 1.0)
    worth[len(embeddings) :] *= DESCRIPTION * min(kappa, 1.0)
    return rows, targets, (worth / worth.mean()).astype(np.float32)


def _mean_length(rows: Floats | Doubles) -> float:
    """Return the mean length of the rows that are not zero, or 1."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    return float(lengths[lengths > 0].mean()) if (lengths > 0).any() else 1.0


def objective(rows: Floats, targets: Labels, worth: Floats, start: Floats) -> Loss:
    """Return the loss of :func:`refine` with its gradient, in units of the logits.

    *Shape:* ``(K, d + 1)``, the last column the biases -> value, ``(K, d + 1)``.
    """
    every = np.arange(len(rows))
    pull = np.float32(PULL)
    logits = np.empty((len(rows), len(start)), np.float32)

    def loss(point: Floats) -> tuple[float, Floats]:
        # a copy without the biases: BLAS takes half as long as for rows that stand apart
        np.matmul(rows, np.ascontiguousarray(point[:, :-1]).T, out=logits)
        np.add(logits, point[:, -1], out=logits)
        np.subtract(logits, logits.max(axis=1, keepdims=True), out=logits)
        right_logits = logits[every, targets]
        np.exp(logits, out=logits)
        total = logits.sum(axis=1)
        value = float((worth * (np.log(total) - right_logits)).sum(dtype=np.float64))
        np.multiply(logits, (worth / total)[:, None], out=logits)
        logits[every, targets] -= worth
        gradient = point - start
        value += 0.5 * PULL * float(np.square(gradient).sum(dtype=np.float64))
        gradient *= pull
        gradient[:, :-1] += logits.T @ rows
        gradient[:, -1] += logits.sum(axis=0)
        return value, gradient

    return loss
