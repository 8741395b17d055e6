"""Tables and lines -> rows: what is read piece by piece, from a file or a pipe."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from io import BufferedReader
from itertools import chain
from typing import BinaryIO

from protolabel.errors import InputError
from protolabel.progress import Meter
from protolabel.readers.fields import text_fault
from protolabel.readers.growing_file import GrowingFile
from protolabel.readers.image_files import image_of_field
from protolabel.readers.json_rows import json_array_rows, json_line_rows
from protolabel.readers.options import Reading
from protolabel.readers.paths import STDIN, opened
from protolabel.readers.plain_text import Line, numbered_lines, text_chunks, text_pieces
from protolabel.readers.repeated_ids import shared_ids
from protolabel.readers.reports import Reports
from protolabel.readers.rows import Origin, Row
from protolabel.readers.tables import table_rows

_MOST_BLANK = 2**16


def stream_rows(origin: Origin, kind: str | None, reading: Reading) -> Iterator[Row]:
    """Yield the rows of what is read piece by piece. Without a kind its beginning decides.

    A file is looked through first: the ids that several of its rows share are no row's own. A pipe
    and a file that grows are read once, and there the first row of an id has it for its own.
    """
    rows = _rows(origin, kind, reading)
    if reading.is_of_examples or reading.follow or not os.path.isfile(origin.path):
        yield from rows
        return
    silent = replace(reading, meter=Meter("bytes read"), reports=Reports(lambda fault: None))
    with closing(_rows(origin, kind, silent, reads_images=False)) as rows_ahead:
        ids = shared_ids(rows_ahead)
    for row in rows:
        yield row._replace(shares_id=True) if row.id in ids else row


def _rows(
    origin: Origin, kind: str | None, reading: Reading, *, reads_images: bool = True
) -> Generator[Row]:
    """Yield the rows in one reading. ``reads_images``: else the name of an image is its bytes."""

    def picture(value: object, source: str) -> bytes:
        if not reads_images:
            return repr(value).encode(errors="surrogatepass")
        return image_of_field(value, origin, source, reading.max_bytes)

    with opened(origin.path) as file:
        stream: BinaryIO = file
        if reading.follow and origin.path != STDIN:
            stream = BufferedReader(GrowingFile(file, origin.path, origin.name))
        chunks = text_chunks(stream, origin.name, reading)
        if kind is None:
            beginning = _beginning(chunks)
            first = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            kind = {b"{": "jsonl", b"[": "json"}.get(first, "lines")
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
        except InputError as refusal:
            reading.reports.unreadable(source, refusal)
        else:
            fault = text_fault(text, source)
            yield Row(f"{origin.place}:{number}", source, "", text, fault=fault)
