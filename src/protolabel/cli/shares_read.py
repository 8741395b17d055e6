"""Progress of reading whose end nobody knows: documents so far, and the share of the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from protolabel.progress import Meter, Progress, Step

T = TypeVar("T")


def with_shares(items: Iterable[T], read_bytes: Meter, progress: Progress) -> Iterator[T]:
    """Yield items, and say at times how many there were and which share of the bytes that is."""
    n = 0
    for n, item in enumerate(items, start=1):
        yield item
        if n % 64 == 0:
            share = Step(read_bytes.what, read_bytes.done, read_bytes.total).fraction
            progress(Step("documents", n, share=share))
    progress(Step("documents", n, n))
