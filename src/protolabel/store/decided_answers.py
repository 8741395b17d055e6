"""What the answer log said before and after people decided, for each change that they decided with.

So an undo takes the decision back here, too. It stands in ``meta``, as JSON, for the newest
changes. No text, id or source of a document is in it. Nothing here is part of a version.

Beside that stands what the label space itself had answered of each document before people decided
on it, with a change or without one: that is what a document has once all decisions are taken back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from protolabel.store.answer_records import AnswerRow
from protolabel.store.noted_decisions import ABOUT_ANSWERS, NotedDecisions

JUDGEMENT = ("class", "probability", "version", "at", "head", "person")
ASSIGNMENTS = ", ".join(f"{column} = ?" for column in JUDGEMENT)  # of a statement
OWN = "own:"  # in ``meta``, before a document: what the label space itself had answered
_PERSON = JUDGEMENT.index("person")
_SAME = "document = ? AND class IS ? AND version = ? AND at = ? AND person = ?"


def judgement(row: AnswerRow) -> tuple[Any, ...]:
    """Return the columns of a row that a person's word changes, in the order of ``JUDGEMENT``."""
    return row.label, row.probability, row.version, row.at, row.head, int(row.person)


class DecidedAnswers:
    """Reads and writes the decisions of each change, inside transactions of the caller."""

    def __init__(self) -> None:
        self._noted = NotedDecisions(ABOUT_ANSWERS)

    def note(
        self,
        db: sqlite3.Connection,
        change: int | None,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
    ) -> None:
        """Note what rows are, and what they are about to be. What was noted before stays.

        ``change``: None where no change of the label space belongs to the decision.
        """
        for row in rows:
            if row.person:
                _note_own(db, row.document)
        if change is not None:
            self._note_change(db, change, rows, refused)

    def _note_change(
        self,
        db: sqlite3.Connection,
        change: int,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
    ) -> None:
        new = [
            pair
            for pair in refused
            if not db.execute(
                "SELECT 1 FROM refusals WHERE document = ? AND class = ?", pair
            ).fetchone()
        ]
        records = []
        for row in rows:
            before = _stored(db, row.document)
            if before is not None:
                classes = [key for document, key in new if document == row.document]
                records.append([row.document.hex(), before, judgement(row), classes])
        self._noted.note(db, change, json.dumps(records))

    def any(self, db: sqlite3.Connection) -> bool:
        """Return whether anything is noted."""
        return self._noted.any(db)

    def lost(self, db: sqlite3.Connection, changes: Iterable[int]) -> int:
        """Return with how many of these changes something was decided that is noted no longer."""
        return self._noted.lost(db, changes)

    def follow(self, db: sqlite3.Connection, ended: Sequence[int], renewed: Sequence[int]) -> None:
        """Take back the decisions of changes, newest first, or make them again, oldest first."""
        for document, before, after, classes in self._records(db, ended):
            if before[_PERSON]:
                _note_own(db, document, again=False)
            _set(db, document, after, before)
            db.executemany(
                "DELETE FROM refusals WHERE document = ? AND class = ?",
                [(document, key) for key in classes],
            )
        for document, before, after, classes in self._records(db, renewed):
            if after[_PERSON]:
                _note_own(db, document)
            _set(db, document, before, after)
            db.executemany(
                "INSERT OR IGNORE INTO refusals SELECT ?, ? WHERE EXISTS "
                "(SELECT 1 FROM answers WHERE document = ?)",
                [(document, key, document) for key in classes],
            )

    def reconsider(
        self, db: sqlite3.Connection, documents: Collection[bytes], in_force: Collection[int]
    ) -> None:
        """Give documents back what the label space itself had answered.

        Where that is not known, a label with a probability is the label space's and stays; any
        other ends. A later undo or redo of the changes in force leaves these documents alone.
        """
        noted = self._leave_alone(db, {document.hex() for document in documents}, in_force)
        for document in documents:
            sql, key = "SELECT value FROM meta WHERE key = ?", f"{OWN}{document.hex()}"
            own = db.execute(sql, (key,)).fetchone()
            answer = json.loads(own[0]) if own else noted.get(document.hex())
            if answer is None:
                db.execute(
                    "UPDATE answers SET person = 0, class = CASE WHEN probability IS NULL "
                    "THEN NULL ELSE class END WHERE document = ?",
                    (document,),
                )
            else:
                sql = f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?"
                db.execute(sql, (*answer, document))
            db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def forget(self, db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
        """Remove what was noted of documents; None: of all."""
        if documents is None:
            self._noted.clear(db)
            db.execute("DELETE FROM meta WHERE key GLOB ?", (f"{OWN}*",))
            return
        keys = {document.hex() for document in documents}
        for change, text in self._noted.texts(db, self._noted.changes(db)):
            self._keep(db, change, [d for d in json.loads(text) if d[0] not in keys])
        db.executemany("DELETE FROM meta WHERE key = ?", [(f"{OWN}{key}",) for key in keys])

    def _leave_alone(
        self, db: sqlite3.Connection, keys: Collection[str], changes: Collection[int]
    ) -> dict[str, list[Any]]:
        """Remove what people decided on documents with changes.

        Returns:
            The answer before the newest decision on each, where it was the label space's.
        """
        answers: dict[str, list[Any]] = {}
        for change, text in self._noted.texts(db, reversed(self._noted.changes(db))):
            if change not in changes:
                continue
            left = []
            for record in json.loads(text):
                key, before, after, _ = record
                if key not in keys or not after[_PERSON]:
                    left.append(record)
                elif not before[_PERSON]:
                    answers.setdefault(key, before)
            self._keep(db, change, left)
        return answers

    def _keep(self, db: sqlite3.Connection, change: int, records: Sequence[object]) -> None:
        """Keep these records of a change alone; without any, nothing is noted of it."""
        self._noted.replace(db, change, json.dumps(records) if records else None)

    def _records(
        self, db: sqlite3.Connection, changes: Sequence[int]
    ) -> Iterator[tuple[bytes, list[Any], list[Any], list[int]]]:
        """Yield each document with its judgement before and after, and the classes refused."""
        for _, text in self._noted.texts(db, changes):
            for document, before, after, classes in json.loads(text):
                yield bytes.fromhex(document), before, after, classes


def drop_own_of_leaving(
    db: sqlite3.Connection, where: str, values: Iterable[Sequence[object]]
) -> None:
    """Remove what the label space had answered of documents whose rows are about to leave."""
    sql = f"SELECT '{OWN}' || lower(hex(document)) FROM answers WHERE person = 1 AND {where}"
    db.executemany(f"DELETE FROM meta WHERE key IN ({sql})", values)


def _stored(db: sqlite3.Connection, document: bytes) -> tuple[Any, ...] | None:
    """Return the judgement of a document as it is now; None where it is not remembered."""
    sql = f"SELECT {', '.join(JUDGEMENT)} FROM answers WHERE document = ?"
    judged: tuple[Any, ...] | None = db.execute(sql, (document,)).fetchone()
    return judged


def _note_own(db: sqlite3.Connection, document: bytes, *, again: bool = True) -> None:
    """Note what the label space has answered, unless a person has decided on the document.

    ``again``: also where something was noted before.
    """
    answer = _stored(db, document)
    if answer is not None and not answer[_PERSON]:
        verb = "REPLACE" if again else "IGNORE"
        values = f"{OWN}{document.hex()}", json.dumps(answer)
        db.execute(f"INSERT OR {verb} INTO meta VALUES (?, ?)", values)


def _set(db: sqlite3.Connection, document: bytes, now: list[Any], then: list[Any]) -> None:
    """Give a document another judgement, unless a person has judged it since.

    One that the label space has answered again since gets a person's word, and no older answer.
    """
    label, _, version, at, _, person = now
    condition = (
        _SAME if person or not then[_PERSON] else f"({_SAME}) OR (document = ? AND person = 0)"
    )
    key: tuple[Any, ...] = (document, label, version, at, person)
    key += (document,) if condition != _SAME else ()
    db.execute(f"UPDATE answers SET {ASSIGNMENTS} WHERE {condition}", (*then, *key))
