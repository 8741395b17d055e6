"""Parts a batch that was refused until each item that cannot be used is alone. Encodes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from protolabel.errors import InputError, ItemError

T = TypeVar("T")
R = TypeVar("R")


def usable_parts(
    items: Sequence[T], use: Callable[[Sequence[T], int], R], first: int = 0
) -> Iterator[tuple[Sequence[T], R | InputError]]:
    """Yield the items in parts, in order, each with what ``use`` makes of the part.

    A part that is refused is asked for again in smaller ones: without the item that an ItemError
    names, or in halves. An item that is refused alone comes with the InputError.

    Args:
        items: in any number.
        use: is called with a part and the position of its first item.
        first: the position of the first of the items.
    """
    try:
        result: R | InputError = use(items, first)
    except InputError as error:
        if len(items) > 1:
            for start, stop in pairwise(_cuts(error, len(items))):
                yield from usable_parts(items[start:stop], use, first + start)
            return
        result = error
    yield items, result


def _cuts(error: InputError, n: int) -> list[int]:
    """Return where n items are parted, ascending, with both ends."""
    if not isinstance(error, ItemError) or not 0 <= error.position < n:
        return [0, n // 2, n]
    return sorted({0, error.position, error.position + 1, n})
