"""The beginning of a table -> its delimiter and header: which column holds the text, label and id.

Excel writes semicolons in much of Europe, ``sep=;`` above the header, title rows, and empty columns
at the end. The first record in which a usual or wanted name of the text stands is the header.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from protolabel.columns.likely_columns import likely_text
from protolabel.columns.usual_fields import chosen_field
from protolabel.errors import InputError
from protolabel.readers.fields import MissingField, position_of, refuse_no_field, report_guesses
from protolabel.readers.missing_headers import (
    MissingHeader,
    is_document_despite_usual_name,
    missing_header,
    missing_naming_header,
)
from protolabel.readers.naming_rows import has_naming_columns, naming_columns, refuse_no_name
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import Line
from protolabel.readers.rows import NOT_LABEL, Origin
from protolabel.words.quantity import quantity
from protolabel.words.quotations import is_plain_name
from protolabel.words.text import brief_repr

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
    """A record that is not empty: the line on which it begins, and its cells to the last full one.

    ``n_cells``: how many it has, with the empty ones at its end.
    """

    line: int
    cells: list[str]
    n_cells: int


def read_header(
    lines: Iterator[Line],
    origin: Origin,
    reading: Reading,
    delimiter: str,
    ahead: Sequence[Line] = (),
) -> Header | None:
    """Read up to the header and return it; None for a table without any row.

    ``delimiter``, which the suffix says, is tried first. As few lines are read as it takes, so that
    a slow pipe is answered row by row. ``ahead``: the first lines, where they are there. Raises
    InputError where no header is found.
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
            header = _header(_records(beginning, mark), mark, origin, reading, ahead)
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
    """Raise the InputError for a table that begins with these lines and has no header above it.

    It is a NoFieldError, unless a row names the text and stands too low to be the header.
    """
    rows, delimiter, fuller_row = [_Row(lines[0].number, [], 0)], delimiters[0], None
    for mark in delimiters:
        records = _records(lines, mark, strict=False)
        likely_rows = _likely_table(records)
        if likely_rows and _size(likely_rows) > _size(rows):
            rows, delimiter = likely_rows, mark
            fuller_row = _fuller_above(records, rows[0])
    first, table = rows[0], [row.cells for row in rows]
    if fuller_row is not None and _names_fields(first, origin, reading):
        _refuse_low_header(first, fuller_row, origin)
    missing = missing_naming_header if reading.names_documents else missing_header
    header = _placed(missing(table, delimiter, first.line), fuller_row)
    if header is not None and reading.need_label and reading.label_field is None:
        header = header.for_examples()
    for row in rows[1:-1]:  # a header has rows below it
        if _is_name_row(row.cells, table) and _names_fields(row, origin, reading):
            _refuse_low_header(row, first, origin, header)
    names, source = first.cells, _source(first, origin)
    if reading.names_documents:
        refuse_no_name(names, source, reading, header=header)
    if reading.text_field is not None:
        refuse_no_field(MissingField("text", reading.text_field), names, source)
    likely = likely_text(names, table[1:])
    hint = f"; {likely!r} looks like one" if likely is not None else ""
    refuse_no_field(MissingField("text", alternatives=hint), names, source, header=header)


def _size(rows: list[_Row]) -> tuple[bool, int]:
    return len(rows[0].cells) > 1, len(rows)


def _likely_table(rows: list[_Row]) -> list[_Row]:
    """Return the rows that have as many cells as most do, two at least: a header and its rows.

    A header counts the empty cells below it, as in a sheet whose column of labels is to be filled
    in. What stands above the header is a title. All rows of one cell are a table of one column.
    """
    widths = Counter(len(row.cells) for row in rows)
    wide = {width: n for width, n in widths.items() if width > 1} or widths
    width = max(wide, key=lambda width: (wide[width], width), default=0)
    places = [at for at, row in enumerate(rows) if len(row.cells) >= width]
    exact = [at for at in places if len(rows[at].cells) == width]
    first = next((at for at in places if at in exact[:1] or _spans(rows[at], rows[at + 1 :])), 0)
    width = len(rows[first].cells) if rows else 0
    return [
        row._replace(cells=row.cells + [""] * (width - len(row.cells)))
        for row in rows[first:]
        if len(row.cells) <= width <= row.n_cells
    ]


def _spans(header: _Row, below: list[_Row]) -> bool:
    """Return whether a row without an empty cell is as wide as most rows below, filled or not."""
    n_wide = sum(row.n_cells >= len(header.cells) for row in below)
    return all(header.cells) and 2 * n_wide >= len(below)


def _fuller_above(rows: list[_Row], header: _Row) -> _Row | None:
    """Return the first row above a header that has as many full cells: it may be a document."""
    higher = (row for row in rows if row.line < header.line)
    return next((row for row in higher if _n_full(row) >= _n_full(header)), None)


def _n_full(row: _Row) -> int:
    return sum(map(bool, row.cells))


def _is_name_row(cells: list[str], table: list[list[str]]) -> bool:
    """Return whether a row of a table may be one of names, and is no document for certain.

    Each cell is a plain name with a letter, and stands once in its column, as a label may not.
    """
    columns = zip(*table, strict=True)
    return all(
        any(map(str.isalpha, cell)) and is_plain_name(cell) and column.count(cell) == 1
        for cell, column in zip(cells, columns, strict=True)
    )


def _names_fields(row: _Row, origin: Origin, reading: Reading) -> bool:
    """Return whether a row names the fields that this reading needs."""
    source = _source(row, origin)
    if reading.names_documents:
        return has_naming_columns(row.cells, source, reading)
    return chosen_field("text", row.cells, source, reading.text_field) is not None


def _source(row: _Row, origin: Origin) -> str:
    return f"{origin.name}:{row.line}"


def _refuse_low_header(
    row: _Row, row_above: _Row, origin: Origin, header: MissingHeader | None = None
) -> NoReturn:
    """Raise the InputError for a header below a row that may be a document, and would be lost.

    ``header``: what to put above both, where the names may be a document too.
    """
    line, above = f"line {row.line}", f"line {row_above.line}"
    remedy = (
        f"remove {above} if it is a title or holds other names; if {above} is a document, move "
        f"{line} above it"
    )
    if header is not None:
        remedy += f"; if {line} is a document too, put a line `{header.line}` above both"
    listed = ", ".join(brief_repr(name, 40) for name in row.cells)
    raise InputError(
        f"{_source(row, origin)}: the names of the fields ({listed}) stand below {above}, which "
        "has at least as many cells and may be a document",
        expected="the names of the fields on the first line, or below titles of fewer cells",
        remedy=remedy,
    )


def _placed(header: MissingHeader | None, fuller_row: _Row | None) -> MissingHeader | None:
    """Return a line that is missing, to be put above a row that may be a document."""
    if header is None or fuller_row is None:
        return header
    return header._replace(above=fuller_row.line)


def _is_empty(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _records(lines: list[Line], delimiter: str, *, strict: bool = True) -> list[_Row]:
    """Return the records of these lines that are not empty; none where a quote is still open."""
    reader = csv.reader((line.text for line in lines), delimiter=delimiter, strict=strict)
    rows, start = [], lines[0].number
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                rows.append(_Row(start, cells, len(record)))
            start = lines[0].number + reader.line_num
    except csv.Error:
        return [] if strict else rows
    return rows


def _header(
    rows: list[_Row], delimiter: str, origin: Origin, reading: Reading, ahead: Sequence[Line]
) -> Header | None:
    """Return the last of these rows as the header, with a notice of each choice, if it is one."""
    if not rows:
        return None
    *titles, header = rows
    if _fuller_above(titles, header) is not None:  # a full row is no title, and may be a document
        return None
    names, source = header.cells, _source(header, origin)
    if ahead and reading.text_field is None and not reading.names_documents:
        _refuse_document(header, ahead, delimiter, origin, reading)
    find = naming_columns if reading.names_documents else _columns
    columns = find(names, source, reading)
    if columns is None:
        return None
    if titles:
        above = quantity(len(titles), "row above it is", "rows above it are")
        reading.reports.notice(source, f"is the header; {above} left out")
    return Header(delimiter, names, columns)


def _refuse_document(
    row: _Row, ahead: Sequence[Line], delimiter: str, origin: Origin, reading: Reading
) -> None:
    """Raise the NoFieldError for a row with a usual name that the rows below show as a document."""
    lines = [line for line in ahead if line.number >= row.line]
    table = _likely_table(_records(lines, delimiter, strict=False)) if lines else []
    is_first = bool(table) and table[0].line == row.line and _names_fields(row, origin, reading)
    if is_first and is_document_despite_usual_name(row.cells, [one.cells for one in table[1:]]):
        _refuse_header(lines, [delimiter], origin, reading)


def _columns(names: list[str], source: str, reading: Reading) -> dict[str, int] | None:
    """Return which columns are the text, the label and the id; None without a text."""
    roles = {"text": reading.text_field, "id": reading.id_field}
    if reading.need_label or reading.label_field is not None:
        roles["label"] = reading.label_field
    elif reading.read_label and "label" in names:
        roles["label"] = "label"
    columns = {}
    if negatives := {NOT_LABEL} & set(names) if reading.negatives else set():
        roles[NOT_LABEL] = NOT_LABEL
    for role, field in roles.items():
        name = chosen_field(role, names, source, field, several=reading.several_labels)
        if name is None and role == "text":
            return None
        is_needed = {"id": field is not None, "label": reading.need_label and not negatives}
        if name is None and is_needed.get(role):
            refuse_no_field(MissingField(role, field), names, source)
        if name is not None:
            columns[role] = position_of(name, names, source)
            report_guesses({role: name}, "column ", source, reading)
    return columns
