"""What the answer log said before and after people decided, for each change that they decided with.

So an undo takes the decision back here, too. It stands in ``meta``, as JSON, for the newest
changes. No text, id or source of a document is in it. Nothing here is part of a version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from protolabel.store.answer_records import AnswerRow

MOST_CHANGES = 200  # with decisions that can be taken back
_KEY = "decided:"  # of meta, before a version
_JUDGEMENT = "class, probability, version, at, head, person"
_SAME = "document = ? AND class IS ? AND version = ? AND at = ? AND person = ?"


def judgement(row: AnswerRow) -> tuple[Any, ...]:
    """Return the columns of a row that a person's word changes."""
    return row.label, row.probability, row.version, row.at, row.head, int(row.person)


class DecidedAnswers:
    """Reads and writes the decisions of each change, inside transactions of the caller."""

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
            sql = f"SELECT {_JUDGEMENT} FROM answers WHERE document = ?"
            before = db.execute(sql, (row.document,)).fetchone()
            if before is not None:
                classes = [key for document, key in new if document == row.document]
                records.append([row.document.hex(), before, judgement(row), classes])
        db.execute(
            "INSERT OR IGNORE INTO meta VALUES (?, ?)", (f"{_KEY}{change}", json.dumps(records))
        )
        old = sorted(self._versions(db))[:-MOST_CHANGES]
        db.executemany("DELETE FROM meta WHERE key = ?", [(f"{_KEY}{v}",) for v in old])

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether anything is noted."""
        sql = "SELECT EXISTS (SELECT 1 FROM meta WHERE key > ? AND key < ?)"
        return bool(db.execute(sql, (_KEY, _KEY[:-1] + ";")).fetchone()[0])

    def follow(self, db: sqlite3.Connection, ended: Sequence[int], renewed: Sequence[int]) -> None:
        """Take back the decisions of changes, newest first, or make them again, oldest first."""
        versions = self._versions(db)
        for version in ended:
            for document, before, after, classes in self._of(db, version, versions):
                _set(db, document, after, before)
                db.executemany(
                    "DELETE FROM refusals WHERE document = ? AND class = ?",
                    [(document, key) for key in classes],
                )
        for version in renewed:
            for document, before, after, classes in self._of(db, version, versions):
                _set(db, document, before, after)
                db.executemany(
                    "INSERT OR IGNORE INTO refusals SELECT ?, ? WHERE EXISTS "
                    "(SELECT 1 FROM answers WHERE document = ?)",
                    [(document, key, document) for key in classes],
                )

    def forget(self, db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
        """Remove what was noted of documents; None: of all."""
        keys = None if documents is None else {document.hex() for document in documents}
        for version in self._versions(db):
            key = f"{_KEY}{version}"
            (text,) = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            rest = [] if keys is None else [one for one in json.loads(text) if one[0] not in keys]
            if rest:
                db.execute("UPDATE meta SET value = ? WHERE key = ?", (json.dumps(rest), key))
            else:
                db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def _versions(self, db: sqlite3.Connection) -> set[int]:
        keys = db.execute("SELECT key FROM meta WHERE key LIKE ?", (f"{_KEY}%",))
        return {int(key.removeprefix(_KEY)) for (key,) in keys}

    def _of(
        self, db: sqlite3.Connection, version: int, versions: Collection[int]
    ) -> list[tuple[bytes, list[Any], list[Any], list[int]]]:
        if version not in versions:
            return []
        sql = "SELECT value FROM meta WHERE key = ?"
        (text,) = db.execute(sql, (f"{_KEY}{version}",)).fetchone()
        return [(bytes.fromhex(d), before, after, c) for d, before, after, c in json.loads(text)]


def _set(db: sqlite3.Connection, document: bytes, now: list[Any], then: list[Any]) -> None:
    """Give a document another judgement, unless a person has judged it since.

    One that the label space has answered again since gets a person's word, and no older answer.
    """
    label, _, version, at, _, person = now
    assignments = ", ".join(f"{column} = ?" for column in _JUDGEMENT.split(", "))
    same = _SAME if person or not then[5] else f"({_SAME}) OR (document = ? AND person = 0)"
    key: tuple[Any, ...] = (document, label, version, at, person)
    key += (document,) if same != _SAME else ()
    db.execute(f"UPDATE answers SET {assignments} WHERE {same}", (*then, *key))
