"""Reads what an embeddings service answers: a vector for each text, or why a text has none.

It sends nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from protolabel.arrays import Doubles, Embeddings
from protolabel.errors import EncoderError
from protolabel.words.quantity import quantity

_NOT_EACH = "an answer without one vector for each text"
_NOT_FINITE = "a vector that is not finite"
_NUMBERS = {int, float, type(None)}
SEVERAL_LENGTHS = "vectors of several lengths"


class FewerRowsError(EncoderError):
    """An answer has fewer rows than the request has texts, so nobody knows whose they are."""


@dataclass(frozen=True)
class TextVectors:
    """What a request brought.

    ``vectors``: (n, d) float32, with NaN for a text that has no usable one. ``faults``: by the
    position of each such text, ascending, what it got instead.
    """

    vectors: Embeddings
    faults: Mapping[int, str]


def vectors_of(content: bytes, n: int, dim: int, where: str) -> TextVectors:
    """Return the vectors of an answer in the order of its texts.

    A text has none where its embedding is null, empty or missing, has another length than ``dim``,
    or holds what is no finite number: JSON has no word for that, so services write null. Where
    ``dim`` is not known, all that is an error.

    Args:
        content: the answer.
        n: texts that were sent.
        dim: dimensions that each vector has; 0 where they are not known.
        where: the address, for the message.

    Raises:
        FewerRowsError: it has fewer rows than there are texts, which are several.
        EncoderError: it is no answer to ``POST /v1/embeddings`` for n texts.
    """
    rows = _rows_of(content, n, where)
    if not all(row is None or _is_list_of_numbers(row) for row in rows):
        raise unusable(where, "an embedding that is no list of numbers")
    lengths = {len(row or ()) for row in rows}
    if not dim and 0 in lengths:
        raise unusable(where, _NOT_EACH)
    if not dim and len(lengths) > 1:
        raise unusable(where, SEVERAL_LENGTHS)
    d = dim or max(lengths)
    faults = {i: _wrong_length(row or [], d) for i, row in enumerate(rows) if len(row or ()) != d}
    numbers = _numbers([[None] * d if i in faults else row for i, row in enumerate(rows)])
    with np.errstate(over="ignore"):  # of what is too large for float32, in which it is kept
        vectors = numbers.astype(np.float32)
    for i in np.flatnonzero(~np.isfinite(vectors).all(axis=1)).tolist():
        faults.setdefault(i, _NOT_FINITE)
    if not dim and faults:
        raise unusable(where, _NOT_FINITE)
    return TextVectors(vectors, dict(sorted(faults.items())))


def _rows_of(content: bytes, n: int, where: str) -> list[Any]:
    """Return what stands for the embedding of each text; None where nothing does."""
    try:
        rows = json.loads(content)["data"]
        order = {int(row.get("index", i)): row.get("embedding") for i, row in enumerate(rows)}
        if len(rows) < n:
            if n > 1:
                raise _error(FewerRowsError, where, _NOT_EACH)
            return [None]
        embeddings = [order[i] for i in range(n)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise unusable(where, _NOT_EACH) from None
    if len(rows) != n:
        raise unusable(where, _NOT_EACH)
    return embeddings


def _is_list_of_numbers(row: Any) -> bool:
    return isinstance(row, list) and set(map(type, row)) <= _NUMBERS


def _wrong_length(row: list[Any], dim: int) -> str:
    if not row:
        return "no vector"
    return f"a vector of {quantity(len(row), 'number')}, where other texts get {dim}"


def _numbers(rows: list[Any]) -> Doubles:
    """Return rows of numbers and None as an array; None becomes NaN. (n, d) float64."""
    try:
        return np.array(rows, np.float64)
    except OverflowError:  # a whole number that no float holds
        return np.array([[_as_float(number) for number in row] for row in rows])


def _as_float(number: float | None) -> float:
    try:
        return math.nan if number is None else float(number)
    except OverflowError:
        return math.inf


def unusable(where: str, got: str) -> EncoderError:
    """Return the error for an answer that holds something else than vectors."""
    return _error(EncoderError, where, got)


def _error(kind: type[EncoderError], where: str, got: str) -> EncoderError:
    return kind(
        f"{where} gave {got}",
        expected='{"data": [{"index": 0, "embedding": [...]}, ...]}, a row for each text',
        remedy="check the address: the service must answer as /v1/embeddings does",
    )
