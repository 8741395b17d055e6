"""Which documents are new to a label space: neither it nor its encoder knows them.

What is left out is counted in notes. No document is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from protolabel.arrays import Integers, Mask, Metric, Positions
from protolabel.copies.near_copies import whole_groups
from protolabel.documents import as_examples
from protolabel.encoders.provenance import UNKNOWN
from protolabel.errors import InputError
from protolabel.evaluation.decided_documents import LeftOut, decided_among, notes_on_rest
from protolabel.evaluation.stored_documents import StoredDocuments, Trace
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity


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
    stored = StoredDocuments.of(view, with_vectors=any(one.vector is not None for one in traces))
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


class NewDocuments(NamedTuple):
    """Which of some documents are new to a label space.

    Attributes:
        places: of the new ones.
        groups: of near copies, of each new one.
        notes: what was left out.
        decided: on how many of those left out people decided after an answer.
    """

    places: Positions
    groups: Integers
    notes: list[str]
    decided: int


def unknown_to(
    space: LabelSpace,
    view: View,
    documents: Sequence[Example | Document],
    labels: Sequence[Sequence[str]] | None = None,
    counts: Sequence[int] | None = None,
) -> NewDocuments:
    """Return which documents a view's examples and its encoder do not know yet.

    Args:
        space: whose view it is.
        view: of the label space.
        documents: in any number.
        labels: those of each document; None where nobody has labelled them.
        counts: for how many documents each one counts in words; None: for one.

    Raises:
        InputError: there are documents, and all of them are known.
    """
    traces = [Trace.of(one, view.head.metric) for one in documents]
    novelty = novelty_of(view, traces, labels, counts)
    new = np.flatnonzero(~novelty.is_known)
    if len(documents) and not len(new):
        raise no_new_document(len(documents) if counts is None else sum(counts))
    decided = decided_among(space, view, left_out_of(traces, counts, novelty.is_known))
    notes = [*novelty.notes, *notes_on_rest(decided)]
    return NewDocuments(new, novelty.groups[new], notes, decided)


def left_out_of(traces: Sequence[Trace], counts: Sequence[int] | None, is_known: Mask) -> LeftOut:
    """Return those of n documents that are known; ``counts`` as of :func:`novelty_of`."""
    digests = [one.digests for one in traces]
    return LeftOut.of(digests, [one.text for one in traces], counts, is_known)


def new_examples(
    space: LabelSpace, view: View, examples: Iterable[Example]
) -> tuple[list[Example], NewDocuments]:
    """Return the labelled documents that a view is judged on: those that are new to it.

    Args:
        space: whose view it is.
        view: of the label space.
        examples: documents with their labels, which become names of classes.

    Returns:
        These documents, and what is said of them and of those left out.

    Raises:
        InputError: there is no document, or none that is new to it.
    """
    labelled = [replace(e, label=clean_name(e.label, e.source)) for e in as_examples(examples)]
    if not labelled:
        raise InputError("no document", expected="labelled documents to judge the label space on")
    counts = _documents_of_rows(labelled, view.head.metric)
    new = unknown_to(space, view, labelled, [[e.label] for e in labelled], counts)
    return [labelled[i] for i in new.places.tolist()], new


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
