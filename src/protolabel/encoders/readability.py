"""Whether an encoder could read a text at all, by the tokens that mean nothing to it.

Emoji, Thai or Amharic are one unknown token each to an English tokenizer: all such texts have much
the same vector, whatever they say. Words in Russian, Greek, Hebrew, Arabic or Hindi fall into
single letters, since its vocabulary has their alphabets but not their words. This does not find
languages in Latin letters that the encoder was not trained on.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Mask
from protolabel.types import Encoded
from protolabel.words.certainty import percent

MOST_UNREAD = 0.5
"""A text is unreadable where the share of its tokens that are unknown, plus the share of its words
that are spelled out in letters, is larger.

The accuracy there, and that no English text is so: docs/decisions/0023."""

_REMEDY = (
    "a multilingual encoder may read it: protolabel reencode SPACE --encoder multilingual-e5-small"
)

_ANOTHER = (
    "another encoder may read it, such as: protolabel reencode SPACE --encoder "
    "multilingual-e5-small"
)


def unreadable(encoded: Encoded) -> Mask:
    """Return which documents the encoder could not read: (n,) bool."""
    if encoded.unread_shares is None:
        return np.zeros(len(encoded.embeddings), np.bool_)
    return np.asarray(encoded.unread_shares.sum(axis=1) > MOST_UNREAD, np.bool_)


def reasons_unreadable(encoded: Encoded) -> list[str]:
    """Return why the encoder could not read each document, ``n`` texts; empty where it could."""
    return [
        why_unreadable(encoded, row) if illegible else ""
        for row, illegible in enumerate(unreadable(encoded).tolist())
    ]


def why_unreadable(encoded: Encoded, row: int) -> str:
    """Return why the unreadable document of a row has no answer, and what to do."""
    shares = encoded.unread_shares
    if not encoded.embeddings[row].any():
        return (
            "the encoder can read none of the text: it gives it a vector of zeros, as for words or "
            f"symbols that it does not know; {_ANOTHER}"
        )
    unknown, spelled = (0.0, 0.0) if shares is None else shares[row].tolist()
    if unknown <= MOST_UNREAD:
        return (
            "the encoder can hardly read the text: it knows the letters, but not the words "
            f"({percent(spelled)} of them, and {percent(unknown)} of the symbols are unknown); "
            f"{_REMEDY}"
        )
    amount = (
        "none of the text" if unknown == 1 else f"only {percent(1 - unknown)} of the text's tokens"
    )
    return (
        f"the encoder can read {amount}: its vocabulary lacks the language or the symbols; "
        f"{_REMEDY}"
    )
