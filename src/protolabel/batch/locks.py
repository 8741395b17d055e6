"""Keeps other runs away from a file that one run writes to (decision 57)."""

from __future__ import annotations

from typing import BinaryIO


def lock(file: BinaryIO) -> None:
    """Lock an open file until it is closed, where the system has such locks.

    Raises:
        BlockingIOError: another run has it.
        OSError: the file system cannot lock.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
