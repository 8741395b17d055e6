"""Halves a batch that was refused until each item that cannot be used is alone. Encodes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from protolabel.errors import InputError

T = TypeVar("T")
R = TypeVar("R")


def usable_parts(
    items: Sequence[T], use: Callable[[Sequence[T], int], R], first: int = 0
) -> Iterator[tuple[Sequence[T], R | InputError]]:
    """Yield the items in parts, in order, each with what ``use`` makes of the part.

    A part that is refused is halved. An item that is refused alone comes with the InputError.

    Args:
        items: in any number.
        use: is called with a part and the position of its first item.
        first: the position of the first of the items.
    """
    try:
        result: R | InputError = use(items, first)
    except InputError as error:
        if len(items) > 1:
            middle = len(items) // 2
            yield from usable_parts(items[:middle], use, first)
            yield from usable_parts(items[middle:], use, first + middle)
            return
        result = error
    yield items, result
