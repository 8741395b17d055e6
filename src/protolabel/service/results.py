"""What takes seconds to make of a label space: made once for an opening and a version, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from cachetools import LRUCache

from protolabel.label_space.label_space import LabelSpace
from protolabel.service.spaces import Served

_MOST = 16  # results, of all label spaces together

_Key = tuple[str, int, int]  # kind, opening, version
_Record = dict[str, Any]


class Results:
    """Records by kind, opening and version. Who asks while one is made waits for that one alone."""

    def __init__(self) -> None:
        self._records: LRUCache[_Key, _Record] = LRUCache(_MOST)
        self._pending: dict[_Key, Future[_Record]] = {}
        self._lock = threading.Lock()  # of the tables; never held while a record is made

    def record(self, kind: str, served: Served, make: Callable[[LabelSpace], _Record]) -> _Record:
        """Return what was made of this version, or make it. Raises what ``make`` raises."""
        key = (kind, served.opening, served.space.version)
        with self._lock:
            if key in self._records:
                return self._records[key]
            pending = self._pending.get(key)
            is_first = pending is None
            if pending is None:
                pending = self._pending[key] = Future()
        if is_first:
            self._make(key, pending, served.space, make)
        return pending.result()

    def _make(
        self,
        key: _Key,
        pending: Future[_Record],
        space: LabelSpace,
        make: Callable[[LabelSpace], _Record],
    ) -> None:
        """Make a record for all who wait for it; keep it unless the version has changed."""
        try:
            record = make(space)
            is_of_version = space.version == key[-1]  # else it may be of either version
        except BaseException as error:
            with self._lock:
                del self._pending[key]
            pending.set_exception(error)
            return
        with self._lock:
            del self._pending[key]
            if is_of_version:
                self._records[key] = record
        pending.set_result(record)
