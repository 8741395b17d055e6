"""Sums of the scores of simulated queries, brought up to date after a change of few classes.

A calibration needs no matrix of scores: sums of each row say the same. A change moves the columns
of the classes that it touched, which the old and the new prototypes give, and the rows of their
documents, which are scored anew. ``kept_scores`` keeps these sums from one calibration to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.kept_queries import KeptQueries, OtherScores, OwnScores, is_near
from protolabel.arithmetic.leave_one_out import scores_without
from protolabel.arithmetic.score_series import powers_of, series_of
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.simulated_documents import SimulatedDocuments, Traces
from protolabel.arithmetic.simulation import Likely
from protolabel.arrays import Doubles, Floats, Keys, Labels, Mask, Positions


@dataclass(frozen=True, slots=True, eq=False)
class QueryChange:
    """What differs between two supports.

    Attributes:
        after: the newer one.
        keys: of classes that differ.
        before: ``(m,)``, which query of the older one each query is; -1 where its row must be made
            anew.
    """

    after: SimulatedDocuments
    keys: Keys
    before: Positions

    @classmethod
    def between(cls, old: Traces, after: SimulatedDocuments) -> QueryChange | None:
        """Return what differs; None where everything may."""
        new = after.traces
        keys = old.changed_keys(new)
        if keys is None or not len(new.hashes) or not new.distinct:
            return None
        before = old.places_of(new.hashes)
        is_unchanged = (before >= 0) & (old.documents[before] == new.documents)
        differing = np.isin(new.keys, keys)[new.pair_labels]
        is_unchanged[new.pair_queries[differing]] = False
        return cls(after, keys, np.where(is_unchanged, before, -1))

    @property
    def fresh(self) -> Positions:
        """Queries whose rows must be made anew. *Shape:* ``(f,)``."""
        return np.flatnonzero(self.before < 0)

    @property
    def share(self) -> float:
        """Which share of the classes or of the queries is new, whichever is more."""
        return max(len(self.keys) / len(self.after.traces.keys), len(self.fresh) / len(self.before))


@dataclass(frozen=True, slots=True, eq=False)
class RowSums:
    """Sums of the m queries' scores against the classes that they do not stand under.

    best ``(m,)`` float32 and its class, answers ``(m,)``; sums ``(m,)`` of the finite ones; series
    ``(m, MOMENTS)``, about ``middle``.
    """

    best: Floats
    answers: Labels
    sums: Doubles
    series: Doubles
    middle: float

    @classmethod
    def of(cls, others: Floats, middle: float) -> RowSums:
        """Return the sums of rows, where the classes that they stand under have no score.

        *Shape:* ``(m, K)``.
        """
        answers = np.asarray(others.argmax(axis=1), np.int64)
        best = others[np.arange(len(others)), answers]
        sums = _finite(others).sum(axis=1)
        return cls(best, answers, sums, series_of(others, best, middle), middle)

    def only(self, rows: Positions) -> RowSums:
        """Return a copy of some rows."""
        best, answers = self.best[rows], self.answers[rows]
        return RowSums(best, answers, self.sums[rows], self.series[rows], self.middle)

    def put(self, rows: Positions, others: RowSums) -> None:
        """Replace some rows."""
        self.best[rows], self.answers[rows] = others.best, others.answers
        self.sums[rows], self.series[rows] = others.sums, others.series


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSums:
    """The simulated queries of a support by the sums of their scores.

    traces: which queries. model: the prototypes. own ``(p,)`` float32: the score of each pair of
    the traces. rows: the sums of all other scores. likely: what a calibration of them has found.
    """

    traces: Traces
    model: LinearModel
    own: Floats
    rows: RowSums
    likely: Likely

    @classmethod
    def of(cls, after: SimulatedDocuments, scores: Floats, likely: Likely) -> ScoreSums:
        """Return the sums of the scores ``(m, K)`` of a support."""
        traces, support = after.traces, after.support
        model = LinearModel.of_classes(support.classes, support.kappa, support.metric)
        pairs = traces.pair_queries, traces.pair_labels
        others = scores.copy()
        others[pairs] = -np.inf
        return cls(traces, model, scores[pairs], RowSums.of(others, likely.sharpness), likely)

    def after(self, change: QueryChange) -> ScoreSums:
        """Return the sums after a change."""
        after, new = change.after, change.after.traces
        model = self._model_of(after, change.keys)
        common = np.flatnonzero(change.before >= 0)
        rows = self.rows.only(np.maximum(change.before, 0))
        columns = np.searchsorted(new.keys, self.traces.keys[rows.answers])
        rows.answers[:] = np.minimum(columns, len(new.keys) - 1)
        stale = self._replace_columns(change, model, rows, common)
        is_kept_pair = change.before[new.pair_queries] >= 0
        own = np.empty(len(new.pair_queries), np.float32)
        own[is_kept_pair] = self._own_before(change, is_kept_pair)
        anew = np.concatenate([change.fresh, common[stale]])
        if len(anew):
            others, query, label, scores = _rows_of(after, anew, model)
            rows.put(anew, RowSums.of(others, rows.middle))
            own[_places(new, anew[query], label)] = scores
        return ScoreSums(new, model, own, rows, self.likely)

    def queries(self, after: SimulatedDocuments) -> tuple[KeptQueries, Centred]:
        """Return the queries for a calibration, and what it leaves of the series."""
        centred = Centred(self, after)
        rivals = OtherScores(self.rows.best, self.rows.answers, self.rows.sums, self.model.present)
        pairs = OwnScores(self.traces.pair_queries, self.traces.pair_labels, self.own)
        queries = KeptQueries(after.labels, after.groups, pairs, rivals, centred, self.likely)
        return queries, centred

    def _model_of(self, after: SimulatedDocuments, changed: Keys) -> LinearModel:
        """Return the newer prototypes; those of classes that stay are as they were."""
        support, keys = after.support, after.traces.keys
        at = np.minimum(np.searchsorted(self.traces.keys, keys), len(self.traces.keys) - 1)
        weights, biases = self.model.weights[at], self.model.biases[at]
        anew = np.flatnonzero(np.isin(keys, changed))
        part = LinearModel.of_classes(support.classes.only(anew), support.kappa, support.metric)
        weights[anew], biases[anew] = part.weights, part.biases
        return LinearModel(weights, biases, support.metric)

    def _replace_columns(
        self, change: QueryChange, model: LinearModel, rows: RowSums, common: Positions
    ) -> Mask:
        """Replace the columns of classes that differ, in rows that stay.

        Returns:
            ``(len(common),)``, the rows whose best score may be another: they must be made anew.
        """
        after, keys = change.after, change.keys
        embeddings, examples = after.support.embeddings, after.rows[common]
        old = _columns(self.model, self.traces.keys, keys, embeddings, examples)
        new = _columns(model, after.traces.keys, keys, embeddings, examples)
        before = self.traces.keys[self.rows.answers[change.before[common]]]
        stale: Mask = np.isin(before, keys)
        best = rows.best[common].astype(np.float64)
        for old_scores, new_scores in zip(old.T, new.T, strict=True):
            stale |= new_scores >= rows.best[common]
            with np.errstate(invalid="ignore", over="ignore"):  # of rows that are made anew
                steps = powers_of(new_scores - best, rows.middle)
                steps -= powers_of(old_scores - best, rows.middle)
            rows.series[common] += steps
            rows.sums[common] += _finite(new_scores) - _finite(old_scores)
        return stale

    def _own_before(self, change: QueryChange, is_kept_pair: Mask) -> Floats:
        """Return the own scores of queries that stay, as they were."""
        old, new = self.traces, change.after.traces
        width = max(int(old.keys[-1]), int(new.keys[-1])) + 1
        codes = old.pair_queries * width + old.keys[old.pair_labels]
        order = np.argsort(codes)
        queries, labels = new.pair_queries[is_kept_pair], new.pair_labels[is_kept_pair]
        sought = change.before[queries] * width + new.keys[labels]
        scores: Floats = self.own[order[np.searchsorted(codes[order], sought)]]
        return scores


class Centred:
    """The series of queries about a sharpness near the one that is asked for.

    A calibration may ask for one that is too far off. Then all scores are made anew.
    """

    def __init__(self, sums: ScoreSums, after: SimulatedDocuments) -> None:
        self._sums, self._after = sums, after
        self.series, self.middle = sums.rows.series, sums.rows.middle

    def __call__(self, b: float) -> tuple[Doubles, float]:
        """Return the series, and what it is about."""
        if not is_near(b, self.middle):
            everything = np.arange(len(self.series))
            others, *_ = _rows_of(self._after, everything, self._sums.model)
            self.series, self.middle = series_of(others, self._sums.rows.best, b), b
        return self.series, self.middle

    def sums(self, likely: Likely) -> ScoreSums:
        """Return the sums about the sharpness that was asked for last.

        Args:
            likely: what the calibration has found.
        """
        old = self._sums
        rows = old.rows
        centred = RowSums(rows.best, rows.answers, rows.sums, self.series, self.middle)
        return ScoreSums(old.traces, old.model, old.own, centred, likely)


def _rows_of(
    after: SimulatedDocuments, queries: Positions, model: LinearModel
) -> tuple[Floats, Positions, Labels, Floats]:
    """Return the scores of some queries against classes that they do not stand under.

    Returns:
        ``(q, K)``, minus infinity for the others; and of each of these others the place among
        ``queries``, the class and the score.
    """
    rows, groups = after.rows[queries], after.groups[queries]
    scores, query, label = scores_without(after.support, after.members, rows, groups, model)
    own = scores[query, label]
    scores[query, label] = -np.inf
    return scores, query, label, own


def _places(traces: Traces, queries: Positions, labels: Labels) -> Positions:
    """Return which pair of the traces each query and class is. *Shape:* ``(c,)`` each."""
    width = len(traces.keys)
    codes = traces.pair_queries * width + traces.pair_labels
    order = np.argsort(codes)
    return order[np.searchsorted(codes[order], queries * width + labels)]


def _columns(
    model: LinearModel, keys: Keys, of: Keys, embeddings: Floats, rows: Positions
) -> Floats:
    """Return the scores of some rows against some classes, which may be absent.

    *Shape:* keys ``(K,)`` of the model, of ``(c,)``, embeddings ``(n, d)``, rows ``(q,)`` ->
    ``(q, c)`` float32.
    """
    scores = np.full((len(rows), len(of)), -np.inf, np.float32)
    present = np.isin(of, keys)
    if present.any():
        at = np.searchsorted(keys, of[present])
        part = LinearModel(model.weights[at], model.biases[at], model.metric)
        scores[:, present] = part.exact_scores(embeddings, rows)
    return scores


def _finite(scores: Floats) -> Doubles:
    return np.where(np.isfinite(scores), scores, np.float32(0.0)).astype(np.float64)
