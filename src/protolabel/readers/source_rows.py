"""Sources -> rows: which reader reads what, and what becomes of a source that cannot be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from itertools import chain
from typing import NamedTuple

from protolabel.errors import InputError
from protolabel.readers.devices import refuse_device
from protolabel.readers.file_rows import file_rows, refuse_unlabelled
from protolabel.readers.folder_rows import folder_rows, labelled_folder_rows, no_documents
from protolabel.readers.kinds import DOCUMENTS, kind_of
from protolabel.readers.misnamed import refuse_misnamed
from protolabel.readers.nested_folders import nested_folder_rows
from protolabel.readers.options import Format, Reading
from protolabel.readers.paths import STDIN, status
from protolabel.readers.rows import Origin, Row
from protolabel.readers.stream_rows import stream_rows
from protolabel.readers.vectors import npy_rows


def all_rows(
    all_origins: list[Origin], reading: Reading, *, among_others: bool = False
) -> Generator[Row, None, None]:
    """Return the rows of all sources. Refuses at once what is missing or has no labels.

    Where documents that cannot be used are reported, a source that is there and cannot be read is
    reported as one. ``among_others``: the files lie in a folder of documents, where a table without
    a text column is one document.
    """
    sources: list[tuple[Origin, str | None]] = []
    for origin in all_origins:
        try:
            kind = _format(origin, reading.fmt)
            if reading.need_label and kind in (*DOCUMENTS, "npy", "lines"):
                refuse_misnamed(origin, kind, reading)
                refuse_unlabelled(origin.name)
        except InputError as error:
            if not (origin.path == STDIN or os.path.exists(origin.path)):
                raise
            reading.reports.unreadable(origin.name, error)
        else:
            sources.append((origin, kind))
    among = _Among(several=len(all_origins) > 1, others=among_others)
    rows = chain.from_iterable(_rows(origin, kind, reading, among) for origin, kind in sources)
    return _closing(rows, reading)


class _Among(NamedTuple):
    """What is beside a source: ``several`` sources of this call, ``others`` in its folder."""

    several: bool
    others: bool


def _closing(rows: Iterator[Row], reading: Reading) -> Generator[Row, None, None]:
    """Yield the rows, and end the process that reads files when no more are wanted."""
    try:
        yield from rows
    finally:
        reading.extractor.close()


def _format(origin: Origin, fmt: Format | None) -> str | None:
    """Return the format of a source that exists; None for a pipe, whose beginning decides."""
    path = origin.path
    if path == STDIN:
        if fmt in ("npy", "image", "folder"):
            raise InputError(
                f"stdin: format {fmt!r}", expected="a text format", remedy="give a path"
            )
        return fmt
    mode = status(path).st_mode
    refuse_device(path, mode, origin.name)
    is_folder = stat.S_ISDIR(mode)
    if is_folder and fmt is None:
        return "folder"
    if is_folder != (fmt == "folder"):
        raise InputError(
            f"{origin.name}: {'a folder' if is_folder else 'not a folder'}, "
            f"but the format is {fmt!r}"
            if fmt == "folder" or is_folder
            else f"{origin.name}: not a folder",
            expected="the format 'folder' for folders, and only for them",
            remedy="leave the format out",
        )
    if fmt is not None or not stat.S_ISREG(mode):
        return fmt
    return kind_of(path)


def _rows(origin: Origin, kind: str | None, reading: Reading, among: _Among) -> Iterator[Row]:
    """Yield the rows of one source. What is wrong with all of it is reported as one document."""
    n_rows, n_unreadable = 0, reading.reports.n_unreadable
    try:
        for row in _rows_of_kind(origin, kind, reading, among):
            n_rows += 1
            yield row
    except InputError as error:
        reading.reports.unreadable(origin.name, error)
    if n_rows or n_unreadable != reading.reports.n_unreadable or origin.path == STDIN:
        return
    mode = status(origin.path).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):  # an empty pipe is no error
        reading.reports.unreadable(origin.name, no_documents(origin.name))


def _rows_of_kind(
    origin: Origin, kind: str | None, reading: Reading, among: _Among
) -> Iterator[Row]:
    if kind == "folder":
        prefix = f"{origin.place}/" if among.several else ""
        read_folder = labelled_folder_rows if reading.need_label else folder_rows
        if reading.need_label and reading.nested:
            read_folder = nested_folder_rows
        yield from read_folder(origin, reading, prefix)
    elif kind == "npy":
        yield from npy_rows(origin, reading, f"{origin.place}:" if among.several else "")
    elif kind in (None, "lines"):
        yield from stream_rows(origin, kind, reading)
    else:
        yield from file_rows(origin, kind, reading, among_others=among.others)
