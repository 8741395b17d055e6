"""How the name of a row ends in its number: ``a.csv:12``, ``a.npy:row 0``, ``a.json:item 3``."""

from __future__ import annotations

import re
from typing import NamedTuple

STDIN_NAME = "stdin"  # what the rows of the standard input have for the name of their table
ROW = "row "  # before the number of a row of an array of numbers
ITEM = "item "  # before the number of an object of a JSON array, which has no line of its own
_FORM = re.compile(rf"(?P<table>.*):(?P<word>{ROW}|{ITEM}|)(?P<number>\d+)", re.DOTALL)


class RowNumber(NamedTuple):
    """A row of a table by its number.

    Attributes:
        table: its name: a file, a sheet, or the input of a pipe.
        word: what stands before the number: ``ROW``, ``ITEM``, or nothing before that of a line.
        number: its digits.
    """

    table: str
    word: str
    number: str


def row_number(name: str) -> RowNumber | None:
    """Return the table and the number that a name consists of; None for one of no such form."""
    match = _FORM.fullmatch(name)
    return RowNumber(*match.group("table", "word", "number")) if match else None


def without_number(name: str) -> str:
    """Return the name of the table of a row; any other name as it is."""
    row = row_number(name)
    return name if row is None else row.table
