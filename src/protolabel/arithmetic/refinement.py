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

from protolabel.arithmetic.calibration import Simulation, nearness
from protolabel.arithmetic.prototypes import linear, prototypes, to_fixed
from protolabel.arrays import Floats, Metric

Labels = npt.NDArray[np.integer]
Stop = Callable[[], bool]

TEMPERATURE = 0.1  # of the fit, for vectors of unit length; not the one of the answers
PULL = 0.03  # towards the prototypes
TOLD = 2.0  # worth of a description among the examples of its class
BARE = 1.05  # length of a class without examples: a description is no mean of few documents
TOLERANCE = 1e-3  # relative gain of a step below which the fit ends
MOST_STEPS = 40
FEWEST_STEPS = 8
BUDGET = 8e11  # floating-point operations of one fit: about ten seconds on two cores
MOST_CELLS = 40_000_000  # rows x classes: 160 MB of scores
MEMORY = 10  # pairs that L-BFGS keeps
HALVINGS = 12
FOLDS = 4
ENOUGH = 3000  # simulated queries, after which no further part is scored


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

    With W0, b0 the prototypes as a linear model (``prototypes.linear``) and t a temperature, 0.1
    times the mean lengths of the rows of W0 and of the examples, minimises

        sum_i v_i CE((W x_i + b) / t, y_i)  +  pull / 2 (|W - W0|^2 + |b - b0|^2) / t^2

    over the examples, v_i ~ 1 / (n_k + 1), and the descriptions as examples, v_i ~ 2 / (n_k + 1),
    less where kappa is below 1; the mean of v is 1. So each class weighs the same, whatever its
    count. The mean length of the rows is brought back to that of W0, so that scores keep their
    scale; then each is divided by ``nearness``, relative to its mean, and with equal counts stays
    as it is: without both, classes with many examples take queries from those with few.
    Descriptions are moved by the mean of (class mean - description), into the region where
    documents lie. A class without examples takes no part: it keeps its prototype, ``BARE`` times
    as long.

    *Shape:* prototypes ``(K, d)``, embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``,
    descriptions ``(K, d)`` (rows of classes that are not described are ignored), described
    ``(K,)``, biases ``(K,)`` (zeros where not given). Returns None where there is nothing to fit
    (fewer than two classes with examples), where it is too large for the budget, and where
    ``should_stop()``, asked at every step, said so. Raises ValueError where shapes do not agree.
    """
    classes, dim = prototypes.shape
    if embeddings.ndim != 2 or embeddings.shape[1] != dim or labels.shape != (len(embeddings),):
        got = f"embeddings {embeddings.shape} and labels {labels.shape}"
        raise ValueError(f"{got}; expected (n, {dim}) and (n,)")
    fixed = np.zeros(classes, dtype=np.float32) if biases is None else biases
    fit = np.bincount(labels, minlength=classes) > 0  # the classes that take part
    column = np.cumsum(fit) - 1
    steps = steps_for(len(embeddings) + int(described[fit].sum()), int(fit.sum()), dim)
    if fit.sum() < 2 or steps == 0:
        return None
    rows, targets, worth = _material(
        embeddings, column[labels], descriptions[fit], described[fit], kappa
    )
    length = _length(prototypes[fit])
    scale = np.float32(TEMPERATURE * length * _length(embeddings))
    model = np.column_stack([prototypes, fixed]).astype(np.float32)
    start = model[fit] / scale
    fitted = _lbfgs(_objective(rows, targets, worth, start), start, steps, should_stop)
    if fitted is None:
        return None
    model[fit] = fitted * np.float32(length / _length(fitted[:, :dim]))
    near = nearness(np.bincount(labels, minlength=classes) + kappa * described)
    longer = np.where(fit, near[fit].mean() / near, BARE)
    model *= longer[:, None].astype(np.float32)
    return Refinement(np.ascontiguousarray(model[:, :dim]), model[:, dim].copy())


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
    out. Strangers come from up to four further fits, each without a tenth of the classes (at least
    one) and all their examples: weights that were fitted with a class's examples have learnt to
    turn them away. The order of the examples does not matter.

    *Shape:* as in :func:`refine`. Returns None where no class has two examples, and where
    :func:`refine` returns None. No strangers with fewer than four classes that have examples.
    """
    order = np.lexsort((*embeddings.T[:3], labels))
    embeddings, labels = embeddings[order], labels[order].astype(np.int64)
    counts = np.bincount(labels, minlength=len(descriptions))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    part = (np.arange(len(labels)) - starts[labels]) % FOLDS
    part[counts[labels] < 2] = -1
    group = _groups(counts)

    def scored(
        seen: npt.NDArray[np.bool_], queries: npt.NDArray[np.bool_], keep: npt.NDArray[np.bool_]
    ) -> Floats | None:
        """Scores of some examples by weights that were made of others, for the classes kept."""
        column = (np.cumsum(keep) - 1)[labels[seen]]
        rest = (embeddings[seen], column, descriptions[keep], described[keep])
        sums = np.zeros(rest[2].shape, dtype=np.int64)
        np.add.at(sums, column, to_fixed(rest[0]))
        size = np.bincount(column, minlength=len(sums))
        start, biases = linear(prototypes(size, sums, *rest[2:], kappa), metric)
        made = refine(start, *rest, kappa=kappa, biases=biases, should_stop=should_stop)
        return None if made is None else embeddings[queries] @ made.weights.T + made.biases

    rows: list[tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    strangers = [np.empty(0, dtype=np.float32)]
    for fold in range(FOLDS):
        out, absent = part == fold, group == fold
        if out.any() and sum(len(owners) for _, owners, _ in rows) < ENOUGH:
            scores = scored(~out, out, np.ones(len(counts), dtype=np.bool_))
            if scores is None:
                return None
            rows.append((scores, labels[out], order[out]))
        if absent.any() and sum(len(done) for done in strangers) < ENOUGH:
            scores = scored(~absent[labels], absent[labels], ~absent)
            if scores is None:
                return None
            strangers.append(scores.max(axis=1))
    if not rows:
        return None
    every, owners, which = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Simulation(every, owners, np.concatenate(strangers), which)


def _groups(counts: Labels) -> npt.NDArray[np.int64]:
    """The part ``(K,)`` in which a class is left out, -1 for none: a tenth of them in each."""
    group = np.full(len(counts), -1)
    present = np.flatnonzero(counts)
    size = max(1, len(present) // 10)
    if len(present) >= FOLDS:
        chosen = np.random.default_rng(0).permutation(present)[: FOLDS * size]
        group[chosen] = np.arange(len(chosen)) % FOLDS
    return group


def _material(
    embeddings: Floats,
    labels: Labels,
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    kappa: float,
) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Rows ``(m, d)`` of the fit, their classes and worth ``(m,)``; each class has an example."""
    classes, dim = descriptions.shape
    told = np.flatnonzero(described)
    counts = np.bincount(labels, minlength=classes)
    moved = descriptions[told].astype(np.float64)
    if len(told):
        sums = np.zeros((classes, dim))
        np.add.at(sums, labels, embeddings)
        before = np.linalg.norm(moved, axis=1, keepdims=True)
        moved += (sums[told] / counts[told][:, None] - moved).mean(axis=0)
        after = np.linalg.norm(moved, axis=1, keepdims=True)
        moved *= np.divide(before, after, out=np.ones_like(after), where=after > 0)
    rows = np.concatenate([embeddings, moved]).astype(np.float32)
    targets = np.concatenate([labels, told]).astype(np.int64)
    worth = 1.0 / (counts[targets] + 1.0)
    worth[len(embeddings) :] *= TOLD * min(kappa, 1.0)
    return rows, targets, (worth / worth.mean()).astype(np.float32)


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
    """Minus the inverse Hessian, as the pairs know it, times the gradient."""
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
