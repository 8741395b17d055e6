"""Scored queries as bytes beside their calibration, and back, checked.

What they mean stands in ``arithmetic.scored_queries``; the layout in docs/label-space-format.md.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.scored_queries import QueriesByLevel, ScoredQueries
from protolabel.arrays import Doubles

_NUMBERS, _COLUMNS, _FLAGS = "<f8", "<i4", "<u1"
_QUERY_BYTES, _STRANGER_BYTES = 3 * 8 + 1 + 4, 2 * 8 + 4
_LEVEL_BYTES = 8 + 1  # of a query at a level


def query_bytes(queries: ScoredQueries | None) -> tuple[list[int], bytes]:
    """Return how many queries and strangers there are, and their bytes.

    Where they have levels, how many of them can be the answer comes third.
    """
    if queries is None:
        return [0, 0], b""
    parts = [
        queries.best_scores.astype(_NUMBERS),
        queries.shares.astype(_NUMBERS),
        queries.own.astype(_NUMBERS),
        queries.right.astype(_FLAGS),
        queries.classes.astype(_COLUMNS),
        queries.stranger_best_scores.astype(_NUMBERS),
        queries.stranger_shares.astype(_NUMBERS),
        queries.stranger_classes.astype(_COLUMNS),
    ]
    sizes = [len(queries.best_scores), len(queries.stranger_best_scores)]
    by_level = queries.by_level
    if by_level is not None:
        sizes.append(by_level.shares.shape[1])
        parts += [
            by_level.shares.astype(_NUMBERS),
            by_level.right.astype(_FLAGS),
            by_level.stranger_shares.astype(_NUMBERS),
        ]
    return sizes, b"".join(part.tobytes() for part in parts)


def queries_of(sizes: object, body: bytes, classes: int) -> ScoredQueries | None:
    """Return the queries that bytes hold; None where they hold none that can be.

    Args:
        sizes: how many queries, strangers and levels, as :func:`query_bytes` gave it.
        body: the bytes.
        classes: how many classes can be an answer.
    """
    if not isinstance(sizes, list) or len(sizes) not in (2, 3):
        return None
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in sizes):
        return None
    m, s, w = (*sizes, 0)[:3]
    flat = m * _QUERY_BYTES + s * _STRANGER_BYTES
    if not m or len(body) != flat + m * w * _LEVEL_BYTES + s * w * 8:
        return None
    by_level = _by_level(body, flat, (m, s, w)) if len(sizes) == 3 else None
    if len(sizes) == 3 and by_level is None:
        return None
    at, arrays = 0, []
    kinds = [_NUMBERS] * 3 + [_FLAGS, _COLUMNS] + [_NUMBERS] * 2 + [_COLUMNS]
    for count, kind in zip((m,) * 5 + (s,) * 3, kinds, strict=True):
        part = np.frombuffer(body, kind, count, at)
        at += part.nbytes
        arrays.append(part)
    best_scores, shares, own, right, owners = arrays[:5]
    stranger_best_scores, stranger_shares, stranger_owners = arrays[5:]
    numbers = (best_scores, shares, own, stranger_best_scores, stranger_shares)
    if not all(bool(np.isfinite(part).all()) for part in numbers):
        return None
    if not all(_within(part, 0.0, 1.0 + 1e-9) for part in (shares, own, stranger_shares)):
        return None
    if not all(_within(part, 0, classes - 1) for part in (owners, stranger_owners)):
        return None
    return ScoredQueries(
        best_scores=best_scores.astype(np.float64),
        shares=shares.astype(np.float64),
        own=own.astype(np.float64),
        right=right.astype(np.bool_),
        classes=owners.astype(np.int64),
        stranger_best_scores=stranger_best_scores.astype(np.float64),
        stranger_shares=stranger_shares.astype(np.float64),
        stranger_classes=stranger_owners.astype(np.int64),
        by_level=by_level,
    )


def _by_level(body: bytes, at: int, sizes: tuple[int, int, int]) -> QueriesByLevel | None:
    """Return the queries by level that bytes hold from a place on; None for what cannot be."""
    m, s, w = sizes
    shares = np.frombuffer(body, _NUMBERS, m * w, at)
    right = np.frombuffer(body, _FLAGS, m * w, at + shares.nbytes)
    far = np.frombuffer(body, _NUMBERS, s * w, at + shares.nbytes + right.nbytes)
    if w < 2 or not all(_within(part, 0.0, 1.0 + 1e-9) for part in (shares, far)):
        return None
    return QueriesByLevel(
        shares.astype(np.float64).reshape(m, w),
        right.astype(np.bool_).reshape(m, w),
        far.astype(np.float64).reshape(s, w),
    )


def _within(values: Doubles, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())
