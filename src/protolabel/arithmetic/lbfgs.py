"""L-BFGS (Nocedal and Wright, algorithm 7.5) in float32, for a bounded number of steps.

It minimises a smooth convex function of a matrix, and knows nothing of what it stands for. Why this
is not SciPy's: docs/decisions/0014-solver.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from protolabel.arrays import Floats

TOLERANCE = 1e-3  # relative gain below which a step is small
ENOUGH = 2  # small steps in a row that end the search: a single one may turn a corner
MEMORY = 10  # pairs of steps and changes of the gradient that are kept
HALVINGS = 12
DECREASE = 1e-4  # share of the expected gain that a step must bring (Armijo's condition)

Stop = Callable[[], bool]
Loss = Callable[[Floats], tuple[float, Floats]]
"""The value of a function and its gradient at a point."""


def never() -> bool:
    """Return False: the answer to ``should_stop`` of work that nobody overtakes."""
    return False


def minimised(loss: Loss, point: Floats, steps: int, should_stop: Stop | None) -> Floats | None:
    """Return where the loss is least, from ``point``; each step lowers it. None where stopped.

    *Shape:* any, float32 -> the same.
    """
    value, gradient = loss(point)
    pairs: list[tuple[Floats, Floats, float]] = []
    n_small = 0
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
            if value_ahead <= value + DECREASE * size * slope:
                break
            size *= 0.5
        else:
            break
        step, bent = ahead - point, gradient_ahead - gradient
        curvature = float(np.vdot(step, bent))
        if curvature > 1e-10 * float(np.vdot(bent, bent)):
            pairs = [*pairs[-(MEMORY - 1) :], (step, bent, 1.0 / curvature)]
        gained = value - value_ahead
        point, value, gradient = ahead, value_ahead, gradient_ahead
        n_small = n_small + 1 if gained <= TOLERANCE * abs(value) else 0
        if n_small == ENOUGH:
            break
    return point


def _direction(gradient: Floats, pairs: list[tuple[Floats, Floats, float]]) -> Floats:
    """Return minus the inverse Hessian, as the pairs approximate it, times the gradient."""
    direction = -gradient
    shares = []
    for step, bent, inverse in reversed(pairs):
        share = inverse * float(np.vdot(step, direction))
        shares.append(share)
        direction = direction - np.float32(share) * bent
    if pairs:
        _, bent, inverse = pairs[-1]
        size = 1.0 / (inverse * float(np.vdot(bent, bent)))
    else:
        size = 1.0 / max(1.0, float(np.linalg.norm(gradient)))
    direction = direction * np.float32(size)
    for (step, bent, inverse), share in zip(pairs, reversed(shares), strict=True):
        back = inverse * float(np.vdot(bent, direction))
        direction = direction + np.float32(share - back) * step
    return direction
