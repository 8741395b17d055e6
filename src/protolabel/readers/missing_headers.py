"""A table without a line of names: the line to put above it, by the looks of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from protolabel.columns.likely_columns import likely_text
from protolabel.columns.usual_fields import USUAL_NAMES
from protolabel.words.quotations import is_plain_name
from protolabel.words.text import n_words

_NAMING = ("id", "label")  # of a table that names documents and holds no text
_USUAL_WORDS = frozenset().union(*USUAL_NAMES.values())


class MissingHeader(NamedTuple):
    """A line to put above a table.

    Attributes:
        names: of the columns.
        delimiter: what stands between two of them.
        first: the number of the first line of the table.
        first_is_document: that line is surely a document, so that no cell of it is shown as a name.
        above: the number of the line to put it above: ``first``, or that of a title which may be a
            document.
        besides: what else is to be done, where the line alone is not enough; empty where it is.
    """

    names: tuple[str, ...]
    delimiter: str
    first: int
    first_is_document: bool
    above: int
    besides: str = ""

    @property
    def line(self) -> str:
        """The names as a line of the table; a tab, which nobody sees, is spelt out."""
        return ("<tab>" if self.delimiter == "\t" else self.delimiter).join(self.names)

    def for_examples(self) -> MissingHeader:
        """Return the same for a reading that needs labels."""
        if "label" in self.names:
            return self
        return self._replace(
            besides=" and say which column is the label (label_field=)"
            if len(self.names) > 1
            else " and a label into each row, or take all rows as one class: "
            "`protolabel add SPACE CLASS FILE`"
        )


def missing_header(
    rows: Sequence[Sequence[str]], delimiter: str, first: int
) -> MissingHeader | None:
    """Return the line that would name the columns, if all these rows are documents.

    The text is the column with most words. The label is named where one other column alone may be
    it: no number or date of each document, no amount, and not the same for all of them beside other
    columns. The rest get names that mean nothing.

    Args:
        rows: the first of the table, each with as many cells.
        delimiter: what stands between two cells.
        first: the number of the line of the first row.

    Returns:
        None where the first row looks like names above documents, or holds nothing.
    """
    columns, cells = list(zip(*rows, strict=True)), rows[0]
    by_words = sorted(range(len(columns)), key=lambda at: -_n_words(columns[at]))
    if not by_words:
        return None
    text, *others = by_words
    is_document = _is_document(cells, rows[1:])
    may_be_names = not is_document and n_words(cells[text]) < 2
    if may_be_names and likely_text(cells, rows[1:]) is not None:
        return None
    names = [f"column{n}" for n, _ in enumerate(columns, start=1)]
    names[text] = "text"
    labels = [at for at in others if _may_be_label(columns[at], is_alone=len(others) == 1)]
    if len(labels) == 1:
        names[labels[0]] = "label"
    return MissingHeader(tuple(names), delimiter, first, is_document, first)


def missing_naming_header(
    rows: Sequence[Sequence[str]], delimiter: str, first: int
) -> MissingHeader | None:
    """Return the same for a table of two columns that names documents and says their labels.

    Names of documents have a digit, a folder or a suffix in each cell. If both columns have, or
    none, the labels are the column with fewer different values; without a difference, the second.
    """
    if len(rows[0]) != len(_NAMING):
        return None
    columns = list(zip(*rows, strict=True))
    label_first = [(not _are_names(cells), -len(set(cells))) for cells in columns]
    names = _NAMING[::-1] if label_first[0] > label_first[1] else _NAMING
    return MissingHeader(names, delimiter, first, _is_document(rows[0], ()), first)


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether cells look like ids or files: each has a digit, a folder or a suffix."""
    return all(any(map(str.isdigit, cell)) or {*cell} & {*"/\\."} for cell in cells)


def _is_document(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a first row is surely a document.

    It is if one of its cells recurs. Otherwise it may be a row of names if some column repeats its
    values below, since names stand above labels, or if a short cell has a usual name among its
    words, such as *message*. Without either, a row with a cell too long for a name is a document.
    """
    columns = _columns_below(first, below)
    if _n_recurring(first, columns):
        return True
    has_recurring = any(len(set(column)) < len(column) for column in columns)
    plain = [cell for cell in first if is_plain_name(cell)]
    has_usual = any(_USUAL_WORDS & {*cell.casefold().split()} for cell in plain)
    return len(plain) < len(first) and not has_recurring and not has_usual


def is_document_despite_usual_name(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a first row with a usual name among its cells is surely a document.

    That takes more than where no cell is such a name, since a document may consist of the word
    *text*: two cells recur, or one does and some cell is no name.
    """
    n_recurring = _n_recurring(first, _columns_below(first, below))
    return n_recurring > 1 or (n_recurring == 1 and not all(map(is_plain_name, first)))


def _n_recurring(first: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
    """Return how many cells of a first row recur below, as a label does and a name does not."""
    return sum(cell in column for cell, column in zip(first, columns, strict=False))


def _columns_below(first: Sequence[str], below: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the columns below a first row, without empty cells and without rows equal to it."""
    others = [row for row in below if list(row) != list(first)]
    return [[cell for cell in column if cell] for column in zip(*others, strict=True)]


def _may_be_label(cells: Sequence[str], *, is_alone: bool) -> bool:
    """Return whether a column may name classes; ``is_alone``: beside the text."""
    n_values = len(set(cells))
    is_numbering = n_values == len(cells) and all(any(map(str.isdigit, cell)) for cell in cells)
    has_words = any(any(map(str.isalpha, cell)) for cell in cells)
    return has_words and not is_numbering and (n_values > 1 or is_alone or len(cells) == 1)


def _n_words(cells: Sequence[str]) -> int:
    return sum(map(n_words, cells))
