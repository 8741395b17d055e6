"""Encoders that compute nothing themselves: a caller's function, and vectors made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from protolabel.encoders.checked_output import check_embeddings
from protolabel.encoders.probed_function import ProbedFunction
from protolabel.encoders.probes import same_probed_space
from protolabel.errors import EncoderError, InputError

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

_REMEDY = (
    "look at what the function returns; if it reads another language, give an object with "
    "`encode`, `dim` and `fingerprint`, which is your name for its vectors"
)


class _Probed(Protocol):
    """An encoder whose fingerprint holds what probes say."""

    _fingerprint: str


P = TypeVar("P", bound=_Probed)


def under_name(encoder: P, fingerprint: str) -> P | None:
    """Return a copy of an encoder that has another fingerprint of its space; None for another."""
    if not same_probed_space(encoder._fingerprint, fingerprint):
        return None
    named = copy(encoder)
    named._fingerprint = fingerprint
    return named


class CallableEncoder:
    """A caller's own function from texts to an (n, d) array, with checks around it.

    ``fingerprint`` names the vector space, which label spaces trust: choose a new one whenever the
    function changes. Without one it is taken from the vectors of a few texts. ``dim`` is measured
    when it is not given. The vectors are passed on as they are, not normalised.
    ``tells_directions``: False where texts differ in the length of their vectors alone.
    """

    def __init__(
        self,
        function: Callable[[list[str]], Any],
        dim: int | None = None,
        *,
        fingerprint: str | None = None,
    ) -> None:
        """Take the function.

        Raises:
            EncoderError: an empty fingerprint, or the function's output is not usable.
        """
        if fingerprint == "":
            raise EncoderError("an empty fingerprint", expected="a name for this vector space")
        self._function = function
        self._probed: ProbedFunction | None = None
        if fingerprint is None:
            self._probed = ProbedFunction(function, "function", _REMEDY)
            fingerprint = self._probed.fingerprint
        self._fingerprint = fingerprint
        self._dim = (
            dim if dim is not None else check_embeddings(function(["dim"]), 1, None).shape[1]
        )
        self.tells_directions = self._probed is None or self._probed.tells_directions

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """As given, or as :class:`ProbedFunction` makes it."""
        return self._fingerprint

    def variant(self, fingerprint: str) -> CallableEncoder | None:
        """Return the same encoder under a name that its space has already; None for another one."""
        return under_name(self, fingerprint)

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts: (n, d) float32, in the order given.

        Raises:
            EncoderError: the function's output is not (n, d) finite numbers; or it no longer tells
                texts apart that it told apart before.
        """
        if not texts:
            return np.empty((0, self._dim), np.float32)
        vectors = check_embeddings(self._function(list(texts)), len(texts), self._dim)
        if self._probed is not None and self._probed.doubts(texts, vectors):
            pair = list(self._probed.pair)
            self._probed.require_same(check_embeddings(self._function(pair), len(pair), self._dim))
        return vectors


class PrecomputedEncoder:
    """Stands for vectors that are made elsewhere, of ``dim`` dimensions; cannot encode text."""

    def __init__(self, dim: int) -> None:
        """Take the dimensions.

        Raises:
            EncoderError: fewer than one.
        """
        if dim < 1:
            raise EncoderError(f"precomputed vectors of {dim} dimensions", expected="at least 1")
        self._dim = dim

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``precomputed:<dim>``."""
        return f"precomputed:{self._dim}"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return no rows for no texts; any text is an error.

        Raises:
            InputError: there is a text.
        """
        if texts:
            raise InputError(
                "a text for a label space of vectors made elsewhere",
                expected=f"documents that bring their embedding of {self._dim} numbers",
                remedy="give each document an `embedding`, or create the space with an encoder",
            )
        return np.empty((0, self._dim), np.float32)
