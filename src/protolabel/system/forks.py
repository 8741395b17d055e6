"""Guards for what belongs to one process: in a forked child they raise an error with a remedy.

Connections, locks and threads do not survive a fork: a lock that another thread held stays locked
forever in the child. So the process is compared before any lock is taken. Nothing is repaired.
"""

from __future__ import annotations

import os
import threading
from types import TracebackType

from protolabel.errors import StoreError

AFTER_THE_FORK = (
    "close it before the fork, and open it in each process after it: LabelSpace(path); or start "
    'the processes with multiprocessing.get_context("spawn")'
)
"""What works: SQLite in a child takes the locks of its parent for its own, and loses changes."""


class ProcessGuard:
    """Remembers the process that made it."""

    def __init__(self, what: str) -> None:
        self._what, self._pid = what, os.getpid()

    @property
    def inherited(self) -> bool:
        """Whether this process got it by a fork."""
        return os.getpid() != self._pid

    def require(self) -> None:
        """Raise StoreError in any other process than the one that made it."""
        if self.inherited:
            raise StoreError(
                f"{self._what} was opened in process {self._pid}, and this is its child "
                f"{os.getpid()}",
                expected="a label space that this process opened itself",
                remedy=AFTER_THE_FORK,
            )


class GuardedLock:
    """A re-entrant lock that raises StoreError in a forked child, where it would never be free."""

    def __init__(self, guard: ProcessGuard) -> None:
        self._guard, self._lock = guard, threading.RLock()

    def acquire(self) -> None:
        """Take the lock, and wait for it if need be."""
        self._guard.require()
        self._lock.acquire()

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
