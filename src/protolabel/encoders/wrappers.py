"""Encoders that compute nothing themselves: a caller's function, and vectors made elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.arrays import unit
from protolabel.errors import EncoderError, InputError

if TYPE_CHECKING:
    from protolabel.arrays import Doubles, Embeddings


PROBES = (
    "please pay the invoice", "a letter of complaint about the delivery", "how old are you",
    "the contract ends in june", "call me back tomorrow morning", "my card was stolen",
    "new software update for your phone", "the patient has a fever", "rain is expected today",
    "we won the game last night", "apply for the job in london", "the meeting is at ten",
    "send the package to this address", "interest rates are rising", "recipe for a cake with eggs",
    "book a flight and a hotel",
)  # fmt: skip
_FEWEST_PROBES = 4  # that must give a vector other than zero
_OCTAVES = 0.5  # step of a length, in powers of two
_SHARES = 0.25  # step of a direction; its standard deviation is 1
_NO_LENGTH = -1e6  # stands for the logarithm of zero


def check_embeddings(output: Any, n: int, dim: int | None, what: str = "text") -> Embeddings:
    """Take what an encoder returned as (n, d) float32, C-contiguous, or say what is wrong with it.

    Arrays, lists of numbers or of arrays, sparse matrices and torch's tensors are understood, of
    any floating-point or integer type.

    Args:
        output: what the encoder returned.
        n: how many texts or images it was given.
        dim: the dimensions that it has; None where that is not known yet.
        what: "text" or "image", for the message.

    Raises:
        EncoderError: not numbers, another shape than (n, ``dim``), or a value that is not finite.
    """
    try:
        vectors = np.asarray(_dense(output))
    except Exception as error:  # ragged lists, foreign objects
        raise EncoderError(
            f"the encoder's output cannot become an array ({error})",
            expected=f"an array of numbers, one row for each {what}",
            remedy="return np.asarray(vectors, dtype=np.float32)",
        ) from error
    if vectors.dtype.kind not in "fiu":
        raise EncoderError(
            f"the encoder returned values of type {vectors.dtype}",
            expected="floating-point numbers",
            remedy="return np.asarray(vectors, dtype=np.float32)",
        )
    shape = f"({n}, {'d' if dim is None else dim})"
    if vectors.ndim != 2 or vectors.shape[0] != n or vectors.shape[1] != (dim or vectors.shape[1]):
        raise EncoderError(
            f"the encoder returned shape {vectors.shape}",
            expected=f"shape {shape}: one row for each {what}, all of the same length",
            remedy="let it take a list and return one row for each of its members",
        )
    if not vectors.shape[1]:
        raise EncoderError("the encoder returned vectors of no dimension", expected="at least one")
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


def _dense(output: Any) -> Any:
    """Return a sparse matrix or a tensor, or a list of them, as NumPy can read it."""
    if isinstance(output, list | tuple):
        return [_dense(row) for row in output]
    if hasattr(output, "toarray"):  # scipy.sparse
        return output.toarray()
    if hasattr(output, "detach"):  # torch: off the device, and from types that NumPy has not
        return output.detach().cpu().float().numpy()
    return output


def fingerprint_of(function: Callable[[list[str]], Any], name: str) -> str:
    """Return an identity of the vector space of a function that has none: ``name:dim:digest``.

    The digest is of the vectors of 16 texts: of each its length, in half powers of two, and its
    share along one fixed direction of ones and minus ones, in quarters. So another function or
    another unit has another one. Rounding that differs between machines changes nothing, unless a
    value lies on the border of two steps.

    Raises:
        EncoderError: the output is not usable, or is zero for nearly all of those texts.
    """
    vectors = check_embeddings(function(list(PROBES)), len(PROBES), None)
    if int(vectors.any(axis=1).sum()) < _FEWEST_PROBES:
        raise EncoderError(
            f"{name} gives zeros for nearly all of {len(PROBES)} texts in English, so no document "
            "could be told from another",
            expected="vectors that differ from text to text",
            remedy="look at what the function returns; if it reads another language, give an "
            "object with `encode`, `dim` and `fingerprint`, which is your name for its vectors",
        )
    lengths = np.sqrt(np.square(vectors, dtype=np.float64).sum(axis=1))
    octaves = np.log2(lengths, out=np.full(len(lengths), _NO_LENGTH), where=lengths > 0)
    shares = (unit(vectors).astype(np.float64) * _directions(vectors.shape)).sum(axis=1)
    steps = np.rint(np.stack([octaves / _OCTAVES, shares / _SHARES])) + 0.0  # no minus zero
    digest = hashlib.sha256(steps.astype("<i8").tobytes())
    return f"{name}:{vectors.shape[1]}:{digest.hexdigest()[:16]}"


def _directions(shape: tuple[int, int]) -> Doubles:
    """Return a direction of ones and minus ones for each probe, the same always. (n, d)."""
    n, dim = shape
    stream = hashlib.shake_256(b"protolabel probes").digest((n * dim + 7) // 8)
    bits = np.unpackbits(np.frombuffer(stream, np.uint8))[: n * dim]
    return np.asarray(2.0 * bits.reshape(shape) - 1.0, np.float64)


class CallableEncoder:
    """A caller's own function from texts to an (n, d) array, with checks around it.

    ``fingerprint`` names the vector space, which label spaces trust: choose a new one whenever the
    function changes. Without one it is taken from the vectors of a few texts. ``dim`` is measured
    when it is not given. The vectors are passed on as they are, not normalised.
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
        self._fingerprint = fingerprint or fingerprint_of(function, "function")
        self._dim = (
            dim if dim is not None else check_embeddings(function(["dim"]), 1, None).shape[1]
        )

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """As given, or as :func:`fingerprint_of` makes it."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts: (n, d) float32, in the order given.

        Raises:
            EncoderError: the function's output is not (n, d) finite numbers.
        """
        if not texts:
            return np.empty((0, self._dim), np.float32)
        return check_embeddings(self._function(list(texts)), len(texts), self._dim)


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
