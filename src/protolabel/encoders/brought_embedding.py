"""The embedding that a document brings along, checked. Nothing is encoded here."""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Floats
from protolabel.errors import InputError
from protolabel.types import Document, Example


def brought_embedding(document: Document | Example, name: str, dim: int) -> Floats:
    """Return the embedding that a document brings. *Shape:* ``(dim,)`` float32.

    Args:
        document: with an embedding.
        name: what errors call it.
        dim: of the label space.

    Raises:
        InputError: it is no list of ``dim`` finite numbers.
    """
    try:
        with np.errstate(over="ignore"):  # what overflows is not finite, and refused below
            vector = np.asarray(document.embedding).astype(np.float32, casting="same_kind")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name}: an embedding that is no list of numbers ({error})",
            expected=f"{dim} numbers",
            remedy="drop the document, or compute its embedding again",
        ) from error
    if vector.shape != (dim,):
        raise InputError(
            f"{name}: an embedding of shape {vector.shape}",
            expected=f"shape ({dim},), as this label space has",
            remedy="use the encoder that the label space was made with",
        )
    if not np.isfinite(vector).all():
        raise InputError(
            f"{name}: an embedding with values that are not finite (NaN or inf)",
            expected="finite numbers",
            remedy="drop the document, or compute its embedding again",
        )
    return vector
