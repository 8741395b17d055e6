"""Delimited text -> records: quotes, line breaks inside quotes, and what to do after a bad record.

It knows no columns: which record is the header, and what a column means, is in ``tables``.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from protolabel.errors import InputError
from protolabel.readers.plain_text import Line

_MOST_RESTARTS = 8


class Record(NamedTuple):
    """The cells of one record and the line on which it begins; or why it cannot be used."""

    line: int
    cells: list[str]
    error: InputError | None = None


class _TooLong(Exception):
    """The lines of a record are longer than a document may be."""


class Records:
    """The records of a table, read from its lines.

    After a quote that is never closed, reading goes on with the line after the one where the record
    began, but only ``_MOST_RESTARTS`` times: time and memory stay bounded.
    """

    def __init__(self, lines: Iterator[Line], name: str, delimiter: str, limit: int) -> None:
        csv.field_size_limit(max(limit, csv.field_size_limit()))  # process-wide: only ever raised
        self._lines, self._name, self._delimiter, self._limit = lines, name, delimiter, limit
        self._ahead: deque[Line] = deque()
        self._record: list[Line] = []
        self._size, self._restarts = 0, 0

    def __iter__(self) -> Iterator[Record]:
        reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        while True:
            self._record, self._size = [], 0
            try:
                cells = next(reader, None)
            except (csv.Error, _TooLong) as error:
                yield Record(self._record[0].number, [], self._refusal(error))
                self._restart()
                reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
                continue
            if cells is None:
                return
            bad = next((line.error for line in self._record if line.error is not None), None)
            yield Record(self._record[0].number, cells, bad)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._ahead.popleft() if self._ahead else next(self._lines, None)
            if line is None:
                return
            self._record.append(line)
            self._size += len(line.text)
            if self._size > self._limit:
                raise _TooLong
            yield line.text

    def _restart(self) -> None:
        """Go on behind the first line of the record, if that has not been done too often."""
        if len(self._record) > 1 and self._restarts < _MOST_RESTARTS:
            self._restarts += 1
            self._ahead.extendleft(reversed(self._record[1:]))

    def _refusal(self, error: Exception) -> InputError:
        source = f"{self._name}:{self._record[0].number}"
        if isinstance(error, _TooLong):
            return InputError(
                f"{source}: a record of more than {self._limit:,} bytes",
                expected=f"at most {self._limit:,} bytes a document",
                remedy="look for a quote that is never closed, or split the record",
            )
        return InputError(
            f"{source}: not a CSV record ({error})",
            expected="fields with quotes doubled inside quotes",
            remedy="write a quote inside a quoted field twice, and close every quote",
        )
