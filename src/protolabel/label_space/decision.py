"""Scores to decisions: which class, how sure, or none of these. Arithmetic on one score matrix.

Equation 2: p(k | x) = softmax_k(score_k / T), with T from the calibration; the threshold is the
one that the user set, for all classes, or the calibrated one, lower for a class of few examples.
Evidence is gathered elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Doubles, Floats
from protolabel.label_space.settings import Settings
from protolabel.types import Alternative, Answer, Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Ranked classes of n queries.

    columns ``(n, k)`` int64, best first; scores ``(n, k)``, higher is nearer; probabilities
    ``(n, k)`` or None; keys: class key of each best class, None while there is no class;
    thresholds ``(n,)`` float64: least scores for an answer, None where there is none.
    """

    head: Snapshot
    thresholds: Doubles | None
    shortage: str
    labels: Mapping[int, str]
    columns: npt.NDArray[np.int64]
    scores: Floats
    probabilities: Floats | None
    keys: list[int] | None

    def answer(self, row: int, identity: str, evidence: Evidence | None) -> Answer:
        """The answer for query ``row``."""
        ranked = self._ranked(row)
        if not ranked:
            return self._made(row, identity, None, evidence, "no class has a prototype yet")
        best, threshold = ranked[0], self._threshold(row)
        note = f"; no probability: {self.shortage}" if self.shortage else ""
        if threshold is not None and best.score < threshold:
            return self._made(row, identity, None, evidence, "below the threshold" + note)
        return self._made(row, identity, best.label, evidence, "nearest class" + note)

    def _threshold(self, row: int) -> float | None:
        return None if self.thresholds is None else float(self.thresholds[row])

    def _ranked(self, row: int) -> tuple[Alternative, ...]:
        scores = self.scores[row].tolist()
        columns = self.columns[row].tolist()
        if self.probabilities is None:
            pairs = zip(columns, scores, strict=True)
            return tuple(Alternative(self.labels[c], s) for c, s in pairs)
        triples = zip(columns, scores, self.probabilities[row].tolist(), strict=True)
        return tuple(Alternative(self.labels[c], s, p) for c, s, p in triples)

    def _made(
        self, row: int, identity: str, label: str | None, evidence: Evidence | None, reason: str
    ) -> Answer:
        ranked = self._ranked(row)
        best = ranked[0] if ranked else None
        return Answer(
            id=identity,
            label=label,
            score=best.score if best else None,
            margin=best.score - ranked[1].score if best and len(ranked) > 1 else None,
            probability=best.probability if best else None,
            threshold=self._threshold(row),
            alternatives=ranked,
            evidence=evidence,
            reason=reason,
            head=self.head.head,
            space_version=self.head.version,
            encoder_fingerprint=self.head.fingerprint,
        )


def decide(
    head: Snapshot,
    settings: Settings,
    calibration: Calibration | Shortage,
    queries: Floats,
    alternatives: int,
) -> Decisions:
    """Rank the classes for each query and take or decline the best.

    *Shape:* queries ``(n, d)`` float32. At least two classes are ranked, for the margin.
    """
    n_classes = head.n_classes
    fitted = calibration if isinstance(calibration, Calibration) else None
    shortage = calibration.reason if isinstance(calibration, Shortage) else ""
    if n_classes == 0:
        nothing = np.empty((len(queries), 0))
        return Decisions(
            head,
            _thresholds(settings, fitted, np.zeros(len(queries))),
            shortage,
            {},
            nothing.astype(np.int64),
            nothing.astype(np.float32),
            None,
            None,
        )
    scores = head.scores(queries)
    columns = top(scores, min(max(2, alternatives), n_classes))
    best = np.take_along_axis(scores, columns, axis=1)
    probabilities = None
    if fitted is not None:
        total = np.exp((scores - best[:, :1]) / fitted.temperature).sum(axis=1, keepdims=True)
        probabilities = np.exp((best - best[:, :1]) / fitted.temperature) / total
    keys = head.keys
    return Decisions(
        head,
        _thresholds(settings, fitted, head.sizes[columns[:, 0]]),
        shortage,
        head.names_of(np.unique(columns).tolist()),
        columns,
        best,
        probabilities,
        keys[columns[:, 0]].tolist(),
    )


def _thresholds(settings: Settings, fitted: Calibration | None, sizes: Doubles) -> Doubles | None:
    """Least scores for an answer of a class of each size, ``(n,)``; None: nobody knows one."""
    if settings.threshold is not None:
        return np.full(len(sizes), settings.threshold)
    return None if fitted is None else fitted.thresholds(sizes)


def top(scores: Floats, k: int) -> npt.NDArray[np.int64]:
    """Columns of the k highest scores of each row, best first; ties go to the earlier column.

    *Shape:* ``(n, K)`` -> ``(n, k)`` int64.
    """
    n_classes = scores.shape[1]
    if k < n_classes:
        some = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        some.sort(axis=1)
    else:
        some = np.broadcast_to(np.arange(n_classes), scores.shape)
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
