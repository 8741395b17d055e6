"""What tells a document from those that a label space holds: its examples and its descriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Embeddings, Integers, Mask, Metric, unit
from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.descriptions import description_words
from protolabel.copies.equality import document_digests
from protolabel.copies.near_copies import document_groups
from protolabel.copies.sketches import template_number
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.types import Document, Example


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What tells whether a document is new, which no image is needed for.

    Attributes:
        text: None for a document without.
        digests: as ``equality.document_digests`` returns them.
        vector: that it brings, as a label space stores it; None for one without.
    """

    text: str | None
    digests: tuple[str, ...]
    vector: Embeddings | None

    @classmethod
    def of(cls, document: Example | Document, metric: Metric) -> Trace:
        """Return that of a document. ``metric``: of the label space."""
        vector = _as_stored(document, metric)
        digests = document_digests(document.text, document.image, vector)
        return cls(document.text, tuple(digests), vector)


@dataclass(frozen=True, slots=True, eq=False)
class StoredDocuments:
    """What a label space holds that documents are compared with.

    Attributes:
        examples: the digests of its examples.
        negatives: the digests of its negative examples.
        keys: the classes of a sample of its examples, ``(s,)``.
        texts: of this sample.
        vectors: of this sample; None where no document brings a vector.
        key_of: the keys of its classes by their names.
        descriptions: of the classes that answer, by their keys.
    """

    examples: frozenset[str]
    negatives: frozenset[str]
    keys: Integers
    texts: Sequence[str | None]
    vectors: Sequence[Embeddings | None]
    key_of: dict[str, int]
    descriptions: dict[int, str]

    @classmethod
    def of(cls, view: View, *, with_vectors: bool) -> StoredDocuments:
        """Read what a view's version holds. ``with_vectors``: those of the sample, too."""
        rows, version = view.rows, view.version
        with rows.reading():
            items = rows.example_items(version).tolist()
            refused = list(dict.fromkeys(row.item for row in rows.negatives(version)))
            keys, sample = rows.training_items(version, MOST_FITTED)
            vectors = rows.vectors_of(sample, rows.encoding(version)) if with_vectors else {}
            classes = rows.classes(version)
            return cls(
                frozenset(d for several in item_digests(rows, version, items) for d in several),
                frozenset(d for several in item_digests(rows, version, refused) for d in several),
                keys,
                rows.texts(sample),
                [vectors.get(item) for item in sample],
                {row.name: row.key for row in classes},
                {
                    row.key: row.description
                    for row in classes
                    if row.description is not None and not row.retired
                },
            )

    def groups_with(
        self, traces: Sequence[Trace], labels: Sequence[Sequence[str]]
    ) -> tuple[Integers, Mask, Mask]:
        """Return the groups of near copies of documents, and which have one in the label space.

        Returns:
            The groups ``(m,)``; which of them have one of the examples, and which a description.
        """
        key_of, examples = dict(self.key_of), len(self.keys)
        n = examples + len(self.descriptions)
        keys = [
            [key_of.setdefault(label, -len(key_of)) for label in several] or [NO_CLASS]
            for several in labels
        ]
        counts = np.array([len(several) for several in keys], np.int64)
        places = np.repeat(np.arange(len(traces)), counts).tolist()
        nothing: list[tuple[str, ...]] = [()] * n  # what is equal is left out as an example
        every = document_groups(
            [*nothing, *((f"document {i}", *traces[i].digests) for i in places)],
            [*self.texts, *self.descriptions.values(), *(traces[i].text for i in places)],
            np.array(
                [
                    *self.keys.tolist(),
                    *self.descriptions,
                    *(key for several in keys for key in several),
                ],
                np.int64,
            ),
            vectors=[
                *self.vectors,
                *[None] * len(self.descriptions),
                *(traces[i].vector for i in places),
            ],
        )
        groups = every[n:][np.cumsum(counts) - counts]
        near_description = np.isin(groups, every[examples:n]) | self._parts_of_descriptions(traces)
        return groups, np.isin(groups, every[:examples]), near_description

    def _parts_of_descriptions(self, traces: Sequence[Trace]) -> Mask:
        """Return which documents are a part of any description. *Shape:* ``(m,)``."""
        words = map(description_words, self.descriptions.values())
        parts = frozenset(number for one in words for number in one.templates)
        texts = [trace.text for trace in traces]
        return np.array(
            [text is not None and template_number(text) in parts for text in texts], np.bool_
        )


def _as_stored(document: Example | Document, metric: Metric) -> Embeddings | None:
    """Return the embedding that a document brings as a label space keeps it; None without one."""
    if document.embedding is None:
        return None
    vector = np.asarray(document.embedding, np.float32)
    return unit(vector[None])[0] if metric == "cosine" else vector
