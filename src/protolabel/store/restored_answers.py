"""Documents get back what the label space itself had answered, in the place of what people decided.

It works inside transactions of the caller, and on the notes of ``decided_answers``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

from protolabel.store.answer_records import Decision
from protolabel.store.answer_tables import ITSELF
from protolabel.store.decision_notes import NotedDecision, classes_noted, note_of, records_of
from protolabel.store.decision_rows import drop_decisions
from protolabel.store.judgements import ASSIGNMENTS, Judgement
from protolabel.store.noted_decisions import NotedDecisions
from protolabel.store.own_answers import drop_own, own_answer, stored_judgement
from protolabel.store.refusal_rows import refused_classes


def reconsider(
    db: sqlite3.Connection,
    noted: NotedDecisions,
    documents: Collection[bytes],
    in_force: Collection[int],
) -> None:
    """Give documents back their answers, and note no decision of changes in force on them."""
    answers = _answers_before(db, noted, documents, in_force)
    for change, text in noted.texts(db, noted.changes(db)):
        if change in in_force:
            others = [one for one in records_of(text) if one.document not in documents]
            noted.replace(db, change, note_of(others) if others else None)
    _give_back(db, documents, answers)


def reopen(
    db: sqlite3.Connection,
    noted: NotedDecisions,
    documents: Collection[bytes],
    in_force: Collection[int],
    change: int,
) -> None:
    """Give documents back their answers, with a change that ends decisions.

    What was decided before stays noted, so that going back to before the change decides again.
    """
    notes = noted.texts(db, [change])
    records = {one.document: one for _, text in notes for one in records_of(text)}
    endings = []
    for document in documents:
        judgement = stored_judgement(db, document)  # None: the document is not remembered
        of_change = records.get(document) or NotedDecision(document, judgement, judgement)
        classes = classes_noted(db, Decision(document, ()))
        if of_change.classes is not None:  # the change itself has altered them before
            former = of_change.classes.before
            classes = of_change.classes._replace(after=()) if former else None
        before = of_change.before or judgement
        refused = refused_classes(db, document) - set(of_change.refused)
        endings.append((document, before, refused, classes))
    _give_back(db, documents, _answers_before(db, noted, documents, in_force))
    for document, before, refused, classes in endings:
        refusals = tuple(-key for key in sorted(refused))
        judgement = stored_judgement(db, document)
        records[document] = NotedDecision(document, before, judgement, refusals, classes)
    text = note_of(records.values())
    if notes:
        noted.replace(db, change, text)
    else:
        noted.note(db, change, text)


def _give_back(
    db: sqlite3.Connection, documents: Collection[bytes], answers: Mapping[bytes, Judgement]
) -> None:
    """Write the answers before decisions, or better those noted as the label space's own."""
    for document, answer_before in answers.items():
        answer = own_answer(db, document) or answer_before
        if answer.person:
            db.execute(
                "UPDATE answers SET person = 0, class = CASE WHEN probability IS NULL "
                "THEN NULL ELSE class END WHERE document = ?",
                (document,),
            )
        else:
            sql = f"UPDATE answers SET {ASSIGNMENTS} WHERE document = ?"
            db.execute(sql, (*answer, document))
    drop_own(db, documents)
    drop_decisions(db, documents)
    keys = [(document,) for document in documents]
    db.executemany(f"DELETE FROM refusals WHERE document = ? AND class != {ITSELF}", keys)


def _answers_before(
    db: sqlite3.Connection,
    noted: NotedDecisions,
    documents: Collection[bytes],
    changes: Collection[int],
) -> dict[bytes, Judgement]:
    """Return what each document was answered before people decided on it with changes.

    Those that are remembered; a person's answer where that is not known.
    """
    stored = {document: stored_judgement(db, document) for document in documents}
    answers = {document: answer for document, answer in stored.items() if answer}
    for change, text in noted.texts(db, reversed(noted.changes(db))):
        for one in records_of(text, answers.keys()) if change in changes else ():
            present = answers[one.document]
            if one.before is not None and (present.person or present == one.after):
                answers[one.document] = one.before
    return answers
