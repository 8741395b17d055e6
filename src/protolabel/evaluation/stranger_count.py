"""Whether a run of answers meets more strangers than its label space counts on.

The documents that count are those of ``stream_sample``. No sentence is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from protolabel.answers import Answer
from protolabel.arithmetic.belonging import (
    EstimatedStrangers,
    estimated_strangers,
    log_odds_to_belong,
)
from protolabel.evaluation.stream_sample import StreamSample
from protolabel.label_space.view import View
from protolabel.types import Document

MOST = 20_000  # different documents that a run is judged by: the first ones
MOST_CHARACTERS = 40_000_000  # of their texts


@dataclass(slots=True)
class StrangerCount:
    """The answers to a stream. The share of strangers is that of ``strangers_in``.

    ``view``: what answers now.
    """

    view: View
    _sample: StreamSample = field(init=False)
    _log_odds: list[float] = field(default_factory=list)
    _characters: int = 0

    def __post_init__(self) -> None:
        self._sample = StreamSample(self.view.head.metric)

    def count(self, document: Document, answer: Answer) -> None:
        """Take note of an answer. The texts of the first documents stay in memory."""
        if len(self._log_odds) >= MOST or self._characters >= MOST_CHARACTERS:
            return
        if self._sample.take(document):
            none = np.array([answer.none_probability], np.float64)  # NaN where there is none
            self._log_odds += log_odds_to_belong(none, self.view.settings.strangers).tolist()
            self._characters += len(document.text or "")

    def excess(self, least: float) -> EstimatedStrangers | None:
        """Return the share of strangers if it is shown to be this much, and None otherwise.

        Args:
            least: where its interval must begin, at least.
        """
        odds = np.array(self._log_odds, np.float64)
        if np.isnan(odds).all():
            return None
        if not _shows(estimated_strangers(np.full(len(odds), np.nanmin(odds))), least):
            return None  # whichever of the documents are new and different
        of_different = odds[self._sample.different(self.view).places]
        of_different = of_different[~np.isnan(of_different)]
        estimate = estimated_strangers(of_different) if len(of_different) else None
        return estimate if estimate is not None and _shows(estimate, least) else None


def _shows(estimate: EstimatedStrangers, least: float) -> bool:
    return estimate.setting is not None and estimate.low >= least
