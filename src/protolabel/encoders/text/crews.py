"""The requests of a compiled network, lent to one call at a time. It runs none of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Crews:
    """Sets of requests, one request a stream; as many sets as there are calls at once."""

    def __init__(self, compiled: Any) -> None:
        """Make no request yet."""
        self._compiled = compiled
        self._size = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._idle: list[list[Any]] = []
        self._n_calls = 0
        self._lock = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[tuple[list[Any], int]]:
        """Yield requests that no other thread is using, and how many streams are for this call.

        Calls that are under way at once share the streams: with two calls and two streams, one
        large batch at a time of each keeps both busy.
        """
        with self._lock:
            self._n_calls += 1
            n_streams = max(1, self._size // self._n_calls)
            crew = self._idle.pop() if self._idle else []
        try:
            crew = crew or [self._compiled.create_infer_request() for _ in range(self._size)]
            yield crew, n_streams
        finally:
            with self._lock:
                self._n_calls -= 1
                if crew:
                    self._idle.append(crew)
