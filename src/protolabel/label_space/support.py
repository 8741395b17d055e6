"""Reads the support of a label space's version: its examples, with the totals of its classes.

Which documents are equal is decided by ``equality``; what is computed from them in ``arithmetic``.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import ClassTotals, Support
from protolabel.arrays import Floats, Integers
from protolabel.equality import document_digests, groups_of
from protolabel.store import Rows

MOST_EXAMPLES = 50_000  # that a fit looks at: 75 MB of embeddings at 384 dimensions


def support_of(rows: Rows, snapshot: Snapshot) -> tuple[Support, Integers]:
    """Return the support of the snapshot's version, and the item of each example ``(n,)``.

    Classes are the columns of the snapshot. The totals are of all
    examples, also where there are more than ``MOST_EXAMPLES``.
    """
    with rows.reading():
        keys, items, embeddings = rows.training_set(snapshot.version, MOST_EXAMPLES)
        inside = np.isin(keys, snapshot.keys)  # the others have no prototype
        keys, items, embeddings = keys[inside], items[inside], embeddings[inside]
        totals = ClassTotals.of_fixed(*rows.class_arrays(snapshot.keys, snapshot.version))
        groups = _groups(rows, items, embeddings)
    support = Support(
        embeddings,
        np.searchsorted(snapshot.keys, keys).astype(np.int64),
        totals,
        snapshot.kappa,
        snapshot.metric,
        groups,
        np.zeros(len(items), np.bool_),
    )
    return support, items


def _groups(rows: Rows, items: Integers, embeddings: Floats) -> Integers:
    """Return the group of each example: examples of equal text or equal vector have one."""
    return groups_of(
        document_digests(text=rows.content(item).text, vector=vector)
        for item, vector in zip(items.tolist(), embeddings, strict=True)
    )
