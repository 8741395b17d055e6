"""The sentence that a run meets more strangers than its label space counts on.

``evaluation.stranger_count`` counts them. It is imported where there is something to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protolabel.answers import Answer
from protolabel.arithmetic.belonging import EstimatedStrangers
from protolabel.arithmetic.calibration import Shortage
from protolabel.label_space.configuration.target_words import words_of_strangers
from protolabel.label_space.view import View
from protolabel.types import Document
from protolabel.words.certainty import exact_percent, percent_within
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    from protolabel.evaluation.stranger_count import StrangerCount

CLEARLY = 0.1  # the least excess of the interval over the setting that people are told of


@dataclass(slots=True)
class StrangersOfRun:
    """The answers of a run. ``view``: what answers now; None until something answers."""

    view: View | None = None
    _count: StrangerCount | None = None

    def count(self, document: Document, answer: Answer) -> None:
        """Take note of an answer; without a chance of *none of these* it says nothing."""
        if self.view is None or not _has_chances(self.view):
            return
        if self._count is None:
            from protolabel.evaluation.stranger_count import StrangerCount

            self._count = StrangerCount(self.view)
        self._count.view = self.view
        self._count.count(document, answer)

    def words(self) -> str:
        """Return the sentence that there are more strangers; empty where that is not shown."""
        if self.view is None or self._count is None:
            return ""
        counted_on = self.view.settings.strangers
        estimate = self._count.excess(counted_on + CLEARLY)
        if estimate is None or estimate.setting is None:
            return ""
        share, subject = words_of_strangers(estimate.setting), subject_of_share(estimate)
        return (
            f"about {percent_within(estimate.strangers, estimate.low, estimate.high)} of "
            f"{quantity(estimate.different, 'different document')} seem to belong to none of the "
            f"classes, but the label space counts on {exact_percent(counted_on)}: the chances of "
            f"classes are too high; `protolabel set SPACE strangers {share}` counts on {subject}"
        )


def subject_of_share(estimate: EstimatedStrangers) -> str:
    """Return on what the share to set counts, to follow the words that say the estimate."""
    share = estimate.strangers if estimate.setting is None else estimate.setting
    if words_of_strangers(share) == words_of_strangers(estimate.strangers):
        return "that"
    documents = quantity(estimate.different, "document")
    return (
        "that, and on one more stranger and one more document of a class, since "
        f"{documents} tell the share roughly"
    )


def _has_chances(view: View) -> bool:
    """Return whether a view can say that a document belongs to none of its classes."""
    calibration = view.calibration
    return (
        view.settings.strangers > 0.0
        and not isinstance(calibration, Shortage)
        and calibration.belonging is not None
    )
