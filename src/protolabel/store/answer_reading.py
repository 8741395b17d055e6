"""What is remembered of documents and decided on them, as a store is asked for it. Writes nothing.

``answer_rows`` keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from protolabel.store.answer_columns import by_name, row_of, selection
from protolabel.store.answer_looks import (
    RefusalLook,
    mark_of,
    refusals_of,
    textless_documents,
    turns_of,
)
from protolabel.store.answer_passages import documents_of
from protolabel.store.answer_records import AnswerRow, Decision, FirstAnswer, StoredPlace
from protolabel.store.answer_tables import ITSELF
from protolabel.store.connection import Connection
from protolabel.store.decided_answers import DecidedAnswers, decided_documents
from protolabel.store.decision_rows import all_decisions, decisions_on
from protolabel.store.leaving_answers import forgettings_of
from protolabel.store.own_answers import is_without_answer
from protolabel.store.stored_places import stored_places
from protolabel.store.watch_start import WatchStart, stored_start
from protolabel.types import Encoded

MOST_NAMED = 500  # documents in a statement; of more, all rows are read


class AnswerReading:
    """Reads the tables of answers, of decisions and of refusals."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._decided = connection, DecidedAnswers()
        self._refusal_look = RefusalLook(connection)

    def rows(
        self, *, texts: bool = False, contents: Collection[bytes] | None = None
    ) -> list[AnswerRow]:
        """Return all rows or those of some contents, oldest first, with texts if asked for.

        A row whose digest does not match is left out.
        """
        return [row for _, row in self._rows(texts, contents) if row is not None]

    def first_answers(self) -> dict[bytes, FirstAnswer]:
        """Return when each document was answered first; later answers of it change nothing."""
        with self._connection.reading() as db:
            rows = db.execute("SELECT document, number, first_at FROM answers")
            return {document: FirstAnswer(number, at) for document, number, at in rows}

    def watch_start(self) -> WatchStart:
        """Return from which document on all are there, and how many documents that serves."""
        with self._connection.reading() as db:
            return stored_start(db)

    def judged_of(self, documents: Sequence[bytes]) -> list[AnswerRow]:
        """Return the rows of those of these documents that a person has decided on, no texts."""
        sql = f"SELECT {selection(texts=False)} FROM answers WHERE document = ? AND person = 1"
        with self._connection.reading() as db:
            cursor = by_name(db)
            records = [cursor.execute(sql, (document,)).fetchone() for document in documents]
        rows = (row_of(record) for record in records if record is not None)
        return [row for row in rows if row is not None]

    def decided(self) -> set[bytes]:
        """Return the documents on which a decision stands: a label, or a refused class."""
        with self._connection.reading() as db:
            return decided_documents(db)

    def texts_of(self, documents: Sequence[bytes]) -> dict[bytes, str]:
        """Return the texts that are kept of these documents."""
        sql = "SELECT text FROM answers WHERE document = ? AND text IS NOT NULL"
        with self._connection.reading() as db:
            rows = {document: db.execute(sql, (document,)).fetchone() for document in documents}
        return {document: str(row[0]) for document, row in rows.items() if row}

    def split_documents(self, documents: Collection[bytes], dim: int) -> dict[bytes, Encoded]:
        """Do what :meth:`AnswerTable.split_documents` says, until ``MOST_READ`` bytes are read."""
        keys = {*documents}
        sql = """SELECT document, CAST(passages AS BLOB), CAST(coalesce(spans, '') AS BLOB)
            FROM answers WHERE passages IS NOT NULL"""
        few = [*keys] if len(keys) <= MOST_NAMED else []
        sql += f" AND document IN ({', '.join('?' * len(few))})" if few else ""
        with self._connection.reading() as db:
            rows = db.execute(f"{sql} ORDER BY turn DESC", few)
            return documents_of(rows, keys, dim) if keys else {}

    def places(self) -> dict[bytes, StoredPlace]:
        """Return where each document stood when it was last met."""
        with self._connection.reading() as db:
            return stored_places(db)

    def count(self) -> tuple[int, int]:
        """Return how many documents there are, and how many bytes they take."""
        with self._connection.reading() as db:
            n, size = db.execute("SELECT count(*), total(bytes) FROM answers").fetchone()
            return int(n), int(size)

    def mark(self) -> str:
        """Return a mark that changes whenever documents are answered, decided on or forgotten."""
        with self._connection.reading() as db:
            return mark_of(db)

    def textless(self) -> dict[bytes, str]:
        """Return the documents whose texts are not kept, each with its source."""
        with self._connection.reading() as db:
            return textless_documents(db)

    def refusals(self, documents: Collection[bytes] | None = None) -> set[tuple[bytes, int]]:
        """Do what :meth:`AnswerTable.refusals` says."""
        with self._connection.reading() as db:
            return refusals_of(db, documents)

    def has_refusals(self) -> bool:
        """Return whether a class was refused for a document, or a document was forgotten."""
        return self._refusal_look.has_refusals()

    def is_without_answer(self, document: bytes) -> bool:
        """Return whether a person has refused its answer, and it has no other since."""
        with self._connection.reading() as db:
            return is_without_answer(db, document)

    def forgotten(self) -> set[bytes]:
        """Return the documents that were forgotten one by one, and are not to be kept again."""
        sql = f"SELECT document FROM refusals WHERE class = {ITSELF}"
        with self._connection.reading() as db:
            return {document for (document,) in db.execute(sql)}

    def removed(self, kinds: Collection[str]) -> list[tuple[str, int]]:
        """Do what :meth:`AnswerTable.removed` says."""
        sql = """SELECT DISTINCT i.text, e.class FROM examples e
            JOIN items i ON i.item = e.item AND i.text IS NOT NULL JOIN changes g
            ON g.version = e.died AND g.kind IN (SELECT value FROM json_each(?))
            WHERE NOT EXISTS (SELECT 1 FROM examples l WHERE l.item = e.item
                              AND l.class = e.class AND l.died IS NULL)"""
        with self._connection.reading() as db:
            return db.execute(sql, (json.dumps(sorted(kinds)),)).fetchall()

    def forgettings(self) -> int:
        """Return how often something was forgotten: answers given before are not kept."""
        with self._connection.reading() as db:
            return forgettings_of(db)

    def decisions(self, documents: Collection[bytes] | None = None) -> dict[bytes, Decision]:
        """Return the decisions by which documents have classes: on all, or on some of them."""
        with self._connection.reading() as db:
            return all_decisions(db) if documents is None else decisions_on(db, documents)

    def has_decisions(self) -> bool:
        """Return what :meth:`AnswerTable.has_decisions` says."""
        with self._connection.reading() as db:
            return self._decided.any(db)

    def decided_with(
        self, documents: Collection[bytes], changes: Collection[int]
    ) -> dict[bytes, int]:
        """Return what :meth:`AnswerTable.decided_with` says."""
        with self._connection.reading() as db:
            return self._decided.newest_changes(db, documents, changes)

    def lost_decisions(self, changes: Sequence[int]) -> int:
        """Return what :meth:`AnswerTable.lost_decisions` says."""
        with self._connection.reading() as db:
            return self._decided.lost(db, changes)

    def _rows(
        self, texts: bool = False, contents: Collection[bytes] | None = None
    ) -> Iterator[tuple[int, AnswerRow | None]]:
        sql = f"SELECT turn, {selection(texts=texts)} FROM answers"
        with self._connection.reading() as db:
            if contents is not None:
                sql += f" WHERE turn IN ({turns_of(db, contents)})"
            for record in by_name(db).execute(f"{sql} ORDER BY turn"):
                yield record["turn"], row_of(record)
