"""When a batch begins: at once, or a moment later while the callers of the last one come again.

Callers that ask again as soon as they are answered come within milliseconds of each other. Without
this wait the first of them would be encoded alone, and the encoder works best on many documents.
Half of the documents are enough for a batch: two batches are under way at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

_WAIT = 0.25  # of the time of the last batch: the longest wait after its end
_PAUSE = 0.06  # of the same: without a new document for so long, nobody else comes
_MOST_SECONDS = 0.1
_LEAST_SECONDS = 0.002


class Gathering:
    """Waits until enough documents are there, as far as the last batch says that more will come."""

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Expect nobody yet; ``clock`` and ``sleep`` are in seconds."""
        self._clock, self._sleep = clock, sleep
        self._enough, self._deadline, self._pause = 0, 0.0, 0.0

    def note(self, documents: int, seconds: float, waiting: int) -> None:
        """Take note of a batch that has just ended.

        Args:
            documents: that it had.
            seconds: that it took.
            waiting: the other documents without an answer, also those of the other batch.
        """
        self._enough = -(-(documents + waiting) // 2)
        self._deadline = self._clock() + min(_WAIT * seconds, _MOST_SECONDS)
        self._pause = min(max(_PAUSE * seconds, _LEAST_SECONDS), _MOST_SECONDS)

    async def wait(self, waiting: Callable[[], int]) -> None:
        """Wait until enough documents are there, none came for a moment, or time is up."""
        while (before := waiting()) < self._enough and self._clock() < self._deadline:
            await self._sleep(self._pause)
            if waiting() == before:
                return
