"""Labelled data as an evaluation takes them: vectors, classes, and which documents are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from protolabel.arrays import Floats, Positions


def position_name(position: int) -> tuple[str, str]:
    """Return the id and the excerpt of a document that has only a position."""
    return str(position), ""


@dataclass(frozen=True, eq=False)
class LabelledVectors:
    """n labelled documents of K classes.

    Attributes:
        embeddings: (n, d); of unit length where the metric is cosine.
        labels: (n,), places in ``names``.
        names: the K class names.
        descriptions: (K, d), the embedded descriptions; None where classes have none.
        clusters: (n,), of each document the position of the first that is equal to it or a near
            copy of it. Each its own by default.
        learned_classes: how many of the classes the encoder has learned: none of them is new to it.
        document_name: the id and an excerpt of the document at a position.
    """

    embeddings: Floats
    labels: Positions
    names: Sequence[str]
    descriptions: Floats | None = None
    clusters: Positions = field(default_factory=lambda: np.empty(0, np.int64))
    learned_classes: int = 0
    document_name: Callable[[int], tuple[str, str]] = position_name

    def __post_init__(self) -> None:
        """Fill in a cluster for each document where the caller passed none."""
        if len(self.clusters) != len(self.labels):
            object.__setattr__(self, "clusters", np.arange(len(self.labels)))

    @property
    def smallest_class(self) -> int:
        """How many documents the smallest class has."""
        return int(np.bincount(self.labels, minlength=len(self.names)).min())
