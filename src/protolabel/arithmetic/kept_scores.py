"""Calibrates prototypes again after a change, from the scores of the calibration before.

A change touches few classes. Their columns of the scores change, and the rows of their documents;
of all other rows only sums do, which ``score_series`` brings up to date. The outcome is that of
``calibrate(simulate(support))``, but for rounding. What is kept is compared with the examples each
time, so it does not matter what happened in between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate
from protolabel.arithmetic.kept_queries import KeptQueries, OtherScores, OwnScores, is_flat, is_near
from protolabel.arithmetic.leave_one_out import scores_without, simulate
from protolabel.arithmetic.score_series import MOMENTS, powers_of, series_of
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.simulated_documents import SimulatedDocuments, Traces
from protolabel.arithmetic.simulation import Likely
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Integers, Keys, Mask, Positions

LEAST_CELLS = 500_000  # of a score matrix: a smaller one is made anew as fast
MOST_CHANGED = 0.05
SPARE_ROWS, SPARE_COLUMNS = 256, 64  # for queries and classes that come


class KeptScores:
    """The scores of the newest calibration of one label space, for the next one.

    It takes ``leave_one_out.MOST_CELLS`` float32, 32 MB. Of two threads that calibrate at the same
    time, one makes everything anew.

    Args:
        least_cells: classes x queries below which nothing is kept; None: ``LEAST_CELLS``.
        most_changed: share of either beyond which everything is made anew; None: ``MOST_CHANGED``.
    """

    def __init__(self, least_cells: int | None = None, most_changed: float | None = None) -> None:
        self._least_cells = LEAST_CELLS if least_cells is None else least_cells
        self._most_changed = MOST_CHANGED if most_changed is None else most_changed
        self._memory: list[_Start | _Scores] = []  # one or none; whoever works with it has it alone
        self._keeping = True
        self.updates = 0  # calibrations that were made from what was kept

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept now."""
        return not self._memory

    def calibrate(
        self, support: Support, keys: Keys, sizes: Doubles | None
    ) -> Calibration | Shortage:
        """Return the calibration of the prototypes of a support.

        Args:
            support: of K classes.
            keys: (K,), ascending, which stay the same as other classes come and go.
            sizes: (K,), as ``calibration.calibrate`` takes them.
        """
        try:
            last = self._memory.pop()  # one step, so that no other thread gets it too
        except IndexError:
            return self._anew(support, keys, sizes)
        change = _Change.between(last.traces, SimulatedDocuments.of(support, keys))
        if change is None or change.share > self._most_changed:
            return self._anew(support, keys, sizes)
        scores = _Scores(last) if isinstance(last, _Start) else last
        queries = scores.take_in(change)
        if queries is None or is_flat(queries):
            return self._anew(support, keys, sizes)
        calibration = calibrate(queries, sizes)
        if isinstance(calibration, Calibration):
            scores.likely = Likely(1.0 / calibration.temperature, calibration.belonging)
        self.updates += 1
        self._keep(scores)
        return calibration

    def _anew(self, support: Support, keys: Keys, sizes: Doubles | None) -> Calibration | Shortage:
        simulation = simulate(support)
        calibration = calibrate(simulation, sizes)
        if isinstance(calibration, Calibration) and simulation.scores.size >= self._least_cells:
            traces = SimulatedDocuments.of(support, keys).traces
            if traces.distinct:
                likely = Likely(1.0 / calibration.temperature, calibration.belonging)
                self._keep(_Start(traces, simulation.scores, likely))
        return calibration

    def _keep(self, scores: _Start | _Scores) -> None:
        self._memory[:] = [scores]
        if not self._keeping:  # closed just now
            self._memory.clear()

    def close(self) -> None:
        """Keep nothing from now on."""
        self._keeping = False
        self._memory.clear()


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """What a calibration from nothing leaves: traces, scores ``(m, K)``, and what it found."""

    traces: Traces
    scores: Floats
    likely: Likely


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
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
    def between(cls, old: Traces, after: SimulatedDocuments) -> _Change | None:
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
        return np.flatnonzero(self.before < 0)

    @property
    def share(self) -> float:
        """Which share of the classes or of the queries is new, whichever is more."""
        return max(len(self.keys) / len(self.after.traces.keys), len(self.fresh) / len(self.before))


class _Scores:
    """Scores of queries against the classes that they do not stand under, and sums of each row.

    A row is a query, a column a class, by key; there are spare ones of both, and those of classes
    that have gone, which are minus infinity.
    """

    def __init__(self, start: _Start) -> None:
        traces, scores = start.traces, start.scores
        m, classes = scores.shape
        self.traces, self.likely = traces, start.likely
        self.b = start.likely.sharpness
        self.model = LinearModel.of_classes(traces.classes, traces.kappa, traces.metric)
        self.keys = traces.keys  # of the columns, without spare ones
        self.rows: Positions = np.arange(m)  # of the queries
        pairs = traces.pair_queries, traces.pair_labels
        self.own: Floats = scores[pairs]
        self.others = np.full((m + SPARE_ROWS, classes + SPARE_COLUMNS), -np.inf, np.float32)
        self.others[:m, :classes] = scores
        self.others[pairs] = -np.inf
        height = len(self.others)
        self.best = np.full(height, -np.inf, np.float32)
        self.answers: Integers = np.zeros(height, np.int64)  # columns
        self.sums = np.zeros(height)
        self.series = np.zeros((height, MOMENTS))
        self._sum_up(self.rows)

    def take_in(self, change: _Change) -> KeptQueries | None:
        """Take in a change; None where there is no room for it."""
        after, new = change.after, change.after.traces
        keys = self._keys_with(new.keys)
        rows = self._rows_for(change)
        if keys is None or rows is None:
            return None
        self.keys = keys
        column = np.searchsorted(keys, new.keys)
        self.model = model = self._model_of(new, change.keys)
        kept_queries = np.flatnonzero(change.before >= 0)
        stale = self._replace_columns(change, model, kept_queries, rows[kept_queries])
        own_scores = np.empty(len(new.pair_queries), np.float32)
        is_kept_pair = change.before[new.pair_queries] >= 0
        own_scores[is_kept_pair] = self._own_before(change, is_kept_pair)
        fresh = change.fresh
        if len(fresh):
            scores, query, labels = scores_without(
                after.support, after.members, after.rows[fresh], after.groups[fresh], model
            )
            own_scores[~is_kept_pair] = scores[query, labels]
            scores[query, labels] = -np.inf
            self.others[rows[fresh]] = -np.inf
            self.others[np.ix_(rows[fresh], column)] = scores
        self._sum_up(np.concatenate([rows[fresh], stale]))
        self.traces, self.rows, self.own = new, rows, own_scores
        labels_of = np.zeros(len(keys), np.int64)
        labels_of[column] = np.arange(len(column))
        rivals = OtherScores(
            self.best[rows], labels_of[self.answers[rows]], self.sums[rows], model.present
        )
        pairs = OwnScores(new.pair_queries, new.pair_labels, own_scores)
        return KeptQueries(after.labels, after.groups, pairs, rivals, self._series, self.likely)

    def _model_of(self, new: Traces, changed: Keys) -> LinearModel:
        """Return the prototypes of new traces; those of classes that stay are as they were."""
        at = np.minimum(np.searchsorted(self.traces.keys, new.keys), len(self.traces.keys) - 1)
        weights, biases = self.model.weights[at], self.model.biases[at]
        anew = np.flatnonzero(np.isin(new.keys, changed))
        part = LinearModel.of_classes(new.classes.only(anew), new.kappa, new.metric)
        weights[anew], biases[anew] = part.weights, part.biases
        return LinearModel(weights, biases, new.metric)

    def _keys_with(self, keys: Keys) -> Keys | None:
        """Return the keys of the columns with new ones behind; None where they do not fit."""
        more = keys[~np.isin(keys, self.keys)]
        if len(more) and (
            more[0] < self.keys[-1] or len(self.keys) + len(more) > self.others.shape[1]
        ):
            return None
        return np.concatenate([self.keys, more])

    def _rows_for(self, change: _Change) -> Positions | None:
        """Return the row of each query; None where there are too few."""
        is_kept_query = change.before >= 0
        rows = np.empty(len(is_kept_query), np.int64)
        rows[is_kept_query] = self.rows[change.before[is_kept_query]]
        free = np.ones(len(self.others), np.bool_)
        free[rows[is_kept_query]] = False
        unused = np.flatnonzero(free)
        if len(unused) < len(change.fresh):
            return None
        rows[~is_kept_query] = unused[: len(change.fresh)]
        return rows

    def _replace_columns(
        self, change: _Change, model: LinearModel, kept_queries: Positions, rows: Positions
    ) -> Positions:
        """Replace the columns of classes that differ, in rows that stay.

        Returns:
            The rows whose best score may be another one: their sums must be made anew.
        """
        after = change.after
        present = np.isin(change.keys, after.traces.keys)
        labels = np.searchsorted(after.traces.keys, change.keys[present])
        part = LinearModel(model.weights[labels], model.biases[labels], model.metric)
        scores = np.full((len(kept_queries), len(change.keys)), -np.inf, np.float32)
        if len(labels):
            rows_of_kept = after.rows[kept_queries]
            scores[:, present] = part.exact_scores(after.support.embeddings, rows_of_kept)
        stale: Mask = np.zeros(len(kept_queries), np.bool_)
        for column, values in zip(
            np.searchsorted(self.keys, change.keys).tolist(), scores.T, strict=True
        ):
            stale |= (self.answers[rows] == column) | (values >= self.best[rows])
            before = self.others[rows, column]
            self.others[rows, column] = values
            best = self.best[rows].astype(np.float64)
            with np.errstate(invalid="ignore", over="ignore"):  # of rows that are made anew
                steps = powers_of(values - best, self.b) - powers_of(before - best, self.b)
            self.series[rows] += steps
            self.sums[rows] += _finite(values) - _finite(before)
        return rows[stale]

    def _own_before(self, change: _Change, is_kept_pair: Mask) -> Floats:
        """Return the own scores of queries that stay, as they were."""
        old, new = self.traces, change.after.traces
        width = max(int(old.keys[-1]), int(new.keys[-1])) + 1
        codes = old.pair_queries * width + old.keys[old.pair_labels]
        order = np.argsort(codes)
        queries, labels = new.pair_queries[is_kept_pair], new.pair_labels[is_kept_pair]
        sought = change.before[queries] * width + new.keys[labels]
        scores: Floats = self.own[order[np.searchsorted(codes[order], sought)]]
        return scores

    def _sum_up(self, rows: Positions) -> None:
        """Compute the sums of rows from their scores."""
        scores = self.others[rows]
        answers = scores.argmax(axis=1)
        best = scores[np.arange(len(rows)), answers]
        self.answers[rows], self.best[rows] = answers, best
        self.sums[rows] = _finite(scores).sum(axis=1)
        self.series[rows] = series_of(scores, best, self.b)

    def _series(self, b: float) -> tuple[Doubles, float]:
        """Return the series of the queries, and what it is about: near ``b``."""
        if not is_near(b, self.b):
            self.b = b
            self._sum_up(self.rows)
        return self.series[self.rows], self.b


def _finite(scores: Floats) -> Doubles:
    return np.where(np.isfinite(scores), scores, np.float32(0.0)).astype(np.float64)
