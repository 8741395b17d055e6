"""A table without a line of names: the line to put above it, by the looks of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from protolabel.likely_columns import likely_text
from protolabel.quotations import is_plain_name

_NAMING = ("id", "label")  # of a table that names documents and holds no text


class MissingHeader(NamedTuple):
    """A line to put above a table. ``is_likely``: its first line seems to be a document."""

    line: str
    is_likely: bool


def missing_header(rows: Sequence[Sequence[str]], delimiter: str) -> MissingHeader | None:
    """Return the line that would name the columns, if all these rows are documents.

    The text is the column with most words. The label is the one with fewest different values among
    the others, the last of these. The rest get names that mean nothing.

    Args:
        rows: the first of the table, each with as many cells.
        delimiter: what stands between two cells.

    Returns:
        None where the first row looks like names above documents, or holds nothing.
    """
    columns, first = list(zip(*rows, strict=True)), rows[0]
    by_words = sorted(range(len(columns)), key=lambda at: -_n_words(columns[at]))
    if not by_words:
        return None
    text, *others = by_words
    n_words, n_below = _n_words([first[text]]), _n_words(columns[text][1:])
    is_as_long = n_words > 1 and 2 * n_words * (len(rows) - 1) >= n_below
    is_likely = is_as_long or not all(map(is_plain_name, first))
    if not is_likely and n_words < 2 and likely_text(first, rows[1:]) is not None:
        return None
    names = [f"column{n}" for n, _ in enumerate(columns, start=1)]
    names[text] = "text"
    if others:
        names[min(others, key=lambda at: (len(set(columns[at])), -at))] = "label"
    return MissingHeader(_as_line(names, delimiter), is_likely)


def missing_naming_header(first: Sequence[str], delimiter: str) -> MissingHeader | None:
    """Return the same for a table that names documents, where its columns leave no choice."""
    if len(first) != len(_NAMING):
        return None
    return MissingHeader(_as_line(_NAMING, delimiter), not all(map(is_plain_name, first)))


def _as_line(names: Sequence[str], delimiter: str) -> str:
    """Return names as a line of a table; a tab, which nobody sees, is spelt out."""
    return ("<tab>" if delimiter == "\t" else delimiter).join(names)


def _n_words(cells: Sequence[str]) -> int:
    return sum(len(cell.split()) for cell in cells)
