"""Checks the arguments of ``train`` and ``adapt``: what is none of theirs is refused.

It runs nothing. The settings check themselves (:class:`Recipe` and the others).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

from protolabel.columns.data_frames import is_data_frame
from protolabel.errors import InputError
from protolabel.training.data.past import Past
from protolabel.words.text import without_content

T = TypeVar("T")
_MAKE_PASTS = "make it with past_of(examples), or with read_past(path)"


def require_pasts(value: object) -> list[Past]:
    """Return labelled pasts, of one or of several. Raises InputError for anything else."""
    if isinstance(value, Past):
        return [value]
    is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    is_list = is_list and getattr(value, "ndim", 1) > 0 and not is_data_frame(value)
    return [_past(one) for one in (cast(Iterable[object], value) if is_list else [value])]


def _past(value: object) -> Past:
    if not isinstance(value, Past):
        raise InputError(
            f"a labelled past: {without_content(value)}, of type {type(value).__name__}",
            expected="a Past, or a list of them",
            remedy=_MAKE_PASTS,
        )
    return value


def require_setting(value: object, kind: type[T], name: str) -> T:
    """Return a setting of a kind. Raises InputError, naming the argument, for anything else."""
    if not isinstance(value, kind):
        raise InputError(
            f"{name}: {without_content(value)}, of type {type(value).__name__}",
            expected=f"a {kind.__name__}",
        )
    return value
