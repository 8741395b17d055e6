"""How many documents were answered lately, from samples of what was counted since the start.

The count is that of all processes of the service. Nothing is stored.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

SECONDS = 60.0  # that "lately" means
SAMPLE_SECONDS = 5.0  # between two samples


class Throughput:
    """Samples of how many documents each label space has answered since the start."""

    def __init__(self, count: Callable[[str], int], names: Iterable[str]) -> None:
        """Take the first sample; ``count`` returns the documents of a label space until now."""
        self._count, self._lock = count, threading.Lock()
        self._samples: dict[str, deque[tuple[float, int]]] = {name: deque() for name in names}
        self.sample()

    def sample(self) -> None:
        """Take a sample, and drop those that are too old; one at the edge stays."""
        for name in self._samples:
            self._take(name)

    def lately(self, name: str) -> tuple[int, float]:
        """Return how many documents were answered, and in how many seconds: 60 and some at most."""
        with self._lock:
            start, before = self._samples[name][0]
        return self._count(name) - before, time.monotonic() - start

    def _take(self, name: str) -> None:
        count = self._count(name)
        with self._lock:
            samples, moment = self._samples[name], time.monotonic()
            samples.append((moment, count))
            while len(samples) > 1 and samples[0][0] < moment - SECONDS:
                samples.popleft()
