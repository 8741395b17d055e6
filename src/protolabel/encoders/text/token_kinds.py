"""Which tokens begin a word, which are a letter of a word spelled out, which are unknown.

It looks at tokens when they first come up: a vocabulary may hold 250,000, and a text has a few.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from protolabel.arrays import Doubles, Embeddings, Integers, Mask

if TYPE_CHECKING:
    import numpy.typing as npt

    Ids = npt.NDArray[np.int32]
    Numbers = Integers | Doubles


class Counts(NamedTuple):
    """How many tokens of n sequences are of each kind: (n,) int64 each."""

    words: Integers
    letters: Integers
    unknown: Integers


def shares_unread(units: Numbers, unread: Numbers) -> Embeddings:
    """Return what ``Encoded.unread_shares`` holds of n texts: (n, 2) float32.

    Args:
        units: (n, 2) tokens and words of each.
        unread: (n, 2) unknown tokens, and words spelled out in letters.
    """
    return np.where(units, unread / np.maximum(units, 1), (1, 0)).astype(np.float32)


_LOOKED_AT, _WORD, _LETTER, _UNKNOWN = 1, 2, 4, 8  # bits of a token's kind; 0: not looked at yet


class TokenKinds:
    """The kinds of the tokens of one tokenizer; safe to use from several threads.

    WordPiece breaks a word into letters where its vocabulary has the alphabet and not the word.
    Latin letters are left out, since codes and abbreviations are spelled in every language; so are
    Chinese characters, since each has a meaning of its own. Other kinds of tokenizer: no words and
    no letters.
    """

    def __init__(self, tokenizer: Any, n_tokens: int) -> None:
        """Look at no token yet."""
        self._model = tokenizer.model
        self._prefix = getattr(self._model, "continuing_subword_prefix", None)
        self._unknown = _unknown_token(tokenizer)
        self._kinds = np.zeros(n_tokens, np.uint8)

    def count(self, sequences: Sequence[Ids]) -> Counts:
        """Return how many tokens of each sequence begin a word, are such a letter, are unknown."""
        ids = np.concatenate([np.empty(0, np.int32), *sequences])
        kinds = self._kinds[ids]
        if not kinds.all():
            for number in set(ids[kinds == 0].tolist()):
                self._kinds[number] = self._kind(number)
            kinds = self._kinds[ids]
        ends = np.cumsum([0, *map(len, sequences)])
        return Counts(*(_sums(kinds & bit > 0, ends) for bit in (_WORD, _LETTER, _UNKNOWN)))

    def _kind(self, number: int) -> int:
        kind = _LOOKED_AT | (_UNKNOWN if number == self._unknown else 0)
        token = self._model.id_to_token(number) if self._prefix else None
        if token is None or token.startswith(self._prefix):
            return kind
        return kind | _WORD | (_LETTER if _is_letter(token) else 0)


def _sums(is_one: Mask, ends: Integers) -> Integers:
    """Return how many are true in each stretch between two ends: (n,) from (n + 1,)."""
    totals = np.concatenate([[0], np.cumsum(is_one)])
    return np.asarray(totals[ends[1:]] - totals[ends[:-1]], np.int64)


def _is_letter(token: str) -> bool:
    if len(token) != 1 or not token.isalpha():
        return False
    return unicodedata.name(token, "").partition(" ")[0] not in ("LATIN", "CJK", "")


def _unknown_token(tokenizer: Any) -> int | None:
    """Return the number of the token for what is not in the vocabulary; None: every text is."""
    names = (getattr(tokenizer.model, "unk_token", None), "[UNK]", "<unk>")
    numbers = (tokenizer.token_to_id(name) for name in names if name)
    return next((number for number in numbers if number is not None), None)
