"""Questions about the remembered documents that read a column or two instead of whole rows.

It also counts the writes, by which a program sees that something has changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from protolabel.store.answer_tables import ITSELF
from protolabel.store.connection import Connection
from protolabel.store.meta_values import count_up, meta_number

_NEWEST = "SELECT turn, document, at FROM answers ORDER BY turn DESC LIMIT 1"
_WRITES = "answer_writes"  # a key of ``meta``: how often answers and refusals were written


def turns_of(db: sqlite3.Connection, contents: Collection[bytes]) -> str:
    """Return the turns of the documents of some contents, as a list of numbers in SQL."""
    stored = db.execute("SELECT turn, content FROM answers")
    return ", ".join(str(turn) for turn, content in stored if content in contents)


def mark_of(db: sqlite3.Connection) -> str:
    """Return a mark that changes whenever documents are answered, decided on or forgotten.

    After a restore the count goes on from an older number, so the newest answer is a part of it.
    """
    n_writes = meta_number(db, _WRITES)
    newest = db.execute(_NEWEST).fetchone()
    return hashlib.sha256(repr((n_writes, newest)).encode()).hexdigest()[:16]


@contextmanager
def counting_writes(db: sqlite3.Connection) -> Iterator[None]:
    """Count one write more if rows have changed inside; it stands in a transaction that writes."""
    before = db.total_changes
    yield
    if db.total_changes != before:
        count_up(db, _WRITES)


def textless_documents(db: sqlite3.Connection) -> dict[bytes, str]:
    """Return the documents whose texts are not kept, each with its source."""
    return dict(db.execute("SELECT document, source FROM answers WHERE text IS NULL"))


def refusals_of(
    db: sqlite3.Connection, documents: Collection[bytes] | None
) -> set[tuple[bytes, int]]:
    """Return the classes that were refused for some documents, each with its document.

    ``documents``: a few thousand of them at most; None: all.
    """
    sql = f"SELECT document, class FROM refusals WHERE class != {ITSELF}"
    if documents is None:
        return set(db.execute(sql))
    places = ", ".join("?" * len(documents))
    return set(db.execute(f"{sql} AND document IN ({places})", [*documents]))


class RefusalLook:
    """Says whether anything was refused, and asks the file again only after something was written.

    Args:
        connection: to the file.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: tuple[tuple[int, int], bool] = ((-1, -1), False)

    def has_refusals(self) -> bool:
        """Return whether a class was refused for a document, or a document was forgotten."""
        writes = self._connection.commits_elsewhere(), self._connection.db.total_changes
        if self._last[0] != writes:
            with self._connection.reading() as db:
                row = db.execute("SELECT 1 FROM refusals LIMIT 1").fetchone()
            self._last = writes, row is not None
        return self._last[1]
