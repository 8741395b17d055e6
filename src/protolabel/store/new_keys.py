"""Documents that an earlier program knew by another key take their key of now, as they come again.

It works inside transactions of the caller. ``decided_answers`` does the same for its notes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from protolabel.store.answer_records import AnswerRow


def take_new_keys(db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> dict[bytes, bytes]:
    """Give the answers and refusals that are stored under former keys to the rows to be stored.

    A document that is stored under its key of now keeps what it has there. The caller writes the
    other columns of each row anew, with their digests.

    Returns:
        The new keys by the former ones, of those documents that were stored under these.
    """
    new_keys = {}
    for row in rows:
        if not row.with_number:
            continue
        keys = row.document, row.with_number
        tables = ("answers", "refusals")
        sql = "UPDATE OR IGNORE {} SET document = ? WHERE document = ?"
        if sum(db.execute(sql.format(table), keys).rowcount for table in tables):
            new_keys[row.with_number] = row.document
    return new_keys
