"""A remembered answer as the columns of its table, by their names, and back. Runs no statement."""

from __future__ import annotations

import hashlib
import sqlite3

import numpy as np

from protolabel.store.answer_records import AnswerRow

ROW_BYTES = 200  # that a row takes besides what it holds

COLUMNS = (
    "document", "place", "content", "id", "source", "at", "version", "class", "probability",
    "head", "person", "encoding", "embedding", "shares", "text", "template", "passages", "spans",
    "bytes", "digest",
)  # fmt: skip
NOT_READ = {"passages", "spans", "bytes"}  # with a row; ``answer_passages`` reads the first two
RENEWED = (
    "place", "id", "source", "encoding", "embedding", "shares", "text", "template", "passages",
    "spans", "bytes", "digest",
)  # fmt: skip
"""What changes of a row that a person has judged, when its document is answered again."""
RENEW = f"""UPDATE answers SET {", ".join(f"{column} = :{column}" for column in RENEWED)}
    WHERE document = :document AND person = 1"""
_LABELS = """(SELECT group_concat(d.class) FROM decisions d
    WHERE d.document = answers.document) AS labels"""


def row_digest(document: bytes, embedding: bytes, shares: bytes) -> bytes:
    """Return SHA-256 over the key and the vectors of a row: 32 bytes."""
    return hashlib.sha256(document + embedding + shares).digest()


def record_of(row: AnswerRow) -> dict[str, object]:
    """Return the values of a row by ``COLUMNS``."""
    embedding, shares = row.embedding.astype("<f4").tobytes(), row.shares.astype("<f4").tobytes()
    passages, spans = row.columns or (None, None)
    blobs = (embedding, shares, passages or b"", spans or b"")
    words = (row.text or "", row.id, row.source)
    return {
        "document": row.document,
        "place": row.place,
        "content": row.content,
        "id": row.id,
        "source": row.source,
        "at": row.at,
        "version": row.version,
        "class": row.class_key,
        "probability": row.probability,
        "head": row.head,
        "person": int(row.person),
        "encoding": row.encoding,
        "embedding": embedding,
        "shares": shares,
        "text": row.text,
        "template": row.template,
        "passages": passages,
        "spans": spans,
        "bytes": ROW_BYTES + sum(map(len, blobs)) + sum(len(word.encode()) for word in words),
        "digest": row_digest(row.document, embedding, shares),
    }


def selection(*, texts: bool) -> str:
    """Return the columns that :func:`row_of` reads, for a statement; without ``texts``, no text."""
    columns = [column for column in COLUMNS if column not in NOT_READ]
    return (
        ", ".join(
            "NULL AS text" if column == "text" and not texts else column for column in columns
        )
        + f", {_LABELS}"
    )


def by_name(db: sqlite3.Connection) -> sqlite3.Cursor:
    """Return a cursor whose records give their columns by name."""
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor


def row_of(record: sqlite3.Row) -> AnswerRow | None:
    """Return the row of a :func:`selection`; None where it is not what was written."""
    document, embedding, shares = record["document"], record["embedding"], record["shares"]
    if not all(isinstance(blob, bytes) for blob in (document, embedding, shares)):
        return None
    if row_digest(document, embedding, shares) != record["digest"]:
        return None
    return AnswerRow(
        document=document,
        place=record["place"],
        content=record["content"],
        id=record["id"],
        source=record["source"],
        at=record["at"],
        version=record["version"],
        class_key=record["class"],
        probability=record["probability"],
        head=record["head"],
        person=bool(record["person"]),
        encoding=record["encoding"],
        embedding=np.frombuffer(embedding, "<f4"),
        shares=np.frombuffer(shares, "<f4"),
        text=record["text"],
        template=record["template"],
        labels=tuple(sorted(map(int, filter(None, (record["labels"] or "").split(","))))),
    )
