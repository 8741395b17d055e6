"""Keeps freed memory for the next step instead of giving it back to the system after each.

Training frees and asks for the same hundreds of megabytes every step. The C library's default is
to return such blocks to the system, and the page faults that follow were a third to a half of the
time of a step (docs/decisions/0018). Only glibc has the setting; elsewhere this does nothing.
"""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def keep_freed_memory() -> bool:
    """Tell the allocator, and say whether it understood."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
