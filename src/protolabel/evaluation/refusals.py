"""What evaluations of a label space refuse, where its documents have one label or several."""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.errors import InputError
from protolabel.quantity import quantity

MORE_EXAMPLES = (  # the remedy where too few can be left out
    "add examples, or evaluate it on labelled documents: protolabel evaluate --space SPACE DATA"
)


def no_class_error(n: int, names: Sequence[str], example: str = "") -> InputError:
    """Return the error for n documents, none of which is of a class of the label space.

    ``names``: of these classes. ``example``: what a document is labelled instead, as a clause.
    """
    return InputError(
        f"{quantity(n, 'document')}, none of a class of this label space{example}",
        expected=f"labels among {', '.join(map(repr, names[:8]))}",
        remedy="rename labels or classes so that they agree: protolabel rename SPACE OLD NEW",
    )
