"""Checks the plain arguments of the Python API: texts, switches, paths, metrics. No I/O.

Each function returns the argument in the form that the package uses, or raises an error that says
what to pass instead. ``documents`` checks documents and examples.
"""

from __future__ import annotations

import math
import numbers
import operator
import os
from collections.abc import Iterable, Mapping
from typing import TypeGuard, cast, get_args

import numpy as np

from protolabel.arrays import Metric
from protolabel.documents import checked_text
from protolabel.errors import InputError
from protolabel.progress import Progress
from protolabel.words.text import has_visible_text

METRICS: tuple[str, ...] = get_args(Metric)
MOST = 10**9
"""The largest number that counts something in an evaluation or a training."""
MOST_SEED = 2**63 - 1


def require_metric(value: object) -> Metric:
    """Return a metric. Raises InputError for any other value."""
    if not isinstance(value, str) or value not in METRICS:
        raise InputError(f"metric {repr(value)[:60]}", expected=" or ".join(map(repr, METRICS)))
    return cast(Metric, str(value))


def require_flag(value: object, what: str) -> bool:
    """Return True or False. Raises InputError, naming ``what``, for any other value."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise InputError(f"{what} {repr(value)[:60]}", expected="True or False")
    return bool(value)


def require_coverage(value: object) -> float | None:
    """Return the coverage of label sets, or None. Raises InputError for any other value."""
    if value is None:
        return None
    number = float(value) if isinstance(value, int | float | np.floating) else math.nan
    if isinstance(value, bool) or not 0.0 < number < 1.0:
        raise InputError(
            f"coverage {repr(value)[:60]}", expected="a share above 0 and below 1, or None"
        )
    return number


def require_name(value: object, what: str) -> str:
    """Return a text with a visible character. Raises InputError, naming ``what``."""
    text = checked_text(value, what)
    if not has_visible_text(text):
        raise InputError(f"{what}: an empty text", expected="at least one visible character")
    return text


def require_path(value: object, what: str = "the path") -> str:
    """Return a path as a text. Raises InputError, naming ``what``, for what is no path of a file.

    Lone surrogates stay: they stand for bytes of a file name that are no UTF-8.
    """
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    try:
        encoded = os.fsencode(path) if isinstance(path, str) else b""
    except UnicodeEncodeError:
        encoded = b""
    if not isinstance(path, str) or not encoded or b"\0" in encoded:
        raise InputError(
            f"{what}: {repr(value)[:60]}", expected="the path of a file: a str or a Path"
        )
    return path


def require_progress(value: Progress) -> Progress:
    """Return a function that follows progress. Raises InputError for what cannot be called."""
    if not callable(value):
        raise InputError(f"progress {repr(value)[:60]}", expected="a function of a progress.Step")
    return value


def require_strings(values: object, what: str) -> list[str]:
    """Return the texts of a list or of another iterable. Raises InputError for anything else."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise InputError(
            f"{what}: {repr(values)[:60]}, of type {type(values).__name__}",
            expected="a list of texts",
            remedy=f"give [{str(values)[:60]!r}]" if isinstance(values, str) else "",
        )
    if getattr(values, "ndim", 1) != 1:
        raise InputError(
            f"{what}: an array of {getattr(values, 'ndim', 0)} dimensions",
            expected="a list of texts",
        )
    return [checked_text(value, what) for value in values]


def require_between(value: float, name: str, least: float, most: float) -> None:
    """Raise InputError, naming the argument, for a number that is not within bounds; nan never is.

    Both bounds are within.
    """
    if not least <= value <= most:
        words = f"{least} or more" if value < least else f"a number from {least} to {most}"
        raise InputError(f"{name} {value}", expected=words)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number, of Python or of NumPy."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a real number, of Python or of NumPy; nan is one, too."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)


def require_whole(value: object, what: str, least: int) -> int:
    """Return a whole number of at least ``least``. Raises InputError, naming ``what``."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < least:
        raise InputError(f"{what} {value!r}", expected=f"a whole number, {least} or more")
    return number
