"""The memory that a benchmark takes."""

from __future__ import annotations

import resource


def peak_memory() -> float:
    """Return the most memory that this process had, in MB: pages of files that it read count."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
