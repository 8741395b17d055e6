"""Whether another program has a file open for writing, where the system can say so."""

from __future__ import annotations

import os
import signal
import time

RECENT_SECONDS = 120.0  # how long after its last change a file may be held for unfinished


def is_being_written(path: str) -> bool:
    """Return whether a file of the last two minutes is open for writing.

    It asks for a lease for reading, which Linux refuses while somebody writes. Some network drives
    refuse every lease, so that an older file counts as finished. False where nothing can be said.
    """
    try:
        import fcntl

        lease, set_signal = fcntl.F_SETLEASE, fcntl.F_SETSIG
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (ImportError, AttributeError, OSError):
        return False
    try:
        if time.time() - os.fstat(descriptor).st_ctime > RECENT_SECONDS:
            return False
        # A lease that is broken sends SIGIO, which would end the process; this one is ignored.
        fcntl.fcntl(descriptor, set_signal, signal.SIGURG)
        fcntl.fcntl(descriptor, lease, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, lease, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # not ours, or a file system without leases
        return False
    finally:
        os.close(descriptor)
    return False
