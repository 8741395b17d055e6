"""Descriptions of classes as vectors: texts through the encoder, vectors as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from protolabel.arrays import Floats, Metric, unit
from protolabel.documents import checked_text
from protolabel.errors import InputError
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import Description
from protolabel.words.quantity import quantity
from protolabel.words.text import has_visible_text


def described(
    descriptions: object,
    earlier: Mapping[Any, Description],
    embedding: TextEmbedding,
    dim: int,
) -> dict[Any, Description]:
    """Return the descriptions of classes, by label.

    Args:
        descriptions: texts or vectors by label; None for none.
        earlier: those that have a vector already.
        embedding: makes vectors of texts.
        dim: the dimensions that a vector must have.

    Raises:
        InputError: no mapping, or a description that is neither a text nor a vector of ``dim``.
    """
    if descriptions is None:
        return {}
    if not isinstance(descriptions, Mapping):
        raise InputError(
            f"descriptions of type {type(descriptions).__name__}", expected="{label: description}"
        )
    ready: dict[Any, Description] = {}
    texts: dict[Any, str] = {}
    for label, description in descriptions.items():
        before = earlier.get(label)
        if not isinstance(description, str):
            vector = _vector(description, label, embedding.metric, dim)
            ready[label] = Description(vector)
        elif before is not None and before.text == description:
            ready[label] = before
        else:
            texts[label] = _words(description, label)
    if texts and embedding.dim != dim:
        raise InputError(
            f"descriptions as texts, whose vectors by {embedding.fingerprint} have "
            f"{embedding.dim} dimensions, and X of {quantity(dim, 'column')}",
            expected="vectors of one encoder",
            remedy="give encoder= the encoder that made X, or give descriptions as vectors",
        )
    if texts:
        vectors = embedding.descriptions(list(texts.values()))
        ready |= {
            label: Description(vector, text)
            for (label, text), vector in zip(texts.items(), vectors, strict=True)
        }
    return {label: ready[label] for label in descriptions}


def _words(description: str, label: object) -> str:
    text = checked_text(description, f"the description of {label!r}")
    if not has_visible_text(text):
        raise InputError(
            f"an empty description of class {label!r}", expected="words that say what it is"
        )
    return text


def _vector(description: object, label: object, metric: Metric, dim: int) -> Floats:
    try:
        vector = np.asarray(description, np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the description of {label!r} of type {type(description).__name__}",
            expected=f"a text, or a vector of {dim} numbers",
        ) from error
    if vector.shape != (dim,) or not np.isfinite(vector).all():
        raise InputError(
            f"the description of {label!r} of shape {vector.shape}",
            expected=f"a text, or a vector of {dim} finite numbers",
        )
    if metric == "cosine":
        vector = unit(vector[None])[0]
        if not vector.any():
            raise InputError(
                f"the description of {label!r} is a vector of zeros",
                expected="a vector with a direction (the metric is cosine)",
            )
    return vector
