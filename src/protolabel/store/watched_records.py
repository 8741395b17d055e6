"""Files of a watched folder that a service has read, in the file beside their label space."""

from __future__ import annotations

from dataclasses import dataclass

from protolabel.store.side_file import SideFile
from protolabel.time_stamps import now


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file as it was read.

    Attributes:
        name: its path below the folder.
        stamp: when it was written and how large it is; another stamp is another content.
        documents: how many were in it.
        fault: why it could not be read; empty where it could.
    """

    name: str
    stamp: str
    documents: int
    fault: str = ""


class WatchedRecords:
    """The files of a watched folder that were read into one label space."""

    def __init__(self, file: SideFile, identity: str) -> None:
        self._file, self._identity = file, identity

    def add(self, one: WatchedFile) -> None:
        """Note that a file was read. Raises StoreError where that cannot be done."""
        with self._file.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?, ?, ?)",
                (self._identity, one.name, one.stamp, one.documents, one.fault, now()),
            )

    def all(self) -> dict[str, WatchedFile]:
        """Return the files by their names."""
        with self._file.reading() as db:
            if db is None:
                return {}
            sql = "SELECT name, stamp, documents, fault FROM watched WHERE space = ? ORDER BY at"
            rows = db.execute(sql, (self._identity,)).fetchall()
        return {row["name"]: WatchedFile(*row) for row in rows}
