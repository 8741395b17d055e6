"""Queries with their classes ranked: which one answers, how sure it is, or none of these.

Arithmetic on one score matrix. Equation 2: p(k | x) = softmax_k(score_k / T), with T from the
calibration. ``rule`` has what decides, ``levels`` which level answers where classes stand under
others, and ``reasons`` says why a query is answered so. Evidence is gathered elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.answers import Alternative, Answer, Evidence, Level
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.conformal import set_rule
from protolabel.arithmetic.negatives import refuted
from protolabel.arithmetic.scores import Ranking
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.softmax import chance, softmax
from protolabel.arrays import Doubles, Floats, distinct
from protolabel.label_space.answer_path.decisions import AnswerForm, Decisions
from protolabel.label_space.answer_path.reasons import Grounds, reason
from protolabel.label_space.answer_path.rule import Rule
from protolabel.label_space.stored_items.class_levels import LevelDecisions, Levels, decide_levels
from protolabel.types import Document


@dataclass(frozen=True, slots=True, eq=False)
class RankedQueries(Decisions):
    """Ranked classes of n queries. One of them is answered, or none.

    Attributes:
        rule: what decided.
        thresholds: least scores for an answer, ``(n,)`` float64; None where there are none.
        sets: the label set of each query, or None.
        levels: which level answers each query; None where no class stands under another.
    """

    rule: Rule
    thresholds: Doubles | None
    sets: list[tuple[str | None, ...]] | None = None
    levels: LevelDecisions | None = None

    def answer(self, row: int, document: Document, evidence: Sequence[Evidence] = ()) -> Answer:
        """Return the answer for query ``row``, which is that document, and its one evidence."""
        if document.unreadable:
            return self._unread(document)
        if self._all_refuted(row):
            return self._refuted_answer(row, document)
        ranked = self._ranking(row)
        best = ranked[0] if ranked else None
        way = self._way(row)
        grounds = self._grounds(row, best)
        subject: Alternative | Level | None = best if grounds.declined else grounds.subject
        calibration = self.rule.calibration
        unreadable = self.unreadable[row]
        declines = self.keys is None or bool(unreadable) or grounds.declined
        fit = calibration.fit(best.score) if best and isinstance(calibration, Shortage) else ""
        return Answer(
            id=document.id,
            label=None if subject is None or declines else subject.label,
            score=best.score if best else None,
            margin=best.score - ranked[1].score if best and len(ranked) > 1 else None,
            probability=subject.probability if subject else None,
            probability_of=subject.label if subject and subject.probability is not None else None,
            threshold=grounds.threshold,
            alternatives=ranked,
            evidence=evidence[0] if evidence else None,
            reason=unreadable or reason(grounds),
            head=self.head.head,
            space_version=self.head.version,
            encoder_fingerprint=self.head.fingerprint,
            source=document.source,
            chance=subject.chance if subject else None,
            none_probability=None if self.none is None else float(self.none[row]),
            least_chance=grounds.least_chance,
            fit=fit,
            label_set=None if self.sets is None else self.sets[row],
            levels=way,
        )

    @property
    def label_keys(self) -> list[tuple[int, ...]]:
        """The key of the class that each query is labelled, if it is one; of a level, its own."""
        keys = self.keys or []
        if self.levels is not None:
            nodes = self.levels.answers
            keys = self.levels.levels.hierarchy.keys[nodes].tolist()
        n = len(self.unreadable)
        return [() if self._declines(row) else (keys[row],) for row in range(n)]

    @property
    def runner_up_keys(self) -> list[int] | None:
        """The key of each second best class; None where there is one class at most."""
        columns = self.columns
        return self.head.keys_of(columns[:, 1]).tolist() if columns.shape[1] > 1 else None

    def _declines(self, row: int) -> bool:
        if self.keys is None or self.unreadable[row] or self._all_refuted(row):
            return True
        return self._grounds(row, self._alternative(row, 0)).declined

    def _grounds(self, row: int, best: Alternative | None) -> Grounds:
        """Return what decides about a query, whose nearest class is ``best``."""
        calibration = self.rule.calibration
        return Grounds(
            best,
            None if self.thresholds is None else float(self.thresholds[row]),
            calibration.reason if isinstance(calibration, Shortage) else "",
            self.rule.settings.target,
            self.rule.limit,
            None if self.levels is None else self._way(row)[self.levels.place(row)],
            self._least_chance(row),
            "" if isinstance(calibration, Shortage) else calibration.why_no_chances,
        )

    def _least_chance(self, row: int) -> float | None:
        """Return what a target asks of the answer to a query, if it asks for a chance."""
        if self.levels is not None and self.levels.least_chances is not None:
            return float(self.levels.least_chances[row])
        return None if self.rule.limit is None else self.rule.limit.least_chance

    def _way(self, row: int) -> tuple[Level, ...]:
        """Return the levels of a query, from the top down; empty where there are none."""
        if self.levels is None:
            return ()
        none = None if self.none is None else float(self.none[row])
        return self.levels.way(row, self.labels, none)

    def _alternative(self, row: int, rank: int) -> Alternative:
        label, score = self.labels[int(self.columns[row, rank])], float(self.scores[row, rank])
        if self.probabilities is None:
            return Alternative(label, score)
        probability = float(self.probabilities[row, rank])
        if self.none is None:
            return Alternative(label, score, probability)
        return Alternative(label, score, probability, chance(probability, float(self.none[row])))


def decide(
    head: Snapshot,
    rule: Rule,
    queries: Floats,
    form: AnswerForm,
    unreadable: Sequence[str],
    levels: Levels | None = None,
) -> RankedQueries:
    """Rank the classes for each query and take or decline the best.

    Args:
        head: the weights that rank, of at least one class.
        rule: what decides, with the calibration of this head.
        queries: ``(n, d)`` float32.
        form: what an answer shows; at least two classes are ranked, for the margin.
        unreadable: why the encoder could not read each query, which has no label then; empty where
            it could.
        levels: the classes above those of the head; None where no class stands under another.
    """
    fitted = rule.fitted
    k = min(max(2, form.alternatives), head.n_classes)
    probabilities = none = sets = by_level = shares = None
    scores = None if fitted is None else head.scores(queries)
    ranking = head.best(queries, k) if scores is None else head.ranking(queries, scores, k)
    columns, sizes = ranking.columns, head.sizes_of(ranking.columns[:, 0])
    if fitted is not None and scores is not None:  # else nothing depends on classes that are far
        probabilities = softmax(scores, fitted.temperature, ranking.scores)
        none = fitted.none_probability(ranking.scores[:, 0], sizes, rule.settings.strangers)
        if levels is not None:  # with all the digits, so that shares sum to one
            fine = scores.astype(np.float64)
            probabilities = softmax(fine, fitted.temperature, ranking.scores)
            shares = softmax(fine, fitted.temperature)
        sets = _label_sets(head, fitted, scores, ranking, form.coverage)
    if levels is not None:
        least = rule.least_chances(levels.hierarchy.levels + 1)
        by_level = decide_levels(levels, columns[:, 0], shares, none, least)
    ranked = columns if by_level is None else np.concatenate([columns, by_level.columns], axis=1)
    return RankedQueries(
        head=head,
        rule=rule,
        thresholds=rule.thresholds(sizes),
        labels=head.names_of(distinct(ranked).tolist()),
        columns=columns,
        scores=ranking.scores,
        probabilities=probabilities,
        none=none,
        keys=head.keys_of(columns[:, 0]).tolist(),
        unreadable=unreadable,
        sets=sets,
        levels=by_level,
    )


def _label_sets(
    head: Snapshot,
    fitted: Calibration,
    scores: Floats,
    ranking: Ranking,
    coverage: float | None,
) -> list[tuple[str | None, ...]] | None:
    """Return the label set of each query, likeliest class first, *none of these* last."""
    if coverage is None or fitted.queries is None:
        return None
    rule = set_rule(fitted.queries, head.n_classes, coverage)
    probabilities = softmax(scores, fitted.temperature)
    inside = rule.members(probabilities)
    best = ranking.columns[:, 0]
    inside[np.arange(len(best)), best] = True
    inside &= ~refuted(scores)
    comparable = fitted.comparable_scores(ranking.scores[:, 0], head.sizes_of(best))
    names, sets = head.labels, []
    for row, none in enumerate(rule.with_none(comparable).tolist()):
        columns = np.flatnonzero(inside[row])
        order = columns[np.lexsort((columns, -probabilities[row, columns]))].tolist()
        sets.append((*(names[c] for c in order), *((None,) if none else ())))
    return sets


def undecided(head: Snapshot, rule: Rule, why: str, unreadable: Sequence[str]) -> RankedQueries:
    """Return the decisions where no class can be an answer, and why not.

    Args:
        head: the weights, of no class.
        rule: what would decide.
        why: why no class can be an answer.
        unreadable: why the encoder could not read each query; empty where it could.
    """
    n = len(unreadable)
    rule = Rule(rule.settings, Shortage(why), rule.limit)
    nothing = np.empty((n, 0))
    return RankedQueries(
        head=head,
        rule=rule,
        thresholds=rule.thresholds(np.zeros(n)),
        labels={},
        columns=nothing.astype(np.int64),
        scores=nothing.astype(np.float32),
        probabilities=None,
        none=None,
        keys=None,
        unreadable=unreadable,
    )
