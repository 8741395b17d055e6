"""What it does to simulated queries that an encoder has learned from the examples they are made of.

After ``adapt`` an example lies nearer to its own class, and further from others, than a document
that the encoder has never seen: leave-one-out is too sure of itself. By how much is measured while
adapting, on examples that were held out then; here it is taken off again, of those examples alone.
Pure arithmetic: where the numbers are kept is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from protolabel.calibration import (
    FEWEST,
    Calibration,
    Doubles,
    Shortage,
    Simulation,
    calibrate,
    temperature_of,
)

UNSEEN = ("own", "others", "temperature")


@dataclass(frozen=True, slots=True)
class Learned:
    """How an unseen document differs from an example that was learned from.

    ``own``: difference of its score against its own class, zero or below. ``others``: of its best
    score against another class, zero or above. ``temperature``: factor of the temperature that
    suits its scores, one or above.
    """

    own: float = 0.0
    others: float = 0.0
    temperature: float = 1.0

    def after(self, earlier: Learned) -> Learned:
        """Both together: learned once more, by an encoder that had learned from them before."""
        return Learned(
            self.own + earlier.own,
            self.others + earlier.others,
            self.temperature * earlier.temperature,
        )

    def values(self) -> dict[str, float]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Learned | None:
        """From what :meth:`values` made; None for anything else."""
        found = [values.get(name) for name in UNSEEN]
        numbers = [float(v) for v in found if isinstance(v, (int, float)) and np.isfinite(v)]
        return cls(*numbers) if len(numbers) == len(UNSEEN) else None


def joined(parts: Sequence[Simulation]) -> Simulation:
    """Simulations against the same classes as one; their rows are numbered on."""
    scores, labels, strangers = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("scores", "labels", "strangers")
    )
    return Simulation(scores, labels, strangers, np.arange(len(labels)))


def measured(seen: Simulation, unseen: Simulation) -> Learned | None:
    """What having learned does, from examples that an encoder learned from and held-out ones.

    Both are scored against the same classes, by the same encoder. What would make seen examples
    look worse than unseen ones is chance, and counts as nothing. None where there are too few.
    """
    if min(len(seen.labels), len(unseen.labels)) < FEWEST:
        return None
    ratio = temperature_of(unseen) / temperature_of(seen)
    return Learned(
        own=min(0.0, float(unseen.own.mean(dtype=float) - seen.own.mean(dtype=float))),
        others=max(0.0, float(unseen.rival.mean(dtype=float) - seen.rival.mean(dtype=float))),
        temperature=max(1.0, ratio),
    )


def calibrated(
    simulation: Simulation,
    sizes: Doubles | None,
    learned: Learned | None,
    which: npt.NDArray[np.bool_],
) -> Calibration | Shortage:
    """:func:`calibrate`, with what the encoder has learned from taken for what it would be unseen.

    ``which`` ``(n,)``: of the examples that the simulation was given, those that were learned from.
    """
    seen = which[simulation.rows]
    if learned is None or not seen.any() or min(simulation.scores.shape) < 1:
        return calibrate(simulation, sizes)
    own = np.arange(len(seen)), simulation.labels
    scores = simulation.scores + np.float32(learned.others) * seen[:, None].astype(np.float32)
    scores[own] = simulation.scores[own] + np.float32(learned.own) * seen
    share = float(seen.mean())
    return calibrate(
        replace(
            simulation,
            scores=scores,
            strangers=simulation.strangers + np.float32(learned.others * share),
        ),
        sizes,
        temperature=temperature_of(simulation) * learned.temperature**share,
    )
