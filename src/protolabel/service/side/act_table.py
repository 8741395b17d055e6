"""Acts of people that make no version, as they stand in the file beside their label space.

What makes a version is in the history of the label space itself. An act never quotes a document.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from protolabel.errors import RepeatedKeyError
from protolabel.service.side.side_file import SideFile
from protolabel.time_stamps import now
from protolabel.types import Change


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did. ``version``: that the label space had, with its mark."""

    kind: str
    summary: str
    who: str
    version: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ActReply:
    """What a request with a key was answered, so that it can be answered again.

    Attributes:
        key: of the request.
        request: its digest, which tells another one with this key.
        version: that the label space had then.
        mark: of that version. Where it is another one now, the label space is from before the act.
        body: the answer, which quotes no document.
    """

    key: str
    request: str
    version: int
    mark: str
    body: dict[str, Any]


_MOST_REPLIES = 1000  # of a label space, the newest ones


class ActTable:
    """The acts on one label space, which its identity tells from those of another file."""

    def __init__(self, side: SideFile) -> None:
        self._side = side

    def add(self, act: Act, reply: ActReply | None = None) -> None:
        """Write down an act, and what it was answered. Raises StoreError where that fails."""
        with self._side.writing() as db:
            db.execute(
                "INSERT INTO acts (space, at, who, kind, summary, version, mark) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self._side.identity, now(), act.who, act.kind, act.summary, act.version, act.mark),
            )
            if reply is not None:
                self._keep(db, reply)

    def keep(self, reply: ActReply) -> None:
        """Write down an answer alone. Raises StoreError where that fails."""
        with self._side.writing() as db:
            self._keep(db, reply)

    def reply(self, key: str, request: str) -> ActReply | None:
        """Return what the request of a key was answered; None where it is not there.

        Raises:
            RepeatedKeyError: another request has had the key.
        """
        with self._side.reading() as db:
            if db is None:
                return None
            sql = "SELECT * FROM replies WHERE space = ? AND key = ?"
            row = db.execute(sql, (self._side.identity, key)).fetchone()
        if row is None:
            return None
        if row["request"] != request:
            raise RepeatedKeyError.of(key, f"a request of {row['at']}")
        return ActReply(key, request, row["version"], row["mark"], json.loads(row["reply"]))

    def _keep(self, db: sqlite3.Connection, reply: ActReply) -> None:
        body, space = json.dumps(reply.body), self._side.identity
        row = (space, reply.key, reply.request, reply.version, reply.mark, body, now())
        db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        # With the answer goes the claim: a sending that waits finds one or the other.
        db.execute("DELETE FROM claims WHERE space = ? AND key = ?", (space, reply.key))
        db.execute(
            "DELETE FROM replies WHERE space = ? AND rowid NOT IN (SELECT rowid FROM replies "
            "WHERE space = ? ORDER BY rowid DESC LIMIT ?)",
            (space, space, _MOST_REPLIES),
        )

    def all(self) -> Iterator[tuple[Change, str]]:
        """Yield the acts, oldest first, in the form of a change, each with its mark."""
        with self._side.reading() as db:
            if db is None:
                return
            sql = "SELECT * FROM acts WHERE space = ? ORDER BY number"
            rows = db.execute(sql, (self._side.identity,)).fetchall()
        for row in rows:
            act = Change(row["version"], row["kind"], row["summary"], row["at"], row["who"])
            yield act, row["mark"]
