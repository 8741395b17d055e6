"""Whether the characters of a text say anything: pure, no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

MOST_UNREADABLE = 0.3
"""A text is rubbish where a larger share of its visible characters means nothing: control,
private-use and unassigned characters, and U+FFFD. PDF files without a map from glyphs to characters
give such texts."""
LEAST_UNREADABLE = 3
"""So many of these characters make rubbish; in a text of two words one may have been replaced."""

_PLAIN = re.compile("[\\t\\n\\r\\f -~\xa0-\u024f\u2010-\u2027\u20ac]*")
_EMOJI = range(0x1F000, 0x1FC00)  # those that are newer than this Python are unassigned to it


def is_rubbish(text: str) -> bool:
    """Return whether too many characters of a text mean nothing."""
    if _PLAIN.fullmatch(text) is not None:
        return False
    bad, total = _counts(text)
    return bad >= LEAST_UNREADABLE and bad > MOST_UNREADABLE * total


def unreadable_share(text: str) -> float:
    """Return which share of the characters that are no white space means nothing, from 0 to 1."""
    bad, total = _counts(text)
    return bad / total if total else 0.0


def _counts(text: str) -> tuple[int, int]:
    """Return how many visible characters mean nothing, and how many there are."""
    counts = {c: n for c, n in Counter(text).items() if not c.isspace()}
    return sum(n for c, n in counts.items() if _means_nothing(c)), sum(counts.values())


def _means_nothing(character: str) -> bool:
    if character == "\ufffd":
        return True
    category = unicodedata.category(character)
    return category in ("Cc", "Co") or (category == "Cn" and ord(character) not in _EMOJI)
