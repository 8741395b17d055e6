"""Embeds with any encoder, and checks what it returns: shape, type, and that values are finite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from protolabel.arrays import Embeddings
from protolabel.encoders.protocol import Encoder, ImageEncoder, PassageEncoder
from protolabel.errors import EncoderError
from protolabel.types import Encoded
from protolabel.words.quantity import quantity


def encode_documents(encoder: Encoder, texts: Sequence[str]) -> Encoded:
    """Embed texts with any encoder, with passages where it knows them, and check what it returns.

    Raises:
        EncoderError: the output has another shape than promised, or values that are not finite.
    """
    n = len(texts)
    if not isinstance(encoder, PassageEncoder):
        return Encoded.whole(check_embeddings(encoder.encode(texts), n, encoder.dim))
    encoded = encoder.encode_documents(texts)
    return Encoded(
        check_embeddings(encoded.embeddings, n, encoder.dim),
        check_embeddings(encoded.passage_embeddings, len(encoded.passage_owner), encoder.dim),
        np.asarray(encoded.passage_owner, np.int64),
        np.asarray(encoded.passage_spans, np.int64),
        encoded.unread_shares,
        encoded.passage_weights,
        encoded.beginnings,
    )


def encode_images(encoder: ImageEncoder, images: Sequence[bytes]) -> Embeddings:
    """Embed images with any image encoder, and check what it returns.

    Raises:
        EncoderError: the output has another shape than promised, or values that are not finite.
        ImageError: an image cannot be used.
    """
    return check_embeddings(encoder.encode_images(images), len(images), encoder.dim, "image")


def check_embeddings(output: Any, n: int, dim: int | None, what: str = "text") -> Embeddings:
    """Copy what an encoder returned to (n, d) float32, C-contiguous, or say what is wrong with it.

    An encoder may write its next vectors into the same memory, so nothing of it is kept.

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
    if (
        vectors.ndim == 2
        and vectors.shape[0] == n
        and vectors.shape[1] != (dim or vectors.shape[1])
    ):
        raise EncoderError(
            f"the encoder returned vectors of {quantity(vectors.shape[1], 'number')}",
            expected=f"{dim}, as it had before or says by its `dim`",
            remedy="let it use one model for all texts, and say in `dim` what that returns",
        )
    if vectors.ndim != 2 or vectors.shape[0] != n:
        raise EncoderError(
            f"the encoder returned shape {vectors.shape}",
            expected=f"shape {shape}: one row for each {what}, all of the same length",
            remedy="let it take a list and return one row for each of its members",
        )
    if not vectors.shape[1]:
        raise EncoderError("the encoder returned vectors of no dimension", expected="at least one")
    with np.errstate(over="ignore"):  # what overflows is not finite, and refused below
        vectors = np.array(vectors, np.float32, order="C")
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
