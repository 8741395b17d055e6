"""Whether an encoder could read a text at all: the share of its tokens that it does not know.

Emoji, Thai or Amharic are one unknown token each to an English tokenizer: all such texts have much
the same vector, whatever they say. No answer can be had from it. This says nothing of languages
whose letters are in the vocabulary while their words are not, such as Russian.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Mask
from protolabel.types import Encoded

MOST_UNKNOWN = 0.5
"""A text is unreadable where a larger share of its tokens is unknown.

BANKING77, 77 classes with five examples each: with a quarter, 46 % and 72 % of a query's tokens
made unknown, the accuracy falls from 77.7 % to 60, 33 and 17 % (docs/decisions/0023)."""


def unreadable(encoded: Encoded) -> Mask:
    """Return which documents the encoder could not read: (n,) bool."""
    if encoded.unknown_share is None:
        return np.zeros(len(encoded.embeddings), np.bool_)
    return np.asarray(encoded.unknown_share > MOST_UNKNOWN, np.bool_)


def why_unreadable(share: float) -> str:
    """Return why a document of this share of unknown tokens has no answer, and what to do."""
    amount = "none of the text" if share == 1 else f"only {1 - share:.0%} of the text's tokens"
    return (
        f"the encoder can read {amount}: its vocabulary lacks the language or the symbols; "
        "a multilingual encoder may read it: protolabel reencode SPACE --encoder NAME"
    )
