"""Whether a run meets more strangers than its label space counts on, and the sentence about it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from protolabel.answers import Answer
from protolabel.arithmetic.belonging import estimated_strangers, log_odds_to_belong
from protolabel.label_space.target_words import words_of_strangers
from protolabel.quantity import quantity

MOST = 20_000  # documents that the share is estimated from: the first ones
CLEARLY = 0.1  # the least excess of the interval over the setting that people are told of
DIGITS = 9  # equal documents have equal log odds, whatever batch they were in


@dataclass(slots=True)
class StrangersOfRun:
    """The documents of a run, by their log odds to belong: equal documents count once.

    ``counted_on``: the share of strangers that the answers allow for.
    """

    counted_on: float = 0.0
    _log_odds: set[float] = field(default_factory=set)

    def count(self, answer: Answer) -> None:
        """Take note of an answer; one without a probability says nothing."""
        none_probability = answer.none_probability
        if none_probability is None or self.counted_on <= 0.0 or len(self._log_odds) >= MOST:
            return
        (odds,) = log_odds_to_belong(np.array([none_probability]), self.counted_on).tolist()
        self._log_odds.add(float(f"{odds:.{DIGITS}g}"))

    def words(self) -> str:
        """Return the sentence that there are more strangers; empty where that is not shown."""
        if not self._log_odds:
            return ""
        estimate = estimated_strangers(np.array(sorted(self._log_odds)))
        if estimate.setting is None or estimate.low < self.counted_on + CLEARLY:
            return ""
        share = words_of_strangers(estimate.setting)
        return (
            f"about {estimate.strangers:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) of "
            f"{quantity(estimate.different, 'different document')} seem to belong to none of the "
            f"classes, but the label space counts on {self.counted_on:.0%}: the chances of classes "
            f"are too high; `protolabel set SPACE strangers {share}` counts on that"
        )
