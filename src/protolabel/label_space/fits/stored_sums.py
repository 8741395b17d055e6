"""Sums of the scores of simulated queries, in the store: so the next process need not score all.

They are those of one calibration of the prototypes, which may be some changes old: whoever uses
them compares them with the examples. The layout stands in docs/label-space-format.md.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.score_series import MOMENTS
from protolabel.arithmetic.score_sums import RowSums, ScoreSums
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.simulated_documents import Traces
from protolabel.arithmetic.simulation import Likely
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.label_space.fits.stored_fits import OF_PROTOTYPES, keep_one, origin_of
from protolabel.store import Fit, Rows

SUMS = "sums"
MOST_BEHIND = 8  # changed classes after which they are stored anew: 4 ms each for who reads them
MOST_BYTES = 8_000_000

Arrays = list[npt.NDArray[Any]]


def recall_sums(rows: Rows, snapshot: Snapshot, scores: KeptScores) -> None:
    """Give the sums that are stored to who keeps none yet."""
    if scores.is_empty:
        fit = rows.newest_fit(SUMS)
        sums = None if fit is None else _sums_of(fit, snapshot)
        if sums is not None:
            scores.begin(sums)


def keep_sums(rows: Rows, snapshot: Snapshot, scores: KeptScores) -> None:
    """Store the sums of a calibration that was made just now, where those stored are far behind.

    After a calibration from nothing they take as long as it. So they are made only where there was
    an earlier calibration: a label space that has changed once may change again.
    """
    if scores.behind <= MOST_BEHIND:
        return
    sums = scores.sums(of_scores=rows.newest_fit(OF_PROTOTYPES) is not None)
    if sums is None:
        return
    header, body = _bytes_of(sums)
    if len(body) <= MOST_BYTES:
        scores.behind = 0
        keep_one(rows, Fit(SUMS, snapshot.basis, origin_of(snapshot) | header, body), alone=True)


def _bytes_of(sums: ScoreSums) -> tuple[dict[str, Any], bytes]:
    traces, rows, belonging = sums.traces, sums.rows, sums.likely.belonging
    header = {
        "classes": len(traces.keys),
        "queries": len(traces.hashes),
        "pairs": len(traces.pair_queries),
        "middle": rows.middle,
        "sharpness": sums.likely.sharpness,
        "belonging": None if belonging is None else asdict(belonging),
    }
    arrays = [
        traces.keys, traces.totals, sums.model.weights, sums.model.biases,
        traces.hashes, traces.documents, rows.best, rows.answers, rows.sums, rows.series,
        traces.pair_queries, traces.pair_labels, sums.own,
    ]  # fmt: skip
    kinds = [kind for kind, _ in _layout(header, traces.dim, traces.metric == "cosine")]
    parts = [np.ascontiguousarray(a, kind).tobytes() for a, kind in zip(arrays, kinds, strict=True)]
    return header, b"".join(parts)


def _layout(header: dict[str, Any], dim: int, cosine: bool) -> list[tuple[str, tuple[int, ...]]]:
    """Return the type and the shape of each array."""
    k, m, p = header["classes"], header["queries"], header["pairs"]
    number = "<f4" if cosine else "<f8"
    return [
        ("<i8", (k,)), ("<u8", (k,)), (number, (k, dim)), (number, (k,)),
        ("<u8", (m,)), ("<u8", (m,)), ("<f4", (m,)), ("<i4", (m,)), ("<f8", (m,)),
        ("<f8", (m, MOMENTS)), ("<i4", (p,)), ("<i4", (p,)), ("<f4", (p,)),
    ]  # fmt: skip


def _sums_of(fit: Fit, snapshot: Snapshot) -> ScoreSums | None:
    """Return the sums that a fit holds; None where it holds none that can be used."""
    header: dict[str, Any] = dict(fit.header)
    origin = origin_of(snapshot)
    if {key: header.get(key) for key in origin} != origin:
        return None
    sizes = [header.get(name) for name in ("classes", "queries", "pairs")]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes):
        return None
    numbers = [header.get(name) for name in ("middle", "sharpness")]
    if not all(isinstance(x, float) and math.isfinite(x) and x > 0 for x in numbers):
        return None
    layout = _layout(header, snapshot.dim, snapshot.metric == "cosine")
    lengths = [math.prod(shape) * np.dtype(kind).itemsize for kind, shape in layout]
    if len(fit.body) != sum(lengths):
        return None
    starts = np.cumsum([0, *lengths]).tolist()
    arrays: Arrays = [
        np.frombuffer(fit.body, kind, math.prod(shape), start).reshape(shape)
        for (kind, shape), start in zip(layout, starts, strict=False)
    ]
    belonging = header.get("belonging")
    if not _are_possible(arrays, header) or not _is_belonging(belonging):
        return None
    keys, totals, weights, biases, hashes, documents, best, answers, sums, series = arrays[:10]
    pair_queries, pair_labels, own = arrays[10:]
    traces = Traces(
        keys, totals, snapshot.kappa, snapshot.metric, snapshot.dim, hashes, documents,
        pair_queries.astype(np.int64), pair_labels.astype(np.int64),
    )  # fmt: skip
    curve = None if belonging is None else Belonging(**belonging)
    return ScoreSums(
        traces,
        LinearModel(weights, biases, snapshot.metric),
        own,
        RowSums(best, answers.astype(np.int64), sums, series, header["middle"]),
        Likely(header["sharpness"], curve),
    )


def _is_belonging(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict) or value.keys() != {"slope", "offset"}:
        return False
    return all(isinstance(x, float) and math.isfinite(x) for x in value.values())


def _are_possible(arrays: Arrays, header: dict[str, Any]) -> bool:
    """Return whether the arrays are such as sums can have."""
    keys, answers, pair_queries, pair_labels = (arrays[i] for i in (0, 7, 10, 11))
    k, m = header["classes"], header["queries"]
    within = [(answers, k), (pair_queries, m), (pair_labels, k)]
    finite = (arrays[i] for i in (2, 8, 9))
    return bool(
        (np.diff(keys) > 0).all()
        and (np.diff(pair_queries) >= 0).all()
        and all(((a >= 0) & (a < n)).all() for a, n in within)
        and all(np.isfinite(a).all() for a in finite)
    )
