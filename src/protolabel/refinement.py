"""The linear step (design, section 2): weights that start at the prototypes and are pulled to them.

By eqs. 7-8 of Snell et al. (2017) a prototype classifier is a linear model, so a discriminative
fit can begin there: score_k(x) = x.w_k + b_k stays the way a query is scored, and the scores stay
on the scale of the cosines. Fitted on the examples and on the descriptions as examples, by
L-BFGS, for a bounded number of steps. Pure arithmetic: when to run it is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Stop = Callable[[], bool]

TEMPERATURE = 0.08
PULL = 0.03
MOST_STEPS = 60
BUDGET = 6e10  # floating-point operations of one fit
FEWEST_STEPS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """Linear weights: score_k(x) = x.w_k + b_k, higher is nearer, on the scale of the prototypes.

    *Shape:* weights ``(K, d)`` float32, biases ``(K,)`` float32.
    """

    weights: Floats
    biases: Floats


class _StoppedError(Exception):
    """Raised inside the solver's callback when the fit is no longer wanted."""


def refine(
    prototypes: Floats,
    embeddings: Floats,
    labels: npt.NDArray[np.integer],
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    *,
    kappa: float,
    should_stop: Stop | None = None,
) -> Refinement | None:
    """Weights near the unit prototypes that tell the classes apart better; None where too large.

    Minimises sum_i v_i CE(x_i W' / T, y_i) + PULL / 2 |W / T - W0 / T|^2 over W, with the examples
    at v_i = 1 and the descriptions at v_i = min(kappa, 1).

    *Shape:* prototypes ``(K, d)`` unit rows, embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``,
    descriptions ``(K, d)``, described ``(K,)``. Returns None also where ``should_stop`` said so.
    """
    classes, dim = prototypes.shape
    told = np.flatnonzero(described)
    rows = np.ascontiguousarray(np.concatenate([embeddings, descriptions[told]]), dtype=np.float32)
    targets = np.concatenate([labels.astype(np.int64), told])
    steps = int(min(MOST_STEPS, BUDGET / max(4.0 * len(rows) * classes * dim, 1.0)))
    if classes < 2 or len(embeddings) == 0 or steps < FEWEST_STEPS:
        return None
    worth = np.ones(len(rows), dtype=np.float32)
    worth[len(embeddings) :] = min(kappa, 1.0)
    start = prototypes.astype(np.float32) / np.float32(TEMPERATURE)
    every = np.arange(len(rows))

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(classes, dim).astype(np.float32)
        logits = rows @ weights.T
        logits -= logits.max(axis=1, keepdims=True)
        right = logits[every, targets]
        np.exp(logits, out=logits)
        total = logits.sum(axis=1)
        value = float((worth * (np.log(total) - right)).sum(dtype=np.float64))
        logits *= (worth / total)[:, None]
        logits[every, targets] -= worth
        drift = weights - start
        value += 0.5 * PULL * float(np.square(drift).sum(dtype=np.float64))
        return value, (logits.T @ rows + np.float32(PULL) * drift).ravel().astype(np.float64)

    from scipy.optimize import minimize  # here: importing protolabel loads no scipy

    def watch(_: npt.NDArray[np.float64]) -> None:
        if should_stop is not None and should_stop():
            raise _StoppedError

    try:
        found = minimize(
            loss,
            start.ravel().astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            callback=watch,
            options={"maxiter": steps, "maxfun": steps + 10, "maxcor": 10, "ftol": 1e-6},
        )
    except _StoppedError:
        return None
    weights = (found.x.reshape(classes, dim) * TEMPERATURE).astype(np.float32)
    return Refinement(weights, np.zeros(classes, dtype=np.float32))
