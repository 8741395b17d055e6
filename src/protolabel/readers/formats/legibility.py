"""Whether a text that was taken out of a file says anything: pure, no I/O."""

from __future__ import annotations

import unicodedata
from collections import Counter

from protolabel.errors import InputError
from protolabel.text import has_visible_text

MOST_UNREADABLE = 0.3
"""A text is rubbish where a larger share of its visible characters means nothing: control,
private-use and unassigned characters, and U+FFFD. PDF files without a map from glyphs to characters
give such texts."""


def check_legible(text: str, name: str) -> None:
    """Raise InputError where a file holds no text, or none that says anything."""
    if not has_visible_text(text):
        raise InputError(
            f"{name}: no text in it",
            expected="a document with words in it",
            remedy="run an OCR program on it if it shows text, or leave it out",
        )
    share = unreadable_share(text)
    if share > MOST_UNREADABLE:
        raise InputError(
            f"{name}: {share:.0%} of its characters mean nothing, as in a PDF whose fonts do not "
            "say which letters they draw",
            expected="a document with readable text",
            remedy="run an OCR program on it, or leave it out",
        )


def unreadable_share(text: str) -> float:
    """Return which share of the characters that are no white space means nothing, from 0 to 1."""
    counts = Counter(text)
    total = sum(n for c, n in counts.items() if not c.isspace())
    bad = sum(
        n
        for c, n in counts.items()
        if not c.isspace() and (c == "\ufffd" or unicodedata.category(c) in ("Cc", "Co", "Cn"))
    )
    return bad / total if total else 0.0
