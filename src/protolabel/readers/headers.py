"""The beginning of a table -> its delimiter and header: which column holds the text, label and id.

Excel writes semicolons in much of Europe, ``sep=;`` above the header, title rows, and empty columns
at the end. The first record in which a usual or wanted name of the text stands is the header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from protolabel.errors import InputError
from protolabel.readers.fields import chosen_field, refuse_no_field
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import Line
from protolabel.readers.rows import Origin

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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A record that may be the header: its first line, its cells, and the rows above it."""

    line: int
    names: list[str]
    above: list[list[str]]


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
            candidate = _candidate(beginning, mark)
            if candidate is not None:
                header = _header(candidate, mark, origin, reading)
                if header is not None:
                    return header
        size, n_rows = size + len(line.text), n_rows + 1
        if size > _MOST_CHARACTERS or n_rows >= _MOST_ROWS or len(beginning) >= _MOST_LINES:
            break
    if not n_rows:
        return None
    firsts = [_candidate(beginning, mark, first=True) for mark in delimiters]
    first = max(
        (one for one in firsts if one is not None),
        key=lambda one: len(one.names),
        default=_Candidate(beginning[0].number, [], []),
    )
    source = f"{origin.name}:{first.line}"
    return refuse_no_field("text", first.names, source, reading.text_field)


def _is_empty(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _candidate(lines: list[Line], delimiter: str, first: bool = False) -> _Candidate | None:
    """Return the last of these records, or the first; None where a quote is still open."""
    reader = csv.reader((line.text for line in lines), delimiter=delimiter, strict=not first)
    records, starts, start = [], [], lines[0].number
    try:
        for cells in reader:
            records.append([cell.strip() for cell in cells])
            starts.append(start)
            start = lines[0].number + reader.line_num
    except csv.Error:
        if not first or not records:
            return None
    filled = [at for at, cells in enumerate(records) if not _is_empty(cells)]
    if not filled:
        return None
    at = filled[0] if first else filled[-1]
    names = records[at]
    while not names[-1]:
        names.pop()
    return _Candidate(starts[at], names, [records[row] for row in filled if row < at])


def _header(
    candidate: _Candidate, delimiter: str, origin: Origin, reading: Reading
) -> Header | None:
    """Return the header, with a notice of each choice; None if the record is none."""
    source, names = f"{origin.name}:{candidate.line}", candidate.names
    roles = {"text": reading.text_field, "id": reading.id_field}
    if reading.need_label or reading.label_field is not None:
        roles["label"] = reading.label_field
    elif reading.read_label and "label" in names:
        roles["label"] = "label"
    columns = {}
    for role, wanted in roles.items():
        name = chosen_field(role, names, source, wanted)
        if name is None and role == "text":
            return None
        if name is None and (role == "label" and reading.need_label):
            refuse_no_field(role, names, source, wanted)
        if name is None:
            continue
        if names.count(name) > 1:
            raise InputError(
                f"{source}: two columns named {name!r}",
                expected="one",
                remedy="rename one of them",
            )
        columns[role] = names.index(name)
        if name not in (wanted, role):
            reading.reports.notice(source, f"column {name!r} is read as the {role}")
    # A title has fewer cells than the header: a full row above it would be a document.
    if any(sum(map(bool, cells)) >= sum(map(bool, names)) for cells in candidate.above):
        return None
    if candidate.above:
        n = len(candidate.above)
        reading.reports.notice(source, f"is the header; {n} rows above it are left out")
    return Header(delimiter, names, columns)
