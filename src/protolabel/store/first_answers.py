"""The number and the time of a document's first answer; later answers do not change them.

It works inside transactions of the caller. ``answer_rows`` has the rest of what is remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from protolabel.store.answer_columns import COLUMNS, record_of
from protolabel.store.answer_records import AnswerRow, FirstAnswer
from protolabel.store.answer_tables import ITSELF
from protolabel.store.meta_values import meta_number, set_meta_value

_NEWEST = "answered"  # a key of meta: the number of the newest document


def newest_number(db: sqlite3.Connection) -> int:
    """Return the number of the newest document that was ever kept; 0 without any."""
    return meta_number(db, _NEWEST)


def first_answers_of(
    db: sqlite3.Connection, documents: Iterable[bytes]
) -> dict[bytes, FirstAnswer]:
    """Return the first answers of those of the documents that are there."""
    sql = "SELECT number, first_at FROM answers WHERE document = ?"
    rows = ((document, db.execute(sql, (document,)).fetchone()) for document in documents)
    return {document: FirstAnswer(*row) for document, row in rows if row}


def insert_answers(
    db: sqlite3.Connection, rows: Sequence[AnswerRow], first_answers: Mapping[bytes, FirstAnswer]
) -> None:
    """Store rows whose documents are not there; a document that is new gets the next number.

    Args:
        db: inside a transaction.
        rows: those of documents that are there, or were forgotten, are passed over.
        first_answers: of documents that were there until now.
    """
    newest = before = newest_number(db)
    for row in rows:
        first = first_answers.get(row.document) or FirstAnswer(newest + 1, row.at)
        values = record_of(row) | {"number": first.number, "first_at": first.at}
        values["without_id"] = row.without_id
        if db.execute(_INSERT, values).rowcount == 1:
            newest = max(newest, first.number)
    if newest != before:
        set_meta_value(db, _NEWEST, str(newest))


_STORED = (*COLUMNS, "number", "first_at")
_INSERT = f"""INSERT OR IGNORE INTO answers ({", ".join(_STORED)})
    SELECT {", ".join(f":{column}" for column in _STORED)} WHERE NOT EXISTS
        (SELECT 1 FROM refusals WHERE document IN (:document, :without_id) AND class = {ITSELF})"""
