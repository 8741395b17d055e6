"""Asks a function for the vectors of the probes: its identity, and whether it tells texts apart.

A function or a service may begin to give zeros, or one vector for every text. Each such vector
could be right for its text. So where vectors raise a doubt, two probes that had different vectors
are asked for again: their vectors, beside those of before, say whether the text or its encoder is
at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from protolabel.arrays import Embeddings, unit
from protolabel.encoders.checked_output import check_embeddings
from protolabel.encoders.directions import are_equal, are_parallel
from protolabel.encoders.probes import PROBES, are_of_one_space, probe_code
from protolabel.errors import EncoderError

_FEWEST_PROBES = 4  # that must give a vector other than zero


class ProbedFunction:
    """What the vectors of the probes say of a function that has no identity of its own.

    ``fingerprint``: ``name:dim:probes-...``, with what ``probes`` says of the vectors of 16 short,
    lower-case texts. A function that gives these other vectors, or another unit, has another one.
    Two of one function may differ in rounding, and ``compatible`` says so.
    ``pair``: two texts whose vectors differ. ``tells_directions``: whether they differ in more than
    their lengths, as the cosine needs it.
    """

    def __init__(self, function: Callable[[list[str]], Any], name: str, remedy: str) -> None:
        """Ask for the vectors of the probes.

        Args:
            function: from texts to vectors.
            name: of the function, for the fingerprint and for messages.
            remedy: what to do where it does not tell texts apart.

        Raises:
            EncoderError: the output is not usable, is zero for nearly all of those texts, or is the
                same for all of the others.
        """
        vectors = check_embeddings(function(list(PROBES)), len(PROBES), None)
        self._name, self._remedy = name, remedy
        self.dim = vectors.shape[1]
        rows = np.flatnonzero(vectors.any(axis=1))
        if len(rows) < _FEWEST_PROBES:
            raise self._error(f"zeros for nearly all of {len(PROBES)} texts in English")
        if are_equal(vectors[rows]):
            raise self._error(f"one and the same vector for {len(rows)} different texts in English")
        self.tells_directions = not are_parallel(vectors[rows])
        wide = unit(vectors[rows]) if self.tells_directions else vectors[rows]
        farthest = rows[int(np.square(wide - wide[0]).sum(axis=1).argmax())]
        pair = [int(rows[0]), int(farthest)]
        self.pair = (PROBES[pair[0]], PROBES[pair[1]])
        self._pair_vectors = vectors[pair]
        self.fingerprint = f"{name}:{self.dim}:probes-{probe_code(vectors)}"
        self._last: tuple[str, Embeddings] | None = None

    def doubts(self, texts: Sequence[str], vectors: Embeddings) -> bool:
        """Return whether vectors ``(n, d)``, at least one, may be those of a broken encoder.

        One is zero; or different texts have one vector. A text that comes alone is compared with
        the one before.
        """
        last, self._last = self._last, (texts[-1], vectors[-1:])
        if not vectors.any(axis=1).all():
            return True
        if last is not None and len(set(texts)) == 1:
            texts, vectors = [last[0], *texts], np.concatenate([last[1], vectors])
        return len(set(texts)) > 1 and self._are_alike(vectors)

    def require_same(self, vectors: Embeddings) -> None:
        """Check the vectors ``(2, d)`` that the function gives for ``pair`` now.

        Raises:
            EncoderError: they are zero, do not differ any more, or are others than before.
        """
        if not vectors.any(axis=1).all():
            raise self._error("zeros now, also for texts that had other vectors before")
        if self._are_alike(vectors):
            raise self._error("one vector for different texts now, which had different ones before")
        if not are_of_one_space(self._pair_vectors, vectors):
            raise EncoderError(
                f"{self._name} gives other vectors now for texts that it was given before",
                expected="the vectors of one model, as long as it is in use",
                remedy=self._remedy,
            )

    def _are_alike(self, vectors: Embeddings) -> bool:
        return are_parallel(vectors) if self.tells_directions else are_equal(vectors)

    def _error(self, got: str) -> EncoderError:
        return EncoderError(
            f"{self._name} gives {got}, so no document could be told from another",
            expected="vectors that differ from text to text",
            remedy=self._remedy,
        )
