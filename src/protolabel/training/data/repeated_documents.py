"""Documents that a past holds twice: counted once, and never in two parts of the split.

A document that is both support and query of an episode, or both learned from and reported on, makes
every figure too good. Which documents are equal is the rule of :mod:`protolabel.equality`.
"""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.training.data.class_split import Split, class_key
from protolabel.training.data.past import Past

RANK = {"base": 0, "valid": 1, "novel": 2}  # an equal document stays in the highest


def without_repeats(
    pasts: Sequence[Past], splits: Sequence[Split]
) -> tuple[list[Past], tuple[str, ...]]:
    """Return the pasts with each document once a class and in one part, and notes for people.

    A document of a class that is learned from is left out where a class that is validated or
    reported on holds an equal one.
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
    kept = []
    for past, own_digests, own_parts in zip(distinct, digests, parts, strict=True):
        pairs = zip(own_digests, past.labels.tolist(), strict=True)
        rows = [row for row, (d, label) in enumerate(pairs) if highest[d] == own_parts[label]]
        kept.append(past if len(rows) == len(past.documents) else past.rows(rows))
    sizes = [sum(len(past.documents) for past in stage) for stage in (pasts, distinct, kept)]
    several = [sorted(names) for names in classes.values() if len(names) > 1]
    notes = []
    if sizes[0] > sizes[1]:
        notes.append(f"{sizes[0] - sizes[1]} documents repeat another of their class: left out")
    if several:
        names = " and ".join(repr(name) for name in several[0][:2])
        notes.append(f"{len(several)} documents stand under two classes, the first under {names}")
    if sizes[1] > sizes[2]:
        notes.append(
            f"{sizes[1] - sizes[2]} documents stand in two parts of the split: left out of the "
            "part that is learned from"
        )
    return kept, tuple(notes)


def _parts(past: Past, split: Split) -> list[str]:
    """Return the part of each class."""
    numbers = {part: set(getattr(split, part).tolist()) for part in RANK}
    return [next(p for p in RANK if k in numbers[p]) for k in range(len(past.names))]
