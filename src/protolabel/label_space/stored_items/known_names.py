"""Which class names a label space has had, in memory, so that near ones are found at once.

Rows of classes are never deleted, so that the index only grows: each look reads the rows that came
since the one before. The first look reads them all: about 5 seconds a million names. So the index
of very many names stands in a file beside the label space, such as ``mail.space-names``. It is
derived and may be deleted at any time; it is bound to what it was made from.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from protolabel.arithmetic.packed_names import PackedNames, packed
from protolabel.label_space.stored_items.file_beside import history_key, path_beside
from protolabel.label_space.stored_items.near_names import NameIndex
from protolabel.store import Rows
from protolabel.store.array_file import Column, columns_of, map_arrays, read_key, write_arrays

CODE = 3  # raise it when the same names give other keys: files of older code are made again
SUFFIX = "-names"
FEWEST = 50_000  # names from which on there is a file: fewer are read in a quarter of a second
_ARRAYS = ("keys", "ends", "places", "text")


class KnownNames:
    """The names of all versions; the caller's version says which of them are in use."""

    def __init__(self) -> None:
        self._index: NameIndex | None = None
        self._newest = 0
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
            yield from self._caught_up(rows, version).near(new, in_use)

    def _caught_up(self, rows: Rows, version: int) -> NameIndex:
        path = path_beside(rows, SUFFIX)
        if self._index is None:
            self._index, self._newest = _read(path, rows, version) or (NameIndex(), 0)
        index = self._index
        names = rows.class_names_since(self._newest, version)
        index.add(name for _, name in names)
        self._newest = max((row for row, _ in names), default=self._newest)
        if path is not None and rows.writable and len(names) >= FEWEST:
            _write(path, index, _key(rows, version, self._newest))
        return index


def _key(rows: Rows, version: int, newest: int) -> dict[str, object]:
    return history_key(rows, version) | {"code": CODE, "newest": newest}


def _read(path: Path | None, rows: Rows, version: int) -> tuple[NameIndex, int] | None:
    """Return the index in the file, and the newest row that it has; None if it does not match."""
    stored = None if path is None else read_key(path)
    if path is None or stored is None:
        return None
    stored_version, newest = stored.get("version"), stored.get("newest")
    if not isinstance(stored_version, int) or not isinstance(newest, int):
        return None
    if not 0 < stored_version <= version:
        return None
    arrays = map_arrays(path, _key(rows, stored_version, newest))
    if arrays is None or tuple(arrays) != _ARRAYS:
        return None
    if columns_of(arrays) != _columns(*(arrays[name].size for name in ("keys", "ends", "text"))):
        return None
    names = PackedNames(arrays["text"], arrays["ends"])
    return NameIndex(stored=(arrays["keys"], arrays["places"], names)), newest


def _write(path: Path, index: NameIndex, key: dict[str, object]) -> None:
    keys, places, names = index.arrays()
    text, ends = packed(names)
    columns = _columns(len(keys), len(ends), len(text))
    write_arrays(path, key, columns, iter((keys, ends, places, text)))


def _columns(keys: int, names: int, letters: int) -> dict[str, Column]:
    """Return the arrays of so many keys of names, whose text has so many bytes."""
    return {
        "keys": Column("<u8", (keys,)),
        "ends": Column("<i8", (names,)),
        "places": Column("<i4", (keys,)),
        "text": Column("|u1", (letters,)),
    }
