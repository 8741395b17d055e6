"""The solver reaches what SciPy's reaches, also where one step brings little."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from protolabel.arithmetic.lbfgs import minimised

CLASSES, EACH, DIM, WEIGHT = 6, 5, 16, 1000.0


def crowded_problem(seed: int):
    """Return the loss of a softmax on documents that nearly all point the same way."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((CLASSES, DIM))
    common = rng.standard_normal(DIM) * 5
    noise = 0.2 * rng.standard_normal((CLASSES * EACH, DIM))
    documents = common + 0.6 * np.repeat(centres, EACH, 0) + noise
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    labels = np.repeat(np.arange(CLASSES), EACH)
    rows = np.arange(len(labels))

    def loss(point):
        weights = point.astype(np.float64)
        scores = documents @ weights.T
        highest = scores.max(axis=1, keepdims=True)
        totals = highest[:, 0] + np.log(np.exp(scores - highest).sum(axis=1))
        shares = np.exp(scores - totals[:, None])
        value = WEIGHT * (totals - scores[rows, labels]).sum() + 0.5 * (weights**2).sum()
        shares[rows, labels] -= 1
        return float(value), (WEIGHT * shares.T @ documents + weights).astype(np.float32)

    return loss


@pytest.mark.parametrize("seed", [89, 34])
def test_one_step_that_brings_little_does_not_end_the_search(seed):
    loss, start = crowded_problem(seed), np.zeros((CLASSES, DIM), np.float32)

    def flat(point):
        value, gradient = loss(point.reshape(start.shape))
        return value, gradient.astype(np.float64).ravel()

    least = minimize(flat, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 3000})
    reached = loss(minimised(loss, start, 200, None))[0]
    assert reached <= 1.1 * least.fun
