"""How large a part of a score is that of the nearest mode: chosen by documents left out.

The scores of those documents come from ``cross_fit``, once by the classes' weights alone and once
with what their modes add. What a mode is stands in ``modes``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arithmetic.intervals import t_interval
from protolabel.arithmetic.leave_one_out import FEWEST
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.softmax import softmax
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import Doubles, Floats

SHARES = (0.2, 0.4, 0.6)  # that are tried: decision 43
LEAST_PROBABILITY = 1e-12


def chosen_share(linear: Simulation, moves: Floats) -> float:
    """Return the share of the nearest mode that fits documents best, or 0.

    The share with the least mean loss, -log p(class), at the temperature that fits it. It is taken
    up where the loss is less than without modes beyond chance (Student's t on the differences of
    documents, 5 %, two-sided), and no fewer documents are right.

    Args:
        linear: documents scored by weights that were made without them.
        moves: ``(m, K)``, what a share of 1 adds to their scores.
    """
    documents = linear.documents
    if len(documents) < FEWEST or not moves.any():
        return 0.0
    trials = {share: blended(linear, moves, share) for share in SHARES}
    losses = {share: _losses(trial) for share, trial in trials.items()}
    best = min(SHARES, key=lambda share: losses[share].mean())
    gain = t_interval((_losses(linear) - losses[best])[documents])
    better = gain.mean > 0.0 and gain.mean > gain.interval
    worse = trials[best].right.sum() < linear.right.sum()
    return best if better and not worse else 0.0


def blended(linear: Simulation, moves: Floats, share: float) -> Simulation:
    """Return the same queries scored with modes; strangers stay as they are."""
    scores = linear.scores + np.float32(share) * moves
    return replace(linear, scores=np.asarray(scores, np.float32))


def _losses(simulation: Simulation) -> Doubles:
    """Return -log p of the right class of each query. *Shape:* ``(m,)``."""
    probabilities = softmax(simulation.scores, temperature_of(simulation))
    right_probabilities = probabilities[np.arange(len(simulation.labels)), simulation.labels]
    return np.asarray(-np.log(np.maximum(right_probabilities, LEAST_PROBABILITY)), np.float64)
