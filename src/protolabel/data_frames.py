"""Tables of pandas and polars, by what they can do: neither package is imported."""

from __future__ import annotations

from typing import Any

from protolabel.errors import InputError


def is_data_frame(value: object) -> bool:
    """Return whether a value is a table with named columns."""
    return hasattr(value, "columns") and (hasattr(value, "iloc") or hasattr(value, "iter_rows"))


def column_names(table: Any) -> list[str]:
    """Return the names of the columns, each as a text."""
    return [str(name) for name in table.columns]


def column_values(table: Any, name: str) -> list[Any]:
    """Return a column as values of Python.

    Raises:
        InputError: there is no such column, or several have that name.
    """
    named = [column for column in table.columns if str(column) == name]
    if len(named) != 1:
        listed = ", ".join(column_names(table)[:12]) or "none"
        raise InputError(
            f"a table with {len(named) or 'no'} column{'s' if named else ''} {name!r}, "
            f"of the columns {listed}",
            expected="one column of that name",
            remedy="name one that is there: text= and id=",
        )
    column = table[named[0]]
    values: list[Any] = column.tolist() if hasattr(column, "tolist") else column.to_list()
    return values
