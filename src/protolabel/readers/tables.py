"""Tables -> rows: CSV and TSV as programs write them, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice

from protolabel.errors import InputError
from protolabel.readers.csv_records import Record, Records
from protolabel.readers.fields import text_fault
from protolabel.readers.headers import Header, read_header
from protolabel.readers.naming_rows import naming_row
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import Line
from protolabel.readers.rows import ANSWER, NO_LABEL, NOT_LABEL, Origin, Row
from protolabel.words.quantity import quantity

_MOST_LINES = 40
_MOST_CHARACTERS = 2**20


def table_rows(
    lines: Iterator[Line], origin: Origin, reading: Reading, delimiter: str
) -> Iterator[Row]:
    """Yield the rows of a table whose header names its columns; quoted fields may span lines.

    ``delimiter`` is what the suffix says. Empty rows are none; rows that cannot be used are
    reported. Raises InputError for a table without a header that names the text column.
    """
    ahead: list[Line] = []
    if os.path.isfile(origin.path) and not reading.follow:  # what is there already
        ahead = list(_first_lines(lines))
    lines = chain(ahead, lines)
    header = read_header(lines, origin, reading, delimiter, ahead)
    if header is None:
        return
    for record in Records(lines, origin.name, header.delimiter, reading.max_bytes):
        source = f"{origin.name}:{record.line}"
        if record.error is None and not any(map(str.strip, record.cells)):
            continue
        try:
            if reading.is_sheet:
                record = _within_header(record, header, origin, reading)
            row = _row(record, header, f"{origin.place}:{record.line}", source)
        except InputError as error:
            reading.reports.unreadable(source, error)
        else:
            yield row


def _first_lines(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the first lines of a file, as few as tell a document from the names of fields."""
    size = 0
    for line in islice(lines, _MOST_LINES):
        yield line
        size += len(line.text)
        if size > _MOST_CHARACTERS:
            return


def _within_header(record: Record, header: Header, origin: Origin, reading: Reading) -> Record:
    """Return a row of a sheet without the cells beside the columns that the header names."""
    width = len(header.names)
    if any(map(str.strip, record.cells[width:])):
        message = "has cells in columns without a name in the header, which are left out"
        reading.reports.notice(origin.name, message)
    return record._replace(cells=record.cells[:width])


def _row(record: Record, header: Header, place: str, source: str) -> Row:
    if record.error is not None:
        raise record.error
    cells, columns, width = record.cells, header.columns, len(header.names)
    if len(cells) < width or any(map(str.strip, cells[width:])):
        raise InputError(
            f"{source}: {quantity(len(cells), 'field')}",
            expected=f"{width}, as in the header",
            remedy=f"quote fields that hold {header.delimiter!r}, quotes or line breaks",
        )
    if "text" not in columns:
        return naming_row(cells, columns, place, source)
    text, name = cells[columns["text"]], header.names[columns["text"]]
    fault = text_fault(text, source, repr(name))
    identity = cells[columns["id"]].strip() if "id" in columns else ""
    label: object = cells[columns["label"]] if "label" in columns else NO_LABEL
    negative: object = cells[columns[NOT_LABEL]].strip() if NOT_LABEL in columns else ""
    if not negative:
        negative = NO_LABEL
    elif not str(label).strip():
        label = NO_LABEL
    answer = cells[header.names.index(ANSWER)] if ANSWER in header.names else ""
    return Row(
        place, source, identity, text, label=label, fault=fault, negative=negative, answer=answer
    )
