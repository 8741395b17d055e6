"""The path by which a file in a sorted folder is known: that which it came from.

``label --sort-into`` puts files into such a folder and moves them on there. Its journal says where
each came from. Whoever names a file there means the document that was sorted. Here the journal is
only read, as far as it is written; ``batch.sorting`` writes it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

HOME = ".protolabel"  # the folder of the journal, in the sorted folder
JOURNAL = "journal.jsonl"
MARK = "protolabel_sorted"
_FRESH_SECONDS = 1.0  # for so long it is known whether a folder is sorted
_MOST_FOLDERS = 10_000  # of which that is kept
_MOST_SORTINGS = 8  # of one file, from one sorted folder into the next


def is_sorted_folder(path: str | Path) -> bool:
    """Return whether a folder holds the journal of a sorted folder."""
    try:
        with open(Path(path) / HOME / JOURNAL, "rb") as file:
            return file.readline(100).startswith(f'{{"{MARK}"'.encode())
    except (OSError, ValueError):
        return False


def original_path(path: str) -> str:
    """Return the path that a file in a sorted folder came from, or that what lies in it has there.

    Any other path is returned as it is, and so is one that is not absolute.
    """
    for _ in range(_MOST_SORTINGS):
        earlier = _path_before_sorting(path)
        if earlier == path:
            break
        path = earlier
    return path


def standing_path(source: str, folders: Iterable[str]) -> str:
    """Return where a file that was sorted stands now, or what lies in it; empty if that is unclear.

    Args:
        source: the absolute path that it came from.
        folders: the sorted folders that it may stand in.
    """
    places = [
        os.path.join(folder, place) + source.removeprefix(path)
        for folder in folders
        for place, path in _journal_of(folder).sources().items()
        if (source == path or source.startswith(f"{path}/"))
        and os.path.isfile(os.path.join(folder, place))
    ]
    return places[0] if len(places) == 1 else ""


def _path_before_sorting(path: str) -> str:
    folder = _sorted_folder_of(os.path.dirname(path)) if os.path.isabs(path) else ""
    if not folder:
        return path
    sources, place = _journal_of(folder).sources(), path[len(folder.rstrip("/")) + 1 :]
    end = len(place)
    while end > 0:
        source = sources.get(place[:end])
        if source is not None:
            return source + place[end:]
        end = place.rfind("/", 0, end)
    return path


class _Journal:
    """Which source each place of a sorted folder has, read on where the journal has grown."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, HOME, JOURNAL)
        self._sources: dict[str, str] = {}
        self._inode, self._offset = -1, 0
        self._lock = threading.Lock()

    def sources(self) -> dict[str, str]:
        """Return them by their places; none where the journal cannot be read."""
        with self._lock:
            try:
                status = os.stat(self._path)
                if status.st_ino != self._inode or status.st_size < self._offset:  # written anew
                    self._sources, self._inode, self._offset = {}, status.st_ino, 0
                if status.st_size > self._offset:
                    self._read_on()
            except OSError:
                return {}
            return self._sources

    def _read_on(self) -> None:
        with open(self._path, "rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):  # which is being written
                    break
                self._offset += len(line)
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            record = json.loads(line)
            if "gone" in record:
                self._sources.pop(record["gone"], None)
            elif "place" in record:
                place, source, before = record["place"], record["source"], record["moved_from"]
                if before and record["state"] != "intended" and self._sources.get(before) == source:
                    del self._sources[before]
                self._sources[place] = source
        except (ValueError, TypeError, KeyError):  # damaged: sorting says so
            return


_journals: dict[str, _Journal] = {}
_folders: dict[str, tuple[float, str]] = {}  # when each was looked at, and its sorted folder


def _journal_of(folder: str) -> _Journal:
    return _journals.setdefault(folder, _Journal(folder))


def _sorted_folder_of(folder: str) -> str:
    """Return the sorted folder that a folder is, or lies in; empty where there is none."""
    time_of_look, sorted_folder = _folders.get(folder, (-_FRESH_SECONDS, ""))
    if time.monotonic() - time_of_look < _FRESH_SECONDS:
        return sorted_folder
    sorted_folder = next(
        (str(one) for one in (Path(folder), *Path(folder).parents) if is_sorted_folder(one)), ""
    )
    if len(_folders) >= _MOST_FOLDERS:
        _folders.clear()
    _folders[folder] = time.monotonic(), sorted_folder
    return sorted_folder
