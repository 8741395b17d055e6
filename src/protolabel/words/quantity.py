"""Numbers in words: a count with its noun (``2 classes``), a number of so many digits."""

from __future__ import annotations

import re


def quantity(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 copy``, ``2 boxes``, ``1,000 examples``.

    ``plural``: that of a noun which forms it in a way of its own.
    """
    return f"{count:,} {noun_for(count, noun, plural)}"


def noun_for(count: int, noun: str, plural: str = "") -> str:
    """Return a noun as it stands behind a count, or before the names of so many."""
    return noun if count == 1 else plural or _plural(noun)


def rounded(value: float, digits: int = 1) -> str:
    """Return a number with so many digits behind the point; what rounds to zero has no sign."""
    return f"{round(value, digits) or 0.0:.{digits}f}"


def _plural(noun: str) -> str:
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"
