"""Many names as one text, each decoded when it is asked for: 20 MB a million, not 100."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Integers


class PackedNames(Sequence[str]):
    """Names by their place: text ``(b,)`` uint8, UTF-8; ends ``(K,)`` int64, of each name."""

    __slots__ = ("_ends", "_text")

    def __init__(self, text: npt.NDArray[np.uint8], ends: Integers) -> None:
        self._text, self._ends = text, ends

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...

    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(self[i] for i in range(*place.indices(len(self))))
        place = range(len(self))[place]
        start = int(self._ends[place - 1]) if place else 0
        return bytes(self._text[start : int(self._ends[place])]).decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def part(self, start: int, stop: int) -> PackedNames:
        """Return some of the names, without decoding them."""
        at = int(self._ends[start - 1]) if start else 0
        return PackedNames(self._text[at:], self._ends[start:stop] - at)


def packed(names: Iterable[str]) -> tuple[npt.NDArray[np.uint8], Integers]:
    """Return the text and the ends of names, as :class:`PackedNames` takes them."""
    parts = [name.encode() for name in names]
    ends = np.fromiter(accumulate(map(len, parts)), "<i8", len(parts))
    return np.frombuffer(b"".join(parts), np.uint8), ends
