"""Which documents are new to a label space: neither it nor its encoder knows them.

What is left out is counted in notes. No document is judged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Embeddings, Integers, Mask, Metric, Positions, unit
from protolabel.encoders.provenance import UNKNOWN
from protolabel.equality import document_digests
from protolabel.errors import InputError
from protolabel.label_space.document_texts import DocumentTexts
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.near_copies import document_groups, whole_groups
from protolabel.quantity import quantity
from protolabel.types import Document, Example

NO_LABEL = ""  # stands for the class of documents whose classes nobody knows


@dataclass(frozen=True, slots=True, eq=False)
class _Stored:
    """What a label space holds that documents are compared with.

    Attributes:
        examples: the digests of its examples.
        negatives: the digests of its negative examples.
        keys: the classes of a sample of its examples, ``(s,)``.
        texts: of this sample.
        vectors: of this sample; None where no document brings a vector.
        key_of: the keys of its classes by their names.
    """

    examples: frozenset[str]
    negatives: frozenset[str]
    keys: Integers
    texts: Sequence[str | None]
    vectors: Sequence[Embeddings | None]
    key_of: dict[str, int]

    @classmethod
    def of(cls, view: View, *, with_vectors: bool) -> _Stored:
        rows, version = view.rows, view.version
        with rows.reading():
            items = rows.example_items(version).tolist()
            refused = list(dict.fromkeys(row.item for row in rows.negatives(version)))
            keys, sample = rows.training_items(version, MOST_FITTED)
            vectors = rows.vectors_of(sample, rows.encoding(version)) if with_vectors else {}
            return cls(
                frozenset(d for several in item_digests(rows, version, items) for d in several),
                frozenset(d for several in item_digests(rows, version, refused) for d in several),
                keys,
                rows.texts(sample),
                [vectors.get(item) for item in sample],
                {row.name: row.key for row in rows.classes(version)},
            )

    def groups_with(
        self,
        documents: Sequence[Example | Document],
        labels: Sequence[str],
        digests: Sequence[tuple[str, ...]],
        vectors: Sequence[Embeddings | None],
    ) -> tuple[Integers, Mask]:
        """Return the groups of near copies of documents, and which have one among the examples."""
        key_of, n = dict(self.key_of), len(self.keys)
        keys = [key_of.setdefault(label, -len(key_of)) for label in labels]
        nothing: list[tuple[str, ...]] = [()] * n  # what is equal is left out as an example
        every = document_groups(
            [*nothing, *digests],
            [*self.texts, *(one.text for one in documents)],
            np.array([*self.keys.tolist(), *keys], np.int64),
            vectors=[*self.vectors, *vectors],
        )
        return every[n:], np.isin(every[n:], every[:n])


def unknown_to(
    view: View, documents: Sequence[Example | Document], labels: Sequence[str] | None = None
) -> tuple[Positions, Integers, list[str]]:
    """Return which documents a view's examples and its encoder do not know yet.

    Negative examples count as examples here: a person has said something of that document.

    Args:
        view: of the label space.
        documents: in any number.
        labels: of each document; None where nobody has labelled them.

    Returns:
        The positions of these documents, their groups of near copies, and notes on what was left
        out.

    Raises:
        InputError: there are documents, and all of them are known.
    """
    vectors = [_as_stored(one, view.head.metric) for one in documents]
    digests = [
        document_digests(one.text, one.image, vector)
        for one, vector in zip(documents, vectors, strict=True)
    ]
    stored = _Stored.of(view, with_vectors=any(vector is not None for vector in vectors))
    names = [NO_LABEL] * len(documents) if labels is None else labels
    groups, near = stored.groups_with(documents, names, digests, vectors)
    is_example = _are_among(digests, stored.examples)
    is_negative = _are_among(digests, stored.negatives)
    near |= _are_refused(view, documents) & ~is_negative
    of_encoder = (view.prototypes.provenance or UNKNOWN).documents
    learned = whole_groups(of_encoder.include(digests, [one.text for one in documents]), groups)
    reasons = (
        ("examples of the label space", is_example),
        ("negative examples of the label space", is_negative),
        ("near copies of examples of the label space", near),
        ("the encoder has learned from them or near copies of them", learned),
    )
    notes, is_known = [], np.zeros(len(documents), np.bool_)
    for reason, is_left_out in reasons:  # each document is counted for its first reason
        if n := int((is_left_out & ~is_known).sum()):
            notes.append(f"left out, {reason}: {quantity(n, 'document')}")
        is_known |= is_left_out
    if len(documents) and is_known.all():
        raise InputError(
            f"{quantity(len(documents), 'document')}, all of which the label space or its encoder "
            "knows",
            expected="documents that are new to it",
            remedy="give other documents, or judge it on its own examples: protolabel evaluate "
            "--space SPACE",
        )
    new = np.flatnonzero(~is_known)
    return new, groups[new], notes


def _are_among(digests: Sequence[tuple[str, ...]], stored: frozenset[str]) -> Mask:
    """Return which documents have a digest among stored ones."""
    return np.array([not stored.isdisjoint(several) for several in digests], np.bool_)


def _are_refused(view: View, documents: Sequence[Example | Document]) -> Mask:
    """Return which documents are near copies of negative examples."""
    words = DocumentTexts.of([one.text for one in documents])
    return np.array([bool(keys) for keys in view.negative_texts.classes_of(words)], np.bool_)


def _as_stored(document: Example | Document, metric: Metric) -> Embeddings | None:
    """Return the embedding that a document brings as a label space keeps it; None without one."""
    if document.embedding is None:
        return None
    vector = np.asarray(document.embedding, np.float32)
    return unit(vector[None])[0] if metric == "cosine" else vector
