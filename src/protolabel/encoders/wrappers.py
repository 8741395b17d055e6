"""Encoders that compute nothing themselves: a caller's function, and vectors made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.errors import EncoderError, InputError

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings


def check_embeddings(found: Any, n: int, dim: int | None, what: str = "text") -> Embeddings:
    """Take what an encoder returned as (n, d) float32, C-contiguous, or say what is wrong with it.

    ``what`` was given to it, for the message.

    Raises:
        EncoderError: not numbers, another shape than (n, ``dim``), or a value that is not finite.
    """
    try:
        vectors = np.asarray(found)
    except Exception as error:  # ragged lists, foreign tensors on another device
        raise EncoderError(
            f"the encoder's output cannot become an array ({error})",
            expected=f"an array of numbers, one row for each {what}",
        ) from error
    if vectors.dtype.kind not in "fiu":
        raise EncoderError(
            f"the encoder returned values of type {vectors.dtype}",
            expected="floating-point numbers",
        )
    wanted = f"({n}, {'d' if dim is None else dim})"
    if vectors.ndim != 2 or vectors.shape[0] != n or vectors.shape[1] != (dim or vectors.shape[1]):
        raise EncoderError(
            f"the encoder returned shape {vectors.shape}",
            expected=f"shape {wanted}: one row for each {what}, all of the same length",
        )
    with np.errstate(over="ignore"):  # what overflows is not finite, and refused below
        vectors = np.ascontiguousarray(vectors, np.float32)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if bad.size:
        raise EncoderError(
            f"the encoder returned values that are not finite for {what} {int(bad[0])}"
            + (f" and {bad.size - 1} more" if bad.size > 1 else ""),
            expected="finite numbers",
            remedy=f"look at that {what}, and at the encoder",
        )
    return vectors


class CallableEncoder:
    """A caller's own function from texts to an (n, d) array, with checks around it.

    ``fingerprint`` names the vector space: choose a new one whenever the function changes, since
    label spaces trust it. ``dim`` is measured on one text when not given. The vectors are passed
    on as they are, not normalised.
    """

    def __init__(
        self, function: Callable[[Sequence[str]], Any], dim: int | None = None, *, fingerprint: str
    ) -> None:
        """Take the function.

        Raises:
            EncoderError: an empty fingerprint, or the function's output is not usable.
        """
        if not fingerprint:
            raise EncoderError("an empty fingerprint", expected="a name for this vector space")
        self._function = function
        self._fingerprint = fingerprint
        self._dim = (
            dim if dim is not None else check_embeddings(function(["dim"]), 1, None).shape[1]
        )

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """As given."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts: (n, d) float32, in the order given.

        Raises:
            EncoderError: the function's output is not (n, d) finite numbers.
        """
        if not texts:
            return np.empty((0, self._dim), np.float32)
        return check_embeddings(self._function(texts), len(texts), self._dim)


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
        """No texts, no rows; any text is an error.

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
