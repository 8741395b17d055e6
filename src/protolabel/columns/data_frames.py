"""Tables of pandas and polars, by what they can do: neither package is imported.

Every door that takes a table reads its columns and its ids here.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from protolabel.columns.likely_columns import MOST_ROWS, likely_label, likely_text
from protolabel.columns.usual_fields import USUAL_NAMES, chosen_field
from protolabel.errors import InputError
from protolabel.words.suggestions import close_names
from protolabel.words.text import is_missing, without_content

log = logging.getLogger(__name__)


def is_data_frame(value: object) -> bool:
    """Return whether a value is a table with named columns."""
    return hasattr(value, "columns") and (hasattr(value, "iloc") or hasattr(value, "iter_rows"))


def refuse_foreign_table(value: object) -> None:
    """Raise InputError for a table of another package, such as Arrow, which pandas can take."""
    is_table = hasattr(value, "to_pandas") and not hasattr(value, "features")
    if is_table and not is_data_frame(value):
        raise InputError(
            f"a table of type {type(value).__module__}.{type(value).__name__}",
            expected="a table of pandas or polars",
            remedy="convert it: table.to_pandas()",
        )


def column_names(table: Any) -> list[str]:
    """Return the names of the columns, each as a text."""
    return [str(name) for name in table.columns]


def column_choice(choice: Any) -> Any:
    """Return a column that somebody named as a text, where its name is a number."""
    is_number = isinstance(choice, int) and not isinstance(choice, bool)
    return str(choice) if is_number else choice


def column_values(table: Any, name: str, role: str) -> list[Any]:
    """Return a column as values of Python.

    Args:
        table: has it.
        name: of the column.
        role: what it is: ``text``, ``label`` or ``id``, as the argument is called.

    Raises:
        InputError: there is no such column, or several have that name.
    """
    named = [column for column in table.columns if str(column) == name]
    if len(named) != 1:
        names = column_names(table)
        near = close_names(name, names)
        raise InputError(
            f"a table with {len(named) or 'no'} column{'s' if named else ''} {name!r}, "
            f"of the columns {', '.join(names[:12]) or 'none'}",
            expected="one column of that name",
            remedy=f"rename one of them: table.columns = {_different(names)}"
            if named
            else f"name one that is there: {role}={repr(near[0]) if near else ''}",
        )
    column = table[named[0]]
    values: list[Any] = column.tolist() if hasattr(column, "tolist") else column.to_list()
    return values


def _different(names: Sequence[str]) -> list[str]:
    """Return names of which no two are equal: one that comes again gets its number."""
    different: list[str] = []
    for name in names:
        numbered = (f"{name} {n}" for n in range(2, len(names) + 2))
        different.append(next(n for n in (name, *numbered) if n not in different))
    return different


def table_rows(table: Any, columns: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a table, of each the values of these columns in their order.

    ``columns``: by their roles, as :func:`column_values` has them.

    Raises:
        InputError: there is no such column, or several have that name.
    """
    values = (column_values(table, name, role) for role, name in columns.items())
    return zip(*values, strict=True)


def filled_rows(table: Any, name: str) -> str:
    """Return the code for the rows of ``table`` whose column has a text that is not blank."""
    column = f"table[{name!r}]"
    if hasattr(table, "iloc"):
        return f'table[{column}.fillna("").str.strip() != ""]'
    return f'table.filter({column}.fill_null("").str.strip_chars() != "")'


def text_argument(table: Any) -> str:
    """Return the argument that names the column of the text, as far as that can be guessed."""
    names, likely = column_names(table), None
    if "text" in names:
        likely = "text"
    elif len(set(names)) == len(names):
        rows = table_rows(table.head(MOST_ROWS), dict(zip(names, names, strict=True)))
        likely = likely_text(names, rows)
    return f"text={'COLUMN' if likely is None else repr(likely)}"


def example_arguments(table: Any) -> str:
    """Return the arguments that name the columns of text and label, likewise."""
    names = column_names(table)
    likely = "label" if "label" in names else likely_label(names)
    return f"{text_argument(table)}, label={'COLUMN' if likely is None else repr(likely)}"


def id_column(names: Collection[str], choice: str | None) -> str | None:
    """Return which column has the ids: the one that is named, else ``id`` where there is one."""
    if choice is not None:
        return str(column_choice(choice))
    return usual_column("id", list(names))


def usual_column(role: str, names: Sequence[str]) -> str | None:
    """Return which column has the text, or the id, by the rule of files; None without one.

    Raises:
        InputError: two columns may each be that.
    """
    try:
        return chosen_field(role, names, "a table")
    except InputError as error:
        remedy = f"name one that is there: {role}="
        raise InputError(error.got, expected=error.expected, remedy=remedy) from error


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


def text_column(table: Any, choice: str | None) -> str:
    """Return which column has the texts: the one that is named, else the one with a usual name.

    One that is not called "text" is said in the log.

    Raises:
        InputError: none has a usual name, or two have.
    """
    names = column_names(table)
    column = usual_column("text", names) if choice is None else str(column_choice(choice))
    if column is None:
        raise InputError(
            f"documents: a table with the columns {', '.join(names[:5])}",
            expected="a column with a usual name (" + ", ".join(USUAL_NAMES["text"]) + "), or the "
            "name of the column that is the text",
            remedy=f"name it: {text_argument(table)}" if names else "give a table with columns",
        )
    if choice is None and column != "text":
        log.warning("documents: the column %r is read as the text", column)
    return column
