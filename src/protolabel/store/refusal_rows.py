"""The classes that are refused for documents, read and written inside transactions of the caller.

A document need not be remembered: a mail is known by its key before it is labelled.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence

from protolabel.store.answer_tables import ITSELF


def new_refusals(
    db: sqlite3.Connection, refused: Sequence[tuple[bytes, int]]
) -> dict[bytes, list[int]]:
    """Return the refusals, by document, that would change something.

    A key below 0 ends the refusal of a class.
    """
    sql = "SELECT 1 FROM refusals WHERE document = ? AND class = ?"
    keys_of: dict[bytes, list[int]] = defaultdict(list)
    for document, key in refused:
        is_there = db.execute(sql, (document, abs(key))).fetchone() is not None
        if is_there == (key < 0):
            keys_of[document].append(key)
    return keys_of


def refused_classes(db: sqlite3.Connection, document: bytes) -> set[int]:
    """Return the keys of the classes that are refused for a document."""
    sql = f"SELECT class FROM refusals WHERE document = ? AND class != {ITSELF}"
    return {key for (key,) in db.execute(sql, (document,))}


def refuse(
    db: sqlite3.Connection, document: bytes, classes: Iterable[int], *, is_remembered: bool
) -> None:
    """Refuse classes for a document; a key below 0 ends the refusal of a class.

    ``is_remembered``: whether the document was; it is left alone then where it is no longer there.
    """
    for key in classes:
        if key < 0:
            sql = "DELETE FROM refusals WHERE document = ? AND class = ?"
            db.execute(sql, (document, -key))
        elif not is_remembered:
            db.execute("INSERT OR IGNORE INTO refusals VALUES (?, ?)", (document, key))
        else:
            sql = "INSERT OR IGNORE INTO refusals SELECT ?, ? WHERE EXISTS "
            sql += "(SELECT 1 FROM answers WHERE document = ?)"
            db.execute(sql, (document, key, document))
