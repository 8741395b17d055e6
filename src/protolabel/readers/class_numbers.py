"""The numbers by which a Hugging Face dataset stores classes -> their names. Reads no dataset."""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.errors import InputError

NO_CLASS = -1  # of a row without a label, as test splits have


def name_of_number(number: int, names: Sequence[str], source: str) -> str | None:
    """Return the name of a class; None for a row without a label.

    Raises:
        InputError: there is no class of that number; ``source`` says where.
    """
    if number == NO_CLASS:
        return None
    if not 0 <= number < len(names):
        raise InputError(
            f"{source}: the label {number}",
            expected=f"0 to {len(names) - 1}, or {NO_CLASS} for none",
        )
    return names[number]
