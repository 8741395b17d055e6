"""A cell of a table or dataset -> the label that it means. Nothing is read here."""

from __future__ import annotations

from typing import Any

from protolabel.errors import InputError
from protolabel.readers.fields import checked_label
from protolabel.words.text import is_missing


def as_texts(table: Any, name: str) -> str:
    """Return the code for a column of ``table`` whose values are texts; empty cells stay so."""
    as_text = '.map(str, na_action="ignore")' if hasattr(table, "iloc") else ".cast(str)"
    return f"table[{name!r}]{as_text}"


def is_empty_label(label: object) -> bool:
    """Return whether a cell holds no label: it is missing, blank or an empty list."""
    if isinstance(label, list | tuple):
        return not label
    return is_missing(label) or (isinstance(label, str) and not label.strip())


def cell_label(value: object, place: str, column: str, texts: str = "") -> str:
    """Return a label as a text, as those of files are.

    Args:
        value: of the cell.
        place: of its row; the error begins with it.
        column: its name.
        texts: the code of the column as texts, for the advice.

    Raises:
        InputError: it is no label.
    """
    if isinstance(value, float) and not value.is_integer():
        raise InputError(
            f"{place}: {column!r} is a number with a fraction ({value!r})",
            expected="a label: a text, a whole number, true or false",
            remedy=f"make them texts: {texts}" if texts else "make the labels texts",
        )
    return checked_label(value, place, column)
