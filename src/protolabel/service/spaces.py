"""The label spaces of a service: opened on demand, closed when idle or at the end.

Opening and closing take time: neither is done on the event loop. While a label space is being
closed, nobody opens its file: the lock of its place is held.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

from protolabel.encoders import AnyEncoder
from protolabel.errors import InputError, StoreError
from protolabel.label_space.label_space import LabelSpace
from protolabel.service.batching import Batcher
from protolabel.service.fitted_views import FittedViews
from protolabel.service.limits import Bounds
from protolabel.service.measures import Measures
from protolabel.service.problems import Refusal
from protolabel.store.open_files import identity_of

IDLE_SECONDS = 900.0
log = logging.getLogger("protolabel.service")

_OPENINGS = itertools.count(1)
_NOT_FOUND = "SpaceNotFound"  # no document or class, but the label space itself


class Served:
    """One open label space with its batcher."""

    def __init__(
        self,
        name: str,
        space: LabelSpace,
        bounds: Bounds,
        file: tuple[int, int] | None,
        measures: Measures,
    ) -> None:
        self.name, self.space, self.file = name, space, file
        self.opening = next(_OPENINGS)  # no two have the same, whatever file they are of
        self.views = FittedViews(space, bounds.fit_seconds)
        self.batcher = Batcher(self.views.newest, bounds, partial(measures.count_answers, name))
        self.used_at = time.monotonic()
        self.jobs = 0  # that run in it here; it stays open for them

    @property
    def is_busy(self) -> bool:
        """Whether documents wait to be answered, or jobs run."""
        return bool(self.batcher.waiting or self.jobs)

    def close(self) -> None:
        """Close the label space, whose batcher is closed."""
        self.views.close()
        self.space.close()


class _Place:
    """Where one label space stands. The lock is held while it is opened or closed.

    ``predecessors``: what is open of files that had the name before.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.served: Served | None = None
        self.predecessors: list[Served] = []
        self.was_served = False

    def turn_to(self, file: tuple[int, int] | None) -> None:
        """Serve what is open of the file that has the name now, and nothing of another file."""
        if self.served is not None and self.served.file != file:
            self.predecessors.append(self.served)
            self.served = None
        for one in self.predecessors:
            if self.served is None and one.file == file:  # it came back
                self.served = one
        self.predecessors = [one for one in self.predecessors if one is not self.served]

    def surplus(self, oldest: float) -> list[Served]:
        """Take out what is to be closed: not asked since ``oldest``, or of another file.

        What is busy stays open. The log of a file that was moved goes along with the file.
        """
        self.turn_to(identity_of(self.path))
        leaving = [one for one in self.predecessors if not one.is_busy]
        self.predecessors = [one for one in self.predecessors if one.is_busy]
        if self.served and self.served.used_at < oldest and not self.served.is_busy:
            leaving.append(self.served)
            self.served = None
        return leaving

    def everything(self) -> list[Served]:
        """Take out all that is open, also what is busy; what is being opened is waited for."""
        with self.lock:
            leaving = [*self.predecessors, *filter(None, [self.served])]
            self.served, self.predecessors = None, []
            return leaving


class Spaces:
    """Label spaces by name: the name of the file without its ending."""

    def __init__(
        self,
        paths: Mapping[str, Path],
        bounds: Bounds,
        encoder: str | AnyEncoder | None,
        measures: Measures | None = None,
    ) -> None:
        self._places = {name: _Place(path) for name, path in paths.items()}
        self._bounds, self._encoder = bounds, encoder
        self._measures = measures or Measures()
        # Of its own: threads that wait until a label space is closed take up those of the loop.
        self._closer = ThreadPoolExecutor(1, thread_name_prefix="close")
        self._sweeps: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def names(self) -> list[str]:
        """The names, in the order in which they were given."""
        return list(self._places)

    @cached_property
    def names_by_path(self) -> dict[str, str]:
        """The name of each label space by its path, as messages of the library may have it."""
        names = {
            str(form): name
            for name, place in self._places.items()
            for form in (place.path, place.path.absolute(), place.path.resolve())
        }
        return dict(sorted(names.items(), key=lambda one: -len(one[0])))  # whole paths first

    @property
    def open_ones(self) -> list[Served]:
        """Those that are open now."""
        return [place.served for place in self._places.values() if place.served is not None]

    @property
    def waiting(self) -> int:
        """How many documents wait for their encoder."""
        return sum(served.batcher.waiting for served in self.open_ones)

    def has(self, name: str) -> bool:
        """Return whether a label space has that name."""
        return name in self._places

    def check_name(self, name: str) -> None:
        """Raise Refusal (404) for a name that is not here."""
        if name not in self._places:
            raise Refusal(
                404,
                f"no label space named {name[:60]!r}",
                expected=f"one of {', '.join(self._places)}",
                kind=_NOT_FOUND,
            )

    def served(self, name: str) -> Served:
        """Return a label space, open; the opening of one delays no other.

        Raises:
            Refusal: a name that is not here (404), or the service has stopped (503).
        """
        self.check_name(name)
        place = self._places[name]
        with place.lock:
            if self._is_closed:
                raise stopped()
            file = identity_of(place.path)
            place.turn_to(file)
            if file is None and place.was_served:
                raise _moved(name)
            if place.served is None:
                space = LabelSpace(place.path, encoder=self._encoder)
                place.served = Served(name, space, self._bounds, file, self._measures)
                place.was_served = True
            place.served.used_at = time.monotonic()
            return place.served

    def present(self, name: str) -> Served | None:
        """Return a label space that is open already; None where it must be opened, or waited for.

        Raises:
            Refusal: a name that is not here (404).
        """
        self.check_name(name)
        place = self._places[name]
        if self._is_closed or not place.lock.acquire(blocking=False):
            return None
        try:
            served = place.served
            if served is None or served.file != identity_of(place.path):
                return None
            served.used_at = time.monotonic()
            return served
        finally:
            place.lock.release()

    async def close_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Close label spaces that nobody has asked for some time; not one that is being opened.

        A closing that has begun goes on where the caller is cancelled. :meth:`close` waits for it.
        """
        oldest = time.monotonic() - seconds
        for place in self._places.values():
            if place.lock.acquire(blocking=False):  # else the next sweep comes to it
                sweep = asyncio.create_task(self._sweep(place, oldest))
                self._sweeps.add(sweep)
                sweep.add_done_callback(self._sweeps.discard)
                await asyncio.shield(sweep)

    async def _sweep(self, place: _Place, oldest: float) -> None:
        """Close what is to be closed in a place, whose lock is held, and release the lock."""
        try:
            await self._close(place.surplus(oldest))
        finally:
            place.lock.release()

    async def close(self) -> None:
        """Finish what was accepted, then close all; none is opened from now on."""
        self._is_closed = True
        for place in self._places.values():
            await self._close(await asyncio.to_thread(place.everything))
        self._closer.shutdown()

    async def _close(self, leaving: list[Served]) -> None:
        loop = asyncio.get_running_loop()
        for served in leaving:
            await served.batcher.close()
            try:
                await loop.run_in_executor(self._closer, served.close)
            except StoreError as error:
                log.warning(json.dumps({"close": str(error)}))


def stopped() -> Refusal:
    """Return what a request is answered that comes while the service stops."""
    return Refusal(503, "a service that is being stopped", remedy="send it again")


def _moved(name: str) -> Refusal:
    return Refusal(
        404,
        f"the file of the label space {name!r} was moved or deleted while it was served",
        expected="the file at the path with which the service was started",
        remedy="give it that name again, or end the service and start it with the new one; where "
        "it was moved, its new place has all changes once the service has ended",
        kind=_NOT_FOUND,
    )


def named(paths: list[str]) -> dict[str, Path]:
    """Return label spaces by name. Raises InputError where two have one name."""
    by_name: dict[str, Path] = {}
    for path in map(Path, paths):
        if path.stem in by_name:
            raise InputError(
                f"two label spaces named {path.stem!r}: {by_name[path.stem]} and {path}",
                expected="file names that differ",
                remedy="rename one of the files",
            )
        by_name[path.stem] = path
    return by_name
