"""What prototypes are made of: a count, a sum and a description of each class.

``support`` has the examples besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.fixed_point import from_fixed
from protolabel.arrays import (
    Doubles,
    FixedSums,
    Floats,
    Integers,
    Keys,
    Labels,
    Mask,
    Positions,
)


@dataclass(frozen=True, slots=True, eq=False)
class ClassVectors:
    """One class as the store keeps it: what its prototype is made of.

    sums: (d,) int64, in fixed point; description: (d,) float32 or None.
    """

    key: int
    name: str
    count: int
    sums: FixedSums
    description: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class ClassTotals:
    """Counts, sums and descriptions of K classes, side by side.

    counts ``(K,)`` int64: examples of each. sums ``(K, d)`` float64: of their embeddings.
    descriptions ``(K, d)`` float32: zeros where a class has none. described ``(K,)`` bool.

    Raises:
        ValueError: the shapes do not agree.
    """

    counts: Integers
    sums: Doubles
    descriptions: Floats
    described: Mask

    def __post_init__(self) -> None:
        shape = self.descriptions.shape
        if len(shape) != 2 or self.sums.shape != shape:
            raise ValueError(f"sums of shape {self.sums.shape}; expected {shape}")
        for name in ("counts", "described"):
            got = getattr(self, name).shape
            if got != shape[:1]:
                raise ValueError(f"{name} of shape {got}; expected ({shape[0]},)")

    @classmethod
    def of_examples(
        cls, embeddings: Floats | Doubles, labels: Labels, descriptions: Floats, described: Mask
    ) -> ClassTotals:
        """Return the totals of examples.

        *Shape:* embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``, descriptions ``(K, d)``,
        whose rows are ignored where a class is not described, described ``(K,)``.
        """
        classes = len(descriptions)
        if described.shape != (classes,):
            raise ValueError(f"described of shape {described.shape}; expected ({classes},)")
        return cls(
            np.bincount(labels, minlength=classes),
            sums_by_class(embeddings, labels, classes),
            np.where(described[:, None], descriptions, np.float32(0.0)),
            described,
        )

    @classmethod
    def of_fixed(
        cls, counts: Integers, sums: FixedSums, descriptions: Floats, described: Mask
    ) -> ClassTotals:
        """Return the totals as the store keeps them. *Shape:* sums ``(K, d)`` int64."""
        return cls(counts, from_fixed(sums), descriptions, described)

    def only(self, classes: Mask | Positions) -> ClassTotals:
        """Return some of the classes, in their order. *Shape:* a mask ``(K,)``, or positions."""
        return ClassTotals(
            self.counts[classes],
            self.sums[classes],
            self.descriptions[classes],
            self.described[classes],
        )


@dataclass(frozen=True, slots=True, eq=False)
class ClassGroup:
    """Some classes as the store keeps them, side by side: keys ``(K,)`` ascending, K names."""

    keys: Keys
    names: tuple[str, ...]
    totals: ClassTotals

    @classmethod
    def of(cls, vectors: Sequence[ClassVectors], dim: int) -> ClassGroup:
        """Return classes that were single, in the order of their keys."""
        none = np.zeros(dim, np.float32)
        sums = [v.sums for v in vectors]
        descriptions = [none if v.description is None else v.description for v in vectors]
        return cls(
            np.array([v.key for v in vectors], dtype=np.int64),
            tuple(v.name for v in vectors),
            ClassTotals.of_fixed(
                np.array([v.count for v in vectors], dtype=np.int64),
                np.stack(sums) if sums else np.empty((0, dim), np.int64),
                np.stack(descriptions) if sums else np.empty((0, dim), np.float32),
                np.array([v.description is not None for v in vectors], dtype=np.bool_),
            ),
        )


def sums_by_class(embeddings: Floats | Doubles, labels: Labels, classes: int) -> Doubles:
    """Return the sum of the embeddings of each class. *Shape:* ``(n, d)`` -> ``(K, d)`` float64."""
    sums = np.zeros((classes, embeddings.shape[1]))
    if len(labels):
        order = np.argsort(labels, kind="stable")
        present, starts = np.unique(labels[order], return_index=True)
        sums[present] = np.add.reduceat(embeddings[order].astype(np.float64), starts, axis=0)
    return sums
