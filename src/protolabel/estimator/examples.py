"""What an estimator was fitted to: examples of numbered classes, descriptions, negative examples.

A frozen record. Adding to it makes another one. The order of additions does not matter to what
``fits`` computes from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Labels, Mask
from protolabel.copies.equality import document_digests
from protolabel.estimator.groups import GROUP, group_name
from protolabel.estimator.labels import joined_labels
from protolabel.store import StatementMoment

FIRST = StatementMoment()
Digests = Sequence[tuple[str, ...]]
Learned = Callable[[Digests, Sequence[str | None]], Mask]
"""Says of documents, by digests and texts, whether the encoder has learned from them: ``(n,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What describes a class: a vector ``(d,)`` float32, and the words that it is of, if any."""

    vector: Floats
    text: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NegativeExample:
    """A document that is not of a class: its vector ``(d,)`` float32, and its text, if any.

    moment: when that was said; of contradicting statements the later one holds. refused: the label
    of the class that it was said of: the class itself, or one above it, all of whose classes have
    this negative example. An example of any of them contradicts it for all.
    """

    label: Any
    vector: Floats
    text: str | None
    moment: StatementMoment
    refused: Any

    @property
    def digests(self) -> tuple[str, ...]:
        """What makes it equal to another document."""
        return document_digests(self.text, vector=self.vector)


@dataclass(frozen=True, slots=True, eq=False)
class EstimatorExamples:
    """Examples of K classes and descriptions of some of them.

    Attributes:
        classes: ``(K,)`` labels, sorted, as scikit-learn has them.
        embeddings: ``(n, d)`` float32, at unit length where the metric is cosine.
        labels: ``(n,)`` int64: positions in ``classes``.
        texts: of each example; None for one that is a vector alone.
        digests: of each example, what makes it equal to another one (``equality``).
        learned: ``(n,)`` bool: the encoder has learned from the example.
        descriptions: by label.
        negatives: what is not of a class, as a label space has it that was loaded.
        moments: of each example when it was given, beside those of the negatives.
    """

    classes: npt.NDArray[Any]
    embeddings: Floats
    labels: Labels
    texts: tuple[str | None, ...]
    digests: tuple[tuple[str, ...], ...]
    learned: Mask
    descriptions: Mapping[Any, Description]
    negatives: tuple[NegativeExample, ...] = ()
    moments: tuple[StatementMoment, ...] = ()

    @classmethod
    def empty(cls, dim: int) -> EstimatorExamples:
        """Return a record without examples and classes, of vectors in ``dim`` dimensions."""
        none = np.empty(0, np.int64)
        return cls(none, np.empty((0, dim), np.float32), none, (), (), np.empty(0, np.bool_), {})

    @property
    def dim(self) -> int:
        """Return d."""
        return int(self.embeddings.shape[1])

    @property
    def n_grouped(self) -> int:
        """How many examples share a group with another one."""
        names = Counter(name for digests in self.digests for name in digests)
        return sum(
            any(names[name] > 1 for name in digests if name.startswith(GROUP))
            for digests in self.digests
        )

    def with_classes(self, labels: npt.NDArray[Any]) -> EstimatorExamples:
        """Return the same with more classes; those that are there already change nothing."""
        present = [self.classes] if len(self.classes) else []
        classes = np.unique(joined_labels([*present, labels]))
        positions = np.searchsorted(classes, self.classes) if present else np.empty(0, np.int64)
        return replace(self, classes=classes, labels=positions[self.labels].astype(np.int64))

    def with_descriptions(self, descriptions: Mapping[Any, Description]) -> EstimatorExamples:
        """Return the same with these descriptions, each of a class, in place of earlier ones."""
        return replace(self, descriptions=descriptions)

    def with_examples(
        self,
        embeddings: Floats,
        labels: npt.NDArray[Any],
        texts: Sequence[str | None] | None,
        groups: Sequence[object] | None,
        learned: Learned,
    ) -> EstimatorExamples:
        """Return the same with more examples. They end the negatives that they are equal to.

        Args:
            embeddings: (n, d) float32, as the field.
            labels: (n,), all of them among the classes.
            texts: of each of n; None for one, or all, that are vectors alone.
            groups: n groups; examples of equal ones count as one document. One
                without a group, or all where it is None, count with equal examples alone.
            learned: says which documents the encoder has learned from.
        """
        words: list[str | None] = [None] * len(labels) if texts is None else list(texts)
        digests = [document_digests(t, vector=v) for t, v in zip(words, embeddings, strict=True)]
        marks = learned(digests, words)
        if groups is not None:
            names = map(group_name, groups)
            digests = [
                d if name is None else (*d, name) for d, name in zip(digests, names, strict=True)
            ]
        places = np.searchsorted(self.classes, labels).astype(np.int64)
        moments = (FIRST, *self.moments, *(one.moment for one in self.negatives))
        newest = StatementMoment(max(moments).version + 1)
        return replace(
            self,
            embeddings=np.concatenate([self.embeddings, embeddings]),
            labels=np.concatenate([self.labels, places]),
            texts=(*self.texts, *words),
            digests=(*self.digests, *digests),
            learned=np.concatenate([self.learned, marks]),
            negatives=self._negatives_without(self.classes[places].tolist(), digests),
            moments=(*self.moments, *[newest] * len(labels)),
        )

    def statements_of(self, labels: Collection[Any]) -> list[tuple[str, StatementMoment]]:
        """Return texts and moments of the examples of some classes, the oldest first."""
        places = [int(np.searchsorted(self.classes, label)) for label in labels]
        rows = np.flatnonzero(np.isin(self.labels, places)).tolist()
        texts = [(self.texts[i], self.moments[i]) for i in rows]
        return sorted(
            ((text, moment) for text, moment in texts if text is not None),
            key=lambda pair: pair[1],
        )

    def _negatives_without(
        self, labels: Sequence[Any], digests: Digests
    ) -> tuple[NegativeExample, ...]:
        """Return the negatives but for those that equal an example of a class they were said of."""
        if not self.negatives:
            return ()
        examples = {
            (label, digest)
            for label, names in zip(labels, digests, strict=True)
            for digest in names
        }
        ended = {
            (negative.refused, digest)
            for negative in self.negatives
            for digest in negative.digests
            if (negative.label, digest) in examples
        }
        return tuple(
            negative
            for negative in self.negatives
            if not any((negative.refused, digest) in ended for digest in negative.digests)
        )

    def in_order(self) -> EstimatorExamples:
        """Return the examples in an order that follows from what they are."""
        keys = np.array(["".join(digests) for digests in self.digests], np.bytes_)
        order = np.lexsort((keys, self.labels)) if len(keys) else np.empty(0, np.int64)
        rows = order.tolist()
        return replace(
            self,
            embeddings=self.embeddings[order],
            labels=self.labels[order],
            texts=tuple(self.texts[i] for i in rows),
            digests=tuple(self.digests[i] for i in rows),
            learned=self.learned[order],
            moments=tuple(self.moments[i] for i in rows),
            negatives=tuple(sorted(self.negatives, key=lambda negative: "".join(negative.digests))),
        )

    def description_rows(self) -> tuple[Floats, Mask]:
        """Return descriptions ``(K, d)``, zeros where there is none, and which there are."""
        rows = np.zeros((len(self.classes), self.dim), np.float32)
        described = np.zeros(len(self.classes), np.bool_)
        for label, description in self.descriptions.items():
            place = int(np.searchsorted(self.classes, label))
            rows[place], described[place] = description.vector, True
        return rows, described

    def description_texts(self) -> list[str | None]:
        """Return the words that describe each of K classes; None of one without words."""
        texts: list[str | None] = [None] * len(self.classes)
        for label, description in self.descriptions.items():
            texts[int(np.searchsorted(self.classes, label))] = description.text
        return texts

    def description_vectors(self) -> Floats:
        """Return the descriptions alone, by class. *Shape:* ``(k, d)``."""
        rows, described = self.description_rows()
        return rows[described]
