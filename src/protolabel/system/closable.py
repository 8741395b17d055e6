"""What has ``close`` and can stand in a ``with`` statement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Closable(ABC):
    """Is closed at the end of the ``with`` block, whatever happens there."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """End the use of what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
