"""Proposed classes that were found in declined documents: their identity, and what people said.

No row is part of a version, and none changes an answer. An open row can be dropped: it is made anew
from the documents, under another number. ``open_world`` decides what is proposed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from protolabel.identity.document_key import KEY_BYTES
from protolabel.store.connection import Connection
from protolabel.store.noted_decisions import ABOUT_PROPOSALS, NotedDecisions
from protolabel.store.proposal_records import ProposalMarks, ProposalRow, State
from protolabel.store.readable_rows import damaged_keys
from protolabel.time_stamps import now

_NEWEST = "proposed"  # a key of meta: the highest number of the rows that were removed
_SELECT = """SELECT proposal, state, at, encoding, n, total, squares, members, record, digest
    FROM proposals ORDER BY proposal"""
_SET_STATE = "UPDATE proposals SET state = ?, at = ? WHERE proposal = ?"
_REPLACE = "INSERT OR REPLACE INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MOST_PROPOSALS = 10_000  # rows that are kept; the oldest that are gone leave first


class ProposalRows:
    """Reads and writes the table of proposals."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._noted = connection, NotedDecisions(ABOUT_PROPOSALS)

    def rows(self) -> list[ProposalRow]:
        """Return all rows, oldest first. A row whose digest does not match is left out."""
        return [row for _, row in self._rows() if row is not None]

    def marks(self) -> ProposalMarks:
        """Return what differs once any row has changed."""
        with self._connection.reading() as db:
            rows = db.execute("SELECT proposal, state, at, digest FROM proposals").fetchall()
        return {number: (state, at, digest) for number, state, at, digest in rows}

    def newest(self) -> int:
        """Return the highest number that a proposal ever had; 0 without any."""
        with self._connection.reading() as db:
            return _newest_number(db)

    def replace_open(self, rows: Sequence[ProposalRow]) -> None:
        """Make these the open proposals; others that were open are gone, and keep their numbers."""
        with self._writing() as db:
            db.execute("UPDATE proposals SET state = 'gone' WHERE state = 'open'")
            db.executemany(
                _REPLACE,
                [_values(row) for row in rows],
            )
            db.execute(
                "DELETE FROM proposals WHERE state = 'gone' AND proposal <= "
                "(SELECT max(proposal) FROM proposals) - ?",
                (MOST_PROPOSALS,),
            )

    def set_state(self, number: int, state: State, at: str, *, change: int | None = None) -> None:
        """Say what became of a proposal, by which change: the version that it made, or None."""
        with self._writing() as db:
            sql = "SELECT state, at FROM proposals WHERE proposal = ?"
            before = db.execute(sql, (number,)).fetchone()
            if before is None:
                return
            db.execute(_SET_STATE, (state, at, number))
            if change is not None:
                self._noted.note(db, change, json.dumps([number, state, at, *before]))

    def has_decisions(self) -> bool:
        """Return whether any change has a note of decisions on proposals, dropped or not."""
        with self._connection.reading() as db:
            return self._noted.any(db)

    def follow(self, ended: Sequence[int], renewed: Sequence[int]) -> None:
        """Make proposals what they were before changes that were undone; decide again after a redo.

        What was decided since stays. A decision that is made again has the time of that.

        Args:
            ended: versions whose changes are no longer in force, newest first.
            renewed: versions whose changes are in force again, oldest first.
        """
        with self._writing() as db:
            for _, text in self._noted.texts(db, ended):
                number, state, at, *before = json.loads(text)
                former = before or ("open", at)  # older programs noted no state from before
                sql = f"{_SET_STATE} AND state = ? AND at = ?"
                db.execute(sql, (*former, number, state, at))
            for change, text in self._noted.texts(db, renewed):
                number, state, _, *before = json.loads(text)
                sql, at = f"{_SET_STATE} AND state IN ('open', 'gone')", now()
                if db.execute(sql, (state, at, number)).rowcount:
                    self._noted.replace(db, change, json.dumps([number, state, at, *before]))

    def forget(
        self, documents: Collection[bytes] | None, replacements: Sequence[ProposalRow] = ()
    ) -> int:
        """Do what :meth:`ProposalTable.forget` says; damaged rows are removed, too."""
        stays = {row.number for row in replacements}
        numbers = [
            number
            for number, row in self._rows()
            if number not in stays
            and (documents is None or row is None or not row.members.isdisjoint(documents))
        ]
        with self._writing() as db:
            db.executemany(_REPLACE, [_values(row) for row in replacements])
        self.drop(numbers)
        return len(numbers)

    def drop_words(self) -> None:
        """Remove what was taken from texts; how a proposal was made stays."""
        with self._writing() as db:
            records = db.execute("SELECT proposal, record FROM proposals").fetchall()
            db.executemany(
                "UPDATE proposals SET record = ? WHERE proposal = ?",
                [(_without_words(record), number) for number, record in records],
            )

    def damaged(self) -> list[int]:
        """Return the numbers of rows that are not what was written."""
        return damaged_keys(self._connection, "proposals", self._rows)

    def drop(self, numbers: Collection[int]) -> None:
        """Remove rows by number."""
        if numbers:
            with self._writing() as db:
                newest = str(_newest_number(db))  # no number names a second proposal
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_NEWEST, newest))
                db.executemany("DELETE FROM proposals WHERE proposal = ?", [(n,) for n in numbers])

    def _rows(self) -> list[tuple[int, ProposalRow | None]]:
        with self._connection.reading() as db:
            return [(row[0], _row(row)) for row in db.execute(_SELECT)]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connection.transaction("IMMEDIATE") as db:
            db.execute("PRAGMA secure_delete = ON")  # what is deleted here is overwritten
            yield db


def take_new_members(db: sqlite3.Connection, new_keys: Mapping[bytes, bytes]) -> None:
    """Call the documents of proposals by their new keys, which are listed by the former ones.

    It works inside a transaction of the caller.
    """
    for values in db.execute(_SELECT).fetchall():
        row = _row(values)
        if row is not None and not row.members.isdisjoint(new_keys):
            members = frozenset(new_keys.get(one, one) for one in row.members)
            sql = "UPDATE proposals SET members = ?, digest = ? WHERE proposal = ?"
            *_, member_keys, _, digest = _values(replace(row, members=members))
            db.execute(sql, (member_keys, digest, row.number))


def _newest_number(db: sqlite3.Connection) -> int:
    sql = "SELECT max(proposal) FROM proposals UNION ALL SELECT value FROM meta WHERE key = ?"
    return max(int(number or 0) for (number,) in db.execute(sql, (_NEWEST,)))


def _without_words(record: str) -> str:
    """Return a record with its numbers alone."""
    try:
        values = json.loads(record)
    except ValueError:
        return "{}"
    numbers = values.items() if isinstance(values, dict) else ()
    return json.dumps({name: value for name, value in numbers if name == "least"})


def _digest(number: int, n: int, total: bytes, squares: float, members: bytes) -> bytes:
    """Return SHA-256 over what a proposal is known by: 32 bytes."""
    head = f"{number}\n{n}\n{squares!r}\n".encode()
    return hashlib.sha256(head + total + members).digest()


def _values(row: ProposalRow) -> tuple[object, ...]:
    total = row.total.astype("<f8").tobytes()
    members = b"".join(sorted(row.members))
    digest = _digest(row.number, row.n, total, row.squares, members)
    return (
        row.number, row.state, row.at, row.encoding, row.n, total, row.squares, members, row.record,
        digest,
    )  # fmt: skip


def _row(values: tuple[object, ...]) -> ProposalRow | None:
    """Return the row of these columns; None where it is not what was written."""
    number, state, at, encoding, n, total, squares, members, record, digest = values
    if not isinstance(members, bytes) or not isinstance(total, bytes):
        return None
    if _digest(number, n, total, squares, members) != digest:  # type: ignore[arg-type]
        return None
    keys = frozenset(members[i : i + KEY_BYTES] for i in range(0, len(members), KEY_BYTES))
    vector = np.frombuffer(total, "<f8")
    return ProposalRow(number, state, at, encoding, n, vector, squares, keys, record)  # type: ignore[arg-type]
