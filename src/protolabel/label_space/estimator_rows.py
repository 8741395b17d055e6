"""What a scikit-learn estimator writes among the settings of its file, and no other program uses.

The labels of a label space are strings. An estimator may have others, and a label of its own for
what is declined. Whose rows these are is said here; ``estimator`` writes and reads them.
"""

from __future__ import annotations

import json

from protolabel.errors import InputError

LABEL_TYPE = "label_type"  # the type of the labels
LABEL_TYPES = ("str", "int", "float", "bool")
UNKNOWN_LABEL = "unknown_label"  # JSON: the label of what is declined, where somebody has set one


def is_estimator_row(key: str, value: object) -> bool:
    """Return whether a row is one that an estimator may have written."""
    if key == LABEL_TYPE:
        return value in LABEL_TYPES
    return key == UNKNOWN_LABEL and unknown_label_in(value) is not None


def unknown_label_row(label: object) -> dict[str, str]:
    """Return the row of a label for what is declined; no row of None, the usual one.

    Raises:
        InputError: it is neither a string nor a number.
    """
    plain = label.item() if hasattr(label, "item") else label
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
    except ValueError:
        return None
    is_label = isinstance(label, str | int | float) and not isinstance(label, bool)
    return label if is_label else None
