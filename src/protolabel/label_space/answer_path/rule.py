"""What decides about a query: settings, the calibration of the head, and the limit of a target.

The least score of an answer is the one that the user set, for all classes, or the calibrated one,
lower for a class of few examples; a target asks for a least score or a least chance of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.reach import EVERY
from protolabel.arithmetic.scores import score_range
from protolabel.arithmetic.target import Limit, limit_of
from protolabel.arrays import Doubles, Metric
from protolabel.label_space.answer_path.reasons import all_declined_sentence
from protolabel.label_space.answer_path.threshold_advice import (
    THRESHOLD_OFF,
    most_strangers_answered,
    no_threshold_sentence,
)
from protolabel.label_space.configuration.settings import Settings
from protolabel.words.quantity import quantity

MOST_ANSWERED = 0.5  # share of simulated strangers; where more are answered, people are told


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides: the settings, the calibration of the head, and the limit of the target."""

    settings: Settings
    calibration: Calibration | Shortage
    limit: Limit | None = None

    @classmethod
    def of(cls, settings: Settings, calibration: Calibration | Shortage) -> Rule:
        """Return the rule, with the limit that follows from the target."""
        if settings.target is None:
            return cls(settings, calibration)
        if isinstance(calibration, Shortage):
            why = (
                f"{settings.target} cannot be promised without a calibration: {calibration.reason}"
            )
            return cls(settings, calibration, Limit(math.inf, None, math.nan, 0.0, why))
        return cls(
            settings, calibration, limit_of(settings.target, calibration, settings.strangers)
        )

    @property
    def fitted(self) -> Calibration | None:
        """The calibration, if there is one."""
        return self.calibration if isinstance(self.calibration, Calibration) else None

    @property
    def threshold(self) -> float | None:
        """The least score of an answer: as set, else calibrated; None without either.

        A target, and the sizes of classes, may ask for another: see :meth:`thresholds`.
        """
        if self.settings.threshold is not None:
            return self.settings.threshold
        return None if self.fitted is None else self.fitted.threshold

    @property
    def refusal(self) -> str:
        """Why this rule declines everything, or nearly so, as a sentence; empty where it does not.

        A threshold that a person has set declines nearly everything where each simulated query
        scores below it.
        """
        if self.limit is not None:
            return all_declined_sentence(self.limit.refusal)
        fitted, threshold = self.fitted, self.settings.threshold
        if fitted is None or threshold is None or threshold <= fitted.own[-1]:
            return ""
        return (
            f"hardly any document is answered: the threshold, set to {threshold:g}, is above the "
            f"scores of all {quantity(fitted.n, 'simulated query')}, of which the highest is "
            f"{fitted.own[-1]:.3f}"
        )

    @property
    def verdict(self) -> str:
        """How far the target is kept; empty without one, and where everything is declined."""
        target, fitted = self.settings.target, self.fitted
        if target is None or fitted is None or self.limit is None or self.limit.shortage:
            return ""
        return (fitted.reach if target.is_of_classes else EVERY).verdict

    @property
    def unpromised(self) -> str:
        """Of which classes the target promises nothing, as a sentence; empty where of none."""
        if self.fitted is None or self.verdict in ("", EVERY.verdict):
            return ""
        return f"the target {self.settings.target} is {self.fitted.reach.promise}"

    @property
    def shortage(self) -> Shortage | None:
        """What is lacking, so that no document can be declined by its score or chance.

        None where one can be, and where a person has switched the threshold off.
        """
        if self.limit is not None or self.threshold is not None:
            return None
        return self.calibration if isinstance(self.calibration, Shortage) else None

    def nothing_declined_sentence(self, metric: Metric) -> str:
        """Return why no document can be declined by its score or chance; empty where one can."""
        if self.shortage is not None:
            return no_threshold_sentence(self.shortage, metric)
        is_off = self.limit is None and self.threshold == -math.inf
        return THRESHOLD_OFF if is_off else ""

    @property
    def answered_strangers(self) -> float | None:
        """The share of simulated strangers that the fitted threshold answers, where it is most.

        None where it is half of them or fewer, and where it cannot be estimated. A threshold or a
        target that a person has set is a decision, and nothing is said about it.
        """
        fitted, settings = self.fitted, self.settings
        if settings.target is not None or settings.threshold is not None:
            return None
        if fitted is None or fitted.belonging is None:
            return None
        share = fitted.false_accept(fitted.threshold)
        return share if share > MOST_ANSWERED else None

    def few_declined_sentence(self, metric: Metric) -> str:
        """Return why few strangers are declined, as a sentence; empty where it is not so."""
        fitted, share = self.fitted, self.answered_strangers
        if fitted is None or share is None:
            return ""
        high = float(np.quantile(fitted.stranger, 0.9))
        threshold = min(math.ceil(1000.0 * high) / 1000.0, score_range(metric)[1])
        return most_strangers_answered(share, threshold, fitted.coverage(threshold))

    def least_chances(self, levels: int) -> tuple[float, ...] | None:
        """Return what a target asks of each level that can be an answer, if it asks for chances.

        Args:
            levels: how many can: those from the top down, and the nearest class, which is last.
        """
        if self.limit is None or self.limit.least_chance is None:
            return None
        by_level = self.limit.by_level
        if by_level is not None and len(by_level) == levels:
            return by_level
        return (self.limit.least_chance,) * levels

    def thresholds(self, sizes: Doubles) -> Doubles | None:
        """Return the least scores for answers of classes of these sizes, ``(n,)``, if any."""
        if self.limit is not None:
            least = self.limit.least_score
            return (
                None if least is None or self.fitted is None else self.fitted.scaled(least, sizes)
            )
        if self.settings.threshold is not None:
            return np.full(len(sizes), self.settings.threshold)
        return None if self.fitted is None else self.fitted.thresholds(sizes)
