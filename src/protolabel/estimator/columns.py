"""What X is: a column of texts, or a matrix of vectors. It embeds and checks nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from protolabel.documents import checked_text
from protolabel.errors import InputError
from protolabel.system.caller_warnings import warn_caller
from protolabel.words.quantity import quantity
from protolabel.words.text import without_content


def texts_of(x: Any) -> list[str] | None:
    """Return X as texts; None where it holds none, and is a matrix for scikit-learn to check.

    A list, an array, a pandas Series, or a table of one column holds texts if one of its values is
    a string.

    Raises:
        InputError: one text alone, a table of texts with more columns, or a value that is no text.
    """
    if isinstance(x, str | bytes):
        raise InputError("X is one text", expected="a list of texts", remedy="give [text]")
    _refuse_no_column(x)
    values = _column(x) if hasattr(x, "columns") and hasattr(x, "iloc") else _values(x)
    if values is None or not any(isinstance(value, str) for value in values):
        return None
    return [checked_text(value, f"document {i}") for i, value in enumerate(values)]


def warn_of_empty_texts(reasons: Sequence[str]) -> None:
    """Warn of texts that get scores although they are no evidence; ``reasons`` says why of each."""
    empty = [i for i, reason in enumerate(reasons) if reason]
    if empty:
        warn_caller(
            f"{len(empty):,} of {quantity(len(reasons), 'text')} "
            f"{'is' if len(empty) == 1 else 'are'} no evidence of any class, and what is returned "
            f"for {'it' if len(empty) == 1 else 'them'} means nothing: document {empty[0]}: "
            f"{reasons[empty[0]]}, or let predict decline it: abstain='auto'",
        )


def _refuse_no_column(x: Any) -> None:
    """Raise InputError for what is neither a column of texts nor a matrix, and has no order."""
    remedy = "give a list of texts, or an array of a row for each document"
    if isinstance(x, list | tuple):
        if not x:
            raise InputError("X holds no document", expected="at least one", remedy=remedy)
        first = x[0]
        row_or_number = isinstance(first, Number | np.generic) or hasattr(first, "__len__")
        if not row_or_number or isinstance(first, bytes | bytearray | dict | set):
            checked_text(first, "document 0")
        lengths = {len(row) for row in x if isinstance(row, list | tuple)}
        if len(lengths) > 1:
            raise InputError(
                f"X has rows of {min(lengths)} to {max(lengths)} values",
                expected="rows of one length",
                remedy=remedy,
            )
    elif not (hasattr(x, "__array__") or hasattr(x, "shape") or hasattr(x, "columns")):
        raise InputError(
            f"X is {without_content(x)}, of type {type(x).__name__}",
            expected="a list, an array, or a column of a table",
            remedy=remedy,
        )
    elif getattr(getattr(x, "dtype", None), "kind", "") in ("U", "O") and not np.size(x):
        raise InputError("X holds no document", expected="at least one", remedy=remedy)
    elif getattr(getattr(x, "dtype", None), "kind", "") in ("M", "m"):
        raise InputError(
            "X holds dates or times", expected="texts, or vectors of numbers", remedy=remedy
        )


def _column(table: Any) -> Sequence[Any] | None:
    if len(table.columns) == 1:
        return list(table.iloc[:, 0])
    if not len(table):
        return None
    words = [str(c) for c, v in zip(table.columns, table.iloc[0], strict=True) if type(v) is str]
    if words:
        raise InputError(
            f"X is a table with the text columns {', '.join(words[:5])}, "
            f"and has {quantity(len(table.columns), 'column')}",
            expected="one column of texts, or numbers alone",
            remedy=f"give the column, such as X[{words[0]!r}]",
        )
    return None


def _values(x: Any) -> Sequence[Any] | None:
    if isinstance(x, list | tuple):
        flat = not any(isinstance(value, list | tuple | np.ndarray) for value in x[:1])
        return x if flat else None
    if getattr(x, "ndim", None) == 1:
        return list(x)
    if isinstance(x, np.ndarray) and x.shape[1:] == (1,) and x.dtype.kind in "OUT":
        return list(x[:, 0])
    return None
