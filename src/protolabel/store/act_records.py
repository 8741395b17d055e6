"""Acts of people that make no version, as they stand in the file beside their label space.

What makes a version is in the history of the label space itself. An act never quotes a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protolabel.store.side_file import SideFile
from protolabel.time_stamps import now
from protolabel.types import Change


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did. ``version``: that the label space had."""

    kind: str
    summary: str
    who: str
    version: int


class ActRecords:
    """The acts on one label space, which its identity tells from those of another file."""

    def __init__(self, file: SideFile, identity: str) -> None:
        self._file, self._identity = file, identity

    def add(self, act: Act) -> None:
        """Write down an act. Raises StoreError where that cannot be done."""
        with self._file.writing() as db:
            db.execute(
                "INSERT INTO acts (space, at, who, kind, summary, version) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (self._identity, now(), act.who, act.kind, act.summary, act.version),
            )

    def all(self) -> Iterator[Change]:
        """Yield the acts, oldest first, in the form of a change."""
        with self._file.reading() as db:
            if db is None:
                return
            sql = "SELECT * FROM acts WHERE space = ? ORDER BY number"
            rows = db.execute(sql, (self._identity,)).fetchall()
        for row in rows:
            yield Change(row["version"], row["kind"], row["summary"], row["at"], row["who"])
