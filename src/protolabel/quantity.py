"""A count with its noun: ``1 class``, ``2 classes``. For summaries and messages of every folder."""

from __future__ import annotations

import re


def quantity(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 copy``, ``2 boxes``, ``1,000 examples``.

    ``plural``: that of a noun which forms it in a way of its own.
    """
    return f"{count:,} {noun if count == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"
