"""The label spaces of a service: opened on demand, closed when idle or at the end."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path

from protolabel.encoders import AnyEncoder
from protolabel.errors import InputError, StoreError
from protolabel.label_space.label_space import LabelSpace
from protolabel.service.batching import Batcher
from protolabel.service.limits import Bounds
from protolabel.service.measures import Measures
from protolabel.service.problems import Refusal
from protolabel.store.open_files import identity_of

IDLE_SECONDS = 900.0
log = logging.getLogger("protolabel.service")

_OPENINGS = itertools.count(1)


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
        self.batcher = Batcher(space.view, bounds, partial(measures.count_answers, name))
        self.used_at = time.monotonic()
        self.jobs = 0  # that run in it here; it stays open for them


class _Place:
    """Where one label space stands. The lock is held while it is opened, and by nobody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.served: Served | None = None
        self.was_served = False


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
        self._replaced: deque[Served] = deque()  # to be closed
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
            if place.served is not None and place.served.file != file:
                self._replaced.append(place.served)  # another file has its name now
                place.served = None
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
        """Close label spaces that nobody has asked for some time; not one that is being opened."""
        oldest = time.monotonic() - seconds
        leaving = []
        for place in self._places.values():
            if not place.lock.acquire(blocking=False):
                continue  # the next sweep closes it; the event loop does not wait
            try:
                served = place.served
                busy = served is not None and (served.batcher.waiting or served.jobs)
                idle = served is not None and served.used_at < oldest and not busy
                if served and (
                    idle or served.file != identity_of(place.path)
                ):  # moved: its log too
                    place.served = None
                    leaving.append(served)
            finally:
                place.lock.release()
        await self._close(leaving)

    async def close(self) -> None:
        """Finish what was accepted, then close all; none is opened from now on."""
        self._is_closed = True
        await self._close(
            [
                served
                for place in self._places.values()
                if (served := await asyncio.to_thread(_last_of, place)) is not None
            ]
        )

    async def _close(self, leaving: list[Served]) -> None:
        while self._replaced:
            leaving.append(self._replaced.popleft())
        for served in leaving:
            await served.batcher.close()
            try:
                served.space.close()
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


def _last_of(place: _Place) -> Served | None:
    """Return what stands there, and leave it empty; an opening that goes on is waited for."""
    with place.lock:
        served, place.served = place.served, None
        return served
