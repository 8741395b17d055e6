"""The file of the embedding cache: entries by key, each with a digest, in SQLite. No encoder.

It is derived data. A row whose digest does not fit is not used, and is rebuilt; a damaged cache
is put aside; where the file cannot be written, there is no cache. None of these is an error, and
each leaves one line in the debug log. A file that somebody named and that is no cache is never
changed: one warning says that there is no cache. In the usual place, whatever SQLite cannot read
counts as a damaged cache.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import struct
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from protolabel.beginnings import Beginnings
from protolabel.system.private_files import make_private
from protolabel.types import Encoded

log = logging.getLogger(__name__)

FORMAT = 6
SETTING = "PROTOLABEL_CACHE"  # the variable that names the file
_PAGE = 500  # keys of one question
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_BEGINS = b"SQLite format 3\0"
_LONGEST_PAGE = 2**16
_TABLES = {  # how the definitions of its tables begin, in every format
    "kept": "CREATE TABLE kept (key BLOB PRIMARY KEY, vectors BLOB NOT NULL",
    "clock": "CREATE TABLE clock (n INTEGER NOT NULL",
}
_foreign: set[Path] = set()  # files of others that a warning has named
_UNCOUNTED = b""  # in the place of what the encoder does not say


class CacheFile:
    """Entries by key; one entry is one document, with its passages. ``dim``: of its vectors.

    ``most_bytes`` bounds the vectors kept: the least recently used go first. ``is_named``: somebody
    has named the file, so that it may be of another program; in the usual place, all is ours.
    """

    def __init__(self, path: Path, dim: int, most_bytes: int, *, is_named: bool) -> None:
        self._path, self._dim, self._most = path, dim, most_bytes
        self._is_named = is_named
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._db = self._connection()

    def entries(self, keys: list[bytes]) -> dict[bytes, Encoded]:
        """Return the sound entries of these keys; they count as used now."""
        entries: dict[bytes, Encoded] = {}
        self._follow_fork()
        with self._lock:
            if self._db is None:
                return entries
            try:
                for at in range(0, len(keys), _PAGE):
                    entries |= self._page(self._db, keys[at : at + _PAGE])
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY:  # else another process is at it
                    self._begin_again(error)
            except sqlite3.DatabaseError as error:
                self._begin_again(error)
        return entries

    def _page(self, db: sqlite3.Connection, keys: list[bytes]) -> dict[bytes, Encoded]:
        marks = ", ".join("?" * len(keys))
        rows = db.execute(
            f"SELECT key, vectors, spans, unread, weights, digest FROM kept WHERE key IN ({marks})",
            keys,
        ).fetchall()
        entries = {}
        for key, *row, digest in rows:
            sound = digest == _digest(key, *row)
            if sound and (entry := _encoded_of(tuple(row), self._dim)) is not None:
                entries[key] = entry
            else:
                log.debug("an entry of the embedding cache is damaged: it is rebuilt")
        used = list(entries)
        marks = ", ".join("?" * len(used))
        db.execute(f"UPDATE kept SET used = (SELECT n FROM clock) WHERE key IN ({marks})", used)
        return entries

    def keep(self, entries: dict[bytes, Encoded]) -> None:
        """Write entries, each of one document; over what is there of the same key."""
        self._follow_fork()
        with self._lock:
            if self._db is None:
                return
            try:
                self._db.execute("BEGIN IMMEDIATE")
                rows = [(key, *_row_of(entry)) for key, entry in entries.items()]
                self._db.executemany(
                    "INSERT OR REPLACE INTO kept SELECT ?, ?, ?, ?, ?, ?, n FROM clock",
                    [(*row, _digest(*row)) for row in rows],
                )
                size = sum(len(vectors) for _, vectors, *_ in rows)
                self._db.execute("UPDATE clock SET n = n + 1, size = size + ?", (size,))
                self._evict(self._db)
                self._db.execute("COMMIT")
            except sqlite3.OperationalError as error:  # locked, or no room: the answer does not
                log.debug("the embedding cache is not written (%s)", error)  # need it
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            except sqlite3.DatabaseError as error:
                self._begin_again(error)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _evict(self, db: sqlite3.Connection) -> None:
        (size,) = db.execute("SELECT size FROM clock").fetchone()
        if size <= self._most:
            return
        # That counts an entry twice that two processes added; this reads the whole file.
        (size,) = db.execute("SELECT total(length(vectors)) FROM kept").fetchone()
        # The oldest fifth goes at once, so that this does not happen at every addition.
        rows = db.execute("SELECT key, length(vectors) FROM kept ORDER BY used, rowid")
        keys, remaining = [], float(size)
        for key, length in rows.fetchall() if remaining > self._most else ():
            if remaining <= 0.8 * self._most:
                break
            keys.append((key,))
            remaining -= length
        db.executemany("DELETE FROM kept WHERE key = ?", keys)
        db.execute("UPDATE clock SET size = ?", (int(remaining),))

    # -- opening --------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                return _connect(self._path)
            except _ForeignError as error:
                self._warn(error)
                return None
            except sqlite3.OperationalError as error:
                # no folder, no right to write, locked for too long
                log.debug("no embedding cache at %s (%s)", self._path, error)
                return None
            except sqlite3.DatabaseError as error:
                if not self._put_aside(error):
                    return None
        return None

    def _begin_again(self, error: Exception) -> None:
        """Put a damaged file aside and begin another."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = self._connection() if self._put_aside(error) else None

    def _put_aside(self, error: Exception) -> bool:
        """Rename a damaged cache; where one was put aside before, this one goes.

        What was named and does not begin as a cache stays.
        """
        if self._is_named and not _begins_as_cache(self._path):
            self._warn(error)
            return False
        log.debug("the embedding cache at %s is damaged (%s): a new one", self._path, error)
        aside = Path(f"{self._path}.damaged")
        try:
            for name in (f"{self._path}-wal", f"{self._path}-shm"):
                Path(name).unlink(missing_ok=True)
            if aside.exists():
                self._path.unlink(missing_ok=True)
            else:
                self._path.rename(aside)
        except OSError:  # another process was first, or the folder cannot be written
            return not self._path.exists()
        return True

    def _warn(self, error: Exception) -> None:
        if self._path not in _foreign:
            _foreign.add(self._path)
            log.warning(
                "no embedding cache: %s is no cache and stays as it is (%s); "
                "give %s the name of a new file, or `off`",
                self._path,
                error,
                SETTING,
            )

    def _follow_fork(self) -> None:
        """Open the file again in a forked child: connections and locks do not survive a fork."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.Lock()
            self._db = self._connection()


class _ForeignError(Exception):
    """The file is none that a cache may become."""


def _connect(path: Path) -> sqlite3.Connection:
    if os.path.exists(path) and not os.path.isfile(path):
        raise _ForeignError("it is a folder or a device")
    with suppress(OSError):  # it is there, or SQLite says why it cannot be
        make_private(path)
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        for name, definition in db.execute("SELECT name, sql FROM sqlite_master"):
            is_own = name in _TABLES and definition.startswith(_TABLES[name])
            if not is_own and not name.startswith("sqlite_"):
                raise _ForeignError("it is another program's database")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")  # derived data: a lost entry is encoded again
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != FORMAT:
            db.executescript(
                "DROP TABLE IF EXISTS kept; DROP TABLE IF EXISTS clock;"
                "CREATE TABLE kept (key BLOB PRIMARY KEY, vectors BLOB NOT NULL, spans BLOB NOT "
                "NULL, unread BLOB NOT NULL, weights BLOB NOT NULL, digest BLOB NOT NULL, "
                "used INTEGER NOT NULL);"
                "CREATE TABLE clock (n INTEGER NOT NULL, size INTEGER NOT NULL);"
                "INSERT INTO clock VALUES (1, 0);"
                f"PRAGMA user_version = {FORMAT};"
            )
        db.execute("SELECT n, size FROM clock").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _begins_as_cache(path: Path) -> bool:
    """Return whether a file that SQLite cannot read begins as a cache, or is gone."""
    try:
        with path.open("rb") as file:
            head = file.read(_LONGEST_PAGE)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return head.startswith(_BEGINS) and _TABLES["kept"].encode() in head


def _row_of(entry: Encoded) -> tuple[bytes, bytes, bytes, bytes]:
    """Return vectors (1 + m + b, d), spans (m, 2), shares of unread tokens, weights (m + b,).

    The vectors are those of the document, of its m passages and of its b beginnings.
    """
    starts = entry.beginnings
    begun = entry.passage_embeddings[:0] if starts is None else starts.embeddings
    vectors = np.concatenate([entry.embeddings, entry.passage_embeddings, begun])
    spans, shares = entry.passage_spans.astype("<i8").tobytes(), entry.unread_shares
    unread = _UNCOUNTED if shares is None else shares.astype("<f4").tobytes()
    weights = entry.passage_weights
    weighed = _UNCOUNTED if weights is None else weights.astype("<f4").tobytes()
    weighed += b"" if starts is None else starts.weights.astype("<f4").tobytes()
    return vectors.astype("<f4").tobytes(), spans, unread, weighed


def _encoded_of(row: tuple[bytes, ...], dim: int) -> Encoded | None:
    vectors, spans, unread, weighed = row
    m = len(spans) // 16
    b = len(vectors) // (4 * dim) - 1 - m  # beginnings, each with a weight
    sizes = len(unread) in (0, 8) and len(weighed) in ({0, 4 * m} if b == 0 else {4 * (m + b)})
    if b < 0 or len(vectors) != 4 * dim * (1 + m + b) or not sizes:
        return None
    rows = np.frombuffer(vectors, dtype="<f4").reshape(-1, dim)
    places = np.frombuffer(spans, dtype="<i8").reshape(-1, 2)
    shares = None if unread == _UNCOUNTED else np.frombuffer(unread, "<f4").reshape(1, 2)
    weights = None if weighed == _UNCOUNTED else np.frombuffer(weighed, "<f4")
    owner, starts = np.zeros(m, np.int64), None
    if weights is not None:
        if b:
            starts = Beginnings(rows[1 + m :], np.zeros(b, np.int64), weights[m:])
        weights = weights[:m]
    return Encoded(rows[:1], rows[1 : 1 + m], owner, places, shares, weights, starts)


def _digest(key: bytes, *parts: object) -> bytes:
    """Return a digest of all that an entry says; of what is not of its type, one that fits none."""
    total = hashlib.blake2b(key, digest_size=16)
    for part in parts:
        if not isinstance(part, bytes):
            return b""
        total.update(struct.pack("<Q", len(part)))
        total.update(part)
    return total.digest()
