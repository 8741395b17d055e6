"""What the answer log said before and after people decided, for each change that they decided with.

So an undo takes the decision back here, too. It stands in ``meta``, as JSON, for the newest
changes. No text, id or source of a document is in it. Nothing here is part of a version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from protolabel.store.answer_columns import ASSIGNMENTS, PERSON, judgement
from protolabel.store.answer_records import AnswerRow
from protolabel.store.answer_tables import IS_DECIDED, ITSELF
from protolabel.store.new_keys import take_new_keys
from protolabel.store.noted_decisions import ABOUT_ANSWERS, NotedDecisions
from protolabel.store.own_answers import (
    drop_own,
    drop_own_in_force,
    move_own,
    note_own,
    own_answer,
    stored_judgement,
)
from protolabel.store.proposal_rows import take_new_members
from protolabel.store.refusal_rows import new_refusals, refuse, refused_classes

_SAME = "document = ? AND class IS ? AND version = ? AND at = ? AND person = ?"


class DecidedAnswers:
    """Reads and writes the decisions of each change, inside transactions of the caller."""

    def __init__(self) -> None:
        self._noted = NotedDecisions(ABOUT_ANSWERS)

    def judge(
        self,
        db: sqlite3.Connection,
        change: int | None,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
    ) -> None:
        """Store rows with their new labels and refused classes, and note what was there before.

        What a change has noted of a document already stays so. The label space's own answer stays
        noted where a decision stands. ``change``: None where no change of the label space belongs
        to it.
        """
        for row in rows:
            note_own(db, row.document)
        if change is not None:
            self._note_change(db, change, rows, refused)
        db.executemany(
            f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?",
            [(*judgement(row), row.document) for row in rows],
        )
        for document, key in refused:
            refuse(db, document, [key], is_remembered=False)

    def _note_change(
        self,
        db: sqlite3.Connection,
        change: int,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
    ) -> None:
        newly_refused = new_refusals(db, refused)
        records = list[list[Any]]()
        for row in rows:
            before = stored_judgement(db, row.document)
            if before is not None:
                classes = newly_refused.pop(row.document, [])
                records.append([row.document.hex(), before, judgement(row), classes])
        records += [[one.hex(), None, None, keys] for one, keys in newly_refused.items()]
        notes = self._noted.texts(db, [change])
        if notes:  # answers of other documents, which were stored after the change
            earlier = json.loads(notes[0][1])
            names = {record[0] for record in earlier}
            records = earlier + [record for record in records if record[0] not in names]
            self._noted.replace(db, change, json.dumps(records))
        else:
            self._noted.note(db, change, json.dumps(records))

    def any(self, db: sqlite3.Connection) -> bool:
        """Return what :meth:`AnswerTable.has_decisions` says."""
        return self._noted.any(db)

    def lost(self, db: sqlite3.Connection, changes: Sequence[int]) -> int:
        """Return what :meth:`AnswerTable.lost_decisions` says."""
        n_lost = self._noted.lost(db, changes)
        if not n_lost:
            return 0
        records = self._records(db, changes)
        followed = {
            document for document, before, _, _ in records if before is None or not before[PERSON]
        }
        return min(n_lost, len(decided_documents(db) - followed))

    def follow(
        self,
        db: sqlite3.Connection,
        ended: Sequence[int],
        renewed: Sequence[int],
        documents: Collection[bytes] | None = None,
    ) -> None:
        """Take back the decisions of changes, newest first, or make them again, oldest first.

        ``documents``: those that are meant; None: all.
        """
        for document, before, after, classes in self._records(db, ended, documents):
            if before is not None and after is not None:
                _set(db, document, after, before)
            refuse(db, document, [-key for key in classes], is_remembered=before is not None)
        for document, before, after, classes in self._records(db, renewed, documents):
            if before is not None and after is not None:
                _set(db, document, before, after)
            refuse(db, document, classes, is_remembered=before is not None)

    def reconsider(
        self,
        db: sqlite3.Connection,
        documents: Collection[bytes],
        in_force: Collection[int],
        change: int | None,
    ) -> None:
        """Give documents back what the label space itself had answered; refuse no class for them.

        Where that is not known, a label with a probability is the label space's and stays; any
        other ends. A later undo or redo of the changes in force leaves these documents alone.
        """
        if change is not None:
            self._reopen(db, documents, in_force, change)
            return
        answers = self._answers_before(db, documents, in_force)
        self._remove_decisions(db, documents, in_force)
        self._give_back(db, documents, answers)

    def _reopen(
        self,
        db: sqlite3.Connection,
        documents: Collection[bytes],
        in_force: Collection[int],
        change: int,
    ) -> None:
        """Give documents back what the label space had answered, with a change that ends decisions.

        What was decided before stays noted, so that going back to before the change decides again.
        """
        notes = self._noted.texts(db, [change])
        records = {record[0]: record for _, text in notes for record in json.loads(text)}
        taken_back = []
        for document in documents:
            judgement = stored_judgement(db, document)
            if judgement is not None:
                _, before, _, new = records.get(document.hex(), (None, judgement, judgement, []))
                before = before or judgement
                taken_back.append((document, before, refused_classes(db, document) - set(new)))
        self._give_back(db, documents, self._answers_before(db, documents, in_force))
        for document, before, refused in taken_back:
            classes = [-key for key in sorted(refused)]
            judgement = stored_judgement(db, document)
            records[document.hex()] = [document.hex(), before, judgement, classes]
        text = json.dumps([*records.values()])
        if notes:
            self._noted.replace(db, change, text)
        else:
            self._noted.note(db, change, text)

    def _give_back(
        self,
        db: sqlite3.Connection,
        documents: Collection[bytes],
        answers: Mapping[bytes, list[Any]],
    ) -> None:
        """Write the answers before decisions, or better those noted as the label space's own."""
        for document, answer_before in answers.items():
            answer = own_answer(db, document) or answer_before
            if answer[PERSON]:
                db.execute(
                    "UPDATE answers SET person = 0, class = CASE WHEN probability IS NULL "
                    "THEN NULL ELSE class END WHERE document = ?",
                    (document,),
                )
            else:
                sql = f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?"
                db.execute(sql, (*answer, document))
        drop_own(db, documents)
        keys = [(document,) for document in documents]
        db.executemany(f"DELETE FROM refusals WHERE document = ? AND class != {ITSELF}", keys)

    def forget(self, db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
        """Remove what was noted of documents, but for the classes refused; None: all of all."""
        drop_own(db, documents)
        if documents is None:
            self._noted.clear(db)
            return
        keys = {document.hex() for document in documents}
        for change, text in self._noted.texts(db, self._noted.changes(db)):
            records = json.loads(text)
            left = [[d[0], None, None, d[3]] if d[0] in keys else d for d in records]
            self._keep(db, change, [d for d in left if d[1] or d[3]])

    def take_new_keys(self, db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> None:
        """Give rows to be stored what is kept and noted of their documents under former keys."""
        new_keys = take_new_keys(db, rows)
        new = {document.hex(): key.hex() for document, key in new_keys.items()}
        for document, key in new_keys.items():
            move_own(db, document, key)
        if new_keys:
            take_new_members(db, new_keys)
        for change, text in self._noted.texts(db, self._noted.changes(db) if new else ()):
            records = json.loads(text)
            if any(document in new for document, *_ in records):
                self._keep(db, change, [[new.get(one, one), *rest] for one, *rest in records])

    def _answers_before(
        self, db: sqlite3.Connection, documents: Collection[bytes], changes: Collection[int]
    ) -> dict[bytes, list[Any]]:
        """Return what each document was answered before people decided on it with changes.

        Those that are remembered; a person's answer where that is not known.
        """
        stored = {document: stored_judgement(db, document) for document in documents}
        answers = {document.hex(): answer for document, answer in stored.items() if answer}
        for change, text in self._noted.texts(db, reversed(self._noted.changes(db))):
            for key, before, after, _ in json.loads(text) if change in changes else ():
                if (
                    before is not None
                    and key in answers
                    and (answers[key][PERSON] or answers[key] == after)
                ):
                    answers[key] = before
        return {bytes.fromhex(key): answer for key, answer in answers.items()}

    def _remove_decisions(
        self, db: sqlite3.Connection, documents: Collection[bytes], changes: Collection[int]
    ) -> None:
        """Remove what is noted of the decisions on documents that people made with changes."""
        keys = {document.hex() for document in documents}
        for change, text in self._noted.texts(db, self._noted.changes(db)):
            if change in changes:
                left = [record for record in json.loads(text) if record[0] not in keys]
                self._keep(db, change, left)

    def _keep(self, db: sqlite3.Connection, change: int, records: Sequence[object]) -> None:
        """Keep these records of a change alone; without any, nothing is noted of it."""
        self._noted.replace(db, change, json.dumps(records) if records else None)

    def _records(
        self,
        db: sqlite3.Connection,
        changes: Sequence[int],
        documents: Collection[bytes] | None = None,
    ) -> Iterator[tuple[bytes, list[Any] | None, list[Any] | None, list[int]]]:
        """Yield each document with its judgement before and after, and the classes refused.

        A document that was not remembered has no judgement.

        ``documents``: those that are meant; None: all.
        """
        for _, text in self._noted.texts(db, changes):
            for key, before, after, classes in json.loads(text):
                document = bytes.fromhex(key)
                if documents is None or document in documents:
                    yield document, before, after, classes


def decided_documents(db: sqlite3.Connection) -> set[bytes]:
    """Return the remembered documents on which a decision stands: a label, or a refused class."""
    rows = db.execute(f"SELECT document FROM answers WHERE {IS_DECIDED}")
    return {document for (document,) in rows}


def _set(db: sqlite3.Connection, document: bytes, expected: list[Any], new: list[Any]) -> None:
    """Replace the judgement ``expected`` of a document by ``new``, if it still stands.

    If the label space has answered again since, a person's ``new`` is written all the same; an
    answer of the label space's is not.
    """
    note_own(db, document)
    label, _, version, at, _, person = expected
    condition = (
        _SAME if person or not new[PERSON] else f"({_SAME}) OR (document = ? AND person = 0)"
    )
    key: tuple[Any, ...] = (document, label, version, at, person)
    key += (document,) if condition != _SAME else ()
    db.execute(f"UPDATE answers SET {ASSIGNMENTS} WHERE {condition}", (*new, *key))
    drop_own_in_force(db, document)
