"""Encodes texts by hashing their words and letter groups. No weights, no download, no meaning.

For tests and first runs: texts that share words are near, synonyms are not. The same text gives
the same vector in every process and on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from protolabel.encoders.text_arguments import require_text, require_text_list
from protolabel.errors import EncoderError

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

DIM = 512
_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Signed counts of words and of three- to five-letter groups, hashed into ``dim`` places.

    Weinberger et al. 2009: the sign makes collisions cancel on average. Counts enter as square
    roots. A text without any letter or digit hashes as itself.
    """

    def __init__(self, dim: int = DIM) -> None:
        """Take ``dim``, at least 8.

        Raises:
            EncoderError: ``dim`` is smaller.
        """
        if dim < 8:
            raise EncoderError(f"a hashing encoder of {dim} dimensions", expected="at least 8")
        self._dim = dim

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``hashing:<dim>``."""
        return f"hashing:{self._dim}"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32 of unit length, in the order given.

        Raises:
            InputError: ``texts`` is not a list of strings.
        """
        require_text_list(texts)
        out = np.zeros((len(texts), self._dim), np.float32)
        for row, text in enumerate(texts):
            self._add(out[row], require_text(text, row))
        return out

    def _add(self, row: Embeddings, text: str) -> None:
        counts: dict[int, int] = {}
        for feature in _features(text):
            code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
            counts[code] = counts.get(code, 0) + 1
        for code, count in counts.items():
            # The top bit is the sign; the place comes from the others.
            row[(code & 0x7FFFFFFF) % self._dim] += np.float32(
                (count**0.5) * (1 - 2 * (code >> 31))
            )
        norm = np.linalg.norm(row)
        if norm == 0:  # everything cancelled: hash the whole text instead
            row[zlib.crc32(text.encode("utf-8", "surrogatepass")) % self._dim] = norm = np.float32(
                1
            )
        row /= norm


def _features(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    features = []
    for word in words:
        features.append(word)
        framed = f"<{word}>"
        features += [framed[i : i + n] for n in (3, 4, 5) for i in range(len(framed) - n + 1)]
    return features or [text]
