"""Which class names a label space has had, in memory, so that near ones are found at once.

Rows of classes are never deleted, so that the index only grows: each look reads the rows that came
since the one before. The first look reads them all: about 5 seconds a million names.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator

from protolabel.near_names import NameIndex
from protolabel.store import Rows


class KnownNames:
    """The names of all versions; the caller's version says which of them are in use."""

    def __init__(self) -> None:
        self._index, self._newest = NameIndex(), 0
        self._lock = threading.Lock()

    def near(
        self, rows: Rows, version: int, new: Iterable[str], without: Collection[str] = ()
    ) -> Iterator[tuple[str, list[str]]]:
        """Yield each new name that is near one of a version, or near another new one.

        Args:
            rows: of the label space.
            version: a committed one.
            new: names, each held against the others too.
            without: names of that version that are left out.
        """

        def in_use(name: str) -> bool:
            return name not in without and rows.class_named(name, version) is not None

        with self._lock:
            names = rows.class_names_since(self._newest, version)
            self._index.add(name for _, name in names)
            self._newest = max((row for row, _ in names), default=self._newest)
            yield from self._index.near(new, in_use)
