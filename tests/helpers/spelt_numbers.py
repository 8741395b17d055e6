"""Numbers as words. Texts that differ by a number alone are near copies, and so one document."""

from __future__ import annotations

LETTERS = str.maketrans("0123456789", "abcdefghij")


def spelt(number: int) -> str:
    """Return a word for a number, another one for each: ``17`` is ``"bh"``."""
    return str(number).translate(LETTERS)
