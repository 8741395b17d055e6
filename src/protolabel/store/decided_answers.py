"""What the answer log said before and after people decided, for each change that they decided with.

So an undo takes the decision back here, too. It stands in ``meta``, as JSON, for the newest
changes. No text, id or source of a document is in it. Nothing here is part of a version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from protolabel.store.answer_records import AnswerRow
from protolabel.store.noted_decisions import NotedDecisions

JUDGEMENT = ("class", "probability", "version", "at", "head", "person")
ASSIGNMENTS = ", ".join(f"{column} = ?" for column in JUDGEMENT)  # of a statement
_SAME = "document = ? AND class IS ? AND version = ? AND at = ? AND person = ?"


def judgement(row: AnswerRow) -> tuple[Any, ...]:
    """Return the columns of a row that a person's word changes, in the order of ``JUDGEMENT``."""
    return row.label, row.probability, row.version, row.at, row.head, int(row.person)


class DecidedAnswers:
    """Reads and writes the decisions of each change, inside transactions of the caller."""

    def __init__(self) -> None:
        self._noted = NotedDecisions("decided:")

    def note(
        self,
        db: sqlite3.Connection,
        change: int,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
    ) -> None:
        """Note what rows are, and what they are about to be. What was noted before stays."""
        new = [
            pair
            for pair in refused
            if not db.execute(
                "SELECT 1 FROM refusals WHERE document = ? AND class = ?", pair
            ).fetchone()
        ]
        records = []
        for row in rows:
            sql = f"SELECT {', '.join(JUDGEMENT)} FROM answers WHERE document = ?"
            before = db.execute(sql, (row.document,)).fetchone()
            if before is not None:
                classes = [key for document, key in new if document == row.document]
                records.append([row.document.hex(), before, judgement(row), classes])
        self._noted.note(db, change, json.dumps(records))

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether anything is noted."""
        return self._noted.any(db)

    def follow(self, db: sqlite3.Connection, ended: Sequence[int], renewed: Sequence[int]) -> None:
        """Take back the decisions of changes, newest first, or make them again, oldest first."""
        for document, before, after, classes in self._records(db, ended):
            _set(db, document, after, before)
            db.executemany(
                "DELETE FROM refusals WHERE document = ? AND class = ?",
                [(document, key) for key in classes],
            )
        for document, before, after, classes in self._records(db, renewed):
            _set(db, document, before, after)
            db.executemany(
                "INSERT OR IGNORE INTO refusals SELECT ?, ? WHERE EXISTS "
                "(SELECT 1 FROM answers WHERE document = ?)",
                [(document, key, document) for key in classes],
            )

    def forget(self, db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
        """Remove what was noted of documents; None: of all."""
        keys = None if documents is None else {document.hex() for document in documents}
        for change, text in self._noted.texts(db, self._noted.changes(db)):
            left = [] if keys is None else [d for d in json.loads(text) if d[0] not in keys]
            self._noted.replace(db, change, json.dumps(left) if left else None)

    def _records(
        self, db: sqlite3.Connection, changes: Sequence[int]
    ) -> Iterator[tuple[bytes, list[Any], list[Any], list[int]]]:
        """Yield each document with its judgement before and after, and the classes refused."""
        for _, text in self._noted.texts(db, changes):
            for document, before, after, classes in json.loads(text):
                yield bytes.fromhex(document), before, after, classes


def _set(db: sqlite3.Connection, document: bytes, now: list[Any], then: list[Any]) -> None:
    """Give a document another judgement, unless a person has judged it since.

    One that the label space has answered again since gets a person's word, and no older answer.
    """
    label, _, version, at, _, person = now
    condition = _SAME if person or not then[5] else f"({_SAME}) OR (document = ? AND person = 0)"
    key: tuple[Any, ...] = (document, label, version, at, person)
    key += (document,) if condition != _SAME else ()
    db.execute(f"UPDATE answers SET {ASSIGNMENTS} WHERE {condition}", (*then, *key))
