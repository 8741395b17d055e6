"""The best of very many classes, exactly: a scan of 4-bit codes, then 8 bits, then the weights.

Each step computes the most that a class can score, and leaves out those that cannot be among the
best k. What is left is scored as everywhere (``scores.pair_scores``), so that the answer is that of
scoring every class: the same classes, in the same order, with the same scores. It reads an eighth
of the bytes of the weights. The codes are made in ``codes``, and the loops are in ``scan_kernels``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.codes import COARSE, FINE, Codes
from protolabel.arithmetic.scores import Ranking, Rows, pair_scores
from protolabel.arrays import Floats, Integers, Metric

CHUNK = 512  # rows; the surest row of a chunk is scored exactly at once
SURE = 32  # rows that are scored exactly early, for each of the k best at least four
ROWS_A_THREAD = 2**16  # a scan of fewer rows is not worth a thread
PLACES_A_THREAD = 2**14
WEIGHTS_AT_ONCE = 2**14  # rows of weights read together: 25 MB at 384 dimensions

Shorts = npt.NDArray[np.int16]


def available() -> bool:
    """Return whether the loops can be compiled here: numba is an extra."""
    return find_spec("numba") is not None


class RowFormula(NamedTuple):
    """What the score of a row of codes is computed from, and the bound of its error.

    score = step scale (sum of products - centre) + bias - shift, and it is off by no more than
    step of_step + rest of_rest + tiny (abs(bias) + shift), with the step, rest and bias of the row.
    """

    scale: float  # what a whole number of the query stands for
    centre: float  # the sum of products that stands for zero
    of_step: float
    of_rest: float
    tiny: float  # share that the rounding of float64 sums may make
    shift: float


@dataclass(frozen=True, slots=True, eq=False)
class CodedQuery:
    """A query in whole numbers.

    vector ``(d,)``; numbers ``(d,)`` int16; halves: the same, two of ``(h,)``; coarse and fine: how
    they are scored against codes of 4 and of 8 bits.
    """

    vector: Floats
    numbers: Shorts
    halves: tuple[Shorts, Shorts]
    coarse: RowFormula
    fine: RowFormula

    @classmethod
    def of(cls, vector: Floats, metric: Metric) -> CodedQuery:
        """Return a query ``(d,)``; no sum of products with codes leaves 32 bits."""
        wide, d = vector.astype(np.float64), len(vector)
        most = min(2**15 - 1, (2**31 - 1) // (int(FINE) * d))
        scale = float(np.abs(wide).max(initial=0.0)) / most
        numbers = np.rint(wide / scale) if scale > 0 else np.zeros(d)
        tiny = 8.0 * (d + 8) * float(np.finfo(np.float64).eps)
        length = float(np.sqrt((wide**2).sum())) * (1 + tiny)
        error = float(np.sqrt(((wide - scale * numbers) ** 2).sum())) + tiny * length
        shift = float((wide**2).sum()) if metric == "euclidean" else 0.0

        def formula_of(centre: float, largest: float) -> RowFormula:
            longest = largest * d**0.5  # a row of codes of step 1
            of_step = longest * (error + tiny * length)
            return RowFormula(scale, centre, of_step, length * (1 + tiny), tiny, shift)

        whole = numbers.astype(np.int16)
        half = (d + 1) // 2
        high = np.zeros(half, np.int16)
        high[: d - half] = whole[half:]
        coarse = formula_of(COARSE * float(numbers.sum()), COARSE)
        return cls(vector, whole, (whole[:half].copy(), high), coarse, formula_of(0.0, FINE))


def best_of(queries: Floats, k: int, runs: Sequence[Codes], rows: Rows, metric: Metric) -> Ranking:
    """Return the k best classes of each query, best first; of equal ones the older comes first.

    Args:
        queries: (n, d) float32.
        k: from 1 to K.
        runs: the codes of all K classes, in the order of the columns.
        rows: gives the weights and biases of some columns, which ascend.
        metric: of the scores.

    Returns:
        (n, k) each: what ``scores.ranking`` returns of the scores of every class.
    """
    columns, scores = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
    for i, vector in enumerate(queries):
        search = _Search(CodedQuery.of(vector, metric), k, runs, rows, metric)
        columns[i], scores[i] = search.best()
    return Ranking(columns, scores)


class _Search:
    """One query against all classes."""

    def __init__(
        self, query: CodedQuery, k: int, runs: Sequence[Codes], rows: Rows, metric: Metric
    ) -> None:
        self._query, self._k, self._runs = query, k, runs
        self._rows, self._metric = rows, metric
        ends = np.cumsum([run.n for run in runs])
        self._starts, self._n = (ends - [run.n for run in runs]).tolist(), int(ends[-1])

    def best(self) -> tuple[Integers, Floats]:
        """Return columns and scores, ``(k,)`` each."""
        sure = max(SURE, 4 * self._k)
        chunk = min(CHUNK, self._n // sure)
        if chunk < 2:
            return self._exact(np.arange(self._n))
        uppers = self._coarse()
        whole = self._n // chunk * chunk
        leaders = uppers[:whole].reshape(-1, chunk).argmax(axis=1) + np.arange(0, whole, chunk)
        promising = leaders[np.argpartition(-uppers[leaders], sure - 1)[:sure]]
        least = self._exact(np.sort(promising))[1][-1]  # of k that are there, so of the k best
        if not np.isfinite(least):
            return self._exact(np.arange(self._n))
        left = np.flatnonzero(uppers >= least)
        if len(left) > sure:
            left = self._fine(left, least)
        return self._exact(left)

    def _coarse(self) -> Floats:
        """Return the most that each column can score. *Shape:* ``(K,)``."""
        from protolabel.arithmetic.scan_kernels import THREADS, coarse_uppers

        query, uppers = self._query, np.empty(self._n, np.float32)
        step = max(ROWS_A_THREAD, -(-self._n // THREADS))
        tasks = []
        for start, run in zip(self._starts, self._runs, strict=True):
            for at in range(0, run.n, step):
                part = slice(at, min(at + step, run.n))
                rows = run.coarse_steps[part], run.coarse_rests[part], run.biases[part]
                out = uppers[start + at : start + part.stop]
                tasks.append((run.nibbles[part], rows, query.halves, tuple(query.coarse), out))
        _in_threads(coarse_uppers, tasks)
        return uppers

    def _fine(self, columns: Integers, least: np.float32) -> Integers:
        """Return those of the columns, which ascend, that may be among the best."""
        from protolabel.arithmetic.scan_kernels import fine_bounds

        query, tasks = self._query, []
        lowers, uppers = np.empty((2, len(columns)), np.float32)
        for start, run in zip(self._starts, self._runs, strict=True):
            low, high = np.searchsorted(columns, [start, start + run.n]).tolist()
            for at in range(low, high, PLACES_A_THREAD):
                part = slice(at, min(at + PLACES_A_THREAD, high))
                rows = run.fine_steps, run.fine_rests, run.biases
                operands = query.numbers, tuple(query.fine), columns[part] - start
                tasks.append((run.octets, rows, *operands, lowers[part], uppers[part]))
        _in_threads(fine_bounds, tasks)
        surest = np.argpartition(-lowers, self._k - 1)[: self._k]
        least = max(least, self._exact(np.sort(columns[surest]))[1][-1])
        return columns[uppers >= least]

    def _exact(self, columns: Integers) -> tuple[Integers, Floats]:
        """Return the best k of some columns, which ascend, and their scores."""
        best_columns, best_scores = np.empty(0, np.int64), np.empty(0, np.float32)
        for at in range(0, len(columns), WEIGHTS_AT_ONCE):
            part = columns[at : at + WEIGHTS_AT_ONCE]
            weights, biases = self._rows(part)
            queries = np.broadcast_to(self._query.vector, (len(part), len(self._query.vector)))
            scores = pair_scores(queries, weights, biases, self._metric)
            best_columns = np.concatenate([best_columns, part])
            best_scores = np.concatenate([best_scores, scores])
            order = np.lexsort((best_columns, -best_scores))[: self._k]
            best_columns, best_scores = best_columns[order], best_scores[order]
        return best_columns, best_scores


def _in_threads(loop: Callable[..., None], tasks: Sequence[tuple[object, ...]]) -> None:
    """Run a loop over each task, in several threads where there are several tasks."""
    from protolabel.arithmetic.scan_kernels import THREADS

    def share(first: int) -> None:
        for task in tasks[first::THREADS]:
            loop(*task)

    if len(tasks) < 2:
        for task in tasks:
            loop(*task)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(share, range(THREADS)))
