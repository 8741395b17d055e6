"""The beginning of a table -> its delimiter and header: which column holds the text, label and id.

Excel writes semicolons in much of Europe, ``sep=;`` above the header, title rows, and empty columns
at the end. The first record in which a usual or wanted name of the text stands is the header.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from protolabel.likely_columns import likely_text
from protolabel.quantity import quantity
from protolabel.readers.fields import MissingField, position_of, refuse_no_field, report_guesses
from protolabel.readers.missing_headers import missing_header, missing_naming_header
from protolabel.readers.naming_rows import naming_columns, refuse_no_name
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import Line
from protolabel.readers.rows import NOT_LABEL, Origin
from protolabel.usual_fields import chosen_field

_DELIMITERS = (";", "\t", ",", "|")
_MOST_ROWS = 20  # that are looked at for a header
_MOST_CHARACTERS = 2**20
_MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Header:
    """A table's delimiter, the names of its columns, and the positions of text, label and id."""

    delimiter: str
    names: list[str]
    columns: dict[str, int]


class _Row(NamedTuple):
    """A record that is not empty: the line on which it begins, and its cells."""

    line: int
    names: list[str]


def read_header(
    lines: Iterator[Line], origin: Origin, reading: Reading, delimiter: str
) -> Header | None:
    """Read up to the header and return it; None for a table without any row.

    ``delimiter`` is what the suffix says, and is tried first. As few lines are read as it takes, so
    that a slow pipe is answered row by row. Raises InputError where no header is found.
    """
    delimiters = list(dict.fromkeys((delimiter, *_DELIMITERS)))
    beginning: list[Line] = []
    size = n_rows = 0
    for line in lines:
        if line.error is not None:
            raise line.error
        if not beginning and line.text[:4].lower() == "sep=" and len(line.text.rstrip("\r\n")) == 5:
            delimiters = [line.text[4]]
            continue
        is_empty = _is_empty(line.text.split(delimiters[0]))
        if beginning or not is_empty:
            beginning.append(line)
        if is_empty and len(beginning) < _MOST_LINES:
            continue
        for mark in delimiters:
            header = _header(_records(beginning, mark), mark, origin, reading)
            if header is not None:
                return header
        size, n_rows = size + len(line.text), n_rows + 1
        if size > _MOST_CHARACTERS or n_rows >= _MOST_ROWS or len(beginning) >= _MOST_LINES:
            break
    if n_rows:
        _refuse_header(beginning, delimiters, origin, reading)
    return None


def _refuse_header(
    lines: list[Line], delimiters: list[str], origin: Origin, reading: Reading
) -> NoReturn:
    """Raise the NoFieldError for a table that begins with these lines: none names the text."""
    rows, delimiter = [_Row(lines[0].number, [])], delimiters[0]
    for mark in delimiters:
        table = _likely_table(_records(lines, mark, strict=False))
        if table and _size(table) > _size(rows):
            rows, delimiter = table, mark
    cells = [row.names for row in rows]
    names, source = cells[0], f"{origin.name}:{rows[0].line}"
    if reading.names_documents:
        header = missing_naming_header(cells, delimiter)
        refuse_no_name(names, source, reading, header=header)
    if reading.text_field is not None:
        refuse_no_field(MissingField("text", reading.text_field), names, source)
    header, likely = missing_header(cells, delimiter), likely_text(names, cells[1:])
    hint = f"; {likely!r} looks like one" if likely is not None else ""
    refuse_no_field(MissingField("text", alternatives=hint), names, source, header=header)


def _size(rows: list[_Row]) -> tuple[bool, int]:
    return len(rows[0].names) > 1, len(rows)


def _likely_table(rows: list[_Row]) -> list[_Row]:
    """Return the rows that have as many cells as most do, two at least: a header and its rows.

    What stands above the first of them is a title. All rows of one cell are a table of one column.
    """
    widths = Counter(len(row.names) for row in rows)
    wide = {width: n for width, n in widths.items() if width > 1} or widths
    width = max(wide, key=lambda width: (wide[width], width), default=0)
    return [row for row in rows if len(row.names) == width]


def _is_empty(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _records(lines: list[Line], delimiter: str, *, strict: bool = True) -> list[_Row]:
    """Return the records of these lines that are not empty; none where a quote is still open."""
    reader = csv.reader((line.text for line in lines), delimiter=delimiter, strict=strict)
    rows, start = [], lines[0].number
    try:
        for cells in reader:
            names = [cell.strip() for cell in cells]
            while names and not names[-1]:
                names.pop()
            if names:
                rows.append(_Row(start, names))
            start = lines[0].number + reader.line_num
    except csv.Error:
        return [] if strict else rows
    return rows


def _header(rows: list[_Row], delimiter: str, origin: Origin, reading: Reading) -> Header | None:
    """Return the last of these rows as the header, with a notice of each choice, if it is one."""
    if not rows:
        return None
    *above, (line, names) = rows
    # A title has fewer cells than the header: a full row above it would be a document.
    if any(sum(map(bool, row.names)) >= sum(map(bool, names)) for row in above):
        return None
    source = f"{origin.name}:{line}"
    find = naming_columns if reading.names_documents else _columns
    columns = find(names, source, reading)
    if columns is None:
        return None
    if above:
        n = len(above)
        rows_above = quantity(n, "row above it is", "rows above it are")
        reading.reports.notice(source, f"is the header; {rows_above} left out")
    return Header(delimiter, names, columns)


def _columns(names: list[str], source: str, reading: Reading) -> dict[str, int] | None:
    """Return which columns are the text, the label and the id; None without a text."""
    roles = {"text": reading.text_field, "id": reading.id_field}
    if reading.need_label or reading.label_field is not None:
        roles["label"] = reading.label_field
    elif reading.read_label and "label" in names:
        roles["label"] = "label"
    columns = {}
    negatives = {NOT_LABEL} & set(names) if reading.negatives else set()
    roles |= dict.fromkeys(negatives, NOT_LABEL)
    for role, field in roles.items():
        name = chosen_field(role, names, source, field, several=reading.several_labels)
        if name is None and role == "text":
            return None
        if name is None and (role == "label" and reading.need_label and not negatives):
            refuse_no_field(MissingField(role, field), names, source)
        if name is None:
            continue
        columns[role] = position_of(name, names, source)
        report_guesses({role: name}, "column ", source, reading)
    return columns
