"""What documents bring besides their vectors, joined over several ``Encoded``. No I/O."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.arrays import Embeddings, Floats
from protolabel.beginnings import Beginnings


def joined_weights(parts: Sequence[Floats | None], passages: Sequence[int]) -> Floats | None:
    """Return the weights of the passages of all parts; None where a part with passages has none.

    ``passages``: how many there are of each part. *Shape:* ``(m,)`` of a part with m passages ->
    ``(sum of all m,)``.
    """
    weights = [part for part, m in zip(parts, passages, strict=True) if m]
    weighted = [part for part in weights if part is not None]
    return np.concatenate(weighted) if weighted and len(weighted) == len(weights) else None


def joined_shares(parts: Sequence[Embeddings | None], sizes: Sequence[int]) -> Embeddings | None:
    """Return the shares of unread tokens of all parts; None where no part counts them.

    ``sizes``: how many documents each part has.
    """
    if all(part is None for part in parts):
        return None
    shares = [
        np.zeros((n, 2), np.float32) if part is None else part
        for part, n in zip(parts, sizes, strict=True)
    ]
    return np.concatenate(shares)


def joined_beginnings(
    parts: Sequence[Beginnings | None], starts: Sequence[int]
) -> Beginnings | None:
    """Return the beginnings of all parts; None where no part has any.

    ``starts``: the row of the first document of each part.
    """
    present = [(part, at) for part, at in zip(parts, starts, strict=True) if part is not None]
    if not present:
        return None
    return Beginnings(
        np.concatenate([part.embeddings for part, _ in present]),
        np.concatenate([part.owner + at for part, at in present]),
        np.concatenate([part.weights for part, _ in present]),
    )
