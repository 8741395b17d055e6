"""Removes the oldest remembered documents when they are too many or too large.

It works inside transactions of the caller. ``answer_rows`` has the rest of what is remembered.
"""

from __future__ import annotations

import sqlite3

from protolabel.store.first_answers import newest_number
from protolabel.store.own_answers import drop_own_of_leaving
from protolabel.store.watch_start import next_start, store_start, stored_start

MOST_ANSWER_BYTES = 256 * 2**20  # of all rows together


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
