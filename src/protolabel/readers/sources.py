"""The sources of one call -> their names: how documents of one are told from those of another."""

from __future__ import annotations

import os
from collections.abc import Iterable

from protolabel.errors import InputError
from protolabel.readers.paths import STDIN, source_name
from protolabel.readers.rows import Origin

Source = str | os.PathLike[str]


def origins(sources: Source | Iterable[Source]) -> list[Origin]:
    """Return the sources with names that tell them apart.

    The short name of a source is the last part of its path. Where two of these are equal, the short
    name of every source is its path as it was given. Raises InputError for what is no path, and for
    a source that stands there twice or lies in a folder that is read as well.
    """
    if isinstance(sources, str | os.PathLike):
        return [Origin.of(_path(sources))]
    is_single = isinstance(sources, bytes) or not isinstance(sources, Iterable)
    if is_single or getattr(sources, "ndim", 1) == 0:
        _path(sources)  # is refused
    if hasattr(sources, "columns") and hasattr(sources, "iloc"):
        raise InputError(
            f"a table in memory, with the columns {', '.join(map(str, list(sources.columns)[:5]))}",
            expected="the path of a file or folder, or several",
            remedy='label its texts: LabelSpace.label_many(table["text"]); or add them with their '
            'labels: LabelSpace.add(table["text"], table["label"])',
        )
    paths = [_path(source) for source in sources]
    _refuse_overlap(paths)
    alone = [Origin.of(path) for path in paths]
    if len({origin.place for origin in alone}) == len(alone):
        return alone
    return [Origin(o.path, o.name, source_name(os.path.normpath(o.path))) for o in alone]


def _path(source: object) -> str:
    path = os.fspath(source) if isinstance(source, str | os.PathLike) else None
    if isinstance(path, str) and not _is_encodable(path):
        raise InputError(
            f"a source with a character that no file name has: {path[:60]!r}",
            expected="the path of a file or folder",
        )
    if not isinstance(path, str):
        raise InputError(
            f"a source of type {type(source).__name__}",
            expected="the path of a file or folder, as a string or Path, or - for standard input",
            remedy="label texts that are in memory with LabelSpace.label_many",
        )
    return path


def _is_encodable(path: str) -> bool:
    """Return whether a file may be called so: lone surrogates stand for single bytes, at most."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _refuse_overlap(paths: list[str]) -> None:
    """Raise InputError where a document would be read twice."""
    places: dict[str, str] = {}
    for path in paths:
        place = path if path == STDIN else os.path.realpath(path)
        if place in places:
            raise InputError(
                f"{source_name(path)}: given twice",
                expected="each source once",
                remedy="leave one of them out",
            )
        places[place] = path
    for place, path in places.items():
        above = os.path.dirname(place)
        while place != STDIN and above not in places and above != os.path.dirname(above):
            above = os.path.dirname(above)
        if place != STDIN and above in places and above != place:
            raise InputError(
                f"{source_name(path)}: lies in {source_name(places[above])}, which is read as well",
                expected="each document once",
                remedy="leave one of the two out",
            )
