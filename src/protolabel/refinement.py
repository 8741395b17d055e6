"""The linear step (design, section 2): weights that start at the prototypes and are pulled to them.

By eqs. 7-8 of Snell et al. (2017) a prototype classifier is a linear model, so a discriminative
fit can begin there, and score_k(x) = x.w_k + b_k stays the way a query is scored. Fitted on the
examples and on the descriptions as examples, by L-BFGS (Nocedal and Wright, algorithm 7.5) in
float32, for a bounded number of steps. ``cross_fit`` repeats it on parts of the examples, so that
``calibration`` can say what its scores mean. Pure arithmetic: when to run is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.calibration import Simulation
from protolabel.prototypes import Metric, linear

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.integer]
Stop = Callable[[], bool]

TEMPERATURE = 0.1  # of the fit, for vectors of unit length; not the one of the answers
PULL = 0.03  # towards the prototypes
TOLERANCE = 1e-3  # relative gain of a step below which the fit ends
MOST_STEPS = 40
FEWEST_STEPS = 8
BUDGET = 8e11  # floating-point operations of one fit: about ten seconds on two cores
MOST_CELLS = 40_000_000  # rows x classes: 160 MB of scores
MEMORY = 10  # pairs that L-BFGS keeps
HALVINGS = 12
FOLDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """Linear weights: score_k(x) = x.w_k + b_k, higher is nearer, near the scale of the prototypes.

    *Shape:* weights ``(K, d)`` float32, biases ``(K,)`` float32.
    """

    weights: Floats
    biases: Floats


def refine(
    prototypes: Floats,
    embeddings: Floats,
    labels: Labels,
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    *,
    kappa: float,
    biases: Floats | None = None,
    should_stop: Stop | None = None,
) -> Refinement | None:
    """Weights near the prototypes that tell the classes apart better.

    With W0, b0 the prototypes as a linear model (``prototypes.linear``) and t a temperature of 0.1
    times the mean lengths of their rows and of the examples, minimises

        sum_i v_i CE((W x_i + b) / t, y_i)  +  pull / 2 (|W - W0|^2 + |b - b0|^2) / t^2

    over the examples (v_i = 1) and the descriptions (v_i = kappa, at most 1) as examples.

    *Shape:* prototypes ``(K, d)``, embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``,
    descriptions ``(K, d)`` (rows of classes that are not described are ignored), described
    ``(K,)``, biases ``(K,)`` (zeros where not given). Returns None where there is nothing to fit
    (no example, one class), where it is too large for the budget, and where ``should_stop()``,
    asked at every step, said so. Raises ValueError where shapes do not agree.
    """
    classes, dim = prototypes.shape
    if embeddings.ndim != 2 or embeddings.shape[1] != dim or labels.shape != (len(embeddings),):
        found = f"embeddings {embeddings.shape} and labels {labels.shape}"
        raise ValueError(f"{found}; expected (n, {dim}) and (n,)")
    told = np.flatnonzero(described)
    steps = steps_for(len(embeddings) + len(told), classes, dim)
    if classes < 2 or len(embeddings) == 0 or steps == 0:
        return None
    rows = np.concatenate([embeddings, descriptions[told]]).astype(np.float32)
    targets = np.concatenate([labels, told]).astype(np.int64)
    worth = np.ones(len(rows), dtype=np.float32)
    worth[len(embeddings) :] = min(kappa, 1.0)
    scale = TEMPERATURE * _length(prototypes) * _length(embeddings)
    start = np.zeros((classes, dim + 1), dtype=np.float32)
    start[:, :dim] = prototypes
    if biases is not None:
        start[:, dim] = biases
    start /= np.float32(scale)
    fitted = _lbfgs(_objective(rows, targets, worth, start), start, steps, should_stop)
    if fitted is None:
        return None
    fitted = fitted * np.float32(scale)
    return Refinement(np.ascontiguousarray(fitted[:, :dim]), fitted[:, dim].copy())


def steps_for(rows: int, classes: int, dim: int) -> int:
    """Steps that the budget allows for so many examples and descriptions; 0: too large to fit."""
    if rows * classes > MOST_CELLS:
        return 0
    steps = int(min(MOST_STEPS, BUDGET / max(4.0 * rows * classes * dim, 1.0)))
    return steps if steps >= FEWEST_STEPS else 0


def cross_fit(
    embeddings: Floats,
    labels: Labels,
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    *,
    kappa: float,
    metric: Metric = "cosine",
    should_stop: Stop | None = None,
) -> Simulation | None:
    """Refined scores of examples that the refinement did not see, as simulated queries.

    The examples of each class are dealt to up to four parts; each part is scored by a refinement
    of the others, from prototypes (eq. 3) of the others. The only example of a class is never left
    out. The order of the examples does not matter.

    *Shape:* as in :func:`refine`. Returns None where no class has two examples, and where
    :func:`refine` returns None.
    """
    classes, dim = descriptions.shape
    order = np.lexsort((*embeddings.T[:3], labels))
    embeddings, labels = embeddings[order], labels[order].astype(np.int64)
    counts = np.bincount(labels, minlength=classes)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    part = (np.arange(len(labels)) - starts[labels]) % FOLDS
    part[counts[labels] < 2] = -1
    scores, owners = [], []
    for fold in range(FOLDS):
        out = part == fold
        if not out.any():
            continue
        kept, kept_labels = embeddings[~out], labels[~out]
        sums = np.zeros((classes, dim))
        np.add.at(sums, kept_labels, kept)
        weight = np.where(described, kappa, 0.0)[:, None]
        size = weight + np.bincount(kept_labels, minlength=classes)[:, None]
        total = sums + weight * np.where(described[:, None], descriptions, 0.0)
        centres = np.divide(total, size, out=np.zeros_like(total), where=size > 0)
        weights, biases = linear(centres, metric)
        refined = refine(
            weights,
            kept,
            kept_labels,
            descriptions,
            described,
            kappa=kappa,
            biases=biases,
            should_stop=should_stop,
        )
        if refined is None:
            return None
        scores.append(embeddings[out] @ refined.weights.T + refined.biases)
        owners.append(labels[out])
    if not scores:
        return None
    return Simulation(np.concatenate(scores), np.concatenate(owners))


def _length(rows: Floats) -> float:
    """Mean length of the rows that are not zero, or 1."""
    lengths = np.linalg.norm(rows, axis=1)
    return float(lengths[lengths > 0].mean()) if (lengths > 0).any() else 1.0


Loss = Callable[[Floats], tuple[float, Floats]]


def _objective(rows: Floats, targets: Labels, worth: Floats, start: Floats) -> Loss:
    """The loss of :func:`refine` and its gradient, in units of the logits.

    *Shape:* ``(K, d + 1)``, the last column the biases -> value, ``(K, d + 1)``.
    """
    every = np.arange(len(rows))
    pull = np.float32(PULL)

    def loss(point: Floats) -> tuple[float, Floats]:
        logits = rows @ point[:, :-1].T
        logits += point[:, -1]
        logits -= logits.max(axis=1, keepdims=True)
        right = logits[every, targets]
        np.exp(logits, out=logits)
        total = logits.sum(axis=1)
        value = float((worth * (np.log(total) - right)).sum(dtype=np.float64))
        logits *= (worth / total)[:, None]
        logits[every, targets] -= worth
        gradient = point - start
        value += 0.5 * PULL * float(np.square(gradient).sum(dtype=np.float64))
        gradient *= pull
        gradient[:, :-1] += logits.T @ rows
        gradient[:, -1] += logits.sum(axis=0)
        return value, gradient

    return loss


def _lbfgs(loss: Loss, point: Floats, steps: int, should_stop: Stop | None) -> Floats | None:
    """Minimise a smooth convex loss from ``point``; each step lowers it. None where stopped."""
    value, gradient = loss(point)
    pairs: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        if should_stop is not None and should_stop():
            return None
        direction = _direction(gradient, pairs)
        slope = float(np.vdot(direction, gradient))
        if slope >= 0.0:
            break
        size = 1.0
        for _ in range(HALVINGS):
            ahead = point + np.float32(size) * direction
            value_ahead, gradient_ahead = loss(ahead)
            if value_ahead <= value + 1e-4 * size * slope:
                break
            size *= 0.5
        else:
            break
        moved, bent = ahead - point, gradient_ahead - gradient
        curvature = float(np.vdot(moved, bent))
        if curvature > 1e-10 * float(np.vdot(bent, bent)):
            pairs = [*pairs[-(MEMORY - 1) :], (moved, bent, 1.0 / curvature)]
        gained = value - value_ahead
        point, value, gradient = ahead, value_ahead, gradient_ahead
        if gained <= TOLERANCE * abs(value):
            break
    return point


def _direction(gradient: Floats, pairs: list[tuple[Floats, Floats, float]]) -> Floats:
    """Minus the inverse Hessian, as the pairs know it, times the gradient (two loops)."""
    direction = -gradient
    shares = []
    for moved, bent, inverse in reversed(pairs):
        share = inverse * float(np.vdot(moved, direction))
        shares.append(share)
        direction = direction - np.float32(share) * bent
    if pairs:
        _, bent, inverse = pairs[-1]
        size = 1.0 / (inverse * float(np.vdot(bent, bent)))
    else:
        size = 1.0 / max(1.0, float(np.linalg.norm(gradient)))
    direction = direction * np.float32(size)
    for (moved, bent, inverse), share in zip(pairs, reversed(shares), strict=True):
        back = inverse * float(np.vdot(bent, direction))
        direction = direction + np.float32(share - back) * moved
    return direction
