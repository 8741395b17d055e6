"""An embedding cache: what was encoded once is not encoded again, in this process or another.

A SQLite file keyed by (fingerprint, SHA-256 of the text). It is derived data only: a file that is
damaged is thrown away, one that cannot be written is not used, and neither is an error. What
decides a key is in ``fingerprint``; passages of long texts are kept with their text.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from protolabel.arrays import Embeddings, Integers
from protolabel.encoders.protocol import Encoder
from protolabel.types import Encoded

MOST_BYTES = 512 * 2**20  # of embeddings; the least recently used go first
FORMAT = 2
_PAGE = 500  # keys of one question
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class CachedEncoder:
    """An encoder that looks a text up before it encodes it. Threads and processes may share it."""

    def __init__(self, encoder: Encoder, path: str | Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._encoder, self._path, self._most = encoder, Path(path), most_bytes
        self._lock = threading.Lock()
        self._db = self._opened()

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        """That of the encoder underneath."""
        return self._encoder.fingerprint

    @property
    def normalizes(self) -> bool:
        """Whether the encoder underneath is meant to give vectors of unit length."""
        return getattr(self._encoder, "normalizes", True)

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32. What is new is encoded together, each text once."""
        return self.encode_documents(texts).embeddings

    def encode_documents(self, texts: Sequence[str]) -> Encoded:
        """As the encoder underneath, with passages where it knows them."""
        from protolabel.encoders import encode_documents

        keys = [self._key(text) for text in texts]
        known = self._found(list(dict.fromkeys(keys)))
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        if new:
            fresh = _by_text(encode_documents(self._encoder, list(new.values())))
            known |= dict(zip(new, fresh, strict=True))
            self._keep({key: known[key] for key in new})
        return Encoded.join([_document(*known[key]) for key in keys], self.dim)

    def _key(self, text: str) -> bytes:
        name = f"{FORMAT} {self.fingerprint}\0".encode()
        return hashlib.sha256(name + text.encode("utf-8", "surrogatepass")).digest()

    # -- the file -----------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                return _connect(self._path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    return None  # no folder, no right to write, locked for too long
                for name in (self._path, f"{self._path}-wal", f"{self._path}-shm"):
                    Path(name).unlink(missing_ok=True)
        return None

    def _found(self, keys: list[bytes]) -> dict[bytes, _Kept]:
        found: dict[bytes, _Kept] = {}
        with self._lock:
            if self._db is None:
                return found
            try:
                for at in range(0, len(keys), _PAGE):
                    page = keys[at : at + _PAGE]
                    marks = ", ".join("?" * len(page))
                    rows = self._db.execute(
                        f"SELECT key, vectors, spans FROM kept WHERE key IN ({marks})", page
                    ).fetchall()
                    for key, vectors, spans in rows:
                        found[key] = _unpacked(vectors, spans, self.dim)
                    self._db.execute(
                        f"UPDATE kept SET used = (SELECT n FROM clock) WHERE key IN ({marks})", page
                    )
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY:  # else another process is at it
                    self._replace()
            except (sqlite3.DatabaseError, ValueError):
                self._replace()
                return {}
        return found

    def _keep(self, new: dict[bytes, _Kept]) -> None:
        with self._lock:
            if self._db is None:
                return
            try:
                self._db.execute("BEGIN IMMEDIATE")
                rows = [(key, *_packed(kept)) for key, kept in new.items()]
                self._db.executemany(
                    "INSERT OR REPLACE INTO kept SELECT ?, ?, ?, n FROM clock", rows
                )
                size = sum(len(vectors) for _, vectors, _ in rows)
                self._db.execute("UPDATE clock SET n = n + 1, size = size + ?", (size,))
                self._evict()
                self._db.execute("COMMIT")
            except sqlite3.OperationalError:  # locked, or no room: the answer does not need it
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            except sqlite3.DatabaseError:
                self._replace()

    def _evict(self) -> None:
        if self._db is None:
            return
        (size,) = self._db.execute("SELECT size FROM clock").fetchone()
        if size <= self._most:
            return
        # That counts an entry twice that two processes added; this reads the whole file.
        (size,) = self._db.execute("SELECT total(length(vectors)) FROM kept").fetchone()
        # The oldest fifth goes at once, so that this does not happen at every addition.
        rows = self._db.execute("SELECT key, length(vectors) FROM kept ORDER BY used, rowid")
        gone, left = [], float(size)
        for key, length in rows.fetchall() if left > self._most else ():
            if left <= 0.8 * self._most:
                break
            gone.append((key,))
            left -= length
        self._db.executemany("DELETE FROM kept WHERE key = ?", gone)
        self._db.execute("UPDATE clock SET size = ?", (int(left),))

    def _replace(self) -> None:
        """Throw a damaged file away and begin a new one."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        for name in (self._path, f"{self._path}-wal", f"{self._path}-shm"):
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        self._db = self._opened()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


# What is kept of a text: (1, d) for a short one, and (1 + m, d) with the spans of its m passages.
_Kept = tuple[Embeddings, Integers]


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")  # derived data: a lost entry is encoded again
        (done,) = db.execute("PRAGMA user_version").fetchone()
        if done != FORMAT:
            db.executescript(
                "DROP TABLE IF EXISTS kept; DROP TABLE IF EXISTS clock;"
                "CREATE TABLE kept (key BLOB PRIMARY KEY, vectors BLOB NOT NULL, "
                "spans BLOB NOT NULL, used INTEGER NOT NULL);"
                "CREATE TABLE clock (n INTEGER NOT NULL, size INTEGER NOT NULL);"
                "INSERT INTO clock VALUES (1, 0);"
                f"PRAGMA user_version = {FORMAT};"
            )
        db.execute("SELECT n, size FROM clock").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _packed(kept: _Kept) -> tuple[bytes, bytes]:
    vectors, spans = kept
    return vectors.astype("<f4").tobytes(), spans.astype("<i8").tobytes()


def _unpacked(vectors: bytes, spans: bytes, dim: int) -> _Kept:
    rows = np.frombuffer(vectors, dtype="<f4").reshape(-1, dim)
    places = np.frombuffer(spans, dtype="<i8").reshape(-1, 2)
    if len(rows) != 1 + len(places):
        raise ValueError("an entry of the cache does not hold what it should")
    return rows, places


def _by_text(encoded: Encoded) -> list[_Kept]:
    """One entry a text: its vector, then its passages with their spans."""
    kept: list[_Kept] = []
    ends = np.searchsorted(encoded.passage_owner, np.arange(len(encoded.embeddings) + 1))
    for i, row in enumerate(encoded.embeddings):
        mine = slice(int(ends[i]), int(ends[i + 1]))
        rows = np.concatenate([row[None, :], encoded.passage_embeddings[mine]])
        kept.append((rows, encoded.passage_spans[mine]))
    return kept


def _document(rows: Embeddings, spans: Integers) -> Encoded:
    """Return one text as encoded: its vector is the first row, its passages are the others."""
    return Encoded(rows[:1], rows[1:], np.zeros(len(spans), np.int64), spans)
