"""The passages of a remembered document as two columns of its row, and back, checked when read.

With them a document that is longer than the encoder's window can be answered again as it would be
from its text, and becomes an example without being encoded again. No statement is run here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

import numpy as np

from protolabel.beginnings import Beginnings
from protolabel.types import Encoded

MOST_VECTORS = 64  # of a document: 98 kB at 384 dimensions
MOST_READ = 64 * 2**20  # bytes of passages at once
DIGEST = 32


def passage_columns(key: bytes, document: Encoded) -> tuple[bytes, bytes | None] | None:
    """Return the columns ``passages`` and ``spans`` of a document.

    ``key``: of the document. ``document``: it alone, by the rule of its encoder. None for one that
    is not split, or whose encoder does not say how it weighs its passages. Of one that is split
    into too many, its vector is kept and none of theirs: there are no spans then.
    """
    beginnings = document.beginnings
    m, b = len(document.passage_owner), 0 if beginnings is None else len(beginnings.owner)
    if document.passage_weights is None or m == 0:
        return None
    if 1 + m + b > MOST_VECTORS:
        body = document.embeddings.astype("<f4").tobytes()
        return body + _digest(key, body, b""), None
    beginning_arrays = [] if beginnings is None else [beginnings.embeddings, beginnings.weights]
    vectors = [document.embeddings, document.passage_embeddings, *beginning_arrays[:1]]
    weights = [document.passage_weights, *beginning_arrays[1:]]
    body = b"".join(part.astype("<f4").tobytes() for part in [*vectors, *weights])
    spans = document.passage_spans.astype("<i8").tobytes()
    return body + _digest(key, body, spans), spans


def document_of(key: bytes, passages: bytes, spans: bytes, dim: int) -> Encoded | None:
    """Return the document of its columns, of ``dim`` dimensions; None where they are damaged.

    ``spans``: empty for a document whose passages are too many to be kept; it has none then.
    """
    body, digest = passages[:-DIGEST], passages[-DIGEST:]
    m = len(spans) // 16
    b, excess = divmod(len(body) // 4 - dim - m * (dim + 1), dim + 1)
    if excess or b < 0 or len(body) % 4 or _digest(key, body, spans) != digest:
        return None
    values = np.frombuffer(body, "<f4")
    vectors, weights = values[: (1 + m + b) * dim].reshape(-1, dim), values[(1 + m + b) * dim :]
    none = np.zeros(b, np.int64)
    return Encoded(
        vectors[:1],
        vectors[1 : 1 + m],
        np.zeros(m, np.int64),
        np.frombuffer(spans, "<i8").reshape(-1, 2),
        passage_weights=weights[:m],
        beginnings=Beginnings(vectors[1 + m :], none, weights[m:]) if b else None,
    )


def _digest(key: bytes, body: bytes, spans: bytes) -> bytes:
    return hashlib.sha256(key + body + spans).digest()


def documents_of(
    rows: Iterable[tuple[bytes, bytes, bytes]], keys: Collection[bytes], dim: int
) -> dict[bytes, Encoded]:
    """Return the documents of rows that have these keys, until ``MOST_READ`` bytes are read.

    ``rows``: key, passages and spans of each. ``dim``: of their vectors.
    """
    size, split = 0, dict[bytes, Encoded]()
    for key, passages, spans in rows:
        if key not in keys:
            continue
        size += len(passages)
        if size > MOST_READ:
            break
        document = document_of(key, passages, spans, dim)
        if document is not None:
            split[key] = document
    return split
