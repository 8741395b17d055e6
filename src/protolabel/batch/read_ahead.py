"""A stream in batches that grow; from a slow pipe, whatever has come after a moment.

A large batch encodes faster. A small one is answered sooner. So batches start small and double.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

SMALLEST, LARGEST = 32, 2048  # items of a batch
MOST_BYTES = 16_000_000  # of a batch, about
PAUSE_SECONDS = 0.2  # how long an item may wait for others


def batches(
    items: Iterable[T], size: Callable[[T], int], largest: int = LARGEST
) -> Iterator[list[T]]:
    """Yield the items in lists that grow from 32 to ``largest`` items, of at most about 16 MB.

    An error of the stream is raised after the items before it were yielded. ``size``: the bytes
    of an item.
    """
    batch: list[T] = []
    most, volume = SMALLEST, 0
    stream = iter(items)
    while True:
        try:
            item = next(stream)
        except StopIteration:
            break
        except Exception:
            if batch:
                yield batch
            raise
        batch.append(item)
        volume += size(item)
        if len(batch) >= most or volume >= MOST_BYTES:
            yield batch
            batch, volume, most = [], 0, min(2 * most, largest)
    if batch:
        yield batch


class ReadAhead(Generic[T]):
    """Reads a slow stream in a thread of its own, so that what has come does not wait for more.

    The thread may sit in a blocking read when the batches are no longer wanted; it is a daemon,
    and :func:`reading` says whether one is left.
    """

    def __init__(
        self, items: Iterable[T], size: Callable[[T], int], largest: int = LARGEST
    ) -> None:
        """Begin to read.

        ``largest``: items of a batch; no more are read before they are taken.
        """
        self._items, self._size, self._largest = items, size, largest
        self._buffer: list[T] = []
        self._volume = 0
        self._error: BaseException | None = None
        self._ended = self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="protolabel-reader", daemon=True)

    def batches(self) -> Iterator[list[T]]:
        """Yield what has been read: full batches, or what there is after a moment."""
        self._thread.start()
        _threads.add(self._thread)
        most = min(SMALLEST, self._largest)
        try:
            while True:
                batch = self._next(most)
                if not batch:
                    break
                yield batch
                most = min(2 * most, self._largest)
        finally:
            with self._changed:
                self._closed = True
                self._changed.notify_all()
        if self._error is not None:
            raise self._error

    def _next(self, most: int) -> list[T]:
        """Return the next batch; empty at the end of the stream."""
        with self._changed:
            self._changed.wait_for(lambda: self._buffer or self._ended)
            self._changed.wait_for(lambda: self._full(most) or self._ended, PAUSE_SECONDS)
            batch, self._buffer = self._buffer, []
            self._volume = 0
            self._changed.notify_all()
            return batch

    def _full(self, most: int) -> bool:
        return len(self._buffer) >= most or self._volume >= MOST_BYTES

    def _read(self) -> None:
        try:
            for item in self._items:
                with self._changed:
                    self._changed.wait_for(lambda: not self._full(self._largest) or self._closed)
                    if self._closed:
                        return
                    self._buffer.append(item)
                    self._volume += self._size(item)
                    self._changed.notify_all()
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()


_threads: set[threading.Thread] = set()


def still_reads() -> bool:
    """Return whether a thread still waits for a stream that nobody wants any more."""
    return any(thread.is_alive() for thread in _threads)
