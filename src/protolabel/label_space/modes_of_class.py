"""The modes of one class as people see them: how many examples each has, and one to look at.

What a mode is stands in ``arithmetic.modes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from protolabel.arithmetic.scores import similarities
from protolabel.label_space.records import Mode
from protolabel.label_space.stored_items.lookup import known_class

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def modes_of_class(view: View, label: str) -> list[Mode]:
    """Return the modes of a class of a view, the one of most examples first.

    Raises:
        UnknownClassError: no class has that name.
    """
    with view.rows.reading():
        row = known_class(view.rows, label, view.version)
        column = int(np.searchsorted(view.head.keys, row.key))
        can_answer = column < view.head.n_classes and int(view.head.keys[column]) == row.key
        if view.head.modes is None or not can_answer:
            return []
        vectors = view.head.modes.of_class(column)
        counts, best = np.zeros(len(vectors), np.int64), np.full(len(vectors), -np.inf)
        examples = np.zeros(len(vectors), np.int64)
        for block in view.evidence_source.blocks(row.key):
            scores = similarities(block.embeddings, vectors, view.head.metric)
            counts += np.bincount(scores.argmax(axis=1), minlength=len(vectors))
            top = scores.max(axis=0)
            examples = np.where(top > best, block.keys[scores.argmax(axis=0)], examples)
            best = np.maximum(best, top)
        records = view.evidence_source.examples(dict.fromkeys(examples.tolist()))
    order = np.lexsort((np.arange(len(counts)), -counts)).tolist()
    return [Mode(int(counts[i]), records[int(examples[i])].id) for i in order]
