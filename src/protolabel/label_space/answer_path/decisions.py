"""Decisions about n queries: their classes ranked, and what answers and evidence read of them.

``ranked_queries`` decides where a document has one label, ``several_ranked_queries`` where it may
have several. Nothing is decided here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.answers import Alternative, Answer, Evidence
from protolabel.arithmetic.negatives import refuted
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Doubles, Floats, Integers
from protolabel.types import Document

ALL_REFUTED = "a person has said of each class that the document does not belong to it"


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What an answer shows: how many classes and examples, and the coverage of its label set."""

    alternatives: int
    evidence: int
    coverage: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Decisions(ABC):
    """Ranked classes of n queries, k of them for each.

    Attributes:
        head: the weights that ranked them.
        labels: class names by column.
        columns: ``(n, k)`` int64, the best class first.
        scores: ``(n, k)`` float32; higher is nearer.
        probabilities: ``(n, k)`` float64, or None.
        none: ``(n,)`` float64, the probability of *none of these*; None where there is none, as
            where documents may have several labels.
        keys: the class key of each best class; None where no class can answer.
        unreadable: why the encoder could not read each query; empty where it could.
    """

    head: Snapshot
    labels: Mapping[int, str]
    columns: Integers
    scores: Floats
    probabilities: Doubles | None
    none: Doubles | None
    keys: list[int] | None
    unreadable: Sequence[str]

    @abstractmethod
    def answer(self, row: int, document: Document, evidence: Sequence[Evidence] = ()) -> Answer:
        """Return the answer for query ``row``, which is that document.

        ``evidence``: about each class of :meth:`evidence_keys`; empty where nobody asks for it.
        """

    @property
    @abstractmethod
    def label_keys(self) -> list[tuple[int, ...]]:
        """The keys of the classes that each query is labelled, likeliest first."""

    @property
    def answer_keys(self) -> list[int | None]:
        """The key of the first class that each query is labelled; None for *none of these*."""
        return [keys[0] if keys else None for keys in self.label_keys]

    @property
    def runner_up_keys(self) -> list[int] | None:
        """The key of each second best class; None where nothing is compared with it."""
        return None

    def evidence_keys(self, row: int) -> tuple[int, ...]:
        """Return the keys of the classes that evidence about an answer is about."""
        return () if self.keys is None else (self.keys[row],)

    @property
    def best_probabilities(self) -> list[float | None]:
        """The probability of the nearest class of each query, or None."""
        if self.probabilities is None or self.keys is None:
            return [None] * len(self.unreadable)
        chances = self.probabilities[:, 0].tolist()
        return [None if self._all_refuted(row) else p for row, p in enumerate(chances)]

    def _all_refuted(self, row: int) -> bool:
        """Return whether a query is a negative example of every class, so that none is near."""
        return self.keys is not None and bool(refuted(self.scores[row, 0]))

    def _unread(self, document: Document) -> Answer:
        """Return the answer for a document without readable text: no class is near."""
        return Answer(
            id=document.id,
            label=None,
            score=None,
            margin=None,
            probability=None,
            probability_of=None,
            threshold=None,
            alternatives=(),
            evidence=None,
            reason=document.unreadable,
            head=self.head.head,
            space_version=self.head.version,
            encoder_fingerprint=self.head.fingerprint,
            source=document.source,
        )

    def _refuted_answer(self, row: int, document: Document) -> Answer:
        """Return the answer for a document that is a negative example of every class."""
        return replace(self._unread(document), reason=self.unreadable[row] or ALL_REFUTED)

    @abstractmethod
    def _alternative(self, row: int, rank: int) -> Alternative:
        """Return a ranked class of a query."""

    def _ranking(self, row: int) -> tuple[Alternative, ...]:
        """Return the ranked classes of a query, but for those that it is a negative example of."""
        ranks = np.flatnonzero(~refuted(self.scores[row])).tolist()
        return tuple(self._alternative(row, k) for k in ranks)
