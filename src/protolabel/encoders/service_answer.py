"""Reads what an embeddings service answers: one vector for each text. It sends nothing."""

from __future__ import annotations

import json
import math

import numpy as np

from protolabel.arrays import Doubles
from protolabel.errors import EncoderError

_NOT_EACH = "an answer without one vector for each text"
SEVERAL_LENGTHS = "vectors of several lengths"
_NUMBERS = {int, float, type(None)}


def vectors_of(content: bytes, n: int, dim: int, where: str) -> Doubles:
    """Return the vectors of an answer in the order of its texts. *Shape:* ``(n, d)``.

    What is no number for one text alone is there as NaN: JSON has no word for that, so services
    write null. The same holds for a vector of another length than ``dim``.

    Args:
        content: the answer.
        n: texts that were sent.
        dim: dimensions that each vector has; 0 where they are not known.
        where: the address, for the message.

    Raises:
        EncoderError: it is no answer to ``POST /v1/embeddings`` for n texts.
    """
    try:
        rows = json.loads(content)["data"]
        order = {int(row.get("index", i)): row["embedding"] for i, row in enumerate(rows)}
        vectors = [order[i] for i in range(n)]
        are_numbers = all(set(map(type, vector)) <= _NUMBERS for vector in vectors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise unusable(where, _NOT_EACH) from None
    if len(rows) != n:
        raise unusable(where, _NOT_EACH)
    if not are_numbers or any(isinstance(vector, dict) for vector in vectors):
        raise unusable(where, "an embedding that is no list of numbers")
    if dim:
        vectors = [vector if len(vector) == dim else [None] * dim for vector in vectors]
    if len(set(map(len, vectors))) > 1:
        raise unusable(where, SEVERAL_LENGTHS)
    try:
        return np.array(vectors, np.float64)  # of null it makes NaN
    except OverflowError:  # a whole number that no float holds
        return np.array([[_as_float(number) for number in vector] for vector in vectors])


def _as_float(number: float | None) -> float:
    try:
        return math.nan if number is None else float(number)
    except OverflowError:
        return math.inf


def unusable(where: str, got: str) -> EncoderError:
    """Return the error for an answer that holds something else than vectors."""
    return EncoderError(
        f"{where} gave {got}",
        expected='{"data": [{"index": 0, "embedding": [...]}, ...]}, a row for each text',
        remedy="check the address: the service must answer as /v1/embeddings does",
    )
