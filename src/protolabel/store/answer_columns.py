"""A remembered answer as the columns of its table, and back. No statement is run here."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from protolabel.store.answer_records import AnswerRow

ROW_BYTES = 200  # that a row takes besides what it holds

COLUMNS = (
    "document, place, content, id, source, at, version, class, probability, head, person, "
    "encoding, embedding, shares, text, template"
)


def row_digest(document: bytes, embedding: bytes, shares: bytes) -> bytes:
    """Return SHA-256 over the key and the vectors of a row: 32 bytes."""
    return hashlib.sha256(document + embedding + shares).digest()


def values_of(row: AnswerRow) -> tuple[Any, ...]:
    """Return the columns of a row, and ``passages``, ``spans``, ``bytes`` and ``digest``."""
    blobs = row.embedding.astype("<f4").tobytes(), row.shares.astype("<f4").tobytes()
    words = (row.text or "", row.id, row.source)
    split = row.columns or (None, None)
    size = ROW_BYTES + sum(map(len, [*blobs, *(row.columns or ())]))
    size += sum(len(word.encode()) for word in words)
    return (
        row.document, row.place, row.content, row.id, row.source, row.at, row.version, row.label,
        row.probability, row.head, int(row.person), row.encoding, *blobs, row.text,
        row.template, *split, size, row_digest(row.document, *blobs),
    )  # fmt: skip


def renewed(row: AnswerRow) -> tuple[Any, ...]:
    """Return what changes of a row that a person has judged, when it is answered again."""
    return (*values_of(row)[11:20], row.document)


def row_of(columns: list[Any], digest: bytes) -> AnswerRow | None:
    """Return the row of these columns; None where it is not what was written."""
    document, embedding, shares = columns[0], columns[12], columns[13]
    if row_digest(document, embedding, shares) != digest:
        return None
    columns[10] = bool(columns[10])
    columns[12:14] = np.frombuffer(embedding, "<f4"), np.frombuffer(shares, "<f4")
    return AnswerRow(*columns)
