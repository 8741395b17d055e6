"""Which documents are new to a label space: neither it nor its encoder knows them.

What is left out is counted in notes. No document is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Embeddings, Integers, Mask, Metric, Positions, unit
from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.descriptions import description_words
from protolabel.copies.equality import document_digests
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.copies.sketches import template_number
from protolabel.documents import as_examples
from protolabel.encoders.provenance import UNKNOWN
from protolabel.errors import InputError
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity


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
class _Stored:
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
    def of(cls, view: View, *, with_vectors: bool) -> _Stored:
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


@dataclass(frozen=True, slots=True, eq=False)
class Novelty:
    """Which of n documents a label space or its encoder knows.

    Attributes:
        is_known: (n,) bool.
        groups: (n,), of near copies.
        notes: why how many documents are known.
    """

    is_known: Mask
    groups: Integers
    notes: list[str]


def novelty_of(
    view: View,
    traces: Sequence[Trace],
    labels: Sequence[Sequence[str]] | None = None,
    counts: Sequence[int] | None = None,
) -> Novelty:
    """Return which documents a view's examples, its descriptions and its encoder know.

    Negative examples count as examples here: a person has said something of that document.

    Args:
        view: of the label space.
        traces: of the documents.
        labels: those of each document; None where nobody has labelled them.
        counts: how often each document is there, for the notes; None: once.
    """
    digests = [one.digests for one in traces]
    texts = [one.text for one in traces]
    stored = _Stored.of(view, with_vectors=any(one.vector is not None for one in traces))
    groups, near, described = stored.groups_with(
        traces, [()] * len(traces) if labels is None else labels
    )
    is_example = _are_among(digests, stored.examples)
    is_negative = _are_among(digests, stored.negatives)
    near |= _are_refused(view, texts) & ~is_negative
    of_encoder = (view.prototypes.provenance or UNKNOWN).documents
    learned = whole_groups(of_encoder.include(digests, texts), groups)
    reasons = (
        ("examples of the label space", is_example),
        ("negative examples of the label space", is_negative),
        ("near copies of examples of the label space", near),
        ("in a description or the name of a class of the label space", described),
        ("the encoder has learned from them or near copies of them", learned),
    )
    times = np.ones(len(traces), np.int64) if counts is None else np.array(counts, np.int64)
    notes, is_known = [], np.zeros(len(traces), np.bool_)
    for reason, is_left_out in reasons:  # each document is counted for its first reason
        if n := int(times[is_left_out & ~is_known].sum()):
            notes.append(f"left out, {reason}: {quantity(n, 'document')}")
        is_known |= is_left_out
    return Novelty(is_known, groups, notes)


def unknown_to(
    view: View,
    documents: Sequence[Example | Document],
    labels: Sequence[Sequence[str]] | None = None,
    counts: Sequence[int] | None = None,
) -> tuple[Positions, Integers, list[str]]:
    """Return which documents a view's examples and its encoder do not know yet.

    Args:
        view: of the label space.
        documents: in any number.
        labels: those of each document; None where nobody has labelled them.
        counts: for how many documents each one counts in words; None: for one.

    Returns:
        The positions of these documents, their groups of near copies, and notes on what was left
        out.

    Raises:
        InputError: there are documents, and all of them are known.
    """
    traces = [Trace.of(one, view.head.metric) for one in documents]
    novelty = novelty_of(view, traces, labels, counts)
    new = np.flatnonzero(~novelty.is_known)
    if len(documents) and not len(new):
        raise no_new_document(len(documents) if counts is None else sum(counts))
    return new, novelty.groups[new], novelty.notes


def new_examples(
    view: View, examples: Iterable[Example]
) -> tuple[list[Example], Integers, list[str]]:
    """Return the labelled documents that a view is judged on: those that are new to it.

    Args:
        view: of the label space.
        examples: documents with their labels, which become names of classes.

    Returns:
        These documents, their groups of near copies, and notes on what was left out.

    Raises:
        InputError: there is no document, or none that is new.
    """
    labelled = [replace(e, label=clean_name(e.label, e.source)) for e in as_examples(examples)]
    if not labelled:
        raise InputError("no document", expected="labelled documents to judge the label space on")
    counts = _documents_of_rows(labelled, view.head.metric)
    new, groups, notes = unknown_to(view, labelled, [[e.label] for e in labelled], counts)
    return [labelled[i] for i in new.tolist()], groups, notes


def _documents_of_rows(examples: Sequence[Example], metric: Metric) -> list[int]:
    """Return for how many documents each row counts: a document has a row for each of its labels.

    So equal rows are as many documents as the label has rows which has most of them.
    """
    rows: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for place, example in enumerate(examples):
        digests = Trace.of(example, metric).digests
        rows.setdefault(digests, {}).setdefault(example.label, []).append(place)
    counts = np.zeros(len(examples), np.int64)
    for by_label in rows.values():
        counts[max(by_label.values(), key=len)] = 1
    return counts.tolist()


def no_new_document(n: int) -> InputError:
    """Return the error where all of some documents are known. ``n``: how many there are."""
    return InputError(
        f"{quantity(n, 'document')}, all of which the label space or its encoder knows",
        expected="documents that are new to it",
        remedy="give other documents, or judge it on its own examples: protolabel evaluate "
        "--space SPACE",
    )


def _are_among(digests: Sequence[tuple[str, ...]], stored: frozenset[str]) -> Mask:
    """Return which documents have a digest among stored ones."""
    return np.array([not stored.isdisjoint(several) for several in digests], np.bool_)


def _are_refused(view: View, texts: Sequence[str | None]) -> Mask:
    """Return which documents are near copies of negative examples."""
    words = DocumentTexts.of(texts)
    return np.array([bool(keys) for keys in view.negative_texts.classes_of(words)], np.bool_)


def _as_stored(document: Example | Document, metric: Metric) -> Embeddings | None:
    """Return the embedding that a document brings as a label space keeps it; None without one."""
    if document.embedding is None:
        return None
    vector = np.asarray(document.embedding, np.float32)
    return unit(vector[None])[0] if metric == "cosine" else vector
