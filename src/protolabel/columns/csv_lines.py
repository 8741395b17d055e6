"""Rows as lines of a CSV file that spreadsheets open as they are. It reads none."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

BOM = "\ufeff"  # without it, spreadsheets read a CSV file as some code page
_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones mean the same to some spreadsheets
_LED_BY = " \t\"'\u00a0\ufeff"  # what spreadsheets may drop before a formula


def csv_line(cells: Sequence[object]) -> str:
    """Return a row on one line. No cell is a formula, whatever a document is called."""
    return line_of_cells([csv_cell(cell) for cell in cells])


def line_of_cells(cells: Sequence[object]) -> str:
    """Return cells that :func:`csv_cell` has made on one line, as they are."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def text_of_cell(cell: str) -> str:
    """Return the text that :func:`csv_cell` made a cell of, but for its line breaks."""
    is_escaped = cell.startswith("'") and cell[1:].lstrip(_LED_BY).startswith(_FORMULA)
    return cell[1:] if is_escaped else cell


def csv_cell(value: object) -> object:
    """Return a value as a cell has it: a text on one line, and never a formula."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.splitlines())
    return f"'{text}" if text.lstrip(_LED_BY).startswith(_FORMULA) else text
