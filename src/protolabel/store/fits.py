"""The table of fits: what was fitted from the prototypes of a version, with a digest of all of it.

It does not know what a fit means. A fit whose digest does not match counts as absent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from protolabel.store.connection import Connection
from protolabel.store.records import Fit

MOST_FITS = 8  # fits of one kind: those of the newest bases
_CONTENT = "CAST(header AS BLOB), body, digest"  # damage may have left a header that is no text
PATIENCE = 0.2  # seconds to wait for another writer: a fit can be made again, a caller is waiting


class FitRows:
    """Reads and keeps fits, each under its kind and its basis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unwritten: dict[tuple[str, int], Fit] = {}

    def fit(self, kind: str, basis: int) -> Fit | None:
        """Return the fit of a kind that was made from a basis; None if absent or damaged."""
        if (kind, basis) in self._unwritten:
            return self._unwritten[kind, basis]
        sql = f"SELECT {_CONTENT} FROM fits WHERE kind = ? AND basis = ?"
        with self._connection.reading() as db:
            row = db.execute(sql, (kind, basis)).fetchone()
        if row is None or fit_digest(kind.encode(), basis, row[0], row[1]) != row[2]:
            return None
        return Fit(kind, basis, json.loads(row[0]), row[1])

    def newest_fit(self, kind: str) -> Fit | None:
        """Return the fit of a kind that was made from the newest basis; None as of :meth:`fit`."""
        bases = [basis for own, basis in list(self._unwritten) if own == kind]
        with self._connection.reading() as db:
            sql = "SELECT max(basis) FROM fits WHERE kind = ?"
            (stored,) = db.execute(sql, (kind,)).fetchone()
        bases += [] if stored is None else [stored]
        return self.fit(kind, max(bases)) if bases else None

    def keep_fit(self, fit: Fit, *, alone: bool = False) -> None:
        """Store a fit beside those of other bases; the oldest of more than eight go.

        ``alone``: all others of its kind go. A fit that cannot be written is kept in memory, and
        the error is raised all the same.

        Raises:
            StoreBusyError: another process holds the write lock.
            StoreFullError: there is no room.
            StoreError: the file is open for reading only.
        """
        header = json.dumps(dict(fit.header), sort_keys=True)
        digest = fit_digest(fit.kind.encode(), fit.basis, header.encode(), fit.body)
        most = 1 if alone else MOST_FITS
        keys_of_kind = [key for key in list(self._unwritten) if key[0] == fit.kind]
        for old in sorted(keys_of_kind)[: max(0, len(keys_of_kind) - most + 1)]:
            self._unwritten.pop(old, None)
        self._unwritten[fit.kind, fit.basis] = fit
        with self._connection.transaction("IMMEDIATE", patience=PATIENCE) as db:
            db.execute(
                "INSERT OR REPLACE INTO fits VALUES (?, ?, ?, ?, ?)",
                (fit.kind, fit.basis, header, fit.body, digest),
            )
            db.execute(
                "DELETE FROM fits WHERE kind = :kind AND basis NOT IN "
                "(SELECT basis FROM fits WHERE kind = :kind ORDER BY basis DESC LIMIT :kept)",
                {"kind": fit.kind, "kept": most},
            )
        self._unwritten.pop((fit.kind, fit.basis), None)  # another thread may have kept the same

    def damaged(self) -> Iterator[tuple[str, int]]:
        """Yield kind and basis of each fit that is not what was written."""
        with self._connection.reading() as db:
            sql = f"SELECT CAST(kind AS BLOB), basis, {_CONTENT} FROM fits"
            for kind, basis, header, body, digest in db.execute(sql):
                if fit_digest(kind, basis, header, body) != digest:
                    yield kind.decode(errors="surrogateescape"), basis

    def drop(self, kind: str, basis: int) -> None:
        """Remove one fit."""
        with self._connection.transaction("IMMEDIATE") as db:
            key = kind.encode(errors="surrogateescape"), basis
            db.execute("DELETE FROM fits WHERE CAST(kind AS BLOB) = ? AND basis = ?", key)

    def drop_all(self) -> None:
        """Remove all fits: what they were made from was wrong."""
        with self._connection.transaction("IMMEDIATE") as db:
            db.execute("DELETE FROM fits")


def fit_digest(kind: object, basis: object, header: object, body: object) -> bytes:
    """Return SHA-256 over kind, basis, header, each with a line feed after it, and the body."""
    if not (isinstance(kind, bytes) and isinstance(header, bytes) and isinstance(body, bytes)):
        return b""
    return hashlib.sha256(b"%b\n%b\n%b\n%b" % (kind, str(basis).encode(), header, body)).digest()
