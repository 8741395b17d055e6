"""Which requests with a key are being carried out now, so that each is by one sending alone.

They stand in the file beside the label space, which all processes share that serve it. The claim of
a process that has ended counts no more: the request is then carried out again.
"""

from __future__ import annotations

import secrets
import sqlite3
import time

from protolabel.errors import RepeatedKeyError
from protolabel.service.side.process_names import may_run, own_name
from protolabel.service.side.side_file import SideFile

_MOST_SECONDS = 600.0  # that a claim counts where nobody can see whether its process has ended


class ClaimTable:
    """The claims on the keys of one label space, which its identity tells from another file's."""

    def __init__(self, side: SideFile) -> None:
        self._side = side

    def take(self, key: str, request: str) -> str:
        """Return the name of a new claim; an empty one while another sending has its claim.

        Args:
            key: of the request.
            request: its digest.

        Raises:
            RepeatedKeyError: another request with this key is being carried out.
            StoreError: the file cannot be written.
        """
        with self._side.writing() as db:
            row = db.execute(
                "SELECT * FROM claims WHERE space = ? AND key = ?", (self._side.identity, key)
            ).fetchone()
            if row is not None and _counts(row):
                if row["request"] != request:
                    raise RepeatedKeyError.of(key, "a request that is being carried out")
                return ""
            name = secrets.token_hex(8)
            db.execute(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?)",
                (self._side.identity, key, request, name, own_name(), time.time()),
            )
            return name

    def release(self, key: str, name: str) -> None:
        """Let the next sending be carried out. Raises StoreError."""
        with self._side.writing() as db:
            db.execute(
                "DELETE FROM claims WHERE space = ? AND key = ? AND name = ?",
                (self._side.identity, key, name),
            )


def _counts(row: sqlite3.Row) -> bool:
    is_recent = abs(time.time() - row["at"]) < _MOST_SECONDS
    return is_recent and may_run(row["owner"])
