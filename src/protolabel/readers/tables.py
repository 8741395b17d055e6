"""Tables -> rows: CSV and TSV, and embeddings made elsewhere (.npy), in bounded memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

import numpy as np

from protolabel.errors import InputError
from protolabel.readers.plain_text import Progress, refuse_binary
from protolabel.readers.rows import (
    NO_LABEL,
    Fields,
    Lines,
    Row,
    check_text,
    refuse_infinite,
    refuse_no_field,
)

_BLOCK_BYTES = 2**22


def csv_rows(
    lines: Lines, name: str, place: str, fields: Fields, delimiter: str, limit: int
) -> Iterator[Row]:
    """Rows of a table whose first row names its columns; quoted fields may span lines.

    Columns may be parted by ``delimiter`` or, where the header shows it, by a semicolon or tab.
    Raises InputError for a table without the text column, for a row of another length than the
    header, for an empty text, and for a record (or an unclosed quote) of more than ``limit``.
    """
    csv.field_size_limit(max(limit, csv.field_size_limit()))  # process-wide: only ever raised
    first = next(lines, None)
    if first is None:
        return
    delimiter = _delimiter(first[1], fields.text, delimiter)
    start, size = 1, 0

    def feed() -> Iterator[str]:
        nonlocal size
        for _, line in chain([first], lines):
            size += len(line)
            if size > limit:
                raise InputError(
                    f"{name}:{start}: a record of more than {limit:,} bytes",
                    expected=f"at most {limit:,} bytes a document",
                    remedy="look for a quote that is never closed, or raise max_bytes",
                )
            yield line

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    columns: dict[str, int] = {}
    width = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"{name}:{start}: not a CSV record ({error})",
                expected="fields with quotes doubled inside quotes",
                remedy='write " inside a quoted field as "", and close every quote',
            ) from error
        if cells is None:
            return
        source, line, start, size = f"{name}:{start}", start, reader.line_num + 1, 0
        if not cells:
            continue
        if not columns:
            columns, width = _columns(cells, source, fields), len(cells)
            continue
        if len(cells) != width:
            raise InputError(
                f"{source}: {len(cells)} fields",
                expected=f"{width}, as in the header",
                remedy=f"quote fields that hold {delimiter!r}, quotes or line breaks",
            )
        text = cells[columns[fields.text]]
        check_text(text, source, repr(fields.text))
        given = cells[columns[fields.id]].strip() if fields.id in columns else ""
        label = cells[columns[fields.label]] if fields.label in columns else NO_LABEL
        yield Row(f"{place}:{line}", source, given, text, None, label)


def npy_rows(path: str, name: str, progress: Progress | None) -> Iterator[Row]:
    """One embedding per row of a 2-D float array, read through a memory map.

    Raises InputError for what is not such an array, and for rows with NaN or infinity.
    """
    expected = "a .npy file with a 2-D float array, one embedding per row"
    try:
        table = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{name}: not a readable array ({str(error).splitlines()[0]})",
            expected=expected,
            remedy="write it with numpy.save(path, array.astype('float32'))",
        ) from error
    if not isinstance(table, np.memmap):
        table.close()
        refuse_binary(b"PK\x03\x04", name)
    if table.ndim != 2 or table.dtype.kind != "f" or not table.shape[1]:
        raise InputError(
            f"{name}: an array of shape {table.shape}, {table.dtype}",
            expected=expected,
            remedy="write it with numpy.save(path, array.astype('float32'))",
        )
    if progress is not None:
        progress.done += table.offset
    row_bytes = table.dtype.itemsize * table.shape[1]
    step = max(1, _BLOCK_BYTES // max(1, row_bytes))
    for begin in range(0, len(table), step):
        with np.errstate(over="ignore"):
            block = np.ascontiguousarray(table[begin : begin + step], dtype=np.float32)
        finite = np.isfinite(block)
        for offset, vector in enumerate(block):
            row = begin + offset
            if not finite[offset].all():
                refuse_infinite(vector, f"{name}:row {row}")
            if progress is not None:
                progress.done += row_bytes
            # A copy, so that keeping one embedding does not keep the whole block.
            yield Row(str(row), f"{name}:row {row}", "", None, vector.copy())


def _delimiter(header: str, text_field: str, default: str) -> str:
    """The delimiter that makes the header hold the text column; the format's own is tried first."""
    for candidate in (default, ";", "\t", ","):
        if text_field in (cell.strip().strip('"') for cell in header.split(candidate)):
            return candidate
    return default


def _columns(cells: list[str], source: str, fields: Fields) -> dict[str, int]:
    """Column name -> position. Raises InputError without a text column or with two of a name."""
    names = [cell.strip() for cell in cells]
    if fields.text not in names:
        refuse_no_field(source, names, repr(fields.text), "text_field")
    if fields.need_label and fields.label not in names:
        refuse_no_field(source, names, repr(fields.label), "label_field")
    for wanted in (fields.text, fields.id, fields.label):
        if names.count(wanted) > 1:
            raise InputError(
                f"{source}: two columns named {wanted!r}",
                expected="one",
                remedy="rename one of them",
            )
    return {name: position for position, name in enumerate(names)}
