"""What a reading reports while it goes on: documents that it cannot use, and choices that it made.

Nothing here is printed or logged. The caller's callbacks decide what becomes of a report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from protolabel.errors import InputError

T = TypeVar("T")


def without_source(message: str, source: str) -> str:
    """Return a message without the source that it begins with."""
    return message.removeprefix(f"{source}: ").removeprefix(f"{source}:") if source else message


def with_source(message: str, source: str) -> str:
    """Return a message that begins with its source, once."""
    return message if message.startswith(f"{source}:") else f"{source}: {message}"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that cannot be used. ``source`` is its file, or its file and line."""

    source: str
    error: InputError

    @property
    def reason(self) -> str:
        """Return what is wrong and what to do about it, without the source."""
        return without_source(str(self.error), self.source)


@dataclass(frozen=True, slots=True)
class Notice:
    """A choice that a reader made, as a sentence: a guessed field, an encoding, files left out."""

    source: str
    message: str


@dataclass(slots=True)
class Reports:
    """Hands reports to the caller. Without ``on_unreadable`` the first unusable document ends all.

    ``n_unreadable`` counts the documents that were reported.
    """

    on_unreadable: Callable[[Unreadable], None] | None = None
    on_notice: Callable[[Notice], None] | None = None
    n_unreadable: int = 0
    _notices: set[tuple[str, str]] = field(default_factory=set)

    def unreadable(self, source: str, error: InputError) -> None:
        """Report a document that is left out, or raise its error where that is not wanted."""
        if self.on_unreadable is None:
            raise error
        self.n_unreadable += 1
        self.on_unreadable(Unreadable(source, error))

    def notice(self, source: str, message: str) -> None:
        """Report a choice, once: a file may be read again in another way."""
        if self.on_notice is not None and (source, message) not in self._notices:
            self._notices.add((source, message))
            self.on_notice(Notice(source, message))


def in_place(
    read: Callable[[Callable[[Unreadable], None]], Iterable[T]],
) -> Iterator[T | Unreadable]:
    """Return what a reading yields, with each document that cannot be used in its place.

    ``read`` is called at once with what the reading is to call for such a document.
    """
    reports: deque[Unreadable] = deque()
    return _with_reports(read(reports.append), reports)


def _with_reports(items: Iterable[T], reports: deque[Unreadable]) -> Iterator[T | Unreadable]:
    for item in items:
        while reports:
            yield reports.popleft()
        yield item
    while reports:
        yield reports.popleft()
