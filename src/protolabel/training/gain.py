"""Whether a trained encoder is better than the one that training began with, beyond chance.

Both answer the same episodes. The unit is the class, since queries of one class succeed or fail
together, and the question is how the encoder does on *other* classes. Nothing is trained here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.intervals import paired_shares, t_interval
from protolabel.training.loop.validation import EpisodeAnswers
from protolabel.words.certainty import points
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Gain:
    """The difference of accuracies on the same queries; above 0 the trained encoder is better.

    ``mean``: over ``classes`` classes, each counted once. ``interval``: half-width of its 95 %
    interval over classes, Student's t; nan for fewer than two classes.
    """

    mean: float
    interval: float
    classes: int

    @property
    def beyond_chance(self) -> bool:
        """Whether the whole interval is above zero."""
        return self.mean - self.interval > 0

    def __str__(self) -> str:
        gain = f"{points(self.mean, sign='+')} points"
        if np.isnan(self.interval):
            return f"{gain} over {quantity(self.classes, 'class')}"
        return f"{gain} ± {points(self.interval)} (95 %, over {quantity(self.classes, 'class')})"


def paired_gain(before: EpisodeAnswers, after: EpisodeAnswers) -> Gain:
    """Return the gain of an encoder, from answers to the same queries before and after training.

    It speaks of other classes of the same kind, as far as these were drawn from them at random.
    Where all classes gain the same, such as nothing, each counts as one case, so that the interval
    has a width.
    """
    differences = after.right.astype(np.float64) - before.right
    classes, place = np.unique(before.classes, return_inverse=True)
    by_class = np.bincount(place, differences) / np.bincount(place)
    estimate, half = t_interval(by_class), 0.0
    if np.ptp(by_class) == 0 and len(classes) > 1:
        lost, won = np.maximum(-by_class, 0).sum(), np.maximum(by_class, 0).sum()
        low, high = paired_shares(float(lost), float(won), len(classes))
        half = max(estimate.mean - low, high - estimate.mean)
    return Gain(estimate.mean, half or estimate.interval, len(classes))
