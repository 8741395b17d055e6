"""The examples and descriptions that an answer is computed from, as one record, checked once.

``class_totals`` is what prototypes are made of: a count, a sum and a description of each class.
``Support`` also has the examples themselves, for whatever leaves some of them out. ``prototypes``,
``leave_one_out``, ``refinement`` and ``kappa`` compute with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.hierarchy import Hierarchy
from protolabel.arithmetic.vector_hashes import Hashes, vector_hashes
from protolabel.arrays import (
    Doubles,
    Floats,
    Integers,
    Labels,
    Mask,
    Metric,
    Positions,
)
from protolabel.copies.equality import equal_documents
from protolabel.copies.joined_groups import repeated_numbers


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """Examples with the totals of their classes, and the weight of a description.

    Attributes:
        embeddings: ``(n, d)`` float32.
        labels: ``(n,)`` int64 in ``[0, K)``.
        classes: the totals that prototypes are made of: of these examples, or of more, where these
            are a part.
        kappa: the weight of a description in examples (eq. 3).
        metric: how scores compare.
        copies: ``(n,)`` int64; equal documents have one number (``equality``).
        groups: ``(n,)`` int64; near copies have one number, too (``near_copies``). Whatever is left
            out or dealt out is a group.
        learned: ``(n,)`` bool, whether the encoder has learned from the example.
        in_descriptions: ``(n,)`` bool, whether a document or a near copy of it stands in the
            description of its class (``copies.descriptions``).
        hierarchy: the classes above these, if there are any.
        hashes: ``(n,)``, of the embeddings, where they are at hand (:attr:`vector_hashes`).

    Raises:
        ValueError: the shapes do not agree, or a label is out of range.
    """

    embeddings: Floats
    labels: Labels
    classes: ClassTotals
    kappa: float
    metric: Metric
    copies: Integers
    groups: Integers
    learned: Mask
    in_descriptions: Mask
    hierarchy: Hierarchy | None = None
    hashes: Hashes | None = None

    def __post_init__(self) -> None:
        classes, dim = self.classes.descriptions.shape
        n = len(self.embeddings)
        if self.embeddings.ndim != 2 or self.embeddings.shape[1] != dim:
            raise ValueError(f"embeddings of shape {self.embeddings.shape}; expected (n, {dim})")
        for name in ("labels", "copies", "groups", "learned", "in_descriptions"):
            got = getattr(self, name).shape
            if got != (n,):
                raise ValueError(f"{name} of shape {got}; expected ({n},)")
        if n and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < classes:
            span = f"labels from {self.labels.min()} to {self.labels.max()}"
            raise ValueError(f"{span}; expected 0 to {classes - 1}")

    @classmethod
    def of(
        cls,
        embeddings: Floats,
        labels: Labels,
        descriptions: Floats,
        described: Mask,
        *,
        kappa: float = 1.0,
        metric: Metric = "cosine",
        groups: Integers | None = None,
        learned: Mask | None = None,
    ) -> Support:
        """Return a support whose totals are those of its examples.

        ``groups``: where not given, examples with the same vector are equal. They are the copies,
        too. ``learned``: where not given, the encoder has learned from none of them.

        *Shape:* as the fields; descriptions ``(K, d)`` and described ``(K,)``, as in ClassTotals.
        """
        labels = np.asarray(labels, np.int64)
        if labels.shape != (len(embeddings),):
            raise ValueError(f"labels of shape {labels.shape}; expected ({len(embeddings)},)")
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < len(descriptions):
            span = f"labels from {labels.min()} to {labels.max()}"
            raise ValueError(f"{span}; expected 0 to {len(descriptions) - 1}")
        if embeddings.ndim != 2 or embeddings.shape[1:] != descriptions.shape[1:]:
            raise ValueError(
                f"embeddings of shape {embeddings.shape}; expected (n, {descriptions.shape[1]})"
            )
        if groups is None:
            groups = equal_documents(None, embeddings)
        return cls(
            embeddings,
            labels,
            ClassTotals.of_examples(embeddings, labels, descriptions, described),
            kappa,
            metric,
            groups,
            groups,
            np.zeros(len(labels), np.bool_) if learned is None else learned,
            np.zeros(len(labels), np.bool_),
        )

    @property
    def n_classes(self) -> int:
        """K."""
        return len(self.classes.counts)

    @property
    def is_evidence(self) -> Mask:
        """The examples that score as new documents do. *Shape:* ``(n,)``.

        Neither the encoder nor the description of their class has anything of them.
        """
        return ~(self.learned | self.in_descriptions)

    @property
    def vector_hashes(self) -> Hashes:
        """A hash of each embedding. *Shape:* ``(n,)``."""
        return vector_hashes(self.embeddings) if self.hashes is None else self.hashes

    def with_kappa(self, kappa: float) -> Support:
        """Return the same with another weight of descriptions."""
        return replace(self, kappa=kappa)

    def documents(self) -> Positions:
        """Return the first example of each document of each class: copies are left out.

        A document under two labels is there twice. *Shape:* ``(m,)`` int64, ascending.
        """
        pairs = self.copies * self.n_classes + self.labels
        return np.sort(np.unique(pairs, return_index=True)[1])

    def independent(self) -> Positions:
        """Return one example of each group of each class: near copies are left out too.

        It is the first by :meth:`order`. *Shape:* ``(m,)`` int64, ascending.
        """
        pairs = self.groups * self.n_classes + self.labels
        is_repeated = repeated_numbers((pairs + 1).astype(np.uint64))
        if not is_repeated.any():
            return np.arange(len(pairs))
        several = np.flatnonzero(is_repeated)
        several = several[self.order(several)]
        first = several[np.unique(pairs[several], return_index=True)[1]]
        return np.sort(np.concatenate([np.flatnonzero(~is_repeated), first]))

    def order(self, rows: Positions | slice = slice(None)) -> Positions:
        """Return an order of some examples that follows from labels and vectors. *Shape:* ``(n,)``.

        Examples of a class stand together, in the order of :meth:`order_by_content`.
        """
        order = self.order_by_content(rows)
        return order[np.argsort(self.labels[rows][order], kind="stable")]

    def order_by_content(self, rows: Positions | slice = slice(None)) -> Positions:
        """Return an order of some examples that follows from vectors alone. *Shape:* ``(n,)``.

        Most vectors differ in their first components. Vectors that agree there, such as counts of
        words, are told apart by a weighted sum of all components, whose weights are square roots.
        """
        return np.lexsort(self._content_keys(rows))

    def first_of_groups(self, rows: Positions) -> Positions:
        """Return which of some examples stands for each of their groups: places among ``rows``.

        It follows from the vectors alone: neither the order of the classes nor that of the examples
        decides. *Shape:* ``(m,)`` -> ``(g,)``, by ascending group.
        """
        order = self.order_by_content(rows)
        return order[np.unique(self.groups[rows][order], return_index=True)[1]]

    def class_ranks(self) -> Integers:
        """Return a rank of each class that follows from its examples alone. *Shape:* ``(K,)``.

        Classes are in the order of their first examples by content. Most classes keep their places
        when examples come and go. Classes with the same first example go by all that they have.
        """
        order = self.order()
        present, starts = np.unique(self.labels[order], return_index=True)
        weighted = np.bincount(self.labels, self._content_keys(slice(None))[0], self.n_classes)
        keys = weighted[present], *self._content_keys(order[starts])
        absent = np.setdiff1d(np.arange(self.n_classes), present)
        ranks = np.empty(self.n_classes, np.int64)
        ranks[np.append(present[np.lexsort(keys)], absent)] = np.arange(self.n_classes)
        return ranks

    def _content_keys(self, rows: Positions | slice) -> tuple[Doubles | Floats, ...]:
        """Return what :meth:`order_by_content` compares, the last of it first."""
        vectors = self.embeddings[rows]
        weights = np.sqrt(np.arange(1.0, vectors.shape[1] + 1.0))
        return np.einsum("nd,d->n", vectors, weights), *vectors.T[:3]

    def take(self, rows: Mask | Positions, classes: Mask | None = None) -> Support:
        """Return some of the examples; totals are theirs alone.

        ``classes`` ``(K,)``: those that stay, renumbered; all where not given. Examples are theirs.
        """
        labels = self.labels[rows]
        descriptions, described = self.classes.descriptions, self.classes.described
        if classes is not None:
            labels = (np.cumsum(classes) - 1)[labels]
            descriptions, described = descriptions[classes], described[classes]
        part = Support.of(
            self.embeddings[rows],
            labels,
            descriptions,
            described,
            kappa=self.kappa,
            metric=self.metric,
            groups=self.groups[rows],
            learned=self.learned[rows],
        )
        hashes = None if self.hashes is None else self.hashes[rows]
        return replace(
            part,
            copies=self.copies[rows],
            in_descriptions=self.in_descriptions[rows],
            hashes=hashes,
        )


def ranks_within(labels: Labels, order: Positions) -> Integers:
    """Return the rank of each document within its class, from 0: ``(n,)``.

    Args:
        labels: ``(n,)``, the class of each.
        order: ``(n,)``, the documents class by class, each class in the order of the ranks.
    """
    starts = np.searchsorted(labels[order], labels[order])
    ranks = np.empty(len(labels), np.int64)
    ranks[order] = np.arange(len(labels)) - starts
    return ranks
