"""The label spaces of a service: opened on demand, closed when idle or at the end."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.service.batching import Batcher
from protolabel.service.options import Bounds
from protolabel.service.problems import Refusal

IDLE_SECONDS = 900.0


_OPENINGS = itertools.count(1)


class Served:
    """One open label space with its batcher."""

    def __init__(
        self, name: str, space: LabelSpace, bounds: Bounds, file: tuple[int, int] | None
    ) -> None:
        self.name, self.space, self.file = name, space, file
        self.opening = next(_OPENINGS)  # no two have the same, whatever file they are of
        self.batcher = Batcher(space.view, bounds)
        self.used_at = time.monotonic()


class Spaces:
    """Label spaces by name: the name of the file without its ending."""

    def __init__(self, paths: Mapping[str, Path], bounds: Bounds, encoder: str | None) -> None:
        self._paths, self._bounds, self._encoder = dict(paths), bounds, encoder
        self._open: dict[str, Served] = {}
        self._replaced: list[Served] = []  # to be closed
        self._opening = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The names, in the order in which they were given."""
        return list(self._paths)

    @property
    def open_ones(self) -> list[Served]:
        """Those that are open now."""
        return list(self._open.values())

    def check_name(self, name: str) -> None:
        """Raise Refusal (404) for a name that is not here."""
        if name not in self._paths:
            raise Refusal(
                404,
                f"no label space named {name[:60]!r}",
                expected=f"one of {', '.join(self._paths)}",
            )

    def served(self, name: str) -> Served:
        """Return a label space, open. Raises Refusal (404) for a name that is not here."""
        self.check_name(name)
        with self._opening:
            served = self._open.get(name)
            if served is not None and served.file != _file_of(self._paths[name]):
                self._replaced.append(self._open.pop(name))  # another file has its name now
                served = None
            if served is None:
                path = self._paths[name]
                file = _file_of(path)
                space = LabelSpace(path, encoder=self._encoder)
                served = self._open[name] = Served(name, space, self._bounds, file)
            served.used_at = time.monotonic()
            return served

    async def close_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Close label spaces that nobody has asked for some time; not while one is opened."""
        oldest = time.monotonic() - seconds
        if not self._opening.acquire(blocking=False):
            return  # the next sweep closes them; the event loop does not wait
        try:
            idle = [
                name
                for name, served in self._open.items()
                if served.used_at < oldest and not served.batcher.waiting
            ]
            leaving = [*self._replaced, *(self._open.pop(name) for name in idle)]
            self._replaced = []
        finally:
            self._opening.release()
        for served in leaving:
            await _closed(served)

    async def close(self) -> None:
        """Finish what was accepted, then close all."""
        for served in [*self._replaced, *self._open.values()]:
            await _closed(served)
        self._open.clear()


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


def _file_of(path: Path) -> tuple[int, int] | None:
    """Return which file has a name now, None where none has."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


async def _closed(served: Served) -> None:
    await served.batcher.close()
    with suppress(Exception):
        served.space.close()
