"""What the answer log said before and after people decided, for each change that they decided with.

So an undo takes the decision back here, too. It stands in ``meta``, as JSON, for the newest
changes. No text, id or source of a document is in it. None of it is a row of a version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from protolabel.store.answer_records import AnswerRow, Decision
from protolabel.store.answer_tables import IS_DECIDED
from protolabel.store.decision_notes import (
    NotedDecision,
    classes_noted,
    note_of,
    records_of,
    set_classes,
)
from protolabel.store.decision_rows import decide, drop_decisions, give_rows_their_decisions
from protolabel.store.judgements import ASSIGNMENTS, Judgement
from protolabel.store.new_keys import take_new_keys
from protolabel.store.noted_decisions import ABOUT_ANSWERS, NotedDecisions
from protolabel.store.own_answers import (
    drop_own,
    drop_own_in_force,
    move_own,
    note_own,
    stored_judgement,
)
from protolabel.store.proposal_rows import take_new_members
from protolabel.store.refusal_rows import new_refusals, refuse
from protolabel.store.restored_answers import reconsider, reopen

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
        decisions: Sequence[Decision],
    ) -> None:
        """Store rows with their new labels and refused classes, and note what was there before.

        What a change has noted of a document already stays so. The label space's own answer stays
        noted where a decision stands. ``change``: None where no change of the label space belongs
        to it. ``decisions``: on documents that need not be remembered.
        """
        for row in rows:
            note_own(db, row.document)
        every = [*(row.decision for row in rows), *decisions]
        if change is not None:
            self._note_change(db, change, rows, refused, every)
        db.executemany(
            f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?",
            [(*Judgement.of(row), row.document) for row in rows],
        )
        for decision in every:
            decide(db, decision)
        give_rows_their_decisions(db, [one.document for one in decisions])
        for document, key in refused:
            refuse(db, document, [key], is_remembered=False)

    def _note_change(
        self,
        db: sqlite3.Connection,
        change: int,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
        decisions: Sequence[Decision],
    ) -> None:
        newly_refused = new_refusals(db, refused)
        classes = {one.document: classes_noted(db, one) for one in decisions}
        judgements = {row.document: Judgement.of(row) for row in rows}
        records = list[NotedDecision]()
        for document in dict.fromkeys((*judgements, *classes, *newly_refused)):
            before = stored_judgement(db, document) if document in judgements else None
            after = None if before is None else judgements[document]
            refusals = tuple(newly_refused.get(document, ()))
            record = NotedDecision(document, before, after, refusals, classes.get(document))
            if not record.is_empty:
                records.append(record)
        notes = self._noted.texts(db, [change])
        if notes:  # answers of other documents, which were stored after the change
            earlier = {one.document: one for one in records_of(notes[0][1])}
            for one in records:
                first = earlier.get(one.document)
                earlier[one.document] = one if first is None else first.joined_by(one)
            self._noted.replace(db, change, note_of(earlier.values()))
        else:
            self._noted.note(db, change, note_of(records))

    def any(self, db: sqlite3.Connection) -> bool:
        """Return what :meth:`AnswerTable.has_decisions` says."""
        return self._noted.any(db)

    def newest_changes(
        self, db: sqlite3.Connection, documents: Collection[bytes], changes: Collection[int]
    ) -> dict[bytes, int]:
        """Return what :meth:`AnswerTable.decided_with` says."""
        texts = self._noted.texts(db, sorted(changes))
        return {
            one.document: change for change, text in texts for one in records_of(text, documents)
        }

    def lost(self, db: sqlite3.Connection, changes: Sequence[int]) -> int:
        """Return what :meth:`AnswerTable.lost_decisions` says."""
        n_lost = self._noted.lost(db, changes)
        if not n_lost:
            return 0
        records = self._records(db, changes)
        followed = {one.document for one in records if one.before is None or not one.before.person}
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
        for back, changes in ((True, ended), (False, renewed)):
            for one in self._records(db, changes, documents):
                if one.before is not None and one.after is not None:
                    pair = (one.after, one.before) if back else (one.before, one.after)
                    _set(db, one.document, *pair)
                set_classes(db, one, back=back)
                give_rows_their_decisions(db, [one.document])
                classes = [-key for key in one.refused] if back else one.refused
                refuse(db, one.document, classes, is_remembered=one.before is not None)

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
            reopen(db, self._noted, documents, in_force, change)
        else:
            reconsider(db, self._noted, documents, in_force)

    def forget(self, db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
        """Remove what was noted of documents, but for the classes refused; None: all of all."""
        drop_own(db, documents)
        drop_decisions(db, documents)
        if documents is None:
            self._noted.clear(db)
            return
        for change, text in self._noted.texts(db, self._noted.changes(db)):
            records = [
                NotedDecision(one.document, None, None, one.refused)
                if one.document in documents
                else one
                for one in records_of(text)
            ]
            self._keep(db, change, [one for one in records if not one.is_empty])

    def take_new_keys(self, db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> None:
        """Give rows to be stored what is kept and noted of their documents under former keys."""
        new_keys = take_new_keys(db, rows)
        for document, key in new_keys.items():
            move_own(db, document, key)
        if new_keys:
            take_new_members(db, new_keys)
        for change, text in self._noted.texts(db, self._noted.changes(db) if new_keys else ()):
            records = [*records_of(text)]
            if any(one.document in new_keys for one in records):
                documents = [new_keys.get(one.document, one.document) for one in records]
                pairs = zip(documents, records, strict=True)
                self._keep(db, change, [one._replace(document=key) for key, one in pairs])

    def _keep(self, db: sqlite3.Connection, change: int, records: Sequence[NotedDecision]) -> None:
        """Keep these records of a change alone; without any, nothing is noted of it."""
        self._noted.replace(db, change, note_of(records) if records else None)

    def _records(
        self,
        db: sqlite3.Connection,
        changes: Sequence[int],
        documents: Collection[bytes] | None = None,
    ) -> Iterator[NotedDecision]:
        """Yield what changes decided on documents: those that are meant, None: all."""
        for _, text in self._noted.texts(db, changes):
            yield from records_of(text, documents)


def decided_documents(db: sqlite3.Connection) -> set[bytes]:
    """Return the remembered documents on which a decision stands: a label, or a refused class."""
    rows = db.execute(f"SELECT document FROM answers WHERE {IS_DECIDED}")
    return {document for (document,) in rows}


def _set(db: sqlite3.Connection, document: bytes, expected: Judgement, new: Judgement) -> None:
    """Replace the judgement ``expected`` of a document by ``new``, if it still stands.

    If the label space has answered again since, a person's ``new`` is written all the same; an
    answer of the label space's is not.
    """
    note_own(db, document)
    condition = _SAME
    key: tuple[object, ...] = (
        document, expected.class_key, expected.version, expected.at, expected.person,
    )  # fmt: skip
    if new.person and not expected.person:
        condition = f"({_SAME}) OR (document = ? AND person = 0)"
        key += (document,)
    db.execute(f"UPDATE answers SET {ASSIGNMENTS} WHERE {condition}", (*new, *key))
    drop_own_in_force(db, document)
