"""Pools the passages of a long document into one vector. Pure arithmetic; encodes nothing.

A rule uses the document alone, so that a document's vector is the same in every label space, and
the sums of classes stay exact (docs/decisions/0030).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from protolabel.arrays import Doubles, Embeddings, Floats

Pooling = Literal["beginnings", "early", "mean"]
"""How the passages of a document become its vector.

``beginnings``: three tenths of it are the beginning at several scales, the rest is the whole, of
which earlier passages weigh more. ``early``: the whole, of which earlier passages weigh still more.
``mean``: the whole, and every token weighs the same.
"""

DEFAULT_POOLING: Pooling = "beginnings"
SCALE = 128  # tokens
_POWERS: dict[Pooling, float] = {"beginnings": 1.0, "early": 1.5, "mean": 0.0}
BEGINNINGS = (20, 40, 80)  # tokens of the beginnings that the rule of that name encodes besides
SHARE = 0.3  # of the beginnings in a document
CANCELLED = 1e-12  # of the longest vector: a sum that is no longer is rounding


def rule_name(pooling: Pooling) -> str:
    """Return the name of a rule with its numbers, which is part of an encoder's fingerprint."""
    if pooling == "early":
        return f"start-{SCALE}-{_POWERS[pooling]}"
    if pooling == "mean":
        return pooling
    scales = "-".join(map(str, BEGINNINGS))
    return f"beginnings-{scales}-{SHARE}-{SCALE}-{_POWERS[pooling]}"


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A document made of its passages.

    ``embedding``: (d,) float32, of unit length: the sum of passages and beginnings by their
    weights. ``weights``: (m,) float32, of the passages. ``beginning``: the weight of each
    beginning. The first passage is the longest beginning too: ``weights[0]`` is its share of the
    whole plus ``beginning``. :func:`parts_of_weights` takes the two apart.
    """

    embedding: Floats
    weights: Floats
    beginning: float = 0.0


def parts_of_weights(weights: Floats, beginning: float, size: int) -> tuple[Doubles, Doubles]:
    """Return the weights in the whole, and those in the beginnings, which add up to a document.

    They go with the vectors of all m passages, and of the b beginnings after them. *Shape:*
    ``(m,)`` -> ``(m + b,)`` twice.

    Args:
        weights: of the passages, as :class:`Pooled` has them.
        beginning: the weight of each beginning.
        size: m + b.
    """
    m = len(weights)
    whole, beginnings = np.zeros((2, size))
    whole[:m] = weights
    whole[0] -= beginning
    beginnings[0] = beginnings[m:] = beginning
    return whole, beginnings


def cancels(total: Doubles, vectors: Doubles, weight: float = 1.0) -> bool:
    """Return whether a sum of vectors is so short that only rounding is left of it.

    Args:
        total: (d,) the sum.
        vectors: (n, d) what was summed.
        weight: the greatest that a vector has in the sum.
    """
    longest = float(np.linalg.norm(vectors, axis=1).max())
    return bool(np.linalg.norm(total) <= CANCELLED * weight * longest)


def passage_weights(lengths: npt.NDArray[np.int64], pooling: Pooling) -> npt.NDArray[np.float64]:
    """Return the weight of each passage of a document, positive and summing to 1.

    ``lengths``: (m,) int64, tokens of each passage in document order. A token counts by what is
    before its passage: (1 + tokens before / SCALE) ** -power. The power is 0 for ``mean``. Above it
    the first passage weighs most whatever the length of the document, and how a text is cut matters
    little.

    *Shape:* ``(m,)`` -> ``(m,)`` float64.

    Raises:
        ValueError: no passage, or one of no length.
    """
    if lengths.size == 0 or int(lengths.min()) < 1:
        raise ValueError("passages must number at least one and have at least one token each")
    before = np.cumsum(lengths) - lengths
    weights = lengths * (1.0 + before / SCALE) ** -_POWERS[pooling]
    return np.asarray(weights / weights.sum(), np.float64)


def pool_passages(
    vectors: Embeddings,
    lengths: npt.NDArray[np.int64],
    beginnings: Embeddings | None = None,
    *,
    pooling: Pooling = DEFAULT_POOLING,
) -> Pooled:
    """Return the unit vector of a document from those of its passages.

    By the rule ``beginnings`` it is the unit vector of the weighted sum of two unit vectors: of the
    passages by their weights, and of the beginnings and the first passage, which is the longest
    beginning.
    Where vectors cancel exactly, the first passage stands for the document.

    Args:
        vectors: (m, d) float32, in document order.
        lengths: (m,) int64, tokens of each.
        beginnings: (b, d) float32 of the document's beginnings, for the rule of that name.
        pooling: the rule.

    Raises:
        ValueError: counts differ, no passage, or one of no length.
    """
    if vectors.ndim != 2 or vectors.shape[0] != lengths.size:
        raise ValueError(f"{vectors.shape} vectors do not go with {lengths.shape} lengths")
    wide = vectors.astype(np.float64)
    weights = passage_weights(lengths, pooling)
    total, scale = weights @ wide, 0.0
    if pooling == "beginnings":
        opening = wide[0]
        if beginnings is not None:
            opening = opening + beginnings.sum(axis=0, dtype=float)
        weights *= (1.0 - SHARE) / _divisor(total, wide)
        scale = SHARE / _divisor(opening, wide)
        weights[0] += scale
        total = weights @ wide + scale * (opening - wide[0])
    if cancels(total, wide):
        alone = np.zeros(len(lengths), np.float32)
        alone[0] = 1.0
        return Pooled(vectors[0], alone)
    norm = float(np.linalg.norm(total))
    embedding, weights = total / norm, weights / norm
    return Pooled(embedding.astype(np.float32), weights.astype(np.float32), scale / norm)


def _divisor(total: Doubles, vectors: Doubles) -> float:
    """Return the length of a sum of vectors; infinity where they cancel, so that it drops out."""
    return np.inf if cancels(total, vectors) else float(np.linalg.norm(total))
