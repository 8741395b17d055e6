"""Files of a followed folder that a service has read, in the file beside their label space.

Their table is called ``watched``: that is stored, so it stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from protolabel.service.side.side_file import SideFile
from protolabel.time_stamps import now


@dataclass(frozen=True, slots=True)
class FollowedFile:
    """A file as it was read.

    Attributes:
        name: its path below the folder.
        stamp: what tells it from another state of it; empty where it, or a folder, was not reached.
        documents: how many were in it.
        fault: why it could not be read; empty where it could.
        forgettings: how often something had been forgotten; None where it is not known.
        number: that of the newest remembered document then.
        document: the key of that document.
        digest: of its bytes; empty where these are not known.
    """

    name: str
    stamp: str
    documents: int
    fault: str = ""
    forgettings: int | None = None
    number: int | None = None
    document: str = ""
    digest: str = ""

    def is_gone(self, folder: str) -> bool:
        """Return whether it was read once and no longer lies in the folder: nobody can mend it."""
        return bool(self.stamp) and not os.path.lexists(os.path.join(folder, self.name))

    def is_lacking_in(self, forgettings: int, numbers: Mapping[int, str]) -> bool:
        """Return whether a label space is a copy from before this file was read.

        Args:
            forgettings: how often something was forgotten there; once more, and nothing is read
                again that was to be forgotten.
            numbers: the keys of its remembered documents by their numbers.
        """
        if self.forgettings is None or forgettings > self.forgettings:
            return False
        if forgettings < self.forgettings:
            return True
        if self.number is None:
            return False
        remembered = numbers.get(self.number, self.document)
        return self.number > max(numbers, default=0) or remembered != self.document


class FollowedFiles:
    """The files of a followed folder that were read into one label space."""

    def __init__(self, side: SideFile) -> None:
        self._side = side

    def add(self, file: FollowedFile) -> None:
        """Note that a file was read. Raises StoreError where that cannot be done."""
        with self._side.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO watched "
                "(space, name, stamp, documents, fault, forgettings, number, document, digest, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self._side.identity, file.name, file.stamp, file.documents, file.fault,
                 file.forgettings, file.number, file.document, file.digest, now()),
            )  # fmt: skip

    def forget(self, names: Iterable[str]) -> None:
        """Forget that files were read. Raises StoreError where that cannot be done."""
        with self._side.writing() as db:
            db.executemany(
                "DELETE FROM watched WHERE space = ? AND name = ?",
                [(self._side.identity, name) for name in names],
            )

    def all(self) -> dict[str, FollowedFile]:
        """Return the files by their names."""
        with self._side.reading() as db:
            if db is None:
                return {}
            sql = (
                "SELECT name, stamp, documents, fault, forgettings, number, document, digest "
                "FROM watched WHERE space = ? ORDER BY at"
            )
            rows = db.execute(sql, (self._side.identity,)).fetchall()
        return {row["name"]: FollowedFile(*row) for row in rows}
