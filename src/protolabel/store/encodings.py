"""Which vector spaces a label space file knows, its *encodings*, and which one is in force.

Which encoding is in force is a setting, a row that is born and dies like any other, so that each
version has its own. Nothing here writes.
"""

from __future__ import annotations

from protolabel.errors import SpaceDamagedError
from protolabel.store.births import ALIVE
from protolabel.store.connection import Connection
from protolabel.store.sqlite_errors import restore_remedy
from protolabel.types import VectorSpace

IN_FORCE = "encoding"  # the setting that holds the number of the encoding in force


class Encodings:
    """Reads the table of encodings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def encoding(self, version: int) -> VectorSpace:
        """Return the encoding in force at a version.

        Raises:
            SpaceDamagedError: the file does not say.
        """
        sql = f"""SELECT encoding, fingerprint, encoder, dim, reads FROM encodings
            WHERE encoding = (SELECT CAST(value AS INTEGER) FROM settings
                              WHERE key = '{IN_FORCE}' AND {ALIVE})"""
        with self._connection.reading() as db:
            row = db.execute(sql, {"v": version}).fetchone()
        if row is None:
            raise SpaceDamagedError(
                f"{self._connection.path} does not say which encoding holds at version {version}",
                expected=f"a setting {IN_FORCE!r} that names a row of encodings",
                remedy=restore_remedy(self._connection.path),
            )
        return VectorSpace(*row)

    def encodings(self) -> list[VectorSpace]:
        """Return all encodings of the file, oldest first; also one that was never in force."""
        sql = "SELECT encoding, fingerprint, encoder, dim, reads FROM encodings ORDER BY encoding"
        with self._connection.reading() as db:
            return [VectorSpace(*row) for row in db.execute(sql)]
