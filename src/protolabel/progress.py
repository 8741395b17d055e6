"""Progress of long work: one protocol for reading, encoding, fitting, training and evaluation.

Work calls a :data:`Progress` with a :class:`Step` whenever it has moved on. Who calls the work
decides what to do with the steps. Nothing here shows them: the command line does, in
``cli/progress.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """How far one kind of work is.

    ``what`` names the work as a plural noun, such as "documents encoded", and stays the same from
    the first step to the last. ``done`` of ``total`` are done; ``total`` is None where it cannot be
    known. ``note`` is what else a person wants to see at the moment, such as the loss. ``share``
    says how much of the work is done, from 0 to 1, where ``done`` and ``total`` do not: documents
    of unequal length by their bytes, or training that a time limit ends.
    """

    what: str
    done: int
    total: int | None = None
    note: str = ""
    share: float | None = None

    @property
    def fraction(self) -> float | None:
        """Return the share that is done, from 0 to 1; None where it cannot be known."""
        if self.share is not None:
            return min(max(self.share, 0.0), 1.0)
        if self.total is None:
            return None
        return min(self.done / self.total, 1.0) if self.total else 1.0


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Ignore a step: the progress of work that nobody follows."""


def stepped(
    items: Iterable[T], what: str, total: int | None = None, progress: Progress = silent
) -> Iterator[T]:
    """Yield the items, with a step before the first and one after each.

    The last step says that all are done, also where the total was not known before.
    """
    done = 0
    progress(Step(what, done, total))
    for done, item in enumerate(items, start=1):
        yield item
        progress(Step(what, done, total))
    if done != total:
        progress(Step(what, done, done))


@dataclass(slots=True)
class Meter:
    """Adds up work that is done in several places, such as the bytes read of several files."""

    what: str
    total: int | None = None
    progress: Progress = silent
    done: int = field(default=0, init=False)

    def advance(self, amount: int) -> None:
        """Add ``amount`` to what is done, and report it."""
        self.done += amount
        self.progress(Step(self.what, self.done, self.total))
