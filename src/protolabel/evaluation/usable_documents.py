"""The documents on which an encoder can be evaluated: copies and what is no evidence are left out.

No document is encoded here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Labels, Positions
from protolabel.copies.descriptions import texts_in_descriptions
from protolabel.copies.equality import document_digests, groups_of, rounded_digests
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.encoders.provenance import learned_from
from protolabel.errors import InputError
from protolabel.evaluation.refusals import LeftOut
from protolabel.names import clean_name, words_of
from protolabel.types import Example
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True, eq=False)
class UsableDocuments:
    """The examples on which an encoder can be evaluated.

    Attributes:
        examples: without those that are left out.
        groups: (n,), of each example its group; equal documents and near copies share one.
        left_out: how many documents are left out, and why.
        notes: what was left out, or kept though it usually is.
    """

    examples: list[Example]
    groups: Positions
    left_out: LeftOut
    notes: list[str]


def usable_documents(
    examples: Sequence[Example],
    folder: str,
    descriptions: Mapping[str, str],
    *,
    described: bool,
    keep_copies: bool,
) -> UsableDocuments:
    """Leave out copies, near ones too, and what the encoder or a description has of them.

    Args:
        examples: labelled documents.
        folder: of the encoder.
        descriptions: of some of the classes; names stand for the others.
        described: whether classes are described at all.
        keep_copies: leave out nothing, and count in the notes what usually is.
    """
    examples = [replace(e, label=clean_name(e.label, e.source)) for e in examples]
    digests = [document_digests(e.text, e.image, e.embedding) for e in examples]
    rounded = rounded_digests([e.embedding for e in examples])
    shared = [(*exact, *near) for exact, near in zip(digests, rounded, strict=True)]
    names, labels = np.unique([e.label for e in examples], return_inverse=True)
    labels = labels.reshape(-1)
    equal, groups = groups_of(shared), document_groups(shared, [e.text for e in examples], labels)
    documents = learned_from(folder) or LearnedDocuments.none()
    learned = documents.include(digests, [e.text for e in examples])
    learned = whole_groups(learned, groups)
    words = texts_of_classes(names.tolist(), descriptions)[0] if described else [None] * len(names)
    inside = texts_in_descriptions([e.text for e in examples], labels, words) & ~learned
    unlearned = np.flatnonzero(~(learned | inside))
    if not keep_copies:
        _refuse_too_few(labels, unlearned, n_learned=int(learned.sum()))
    distinct = _firsts(equal, labels, unlearned)
    independent = _firsts(groups, labels, unlearned)
    notes = _notes_of(
        {
            "the encoder has learned from them or near copies of them": int(learned.sum()),
            "in the description or the name of their class": int(inside.sum()),
            "copies of another document of the class": len(unlearned) - len(distinct),
            "near copies of another document of the class": len(distinct) - len(independent),
        },
        len(examples),
        verb="kept" if keep_copies else "left out",
    )
    notes += _contradictions(examples, equal)
    if not keep_copies:
        distinct_examples = [examples[i] for i in independent.tolist()]
        copies = Counter(examples[i].label for i in unlearned.tolist())
        copies.subtract(example.label for example in distinct_examples)
        left_out = LeftOut(int(learned.sum()), copies, int(inside.sum()))
        return UsableDocuments(distinct_examples, groups[independent], left_out, notes)
    if notes:
        notes.append(
            "every document is kept (keep_copies=True), as published protocols do: new documents "
            "may be answered less well"
        )
    return UsableDocuments(examples, groups, LeftOut(), notes)


def _refuse_too_few(labels: Labels, unlearned: Positions, *, n_learned: int) -> None:
    """Raise if documents of fewer than two classes are new to the encoder.

    Args:
        labels: (n,), the classes of the documents.
        unlearned: those that are left.
        n_learned: how many of the n the encoder has learned from.
    """
    if not n_learned or len(np.unique(labels[unlearned])) >= min(2, len(np.unique(labels))):
        return
    raise InputError(
        f"{quantity(len(labels), 'document')}, {n_learned} of which the encoder has learned "
        "from, or from near copies of them",
        expected="documents of two classes or more that are new to the encoder",
        remedy="give documents that it has not learned from, or another encoder=; "
        "keep_copies=True evaluates on them all the same",
    )


def _notes_of(reasons: Mapping[str, int], n: int, *, verb: str) -> list[str]:
    """Return a note for each reason that concerns any of the ``n`` documents."""
    return [
        f"{verb}, {reason}: {count} of {quantity(n, 'document')}"
        for reason, count in reasons.items()
        if count
    ]


def _contradictions(examples: Sequence[Example], equal: Positions) -> list[str]:
    """Return the note about documents under several classes, if there are any.

    Args:
        examples: n of them.
        equal: (n,), of each example its document.
    """
    labels_of: dict[int, dict[str, Example]] = {}
    for example, document in zip(examples, equal.tolist(), strict=True):
        labels_of.setdefault(document, {}).setdefault(example.label, example)
    contradictions = [classes for classes in labels_of.values() if len(classes) > 1]
    if not contradictions:
        return []
    first = contradictions[0]
    place = next(iter(first.values()))
    return [
        f"under more than one class: {quantity(len(contradictions), 'document')}, the first is "
        f"{place.id or place.source!r} ({', '.join(first)})"
    ]


def _firsts(groups: Positions, labels: Positions, among: Positions) -> Positions:
    """Return the first document of each group and class, of those ``among``, ascending."""
    pairs = np.stack([groups[among], labels[among]])
    return np.sort(among[np.unique(pairs, axis=1, return_index=True)[1]])


def texts_of_classes(
    names: Sequence[str], descriptions: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return what describes each class, and notes on what did not match."""
    cleaned = {clean_name(label): text for label, text in descriptions.items()}
    missing = [n for n in names if n not in cleaned]
    unused = sorted(set(cleaned) - set(names))
    notes = []
    if missing:
        notes.append(f"no description, so its name serves: {', '.join(missing)}")
    if unused:
        notes.append(f"descriptions of classes that take no part: {', '.join(unused)}")
    return [cleaned.get(n) or words_of(n) for n in names], notes
