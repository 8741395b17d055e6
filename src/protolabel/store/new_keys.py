"""Documents that were known by another key take their key of now, as they come again.

An earlier program made that key, or one that knew their folder otherwise. It works inside
transactions of the caller. ``decided_answers`` does the same for its notes.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from protolabel.store.answer_records import AnswerRow
from protolabel.store.answer_tables import ITSELF


class _Stored(NamedTuple):
    """A stored document that may be one of those that come: its names and its decision."""

    document: bytes
    source: str
    id: str
    place: bytes | None
    person: int


_Candidates = dict[bytes, list[_Stored]]  # by what they hold


def take_new_keys(db: sqlite3.Connection, rows: Sequence[AnswerRow]) -> dict[bytes, bytes]:
    """Give rows to be stored what is stored of them under other keys: answers, decisions, refusals.

    A document that is stored under its key of now keeps what it has there. The caller writes the
    other columns of each row anew, with their digests. A message that has moved in its mailbox is
    known by what it holds, and so is a document of an unknown folder, unless it was forgotten.

    Returns:
        The new keys by the others, of those documents that were stored under these.
    """
    new_keys: dict[bytes, bytes] = {}
    for row in rows:
        for former in row.former.keys:
            _take(db, former, row.document, new_keys)
        for key in row.others.keys:
            if not _is_known(db, row.document):
                _take(db, key, row.document, new_keys)
    messages = [row for row in rows if row.former.mailbox and not _is_stored(db, row.document)]
    strays = [
        row for row in rows if row.others.may_be_of_any_folder and not _is_known(db, row.document)
    ]
    if messages or strays:
        candidates = _candidates(db, {row.content for row in [*messages, *strays]})
        _take_messages(db, messages, candidates, new_keys)
        _take_strays(db, strays, candidates, new_keys, {row.document for row in rows})
    return new_keys


def _candidates(db: sqlite3.Connection, contents: Collection[bytes]) -> _Candidates:
    """Return the stored documents of some contents, those that a person decided on first."""
    candidates: _Candidates = defaultdict(list)
    for content, *names in db.execute(
        "SELECT content, document, source, id, place, person FROM answers"
    ):
        if content in contents:
            candidates[content].append(_Stored(*names))
    for stored in candidates.values():
        stored.sort(key=lambda one: -one.person)
    return candidates


def _take_messages(
    db: sqlite3.Connection,
    messages: Iterable[AnswerRow],
    candidates: _Candidates,
    new_keys: dict[bytes, bytes],
) -> None:
    """Give messages what is stored of them where they stood in their mailbox."""
    for row in messages:
        for one in candidates[row.content]:
            is_it = one.document not in new_keys
            is_it = is_it and row.former.at(one.source, one.id) == one.document
            if is_it and _take(db, one.document, row.document, new_keys):
                break


def _take_strays(
    db: sqlite3.Connection,
    strays: Iterable[AnswerRow],
    candidates: _Candidates,
    new_keys: dict[bytes, bytes],
    present: Collection[bytes],
) -> None:
    """Give documents what is stored of them by their names from any folder.

    One that stands at the very place of a row is what that place held before.
    """
    for row in strays:
        if _is_stored(db, row.document):
            continue
        for one in candidates[row.content]:
            is_free = one.document not in new_keys and one.document not in present
            is_same_place = row.place is not None and row.place == one.place
            is_it = is_free and not is_same_place and _may_be(db, row, one)
            if is_it and _take(db, one.document, row.document, new_keys):
                break


def _may_be(db: sqlite3.Connection, row: AnswerRow, one: _Stored) -> bool:
    """Return whether a stored document is that of a row, byte for byte where texts are kept."""
    sql = "SELECT text FROM answers WHERE document = ?"
    (text,) = db.execute(sql, (one.document,)).fetchone() or (None,)
    is_known = text is not None and row.text is not None
    if is_known and text != row.text:
        return False
    names = (row.source, row.id), (one.source, one.id)
    return row.others.are_names(*names, moved_too=is_known)


def _take(
    db: sqlite3.Connection, former: bytes, document: bytes, new_keys: dict[bytes, bytes]
) -> bool:
    """Give a document what is stored under another key; note it and return whether it had any."""
    sql = "UPDATE OR IGNORE {} SET document = ? WHERE document = ?"
    tables = ("answers", "refusals", "decisions")
    if _is_decided(db, document):  # what is decided under its key of now stands
        db.execute("DELETE FROM decisions WHERE document = ?", (former,))
    if not sum(db.execute(sql.format(one), (document, former)).rowcount for one in tables):
        return False
    new_keys[former] = document
    return True


def _is_decided(db: sqlite3.Connection, document: bytes) -> bool:
    sql = "SELECT 1 FROM decisions WHERE document = ?"
    return db.execute(sql, (document,)).fetchone() is not None


def _is_stored(db: sqlite3.Connection, document: bytes) -> bool:
    sql = "SELECT 1 FROM answers WHERE document = ?"
    return db.execute(sql, (document,)).fetchone() is not None


def _is_known(db: sqlite3.Connection, document: bytes) -> bool:
    """Return whether a document is stored, or was forgotten."""
    sql = f"SELECT 1 FROM refusals WHERE document = ? AND class = {ITSELF}"
    return _is_stored(db, document) or db.execute(sql, (document,)).fetchone() is not None
