"""All classes that people gave documents, by the keys of these; a document need not be remembered.

The row of a remembered document has one of its classes. Works inside transactions of the caller.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable

from protolabel.copies.equality import document_digest, short_digest
from protolabel.store.answer_records import Decision
from protolabel.store.answer_tables import DECISIONS
from protolabel.store.judgements import ASSIGNMENTS
from protolabel.store.own_answers import drop_own, note_own, own_answer, stored_judgement

_SELECTION = "SELECT document, class, content, whole FROM decisions"


def all_decisions(db: sqlite3.Connection) -> dict[bytes, Decision]:
    """Return the decisions on all documents, by these."""
    return _by_document(db.execute(f"{_SELECTION} ORDER BY document, class"))


def decisions_on(db: sqlite3.Connection, documents: Iterable[bytes]) -> dict[bytes, Decision]:
    """Return the decisions on those of some documents that have one, by these."""
    sql = f"{_SELECTION} WHERE document = ? ORDER BY class"
    return _by_document(row for one in documents for row in db.execute(sql, (one,)))


def decide(db: sqlite3.Connection, decision: Decision) -> None:
    """Keep a decision in the place of the one before; without classes, it ends.

    What was known of the document stays known.
    """
    before = decisions_on(db, [decision.document]).get(decision.document, decision)
    content = decision.content or before.content
    whole = decision.whole or before.whole
    db.execute("DELETE FROM decisions WHERE document = ?", (decision.document,))
    db.executemany(
        "INSERT INTO decisions VALUES (?, ?, ?, ?)",
        [(decision.document, key, content, int(whole)) for key in sorted({*decision.classes})],
    )


def give_rows_their_decisions(db: sqlite3.Connection, documents: Iterable[bytes]) -> None:
    """Give the rows of remembered documents the decisions that are kept of them.

    A row whose decision has ended has the label space's own answer again, where that is known.
    """
    for document in documents:
        judgement = stored_judgement(db, document)
        if judgement is None:
            continue
        decision = decisions_on(db, [document]).get(document)
        label, is_decided = judgement.class_key, judgement.person
        if decision is not None and not (is_decided and label in decision.classes):
            note_own(db, document)
            key = label if label in decision.classes else decision.classes[0]
            sql = "UPDATE answers SET person = 1, class = ?, probability = NULL WHERE document = ?"
            db.execute(sql, (key, document))
        elif decision is None and is_decided and label is not None:
            open_again(db, document)


def open_again(db: sqlite3.Connection, document: bytes) -> None:
    """Give a remembered document the label space's own answer back, or no label without one."""
    own = own_answer(db, document)
    if own is not None:
        db.execute(f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?", (*own, document))
        drop_own(db, [document])
    else:
        sql = "UPDATE answers SET person = 0, class = NULL, probability = NULL WHERE document = ?"
        db.execute(sql, (document,))


def drop_decisions(db: sqlite3.Connection, documents: Collection[bytes] | None) -> None:
    """Remove the decisions on documents; None: on all."""
    if documents is None:
        db.execute("DELETE FROM decisions")
    else:
        keys = [(document,) for document in documents]
        db.executemany("DELETE FROM decisions WHERE document = ?", keys)


def make_decisions(db: sqlite3.Connection) -> None:
    """Make the table, of the classes that an older file has in the rows of documents.

    Of several labels such a row has one. The others are those of equal examples.
    """
    for statement in DECISIONS:
        db.execute(statement)
    sql = "SELECT 1 FROM settings WHERE key = 'labels' AND value = 'several' AND died IS NULL"
    if db.execute(sql).fetchone() is None:
        return
    labels: dict[bytes, set[int]] = defaultdict(set)
    examples = db.execute(
        """SELECT e.class, i.text, i.image FROM examples e JOIN items i ON i.item = e.item
        WHERE e.died IS NULL AND (i.text IS NOT NULL OR i.image IS NOT NULL)"""
    )
    for key, text, image in examples:
        labels[short_digest(document_digest(text, image))].add(key)
    documents = db.execute(
        "SELECT document, content FROM answers WHERE person = 1 AND class IS NOT NULL"
    ).fetchall()
    for document, content in documents:
        for key in sorted(labels.get(content, ())):
            values = document, key, content
            db.execute("INSERT OR IGNORE INTO decisions VALUES (?, ?, ?, 0)", values)


def _by_document(rows: Iterable[tuple[bytes, int, bytes | None, int]]) -> dict[bytes, Decision]:
    classes: dict[bytes, list[int]] = defaultdict(list)
    contents: dict[bytes, tuple[bytes | None, bool]] = {}
    for document, key, content, whole in rows:
        classes[document].append(key)
        contents[document] = content, bool(whole)
    return {one: Decision(one, tuple(keys), *contents[one]) for one, keys in classes.items()}
