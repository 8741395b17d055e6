"""Calibration where the encoder has learned from some of the examples: it corrects their scores.

After training, an example lies nearer to its own class and further from others than a document that
the encoder has never seen. So leave-one-out alone is too optimistic. ``adapt`` measures the
difference on held-out examples: the *allowance*. It is subtracted here from the scores of examples
that the encoder has learned from. Without an allowance these examples are left out. Nothing is
stored here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate
from protolabel.arithmetic.leave_one_out import FEWEST
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import Doubles, Mask
from protolabel.words.quantity import quantity

UNSEEN = ("own", "others", "temperature")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How an unseen document differs from an example that was learned from.

    ``own``: difference of its score against its own class, zero or below. ``others``: of its best
    score against another class, zero or above. ``temperature``: factor of the temperature that
    suits its scores, one or above.
    """

    own: float = 0.0
    others: float = 0.0
    temperature: float = 1.0

    def after(self, earlier: Allowance) -> Allowance:
        """Return both together, for an encoder that had learned from them before."""
        return Allowance(
            self.own + earlier.own,
            self.others + earlier.others,
            self.temperature * earlier.temperature,
        )

    def values(self) -> dict[str, float]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Allowance | None:
        """Return it from what :meth:`values` made; None for anything else."""
        numbers = [
            float(v)
            for v in map(values.get, UNSEEN)
            if isinstance(v, (int, float)) and np.isfinite(v)
        ]
        if len(numbers) < len(UNSEEN):
            return None
        allowance = cls(*numbers)
        possible = allowance.own <= 0 <= allowance.others and allowance.temperature >= 1
        return allowance if possible else None


Pair = tuple[Simulation, Simulation]  # of examples that were learned from, and held-out ones


def measure_allowance(before: Sequence[Pair], after: Sequence[Pair]) -> Allowance | None:
    """Return how seen and unseen examples differ after learning, beyond what they did before.

    In each pair an encoder learned from some examples, and others were held out. Both are scored
    against the prototypes of the seen ones. ``before`` holds the same examples scored by the
    encoder before training: subtracting it removes what is peculiar to the held-out examples. A
    difference in the wrong direction is chance and is set to zero. None where there are too few.
    """
    if any(min(sum(len(part.labels) for part in side) for side in zip(*pairs, strict=True)) < FEWEST
           for pairs in (before, after)):  # fmt: skip
        return None
    own_gap, rival_gap, warmth = _gap(after) - _gap(before)
    return Allowance(
        min(0.0, float(own_gap)), max(0.0, float(rival_gap)), float(np.exp(max(0.0, warmth)))
    )


def _gap(pairs: Sequence[Pair]) -> Doubles:
    """Return unseen minus seen: own score, best other score, logarithm of the temperature.

    The temperature of the seen ones is each pair's own: it depends on their number, since hardly
    any of them is wrong (see :func:`temperature_of`).
    """
    parts, held_parts = zip(*pairs, strict=True)
    learned_from, held_out = Simulation.join(parts), Simulation.join(held_parts)
    warm = np.mean([np.log(temperature_of(part)) for part in parts if len(part.labels)])
    return np.array([
        held_out.own.mean(dtype=float) - learned_from.own.mean(dtype=float),
        held_out.rival.mean(dtype=float) - learned_from.rival.mean(dtype=float),
        np.log(temperature_of(held_out)) - warm,
    ])  # fmt: skip


def calibrated(
    simulation: Simulation, sizes: Doubles | None, allowance: Allowance | None, learned: Mask
) -> Calibration | Shortage:
    """Calibrate as if the encoder had never seen these examples.

    With an allowance, examples that the encoder has learned from get the scores that unseen
    documents would have. Without one they are left out, since their scores say nothing about unseen
    documents.

    Args:
        simulation: of a support.
        sizes: (K,), as :func:`calibrate` takes them.
        allowance: as ``adapt`` measured it, or None.
        learned: (n,) bool: examples of the support that the encoder has learned from.
    """
    learned_from = learned[simulation.rows]
    if not learned_from.any() and not learned[simulation.stranger_rows].any():
        return calibrate(simulation, sizes)
    if allowance is None:
        unlearned = calibrate(simulation.of_rows(~learned), sizes)
        if isinstance(unlearned, Calibration):
            return unlearned
        return Shortage(
            f"the encoder has learned from {int(learned_from.sum())} of "
            f"{quantity(len(learned_from), 'example')} that could be left out, so they do not say "
            f"how it does on new documents; of the others: {unlearned.reason}"
        )
    plain = calibrate(simulation, sizes)
    if isinstance(plain, Shortage):
        return plain
    own_cells = np.arange(len(learned_from)), simulation.labels
    scores = simulation.scores + np.float32(allowance.others) * learned_from[:, None].astype(
        np.float32
    )
    scores[own_cells] = simulation.scores[own_cells] + np.float32(allowance.own) * learned_from
    nearer = np.float32(allowance.others) * learned[simulation.stranger_rows, None]
    strangers = simulation.stranger_scores + nearer.astype(np.float32)
    unseen = replace(simulation, scores=scores, stranger_scores=strangers)
    share = float(learned_from.mean())
    return calibrate(unseen, sizes, temperature=plain.temperature * allowance.temperature**share)
