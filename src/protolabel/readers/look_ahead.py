"""The beginning of a stream that cannot go back: looked at once, and there for the next reader."""

from __future__ import annotations

import io
from typing import Any, BinaryIO
from weakref import WeakKeyDictionary

_BEGINNINGS: WeakKeyDictionary[BinaryIO, bytes] = WeakKeyDictionary()


def beginning_of_stream(stream: BinaryIO, size: int) -> bytes:
    """Return the first bytes of a stream, which :func:`with_beginning` gives back to it."""
    beginning = _BEGINNINGS.get(stream, b"")
    while len(beginning) < size:
        part = stream.read(size - len(beginning))
        if not part:
            break
        beginning += part
    _BEGINNINGS[stream] = beginning
    return beginning[:size]


def with_beginning(stream: BinaryIO) -> BinaryIO:
    """Return a stream with what was looked at of it before."""
    beginning = _BEGINNINGS.pop(stream, b"")
    return io.BufferedReader(_BeginningAndStream(beginning, stream)) if beginning else stream


class _BeginningAndStream(io.RawIOBase):
    """Bytes, then a stream."""

    def __init__(self, beginning: bytes, stream: BinaryIO) -> None:
        self._beginning, self._stream = beginning, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._beginning[: len(buffer)]
        self._beginning = self._beginning[len(part) :]
        if not part:
            read = getattr(self._stream, "read1", self._stream.read)
            part = read(len(buffer))
        buffer[: len(part)] = part
        return len(part)
