"""What the encoder that training begins with has learned of the pasts: it is no evidence for it.

Classes and documents that stand in the encoder's record may be learned from again, and are neither
validated nor reported on. What the record holds is :mod:`protolabel.encoders.provenance`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from protolabel.arrays import Mask
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.encoders.provenance import learned_classes, learned_from
from protolabel.episodes.class_keys import class_key
from protolabel.training.data.class_split import Split
from protolabel.training.data.past import Past
from protolabel.words.quantity import quantity


@dataclass(frozen=True, eq=False)
class EarlierLearning:
    """What of some pasts an encoder has learned.

    ``classes``: keys of classes that cannot judge the encoder: it has learned them, or so many of
    their documents that the others make no episode. ``rows``: of each past, (n,), the documents
    that it has learned from, and near copies of them.
    """

    classes: frozenset[str]
    rows: Sequence[Mask]

    def left_out(
        self, pasts: Sequence[Past], splits: Sequence[Split]
    ) -> tuple[list[Past], tuple[str, ...]]:
        """Return the pasts without such documents of classes that judge, and notes for people."""
        shortened = []
        for past, split, rows in zip(pasts, splits, self.rows, strict=True):
            stays = ~rows | np.isin(past.labels, split.base)
            shortened.append(past if stays.all() else past.rows(np.flatnonzero(stays).tolist()))
        every = {class_key(name) for past in pasts for name in past.names}
        notes = []
        if self.classes:
            words = quantity(len(every), "class")
            notes.append(
                f"the encoder that training begins with has learned {len(self.classes)} of {words}:"
                " neither validated nor reported on. The shares valid= and novel= are of the others"
            )
        sizes = [sum(len(past.documents) for past in stage) for stage in (pasts, shortened)]
        if sizes[0] > sizes[1]:
            notes.append(
                f"{quantity(sizes[0] - sizes[1], 'document')} of classes that are validated or "
                "reported on: left out, the encoder that training begins with has learned from "
                "them or near copies of them"
            )
        return shortened, tuple(notes)


def earlier_learning(
    pasts: Sequence[Past], folder: Path | None, needs: Sequence[int]
) -> EarlierLearning:
    """Return what of some pasts an encoder has learned.

    Args:
        pasts: labelled documents.
        folder: of the encoder; None for one that begins at random.
        needs: of each past, how many documents of a class an episode takes.

    Raises:
        EncoderError: the folder's record of its documents is missing or damaged.
    """
    rows = [np.zeros(len(past.documents), np.bool_) for past in pasts]
    if folder is None:
        return EarlierLearning(frozenset(), rows)
    every = {class_key(name) for past in pasts for name in past.names}
    classes = {class_key(name) for name in learned_classes(folder)} & every
    documents = learned_from(folder)
    if documents is None or not pasts:
        return EarlierLearning(frozenset(classes), rows)
    texts = [None if isinstance(d, bytes) else d for past in pasts for d in past.documents]
    digests = [[digest] for past in pasts for digest in past.document_digests()]
    keys = [class_key(past.names[k]) for past in pasts for k in past.labels.tolist()]
    labels = np.unique(keys, return_inverse=True)[1].reshape(-1)
    groups = document_groups(digests, texts, labels)
    of_all = whole_groups(documents.include(digests, texts), groups)
    ends = np.cumsum([len(past.documents) for past in pasts])
    rows = np.split(of_all, ends[:-1])
    for past, own_rows, own_groups, need in zip(
        pasts, rows, np.split(groups, ends[:-1]), needs, strict=True
    ):
        for k in np.unique(past.labels[own_rows]).tolist():
            if len(np.unique(own_groups[(past.labels == k) & ~own_rows])) < need:
                classes.add(class_key(past.names[k]))
    return EarlierLearning(frozenset(classes), rows)
