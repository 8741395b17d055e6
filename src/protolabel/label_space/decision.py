"""Scores to decisions: which class, how sure, or none of these. Arithmetic on one score matrix.

Equation 2: p(k | x) = softmax_k(score_k / T), with T from the calibration; the threshold is the
one that the user set, for all classes, or the calibrated one, lower for a class of few examples.
Evidence is gathered elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.answers import Alternative, Answer, Evidence
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.scores import softmax
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Doubles, Floats, Integers
from protolabel.label_space.settings import Settings
from protolabel.types import ClassInfo, Document


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Ranked classes of n queries, k of them for each.

    Attributes:
        head: the weights that ranked them.
        thresholds: least scores for an answer, ``(n,)`` float64; None where there are none.
        shortage: why there are no probabilities; empty where there are.
        labels: class names by column.
        columns: ``(n, k)`` int64, the best class first.
        scores: ``(n, k)`` float32; higher is nearer.
        probabilities: ``(n, k)`` float32, or None.
        keys: the class key of each best class; None where no class can answer.
        unreadable: why the encoder could not read each query; empty where it could.
    """

    head: Snapshot
    thresholds: Doubles | None
    shortage: str
    labels: Mapping[int, str]
    columns: Integers
    scores: Floats
    probabilities: Doubles | None
    keys: list[int] | None
    unreadable: Sequence[str]

    def answer(self, row: int, document: Document, evidence: Evidence | None) -> Answer:
        """Return the answer for query ``row``, which is that document."""
        if document.unreadable:
            return self._unread(document)
        ranked = self._ranked(row)
        threshold = None if self.thresholds is None else float(self.thresholds[row])
        best = ranked[0] if ranked else None
        unreadable = self.unreadable[row]
        return Answer(
            id=document.id,
            label=None if best is None or self._declines(row) else best.label,
            score=best.score if best else None,
            margin=best.score - ranked[1].score if best and len(ranked) > 1 else None,
            probability=best.probability if best else None,
            probability_of=best.label if best and best.probability is not None else None,
            threshold=threshold,
            alternatives=ranked,
            evidence=evidence,
            reason=unreadable or _reason(best, threshold, self.shortage),
            head=self.head.head,
            space_version=self.head.version,
            encoder_fingerprint=self.head.fingerprint,
            source=document.source,
        )

    def _unread(self, document: Document) -> Answer:
        """Return the answer for a document without a text that says anything: no class is near."""
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

    @property
    def answered(self) -> list[int | None]:
        """The key of the class that each query is labelled; None for *none of these*."""
        keys = self.keys or []
        return [None if self._declines(row) else keys[row] for row in range(len(self.unreadable))]

    @property
    def best_probabilities(self) -> list[float | None]:
        """The probability of the nearest class of each query, or None."""
        if self.probabilities is None or self.keys is None:
            return [None] * len(self.unreadable)
        return list(self.probabilities[:, 0].tolist())

    def _declines(self, row: int) -> bool:
        if self.keys is None or self.unreadable[row]:
            return True
        return self.thresholds is not None and bool(self.scores[row, 0] < self.thresholds[row])

    def _ranked(self, row: int) -> tuple[Alternative, ...]:
        scores = self.scores[row].tolist()
        columns = self.columns[row].tolist()
        if self.probabilities is None:
            pairs = zip(columns, scores, strict=True)
            return tuple(Alternative(self.labels[c], s) for c, s in pairs)
        triples = zip(columns, scores, self.probabilities[row].tolist(), strict=True)
        return tuple(Alternative(self.labels[c], s, p) for c, s, p in triples)


def decide(
    head: Snapshot,
    settings: Settings,
    calibration: Calibration | Shortage,
    queries: Floats,
    alternatives: int,
    unreadable: Sequence[str],
) -> Decisions:
    """Rank the classes for each query and take or decline the best.

    Args:
        head: the weights that rank, of at least one class.
        settings: say whether the user has set a threshold.
        calibration: of this head, or why there is none.
        queries: ``(n, d)`` float32.
        alternatives: how many classes to rank; at least two are, for the margin.
        unreadable: why the encoder could not read each query, which has no label then; empty where
            it could.
    """
    fitted = calibration if isinstance(calibration, Calibration) else None
    scores = head.scores(queries)
    ranking = head.ranking(queries, scores, min(max(2, alternatives), head.n_classes))
    columns, best = ranking.columns, ranking.scores
    probabilities = None
    if fitted is not None:
        probabilities = softmax(scores, fitted.temperature, best)
    return Decisions(
        head=head,
        thresholds=_thresholds(settings, fitted, head.sizes[columns[:, 0]]),
        shortage=calibration.reason if isinstance(calibration, Shortage) else "",
        labels=head.names_of(np.unique(columns).tolist()),
        columns=columns,
        scores=best,
        probabilities=probabilities,
        keys=head.keys[columns[:, 0]].tolist(),
        unreadable=unreadable,
    )


def undecided(head: Snapshot, settings: Settings, why: str, unreadable: Sequence[str]) -> Decisions:
    """Return the decisions where no class can be an answer, and why not.

    Args:
        head: the weights, of no class.
        settings: say whether the user has set a threshold.
        why: why no class can be an answer.
        unreadable: why the encoder could not read each query; empty where it could.
    """
    n = len(unreadable)
    nothing = np.empty((n, 0))
    return Decisions(
        head=head,
        thresholds=_thresholds(settings, None, np.zeros(n)),
        shortage=why,
        labels={},
        columns=nothing.astype(np.int64),
        scores=nothing.astype(np.float32),
        probabilities=None,
        keys=None,
        unreadable=unreadable,
    )


def why_none_answers(classes: Sequence[ClassInfo], kappa: float) -> str:
    """Return why no class can be an answer, and what to do about it."""
    remedy = "describe a class or add an example"
    if not classes:
        return f"the label space has no class yet: {remedy}"
    if all(info.retired for info in classes):
        return "every class is retired: unretire one, or add another"
    if kappa == 0 and any(info.description and not info.retired for info in classes):
        return (
            "no class has an example yet, and descriptions count for nothing since kappa is 0: "
            "set kappa to auto, or add an example"
        )
    return f"no class has a description or an example yet: {remedy}"


def _thresholds(settings: Settings, fitted: Calibration | None, sizes: Doubles) -> Doubles | None:
    """Return the least score for an answer of a class of each size, ``(n,)``, if there is one."""
    if settings.threshold is not None:
        return np.full(len(sizes), settings.threshold)
    return None if fitted is None else fitted.thresholds(sizes)


def _reason(best: Alternative | None, threshold: float | None, shortage: str) -> str:
    """Return the sentence that says why a query is answered so, and what is missing."""
    if best is None:
        return shortage
    if threshold is None:
        why = f"nothing is declined and there is no probability: {shortage}"
        return f"nearest class, score {best.score:.3f}; {why}"
    note = f"; no probability: {shortage}" if shortage else ""
    if math.isinf(threshold):
        return f"nearest class, score {best.score:.3f}; the threshold is off{note}"
    score, limit = _distinct_decimals(best.score, threshold)
    if best.score < threshold:
        nearest = f"the nearest class, {best.label!r}, has score {score}"
        return f"below the threshold: {nearest}, less than {limit}{note}"
    return f"nearest class, score {score}, threshold {limit}{note}"


def _distinct_decimals(a: float, b: float) -> tuple[str, str]:
    """Return two numbers with three decimals, or as many more as it takes to tell them apart."""
    digits = next((n for n in range(3, 9) if f"{a:.{n}f}" != f"{b:.{n}f}"), 3)
    return f"{a:.{digits}f}", f"{b:.{digits}f}"
