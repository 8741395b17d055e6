"""The names of groups: values that are equal share one, whatever type and container holds them.

A column of groups comes as a list, an array or a Series, and with gaps its whole numbers are
floats. By their names, calls of ``partial_fit`` tell which examples are of one document.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from protolabel.words.text import is_missing

Time = date | timedelta | np.datetime64 | np.timedelta64
GROUP = "group "  # begins the name of a group among digests


def group_name(group: object) -> str | None:
    """Return the name of a group, as short as any digest; None where it is missing.

    Numbers are compared by value and times by the moment, as Python does; a day is its midnight.
    """
    if is_missing(group):
        return None
    return GROUP + hashlib.sha256(_words(group).encode("utf-8", "surrogatepass")).hexdigest()


def _words(value: object) -> str:
    """Return a value in words: ``numpy.int64(3)`` and ``3.0`` -> ``"number 3"``."""
    if isinstance(value, Time):
        return _words_of_time(value)
    if isinstance(value, np.generic):
        value = float(value) if isinstance(value, np.floating) else value.item()
    if isinstance(value, str):
        return f"text {value}"
    if isinstance(value, int | float | Decimal | Fraction):
        try:
            return f"number {Fraction(value)}"
        except (OverflowError, ValueError):  # infinite
            return f"number {float(value)}"
    if isinstance(value, tuple):
        return f"tuple {[_words(part) for part in value]}"
    return f"{type(value).__name__} {value}"


def _words_of_time(time: Time) -> str:
    """Return a moment or a span in words: whole microseconds, and the nanoseconds beyond."""
    kind = "moment" if isinstance(time, date | np.datetime64) else "span"
    if isinstance(time, datetime) and time.tzinfo is not None:
        kind, time = "moment in UTC", time.astimezone(UTC).replace(tzinfo=None)
    value: Any = time.to_numpy() if hasattr(time, "to_numpy") else time  # pandas has nanoseconds
    exact: Any = np.timedelta64(value) if kind == "span" else np.datetime64(value)
    whole = exact.astype("timedelta64[us]" if kind == "span" else "datetime64[us]")
    beyond = (exact - whole).astype("timedelta64[ns]")
    return f"{kind} {whole.astype(np.int64)} {beyond.astype(np.int64)}"
