"""What the label space itself had answered of documents on which people have decided since.

It stands in ``meta``, as JSON, for as long as a decision stands: a label that a person gave, or a
class that was refused and has not been answered again. A document that is reconsidered has it
again. Works inside transactions of the caller.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from protolabel.store.judgements import JUDGEMENT, Judgement
from protolabel.store.meta_values import meta_value

_OWN = "own:"  # in ``meta``, before a document in hexadecimal


def stored_judgement(db: sqlite3.Connection, document: bytes) -> Judgement | None:
    """Return the judgement of a document as it is now; None where it is not remembered."""
    sql = f"SELECT {', '.join(JUDGEMENT)} FROM answers WHERE document = ?"
    row = db.execute(sql, (document,)).fetchone()
    return None if row is None else Judgement.from_json(row)


def note_own(db: sqlite3.Connection, document: bytes) -> None:
    """Note the answer of a document that is about to be decided on, unless a decision stands."""
    answer = stored_judgement(db, document)
    if answer is not None and not answer.person:
        values = f"{_OWN}{document.hex()}", json.dumps(answer.to_json())
        db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", values)


def own_answer(db: sqlite3.Connection, document: bytes) -> Judgement | None:
    """Return the label space's own answer, as a judgement; None where none is noted."""
    text = meta_value(db, f"{_OWN}{document.hex()}")
    return None if text is None else Judgement.from_json(json.loads(text))


def answered_at(db: sqlite3.Connection, document: bytes) -> str:
    """Return when a remembered document was answered, whatever people decided on it since."""
    answer = own_answer(db, document) or stored_judgement(db, document)
    return "" if answer is None else answer.at


def is_without_answer(db: sqlite3.Connection, document: bytes) -> bool:
    """Return whether a person has refused its own answer, and it has no other since."""
    own, judgement = own_answer(db, document), stored_judgement(db, document)
    if own is None or judgement is None or judgement.person:
        return False
    return own.class_key is not None and judgement.class_key is None


def drop_own_in_force(db: sqlite3.Connection, document: bytes) -> None:
    """Remove the noted answer if the document has it again after a decision was taken back."""
    own = own_answer(db, document)
    if own is not None and own == stored_judgement(db, document):
        drop_own(db, [document])


def move_own(db: sqlite3.Connection, document: bytes, key: bytes) -> None:
    """Note what is noted of a document under another key, where nothing is noted of that."""
    sql = "UPDATE OR IGNORE meta SET key = ? WHERE key = ?"
    db.execute(sql, (f"{_OWN}{key.hex()}", f"{_OWN}{document.hex()}"))


def drop_own(db: sqlite3.Connection, documents: Iterable[bytes] | None) -> None:
    """Remove what is noted of documents; None: of all."""
    if documents is None:
        db.execute("DELETE FROM meta WHERE key GLOB ?", (f"{_OWN}*",))
    else:
        keys = [(f"{_OWN}{document.hex()}",) for document in documents]
        db.executemany("DELETE FROM meta WHERE key = ?", keys)


def drop_own_of_leaving(
    db: sqlite3.Connection, where: str, values: Iterable[Sequence[object]]
) -> None:
    """Remove what is noted of documents whose rows are about to leave, or to be answered again."""
    sql = f"SELECT '{_OWN}' || lower(hex(document)) FROM answers WHERE {where}"
    db.executemany(f"DELETE FROM meta WHERE key IN ({sql})", values)
