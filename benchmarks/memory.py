"""The memory that a benchmark takes.

The rivals' own environments read this file too, so it needs no package.
"""

from __future__ import annotations

import resource
from pathlib import Path


def peak_memory() -> float:
    """Return the most memory that this process had, in MB: pages of files that it read count."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def own_memory() -> int:
    """Bytes of memory that only this process holds; pages of mapped files are not among them."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("RssAnon")).split()[1])
