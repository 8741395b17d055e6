"""When a batch begins: at once, or a moment later while the callers of the last one come again.

Callers that ask again as soon as they are answered come within milliseconds of each other. Without
this wait the first of them would be encoded alone, and the encoder works best on many documents.
Half of the documents are enough for a batch: two batches are under way at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

_WAIT = 0.25  # of the time of the last batch: the longest wait after its end
_PAUSE = 0.06  # of the same: without a new document for so long, nobody else comes
_MOST_SECONDS = 0.1
_LEAST_SECONDS = 0.002


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set, or for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class Gathering:
    """Waits until enough documents are there, as far as the last batch says that more will come."""

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        set_within: Callable[[asyncio.Event, float], Awaitable[object]] = _set_within,
    ) -> None:
        """Expect nobody yet.

        Args:
            clock: says what time it is, in seconds.
            set_within: waits until an event is set, for so many seconds at most.
        """
        self._clock, self._set_within = clock, set_within
        self._enough, self._deadline, self._pause = 0, 0.0, 0.0
        self._is_enough = asyncio.Event()

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

    def note_arrival(self, waiting: int) -> None:
        """Take note that documents have come; ``waiting``: how many wait now."""
        if waiting >= self._enough:
            self._is_enough.set()

    async def wait(self, waiting: Callable[[], int]) -> None:
        """Wait until enough documents are there, none came for a moment, or time is up."""
        self._is_enough.clear()
        while (before := waiting()) < self._enough and self._clock() < self._deadline:
            await self._set_within(self._is_enough, self._pause)
            if waiting() == before:
                return
