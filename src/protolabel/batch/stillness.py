"""When a file that appears is complete: its size and times have stood still for a while.

It looks again and again, which works on network drives, too, where systems report nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.open_writers import is_being_written

STILL_SECONDS = 2.0  # how long a file stands still before it is read
LOOK_SECONDS = 1.0  # between two looks
LOOK_SHARE = 4.0  # times as long as a look took, where a folder is large
_OLD_SECONDS = 60.0  # a file of that age is complete at the first look


class Stillness:
    """Remembers when each file was first seen as it is now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, tuple[Stamp, float]] = {}
        self._failed: dict[str, Stamp] = {}
        self._reported: set[str] = set()
        self._absent: set[str] = set()

    def ready(self, path: str, stamp: Stamp) -> bool:
        """Return whether a file is complete, and has not failed as it is now."""
        if self._failed.get(path) == stamp:
            return False
        moment = self._clock()
        earlier, since = self._since.get(path, (None, moment))
        if earlier != stamp:
            since = moment
            self._since[path] = stamp, moment
        if is_being_written(path):
            return False
        age = time.time() - max(stamp.mtime_ns, stamp.ctime_ns) / 1e9
        if moment - since < STILL_SECONDS and not age > _OLD_SECONDS:
            return False
        self._since.pop(path, None)
        return True

    def failed(self, path: str, stamp: Stamp | None = None) -> None:
        """Take note of a file that cannot be used, which is tried again when it changes.

        Args:
            path: the file's.
            stamp: as it was when it was tried; None for as it is now.
        """
        try:
            self._failed[path] = stamp or Stamp.of(path)
        except OSError:
            self._failed.pop(path, None)

    def is_new_failure(self, source: str) -> bool:
        """Return whether a folder that cannot be listed was not reported before."""
        new = source not in self._reported
        self._reported.add(source)
        return new

    def newly_absent(self, inputs: Sequence[str], present: Collection[str]) -> list[str]:
        """Return the inputs that are not there, and were there at the look before."""
        absent = {source for source in inputs if source not in present}
        new = [source for source in inputs if source in absent - self._absent]
        self._absent = absent
        return new

    def pause(self, look_seconds: float) -> float:
        """Return for how many seconds to wait after a look that took so long."""
        return max(LOOK_SECONDS, LOOK_SHARE * look_seconds)
