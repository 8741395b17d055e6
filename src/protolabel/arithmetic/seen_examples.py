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

from protolabel.arithmetic.calibration import (
    FEWEST,
    Calibration,
    Shortage,
    Simulation,
    calibrate,
    temperature_of,
)
from protolabel.arrays import Doubles

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
        if len(numbers) < len(UNSEEN):
            return None
        learned = cls(*numbers)
        possible = learned.own <= 0 <= learned.others and learned.temperature >= 1
        return learned if possible else None


Pair = tuple[Simulation, Simulation]  # of examples that were learned from, and held-out ones


def measured(before: Sequence[Pair], after: Sequence[Pair]) -> Learned | None:
    """What having learned does: how seen and unseen examples differ after, beyond what they did
    before, by encoders that learned from some examples in each pair.

    Both of a pair are scored against the same prototypes, of the seen ones; those of ``before`` are
    of the same examples, by the encoder that learning began with, so that whatever is peculiar to
    the held-out ones cancels. What would make seen examples look worse than unseen ones is chance,
    and counts as nothing. None where there are too few.
    """
    if any(min(sum(len(one.labels) for one in side) for side in zip(*pairs, strict=True)) < FEWEST
           for pairs in (before, after)):  # fmt: skip
        return None
    own, others, warmth = _gap(after) - _gap(before)
    return Learned(min(0.0, float(own)), max(0.0, float(others)), float(np.exp(max(0.0, warmth))))


def _gap(pairs: Sequence[Pair]) -> Doubles:
    """Unseen minus seen: own score, best other score, logarithm of the temperature, means each.

    The temperature of the seen ones is each pair's own: it depends on their number, since hardly
    any of them is wrong (see :func:`temperature_of`).
    """
    parts, held_parts = zip(*pairs, strict=True)
    seen, held = _joined(parts), _joined(held_parts)
    warm = np.mean([np.log(temperature_of(one)) for one in parts if len(one.labels)])
    return np.array([
        held.own.mean(dtype=float) - seen.own.mean(dtype=float),
        held.rival.mean(dtype=float) - seen.rival.mean(dtype=float),
        np.log(temperature_of(held)) - warm,
    ])  # fmt: skip


def _joined(parts: Sequence[Simulation]) -> Simulation:
    """Simulations against the same classes as one."""
    names = ("scores", "labels", "strangers", "rows")
    return Simulation(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


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
    plain = calibrate(simulation, sizes)
    if learned is None or not seen.any() or isinstance(plain, Shortage):
        return plain
    own = np.arange(len(seen)), simulation.labels
    scores = simulation.scores + np.float32(learned.others) * seen[:, None].astype(np.float32)
    scores[own] = simulation.scores[own] + np.float32(learned.own) * seen
    share = float(seen.mean())  # of strangers too, which may come from other fits than the rows
    strangers = simulation.strangers + np.float32(learned.others * share)
    unseen = replace(simulation, scores=scores, strangers=strangers)
    return calibrate(unseen, sizes, temperature=plain.temperature * learned.temperature**share)
