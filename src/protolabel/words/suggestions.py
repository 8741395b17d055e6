"""Which names somebody may have meant who wrote another: typos and beginnings, no far guesses.

One rule for commands, options, classes, ids and files. It knows no state and no messages.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST = 3  # names that are suggested
NEAREST_RATIO = 0.65  # least share of equal characters
SLIP = 2  # characters that one wrong or swapped letter costs: one is missing, and one too many
LONG_NAME = 10  # characters from which on a name may have two slips
SHORTEST_BEGINNING = 3  # characters of a name that stand for the whole of it


def close_names(name: str, names: Iterable[str]) -> list[str]:
    """Return the names that are near to another one, nearest first; case does not count.

    Near is a name that a typo makes of the other one, or that the other one is the beginning of.
    """
    from difflib import get_close_matches

    folded = name.casefold()
    spellings: dict[str, list[str]] = {}
    for spelling in names:
        spellings.setdefault(spelling.casefold(), []).append(spelling)
    close = get_close_matches(folded, spellings, n=2 * MOST, cutoff=NEAREST_RATIO)
    near = [key for key in close if _unequal(folded, key) <= _allowance(folded)]
    if len(folded) >= SHORTEST_BEGINNING:
        near += [key for key in spellings if key.startswith(folded) and key not in near]
    return [spelling for key in near for spelling in spellings[key]][:MOST]


def _unequal(first: str, second: str) -> int:
    """Return how many characters of the two have no counterpart."""
    from difflib import SequenceMatcher

    length = len(first) + len(second)
    return round(length * (1 - SequenceMatcher(None, second, first).ratio()))


def _allowance(name: str) -> int:
    return SLIP if len(name) < LONG_NAME else 2 * SLIP


def did_you_mean(names: Iterable[str]) -> str:
    """Return the question about names that were suggested; empty where there are none."""
    quoted = " or ".join(map(repr, names))
    return f"did you mean {quoted}?" if quoted else ""
