"""Sources -> rows: which reader reads what, and what becomes of a source that cannot be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NoReturn

from protolabel.errors import InputError
from protolabel.readers.fields import check_text
from protolabel.readers.folder_rows import folder_rows, labelled_folder_rows, no_documents
from protolabel.readers.folders import STDIN, opened, printable, status
from protolabel.readers.image_files import image_of_field, is_image, read_image
from protolabel.readers.json_rows import json_array_rows, json_line_rows
from protolabel.readers.options import Format, Reading
from protolabel.readers.plain_text import (
    Line,
    numbered_lines,
    read_whole,
    text_chunks,
    text_pieces,
)
from protolabel.readers.rows import Origin, Row
from protolabel.readers.tables import table_rows
from protolabel.readers.vectors import npy_rows

_MOST_BLANK = 2**16
_BY_SUFFIX: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".npy": "npy",
}


def refuse_unlabelled(source: str) -> NoReturn:
    """Raise the InputError for an example without a label."""
    raise InputError(
        f"{source}: an example without a label",
        expected="a label for it",
        remedy="give a folder per label, a table with a label in each row, or the label of all "
        "(`protolabel add` takes it)",
    )


def all_rows(all_origins: list[Origin], reading: Reading) -> Iterator[Row]:
    """Return the rows of all sources. Refuses at once what is missing or has no labels."""
    kinds = [_format(origin.path, reading.fmt) for origin in all_origins]
    for origin, kind in zip(all_origins, kinds, strict=True):
        if reading.need_label and kind in ("text", "npy", "lines", "image"):
            refuse_unlabelled(origin.name)
    several = len(all_origins) > 1
    return chain.from_iterable(
        _rows(origin, kind, reading, several)
        for origin, kind in zip(all_origins, kinds, strict=True)
    )


def _format(path: str, fmt: Format | None) -> Format | None:
    """Return the format of a source that exists; None for a pipe, whose beginning decides."""
    if path == STDIN:
        if fmt in ("npy", "image", "folder"):
            raise InputError(
                f"stdin: format {fmt!r}", expected="a text format", remedy="give a path"
            )
        return fmt
    mode = status(path).st_mode
    is_folder = stat.S_ISDIR(mode)
    if is_folder and fmt is None:
        return "folder"
    if is_folder != (fmt == "folder"):
        raise InputError(
            f"{printable(path)}: {'a folder' if is_folder else 'not a folder'}, "
            f"but the format is {fmt!r}"
            if fmt == "folder" or is_folder
            else f"{printable(path)}: not a folder",
            expected="the format 'folder' for folders, and only for them",
            remedy="leave the format out",
        )
    if fmt is not None or not stat.S_ISREG(mode):
        return fmt
    suffix = os.path.splitext(path)[1].lower()
    return "image" if is_image(path) else _BY_SUFFIX.get(suffix, "text")


def _rows(origin: Origin, kind: Format | None, reading: Reading, several: bool) -> Iterator[Row]:
    """Yield the rows of one source. What is wrong with all of it is reported as one document."""
    n_rows, n_unreadable = 0, reading.reports.n_unreadable
    try:
        for row in _rows_of_kind(origin, kind, reading, several):
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
    origin: Origin, kind: Format | None, reading: Reading, several: bool
) -> Iterator[Row]:
    if kind == "folder":
        prefix = f"{origin.place}/" if several else ""
        read_folder = labelled_folder_rows if reading.need_label else folder_rows
        yield from read_folder(origin, reading, prefix)
    elif kind == "npy":
        yield from npy_rows(origin, reading, f"{origin.place}:" if several else "")
    elif kind == "image":
        image = read_image(origin.path, origin.name, reading.max_bytes, reading.meter)
        yield Row(origin.place, origin.name, "", None, image=image)
    elif kind == "text":
        text = read_whole(origin.path, origin.name, reading)
        check_text(text, origin.name)
        yield Row(origin.place, origin.name, "", text)
    else:
        yield from _stream_rows(origin, kind, reading)


def _stream_rows(origin: Origin, kind: Format | None, reading: Reading) -> Iterator[Row]:
    """Yield the rows of what is read piece by piece. Without a kind its beginning decides."""

    def picture(value: object, source: str) -> bytes:
        return image_of_field(value, origin.path, source, reading.max_bytes)

    with opened(origin.path) as stream:
        chunks = text_chunks(stream, origin.name, reading)
        if kind is None:
            beginning = _beginning(chunks)
            first = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            kind = {b"{": "jsonl", b"[": "json"}.get(first, "lines")  # type: ignore[assignment]
            chunks = chain([beginning], chunks)
        if kind == "json":
            pieces = text_pieces(chunks, origin.name)
            yield from json_array_rows(pieces, origin, reading, picture)
            return
        is_table = kind in ("csv", "tsv")
        lines = numbered_lines(chunks, origin.name, reading, any_end=is_table)
        if kind == "jsonl":
            yield from json_line_rows(lines, origin, reading, picture)
        elif kind == "lines":
            yield from _line_rows(lines, origin, reading)
        else:
            yield from table_rows(lines, origin, reading, "," if kind == "csv" else "\t")


def _beginning(chunks: Iterator[bytes]) -> bytes:
    """Return chunks up to one with more than white space in it."""
    beginning = b""
    for chunk in chunks:
        beginning += chunk
        if beginning.removeprefix(b"\xef\xbb\xbf").strip() or len(beginning) > _MOST_BLANK:
            break
    return beginning


def _line_rows(lines: Iterable[Line], origin: Origin, reading: Reading) -> Iterator[Row]:
    """Yield one document per line; blank lines are none."""
    for number, line, error in lines:
        source, text = f"{origin.name}:{number}", line.rstrip("\r\n")
        try:
            if error is not None:
                raise error
            if not text or text.isspace():
                continue
            check_text(text, source)
        except InputError as refusal:
            reading.reports.unreadable(source, refusal)
        else:
            yield Row(f"{origin.place}:{number}", source, "", text)
