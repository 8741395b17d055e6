"""What a scikit-learn estimator writes among the settings of its file, and no other program uses.

The labels of a label space are strings. An estimator may have others, a label of its own for what
is declined, and a class above one that has not come yet. Whose rows these are is said here;
``estimator`` writes and reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from protolabel.errors import InputError

LABEL_TYPE = "label_type"  # the type of the labels
LABEL_TYPES = ("str", "int", "float", "bool")
UNKNOWN_LABEL = "unknown_label"  # JSON: the label of what is declined, where somebody has set one
PARENTS_TO_COME = "parents_to_come"  # JSON: pairs of a label that may come, and the label above it


def is_estimator_row(key: str, value: object) -> bool:
    """Return whether a row is one that an estimator may have written."""
    if key == LABEL_TYPE:
        return value in LABEL_TYPES
    if key == PARENTS_TO_COME:
        return bool(parents_to_come_in(value))
    return key == UNKNOWN_LABEL and unknown_label_in(value) is not None


def unknown_label_row(label: object) -> dict[str, str]:
    """Return the row of a label for what is declined; no row of None, the usual one.

    Raises:
        InputError: it is neither a string nor a number.
    """
    plain = _plain(label)
    if plain is None:
        return {}
    if isinstance(plain, bool) or not isinstance(plain, str | int | float):
        raise InputError(
            f"unknown_label={label!r} in a label space file", expected="a string or a number"
        )
    return {UNKNOWN_LABEL: json.dumps(plain)}


def unknown_label_in(value: object) -> str | int | float | None:
    """Return the label that stands in a row; None where it is none."""
    try:
        label = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return label if _is_label(label) else None


def parents_row(parents: Mapping[Any, Any]) -> dict[str, str]:
    """Return the row of the labels that may come, each with the label above it; no row of none."""
    pairs = [[_plain(label), _plain(above)] for label, above in parents.items()]
    return {PARENTS_TO_COME: json.dumps(pairs)} if pairs else {}


def parents_to_come_in(value: object) -> dict[Any, Any]:
    """Return the label above each one that may come, as a row says; nothing where it is no row."""
    try:
        pairs = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(pairs, list):
        return {}
    is_row = all(
        isinstance(pair, list) and len(pair) == 2 and all(map(_is_label, pair)) for pair in pairs
    )
    return dict(pairs) if is_row else {}


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label


def _is_label(label: object) -> bool:
    return isinstance(label, str | int | float) and not isinstance(label, bool)
