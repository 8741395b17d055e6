"""The beginnings of long documents, encoded by themselves besides the passages. No I/O.

They go with the documents of an ``Encoded``, and are cut and joined with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Embeddings, Floats, Positions, unit
from protolabel.errors import EncoderError


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """Beginnings that are part of documents' vectors.

    A document is the sum of its passages by their weights and of its beginnings by theirs. Its
    first passage is its longest beginning: the weight of the beginnings is part of its own.

    ``embeddings``: (k, d) float32. ``owner``: (k,) int64, ascending: the row of the document.
    ``weights``: (k,) float32, the same for all beginnings of a document.

    Raises:
        EncoderError: the shapes do not agree, or the owners are not in ascending order.
    """

    embeddings: Embeddings
    owner: Positions
    weights: Floats

    def __post_init__(self) -> None:
        k = len(self.embeddings)
        agree = self.embeddings.ndim == 2 and self.owner.shape == self.weights.shape == (k,)
        if not agree or (k > 1 and bool((np.diff(self.owner) < 0).any())):
            raise EncoderError(
                f"beginnings of shape {self.embeddings.shape} with owners of shape "
                f"{self.owner.shape} and weights of shape {self.weights.shape}",
                expected="(k, d), and (k,) owners in ascending order and weights",
            )

    def owned_by(self, owner: Positions) -> Beginnings:
        """Return the same of other documents. *Shape:* ``(k,)``, ascending."""
        return replace(self, owner=owner)

    def take(self, start: int, stop: int) -> Beginnings:
        """Return those of the documents from one row up to another, counted from the first."""
        low, high = np.searchsorted(self.owner, [start, max(start, stop)]).tolist()
        return Beginnings(
            self.embeddings[low:high], self.owner[low:high] - start, self.weights[low:high]
        )

    def of(self, document: int) -> tuple[Embeddings, float]:
        """Return the beginnings of one document ``(b, d)``, and the weight of each."""
        low, high = np.searchsorted(self.owner, [document, document + 1]).tolist()
        return self.embeddings[low:high], float(self.weights[low]) if low < high else 0.0

    def unit(self) -> Beginnings:
        """Return the same with every vector at length one."""
        return replace(self, embeddings=unit(self.embeddings))
