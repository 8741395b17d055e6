"""Scores to several labels a document: every class whose own chance is large enough, or none.

The chances come from ``arithmetic.multilabel``; without them the nearest class is answered, and the
reason says what is missing. ``ranked_queries`` decides where a document has one label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from protolabel.answers import Alternative, Answer, Evidence, LabelAnswer
from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.multilabel import LabelModel
from protolabel.arithmetic.negatives import refuted
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats, Integers, distinct
from protolabel.label_space.answer_path.decisions import AnswerForm, Decisions
from protolabel.label_space.answer_path.ranked_queries import RankedQueries
from protolabel.label_space.answer_path.reasons import all_declined_sentence, no_chance_sentence
from protolabel.label_space.configuration.settings import Settings
from protolabel.types import Document
from protolabel.words.certainty import compared, percent
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True, eq=False)
class SeveralRankedQueries(Decisions):
    """Classes of n queries ranked by their own chances. Several of them may be answered.

    Attributes:
        counts: ``(n,)``, how many of the ranked classes each query is labelled.
        least: the least chance of a label; None where there are no chances.
        shortage: why there are no chances; empty where there are.
        undecided: what answers where no class can; None where one can.
    """

    counts: Integers
    least: float | None = None
    shortage: str = ""
    undecided: RankedQueries | None = None

    def answer(self, row: int, document: Document, evidence: Sequence[Evidence] = ()) -> Answer:
        """Return the answer for query ``row``, which is that document, with evidence a label.

        ``evidence``: about its labels, likeliest first; those that it does not reach have none.
        """
        if self.undecided is not None:
            return replace(self.undecided.answer(row, document), labels=())
        if document.unreadable:
            return replace(self._unread(document), labels=())
        if self._all_refuted(row):
            return replace(self._refuted_answer(row, document), labels=())
        ranked, n = self._ranking(row), self._count(row)
        best = ranked[0]
        behind = [*evidence, *[None] * n][:n]
        labels = tuple(
            LabelAnswer(alternative.label, alternative.probability, alternative.score, why)
            for alternative, why in zip(ranked[:n], behind, strict=True)
        )
        return Answer(
            id=document.id,
            label=labels[0].label if labels else None,
            score=best.score,
            margin=None,
            probability=best.probability,
            probability_of=None if best.probability is None else best.label,
            threshold=self.least,
            alternatives=ranked,
            evidence=evidence[0] if evidence else None,
            reason=self.unreadable[row] or self._reason(best, n),
            head=self.head.head,
            space_version=self.head.version,
            encoder_fingerprint=self.head.fingerprint,
            source=document.source,
            labels=labels,
        )

    @property
    def label_keys(self) -> list[tuple[int, ...]]:
        """The keys of the classes that each query is labelled, likeliest first."""
        return [self._keys_of(row) for row in range(len(self.unreadable))]

    def evidence_keys(self, row: int) -> tuple[int, ...]:
        """Return the keys of the labels of a query; of its likeliest class where it has none."""
        return self._keys_of(row) or Decisions.evidence_keys(self, row)

    def _keys_of(self, row: int) -> tuple[int, ...]:
        if self.keys is None:
            return ()
        return tuple(self.head.keys[self.columns[row, : self._count(row)]].tolist())

    def _count(self, row: int) -> int:
        return 0 if self.unreadable[row] else int(self.counts[row])

    def _alternative(self, row: int, rank: int) -> Alternative:
        label, score = self.labels[int(self.columns[row, rank])], float(self.scores[row, rank])
        if self.probabilities is None:
            return Alternative(label, score)
        return Alternative(label, score, float(self.probabilities[row, rank]))

    def _reason(self, best: Alternative, n: int) -> str:
        """Return the sentence that says why a query is answered so."""
        if best.probability is None or self.least is None:
            if not n:
                return f"declined: {no_chance_sentence(self.shortage)}"
            return f"nearest class, score {best.score:.3f}; no probability: {self.shortage}"
        if not n:
            share, least = compared(best.probability, self.least)
            return f"no class has a probability of {least}; {best.label!r} has {share}"
        least = percent(self.least)
        if n == 1:
            return f"one class has a probability of {least} or more"
        return f"{quantity(n, 'class')} have a probability of {least} or more"


def refusal_of_several(settings: Settings, labels: LabelModel | Shortage) -> str:
    """Return why every document is declined; empty where it is not so."""
    if settings.threshold is None or not isinstance(labels, Shortage):
        return ""
    return all_declined_sentence(no_chance_sentence(labels.reason))


def decide_several(
    head: Snapshot,
    settings: Settings,
    labels: LabelModel | Shortage,
    queries: Floats,
    form: AnswerForm,
    unreadable: Sequence[str],
) -> SeveralRankedQueries:
    """Rank the classes for each query by their own chances, and take all that are large enough.

    Args:
        head: the prototypes, of at least one class.
        settings: their threshold is the least chance of a label, if it is set.
        labels: what gives each label its chance, or why nothing does.
        queries: ``(n, d)`` float32.
        form: what an answer shows; all classes of an answer are ranked.
        unreadable: why the encoder could not read each query, which has no label then; empty where
            it could.
    """
    scores = _scores(head, queries)
    lower = scores if head.negatives is None else head.negatives.lowered(queries, scores.copy())
    out = refuted(lower)
    chances = None
    if isinstance(labels, LabelModel):  # whose regressions know the negatives themselves
        chances = np.where(out, 0.0, labels.probabilities(queries, scores))
        scores[out] = lower[out]
        least = labels.threshold if settings.threshold is None else settings.threshold
        counts = ((chances >= least) & ~out).sum(axis=1)
        order = np.lexsort((-scores, -chances), axis=1)
    else:
        least, scores = None, lower
        declines = settings.threshold is not None
        counts = np.where(out.all(axis=1), 0, 0 if declines else 1)
        order = np.argsort(-scores, axis=1, kind="stable")
    k = min(max(2, form.alternatives, int(counts.max(initial=0))), head.n_classes)
    columns = np.ascontiguousarray(order[:, :k], np.int64)
    return SeveralRankedQueries(
        head=head,
        labels=head.names_of(distinct(columns).tolist()),
        columns=columns,
        scores=np.take_along_axis(scores, columns, axis=1),
        probabilities=None if chances is None else np.take_along_axis(chances, columns, axis=1),
        none=None,
        keys=head.keys[columns[:, 0]].tolist(),
        unreadable=unreadable,
        counts=counts.astype(np.int64),
        least=least,
        shortage=labels.reason if isinstance(labels, Shortage) else "",
    )


def _scores(head: Snapshot, queries: Floats) -> Floats:
    """Return the scores of queries, each computed by itself. *Shape:* ``(n, d)`` -> ``(n, K)``.

    So their last digits, and with them the labels, do not depend on the other queries. Negatives
    take nothing off them here.
    """
    head = replace(head, negatives=None)
    scores = np.empty((len(queries), head.n_classes), np.float32)
    for i in range(len(queries)):
        scores[i] = head.scores(queries[i : i + 1])[0]
    return scores


def undecided_several(undecided: RankedQueries) -> SeveralRankedQueries:
    """Return the decisions where no class can be an answer, as those of several labels."""
    shared = {f.name: getattr(undecided, f.name) for f in fields(Decisions)}
    none = np.zeros(len(undecided.unreadable), np.int64)
    return SeveralRankedQueries(**shared, counts=none, undecided=undecided)
