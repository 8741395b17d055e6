"""One import of a scientific package at a time, whichever thread it is in.

SciPy and scikit-learn are imported when they are first needed, and their parts import one another.
Two threads that begin at different parts can meet one that is half made.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.RLock()


@contextmanager
def one_import() -> Iterator[None]:
    """Hold back the imports of other threads until the block has imported what it needs.

    Import nothing else in it: a block that waits for more might wait for a thread that waits here.
    """
    with _lock:
        yield


def _free_in_child() -> None:
    """Free the lock in a forked child, where the thread that held it is not."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child)
