"""Documents that an earlier program knew by another key take their key of now, as they come again.

It works inside transactions of the caller. ``decided_answers`` does the same for its notes.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from protolabel.store.answer_records import AnswerRow


def take_new_keys(db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> dict[bytes, bytes]:
    """Give the answers and refusals that are stored under former keys to the rows to be stored.

    A document that is stored under its key of now keeps what it has there. The caller writes the
    other columns of each row anew, with their digests. A message that has moved in its mailbox is
    known by what it holds, unless it was forgotten.

    Returns:
        The new keys by the former ones, of those documents that were stored under these.
    """
    new_keys: dict[bytes, bytes] = {}
    for row in rows:
        for former in row.former.keys:
            _take(db, former, row.document, new_keys)
    messages = [row for row in rows if row.former.mailbox and not _is_stored(db, row.document)]
    contents = {row.content for row in messages}
    candidates: dict[bytes, list[tuple[bytes, str, str]]] = defaultdict(list)
    if messages:
        sql = "SELECT content, document, source, id FROM answers"
        for content, document, source, identity in db.execute(sql):
            if content in contents:
                candidates[content].append((document, source, identity))
    for row in messages:
        for document, source, identity in candidates[row.content]:
            is_it = document not in new_keys and row.former.at(source, identity) == document
            if is_it and _take(db, document, row.document, new_keys):
                break
    return new_keys


def _take(
    db: sqlite3.Connection, former: bytes, document: bytes, new_keys: dict[bytes, bytes]
) -> bool:
    """Give a document what is stored under a former key; note it and return whether it had any."""
    sql = "UPDATE OR IGNORE {} SET document = ? WHERE document = ?"
    tables = ("answers", "refusals")
    if not sum(db.execute(sql.format(one), (document, former)).rowcount for one in tables):
        return False
    new_keys[former] = document
    return True


def _is_stored(db: sqlite3.Connection, document: bytes) -> bool:
    sql = "SELECT 1 FROM answers WHERE document = ?"
    return db.execute(sql, (document,)).fetchone() is not None
