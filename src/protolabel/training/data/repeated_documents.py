"""Documents that a past holds twice, or nearly: never in two parts of the split, never asked twice.

Nor does a stream without labels hold what is asked. A document that is both support and query of an
episode, or both learned from and reported on, makes every figure too good. Which documents are
equal is the rule of :mod:`protolabel.copies.equality`; which are near copies, that of
:mod:`protolabel.copies.near_copies`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.equality import text_digest
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.episodes.class_keys import class_key
from protolabel.training.data.class_split import Split
from protolabel.training.data.past import Past
from protolabel.words.quantity import quantity

RANK = {"base": 0, "valid": 1, "novel": 2}  # an equal document stays in the highest


def without_repeats(
    pasts: Sequence[Past], splits: Sequence[Split]
) -> tuple[list[Past], tuple[str, ...]]:
    """Return the pasts with each document once a class and in one part, and notes for people.

    A document of a class that is learned from is left out where a class that is validated or
    reported on holds an equal one, or a near copy. Of near copies in one class, the first alone is
    validated or reported on; all of them are learned from.
    """
    distinct = [past.distinct() for past in pasts]
    digests = [past.document_digests() for past in distinct]
    parts = [_parts(past, split) for past, split in zip(distinct, splits, strict=True)]
    highest: dict[str, str] = {}
    classes: dict[str, set[str]] = {}
    for past, own_digests, own_parts in zip(distinct, digests, parts, strict=True):
        for digest, label in zip(own_digests, past.labels.tolist(), strict=True):
            part = own_parts[label]
            highest[digest] = max(highest.get(digest, part), part, key=RANK.__getitem__)
            classes.setdefault(digest, set()).add(class_key(past.names[label]))
    shortened = []
    for past, own_digests, own_parts in zip(distinct, digests, parts, strict=True):
        pairs = zip(own_digests, past.labels.tolist(), strict=True)
        rows = [row for row, (d, label) in enumerate(pairs) if highest[d] == own_parts[label]]
        shortened.append(past if len(rows) == len(past.documents) else past.rows(rows))
    sizes = [sum(len(past.documents) for past in stage) for stage in (pasts, distinct, shortened)]
    several = [sorted(names) for names in classes.values() if len(names) > 1]
    notes = []
    if sizes[0] > sizes[1]:
        words = quantity(sizes[0] - sizes[1], "document repeats", "documents repeat")
        notes.append(f"{words} another of the same class: left out")
    if several:
        names = " and ".join(repr(name) for name in several[0][:2])
        words = quantity(len(several), "document stands", "documents stand")
        notes.append(f"{words} under two classes, the first under {names}")
    if sizes[1] > sizes[2]:
        words = quantity(sizes[1] - sizes[2], "document stands", "documents stand")
        notes.append(
            f"{words} in two parts of the split: left out of the part that is learned from"
        )
    apart, near = _without_near_copies(shortened, splits)
    if near:
        words = quantity(near, "document is a near copy", "documents are near copies")
        notes.append(f"{words} of another that is validated or reported on: left out")
    return apart, tuple(notes)


def without_asked(
    texts: Sequence[str], pasts: Sequence[Past], splits: Sequence[Split]
) -> list[str]:
    """Return texts without labels that are no near copies of what is validated or reported on.

    Copies of copies are left out, too. The texts are different ones that no past holds.
    """
    judges: list[str] = []
    keys: list[str] = []
    for past, split in zip(pasts, splits, strict=True):
        parts = _parts(past, split)
        for document, k in zip(past.documents, past.labels.tolist(), strict=True):
            if parts[k] != "base" and isinstance(document, str):
                judges.append(document)
                keys.append(class_key(past.names[k]))
    if not judges:
        return list(texts)
    numbers = np.unique(keys, return_inverse=True)[1].reshape(-1)
    labels = np.concatenate([np.full(len(texts), NO_CLASS, np.int64), numbers])
    both, digests = [*texts, *judges], [text_digest(text) for text in judges]
    groups = document_groups([()] * len(both), both, labels)
    # By which an encoder's folder will say so: this knows copies of short texts, too.
    record = LearnedDocuments.of(digests, judges, numbers.astype(np.int64))
    copies = record.include([()] * len(texts), texts)
    copies = whole_groups(np.concatenate([copies, np.ones(len(judges), np.bool_)]), groups)
    return [text for text, is_copy in zip(texts, copies.tolist(), strict=False) if not is_copy]


def _without_near_copies(pasts: Sequence[Past], splits: Sequence[Split]) -> tuple[list[Past], int]:
    """Return the pasts without near copies in two parts or asked twice, and how many those were."""
    documents = [document for past in pasts for document in past.documents]
    texts = [None if isinstance(document, bytes) else document for document in documents]
    keys = [class_key(past.names[k]) for past in pasts for k in past.labels.tolist()]
    labels = np.unique(keys, return_inverse=True)[1].reshape(-1)
    groups = document_groups([()] * len(texts), texts, labels)
    parts = (_parts(past, split) for past, split in zip(pasts, splits, strict=True))
    ranks = np.array(
        [
            RANK[class_parts[k]]
            for past, class_parts in zip(pasts, parts, strict=True)
            for k in past.labels.tolist()
        ]
    )
    highest = np.zeros(len(groups), np.int64)
    np.maximum.at(highest, groups, ranks)
    first = np.zeros(len(groups), np.bool_)
    first[np.unique(np.stack([groups, labels]), axis=1, return_index=True)[1]] = True
    stays = (ranks == highest[groups]) & (first | (ranks == RANK["base"]))
    ends = np.cumsum([len(past.documents) for past in pasts])
    rows = np.split(stays, ends[:-1]) if len(pasts) else []
    pasts_left = [
        past if is_kept.all() else past.rows(np.flatnonzero(is_kept).tolist())
        for past, is_kept in zip(pasts, rows, strict=True)
    ]
    return pasts_left, int((~stays).sum())


def _parts(past: Past, split: Split) -> list[str]:
    """Return the part of each class."""
    numbers = {part: set(getattr(split, part).tolist()) for part in RANK}
    return [next(p for p in RANK if k in numbers[p]) for k in range(len(past.names))]
