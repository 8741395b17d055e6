"""Tables of pandas and polars, by what they can do: neither package is imported.

Every door that takes a table reads its columns and its ids here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from protolabel.errors import InputError
from protolabel.text import is_missing, without_content


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


def table_rows(table: Any, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a table, of each the values of these columns in their order.

    Raises:
        InputError: there is no such column, or several have that name.
    """
    return zip(*(column_values(table, name) for name in columns), strict=True)


def id_column(names: Collection[str], choice: str | None) -> str | None:
    """Return which column has the ids: the one that is named, else ``id`` where there is one."""
    return "id" if choice is None and "id" in names else choice


def row_id(value: object, place: str) -> str:
    """Return the id of a row as a text: that of a whole number has no fraction.

    Raises:
        InputError: it is missing, or neither a text nor a whole number.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if is_missing(value) or isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(
            f"{place}: the id {without_content(value)}",
            expected="a text or a whole number in each row",
            remedy="name another column: id=",
        )
    return str(value)
