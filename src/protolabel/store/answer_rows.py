"""What a label space has answered: the newest documents with their embeddings, and what a person
said to an answer. Bounded; no row is part of a version. What people said decides later answers.

``label_space/remembered_documents/answer_log`` decides what is kept, and what it means.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from protolabel.store.answer_columns import RENEW, record_of
from protolabel.store.answer_looks import counting_writes
from protolabel.store.answer_reading import AnswerReading
from protolabel.store.answer_records import AnswerRow, Decision, StoredPlace
from protolabel.store.decision_rows import give_rows_their_decisions
from protolabel.store.first_answers import first_answers_of, insert_answers
from protolabel.store.leaving_answers import (
    count_forgetting,
    drop_displaced,
    drop_texts,
    in_their_places,
    remove_documents,
    shorten,
)
from protolabel.store.own_answers import drop_own_of_leaving
from protolabel.store.readable_rows import damaged_keys
from protolabel.store.stored_places import store_places

CLEANING_SECONDS = 5.0  # to wait for readers, before what was forgotten is wiped from the log


class AnswerRows(AnswerReading):
    """Reads and writes the tables of answers, of decisions and of refusals."""

    # -- writing ------------------------------------------------------------------------------

    def keep(
        self,
        rows: Sequence[AnswerRow],
        *,
        most: int,
        forgettings: int,
        patience: float,
        undecided: Collection[bytes] = (),
    ) -> bool:
        """Store the rows, each in the place of an older one of the same document.

        The oldest rows beyond ``most`` leave, those that a person judged last. What a person said
        of a document stays. Of documents at one place, the one that was answered last stays.

        Args:
            rows: in the order in which they were answered.
            most: how many documents to keep.
            forgettings: what :meth:`forgettings` was when they were answered.
            patience: seconds to wait for another writer.
            undecided: documents that do not get the decisions yet which are kept of them.

        Returns:
            Whether they were stored: not if somebody has made the label space forget since.
        """
        with self._writing(patience) as db:
            if self.forgettings() != forgettings:
                return False
            self._decided.take_new_keys(db, rows)
            rows = in_their_places(db, rows)
            first_answers = first_answers_of(db, [row.document for row in rows])
            keys = [(row.document,) for row in rows]
            drop_own_of_leaving(db, "document = ? AND person = 0", keys)
            db.executemany("DELETE FROM answers WHERE document = ? AND person = 0", keys)
            drop_displaced(db, rows)
            insert_answers(db, rows, first_answers)
            db.executemany(RENEW, map(record_of, rows))
            documents = [row.document for row in rows if row.document not in undecided]
            give_rows_their_decisions(db, documents)
            shorten(db, most)
        return True

    def stand_at(self, places: Sequence[StoredPlace], *, patience: float) -> None:
        """Do what :meth:`AnswerTable.stand_at` says."""
        with self._writing(patience) as db:
            store_places(db, places)

    def shorten(self, most: int) -> None:
        """Let the oldest rows go that are more than ``most``."""
        with self._writing(None) as db:
            shorten(db, most)

    def judge(
        self,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
        *,
        change: int | None = None,
        decisions: Sequence[Decision] = (),
    ) -> None:
        """Do what :meth:`AnswerTable.judge` says."""
        with self._writing(None) as db:
            self._decided.judge(db, change, rows, refused, decisions)

    def follow(
        self,
        ended: Sequence[int],
        renewed: Sequence[int],
        documents: Collection[bytes] | None = None,
    ) -> None:
        """Do what :meth:`AnswerTable.follow` says."""
        with self._writing(None) as db:
            self._decided.follow(db, ended, renewed, documents)

    def reconsider(
        self, documents: Collection[bytes], in_force: Collection[int], change: int | None = None
    ) -> None:
        """Do what :meth:`AnswerTable.reconsider` says."""
        with self._writing(None) as db:
            self._decided.reconsider(db, documents, in_force, change)

    def forget(self, documents: Collection[bytes] | None) -> int:
        """Do what :meth:`AnswerTable.forget` says."""
        with self._writing(None) as db:
            self._decided.forget(db, documents)
            removed = remove_documents(db, documents)
            count_forgetting(db)
        return removed

    def drop_texts(self) -> int:
        """Remove all texts, and return how many. :meth:`wipe` afterwards."""
        with self._writing(None) as db:
            n_dropped = drop_texts(db)
            count_forgetting(db)
        return n_dropped

    def wipe(self) -> bool:
        """Rewrite the file without what was deleted, and empty the log beside it.

        Returns:
            False while another process still reads the old log, which holds what was deleted.
        """
        return self._connection.rewrite(CLEANING_SECONDS)

    # -- checking -----------------------------------------------------------------------------

    def damaged(self) -> list[int]:
        """Return the numbers of rows that are not what was written."""
        return damaged_keys(self._connection, "answers", self._rows)

    def drop(self, turns: Collection[int]) -> None:
        """Remove rows by number."""
        with self._writing(None) as db:
            keys = [(turn,) for turn in turns]
            drop_own_of_leaving(db, "turn = ?", keys)
            db.executemany("DELETE FROM answers WHERE turn = ?", keys)

    # -- helpers ------------------------------------------------------------------------------

    @contextmanager
    def _writing(self, patience: float | None) -> Iterator[sqlite3.Connection]:
        with self._connection.transaction("IMMEDIATE", patience=patience) as db:
            db.execute("PRAGMA secure_delete = ON")  # what is deleted here is overwritten
            with counting_writes(db):
                yield db
