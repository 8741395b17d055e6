"""Which remembered documents leave: the oldest, those in whose place another one stands, and those
that are forgotten.

It works inside transactions of the caller. ``answer_rows`` has the rest of what is remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from protolabel.identity.document_key import row_of
from protolabel.store.answer_records import AnswerRow
from protolabel.store.answer_tables import IS_DECIDED, ITSELF
from protolabel.store.first_answers import newest_number
from protolabel.store.meta_values import count_up, meta_number
from protolabel.store.own_answers import answered_at, drop_own_of_leaving
from protolabel.store.watch_start import next_start, store_start, stored_start

MOST_ANSWER_BYTES = 256 * 2**20  # of all rows together
DECISIONS = "decisions"  # in the detail of a change: what it says of documents by their keys
_FORGOTTEN = "forgotten"  # a key of ``meta``: how often something was forgotten


def shorten(db: sqlite3.Connection, most: int) -> None:
    """Let the oldest rows go that are too many or too large; those that a person judged go last."""
    n, size = db.execute("SELECT count(*), total(bytes) FROM answers").fetchone()
    oldest = db.execute("SELECT turn, bytes, number FROM answers ORDER BY person, turn")
    leaving, left = [], -1
    while n > most or size > MOST_ANSWER_BYTES:
        turn, length, number = oldest.fetchone()
        leaving.append((turn,))
        n, size, left = n - 1, size - length, max(left, number)
    oldest.close()
    drop_own_of_leaving(db, "turn = ?", leaving)
    db.executemany("DELETE FROM answers WHERE turn = ?", leaving)
    start = stored_start(db)
    if left >= start.number:
        store_start(db, next_start(start, left=left, newest=newest_number(db)))


def remove_documents(db: sqlite3.Connection, documents: Collection[bytes] | None) -> int:
    """Remove documents, None for all with all refusals, and return how many were there.

    Of each that is named, its key alone stays, so that it is not kept again, and the classes that
    are refused for it. Where all go, no key stays, not even in what the log says of changes.
    """
    (before,) = db.execute("SELECT count(*) FROM answers").fetchone()
    if documents is None:
        db.execute("DELETE FROM answers")
        db.execute("DELETE FROM refusals")
        path = f"$.{DECISIONS}"
        db.execute(
            "UPDATE changes SET detail = json_remove(detail, ?) "
            "WHERE json_valid(detail) AND json_type(detail, ?) IS NOT NULL",
            (path, path),
        )
    else:
        keys = [(document,) for document in documents]
        db.executemany("DELETE FROM answers WHERE document = ?", keys)
        db.executemany(f"INSERT OR IGNORE INTO refusals VALUES (?, {ITSELF})", keys)
    (after,) = db.execute("SELECT count(*) FROM answers").fetchone()
    return int(before - after)


def drop_texts(db: sqlite3.Connection) -> int:
    """Remove the texts of all documents, and return how many had one."""
    dropped = db.execute(
        "UPDATE answers SET bytes = bytes - length(CAST(text AS BLOB)), text = NULL "
        "WHERE text IS NOT NULL"
    )
    return dropped.rowcount


def forgettings_of(db: sqlite3.Connection) -> int:
    """Return how often something was forgotten."""
    return meta_number(db, _FORGOTTEN)


def count_forgetting(db: sqlite3.Connection) -> None:
    """Note that something was forgotten once more."""
    count_up(db, _FORGOTTEN)


def in_their_places(db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> list[AnswerRow]:
    """Return the rows without those at whose places other documents stand, answered later.

    A document that is among the rows itself has moved, and stands there no longer.
    """
    staying = {row.document for row in rows}
    sql = "SELECT document FROM answers WHERE place = ?"
    standing = [
        (row, document)
        for row in rows
        if row.place is not None
        for (document,) in db.execute(sql, (row.place,)).fetchall()
    ]
    outdated = {
        row.document
        for row, document in standing
        if document not in staying and answered_at(db, document) > row.at
    }
    return [row for row in rows if row.document not in outdated]


def drop_displaced(db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> None:
    """Remove the stored documents at whose places rows of other documents are about to stand.

    A document that is among the rows itself has moved, and stays. So does a row of a table on which
    a decision stands: where ids repeat, it may come in a later write.
    """
    staying = {row.document for row in rows}
    places = {row.place for row in rows if row.place is not None}
    sql = f"SELECT document, source, {IS_DECIDED} FROM answers WHERE place = ?"
    leaving = [
        (document,)
        for place in places
        for document, source, is_decided in db.execute(sql, (place,))
        if document not in staying and not (is_decided and row_of(source))
    ]
    drop_own_of_leaving(db, "document = ?", leaving)
    db.executemany("DELETE FROM answers WHERE document = ?", leaving)
