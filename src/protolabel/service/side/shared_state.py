"""What the processes of one service share while it runs: sessions of the page, times of requests.

A service of one process holds it in memory. Several processes hold it in a file of a folder that is
theirs alone, and that ends with the service. It knows no key and no document.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass
from hashlib import sha256

from protolabel.store.files import MEMORY
from protolabel.store.sqlite_errors import Translation

_BUSY_SECONDS = 10.0
_MOST_SESSIONS = 10_000
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sessions (
    cookie TEXT PRIMARY KEY, digest TEXT NOT NULL, csrf TEXT NOT NULL, ends REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS requests (caller TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS requests_of_caller ON requests (caller, at);
PRAGMA user_version = 1;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class PageSession:
    """A signed-in page: the digest of its key, and the token that it sends beside the cookie."""

    digest: str
    csrf: str


class SharedState:
    """Sessions and times of requests; threads may share it."""

    def __init__(self, path: str = MEMORY) -> None:
        """Open it, or make it where there is none yet."""
        self._path, self._lock = path, threading.Lock()
        self._db = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA synchronous = OFF")  # nothing of it outlives the service
        if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close it; in memory, it is gone."""
        with self._lock:
            self._db.close()

    def begin_session(self, cookie: str, session: PageSession, seconds: float) -> None:
        """Remember a session for so long; the oldest ones go where there are too many."""
        second = time.time()
        with self._lock, Translation(self._path):
            self._db.execute("DELETE FROM sessions WHERE ends < ?", (second,))
            self._db.execute(
                "DELETE FROM sessions WHERE cookie NOT IN "
                "(SELECT cookie FROM sessions ORDER BY ends DESC LIMIT ?)",
                (_MOST_SESSIONS - 1,),
            )
            self._db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (_digest(cookie), session.digest, session.csrf, second + seconds),
            )

    def session(self, cookie: str) -> PageSession | None:
        """Return a session; None where there is none, or it has ended."""
        if not cookie:
            return None
        sql = "SELECT digest, csrf FROM sessions WHERE cookie = ? AND ends >= ?"
        with self._lock, Translation(self._path):
            row = self._db.execute(sql, (_digest(cookie), time.time())).fetchone()
        return None if row is None else PageSession(*row)

    def end_session(self, cookie: str) -> None:
        """Forget a session."""
        with self._lock, Translation(self._path):
            self._db.execute("DELETE FROM sessions WHERE cookie = ?", (_digest(cookie),))

    def wait_of(self, caller: str, most: int, window: float) -> float:
        """Count a request of a caller, and return 0; or the seconds to wait where it is too many.

        Args:
            caller: who asks.
            most: requests that are allowed within the window.
            window: seconds.
        """
        second = time.monotonic()  # of the machine, so that its processes agree
        with self._lock, Translation(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("DELETE FROM requests WHERE at <= ?", (second - window,))
                n, first = self._db.execute(
                    "SELECT count(*), min(at) FROM requests WHERE caller = ?", (caller,)
                ).fetchone()
                if n < most:
                    self._db.execute("INSERT INTO requests VALUES (?, ?)", (caller, second))
            finally:
                self._db.execute("COMMIT")
        return 0.0 if n < most else float(first) + window - second


def _digest(cookie: str) -> str:
    return sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
