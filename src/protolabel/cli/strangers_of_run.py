"""Whether a run meets more strangers than its label space counts on, and the sentence about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from protolabel.answers import Answer
from protolabel.arithmetic.belonging import estimated_strangers, log_odds_to_belong
from protolabel.arrays import Floats
from protolabel.equality import document_digests
from protolabel.label_space.target_words import words_of_strangers
from protolabel.near_copies import groups_of_sketches
from protolabel.quantity import quantity
from protolabel.sketches import Sketch, sketch_of, template_digest
from protolabel.types import Document

MOST = 20_000  # documents that the share is estimated from: the first ones
CLEARLY = 0.1  # the least excess of the interval over the setting that people are told of


class DocumentOfRun(NamedTuple):
    """A document of a run: its log odds to belong, and by what its near copies are known."""

    log_odds: float
    digests: tuple[str, ...]
    sketch: Sketch | None
    template: bytes
    vector: Floats | None


@dataclass(slots=True)
class StrangersOfRun:
    """The documents of a run: equal ones and near copies count once, as ``near_copies`` decides.

    ``counted_on``: the share of strangers that the answers allow for.
    """

    counted_on: float = 0.0
    _documents: list[DocumentOfRun] = field(default_factory=list)
    _digests: set[str | bytes] = field(default_factory=set)

    def count(self, document: Document, answer: Answer) -> None:
        """Take note of an answer; one without a probability says nothing."""
        none_probability = answer.none_probability
        if none_probability is None or self.counted_on <= 0.0 or len(self._documents) >= MOST:
            return
        text, vector = document.text, document.embedding
        digests = tuple(document_digests(text, document.image, vector))
        template = (template_digest(text) if text else None) or b""
        if not self._digests.isdisjoint((*digests, template) if template else digests):
            return
        self._digests.update(digests, (template,) if template else ())
        (odds,) = log_odds_to_belong(np.array([none_probability]), self.counted_on).tolist()
        sketch = sketch_of(text) if text else None
        self._documents.append(DocumentOfRun(odds, digests, sketch, template, vector))

    def _log_odds(self) -> list[float]:
        """Return those of the different documents."""
        documents = self._documents
        groups = groups_of_sketches(
            [one.digests for one in documents],
            [one.sketch for one in documents],
            np.zeros(len(documents), np.int64),
            [one.template for one in documents],
            [one.vector for one in documents],
        )
        firsts = np.unique(groups, return_index=True)[1]
        return [documents[i].log_odds for i in firsts.tolist()]

    def words(self) -> str:
        """Return the sentence that there are more strangers; empty where that is not shown."""
        if not self._documents:
            return ""
        estimate = estimated_strangers(np.array(sorted(self._log_odds())))
        if estimate.setting is None or estimate.low < self.counted_on + CLEARLY:
            return ""
        share = words_of_strangers(estimate.setting)
        return (
            f"about {estimate.strangers:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) of "
            f"{quantity(estimate.different, 'different document')} seem to belong to none of the "
            f"classes, but the label space counts on {self.counted_on:.0%}: the chances of classes "
            f"are too high; `protolabel set SPACE strangers {share}` counts on that"
        )
