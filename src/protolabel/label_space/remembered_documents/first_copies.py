"""Which remembered documents are different: near copies count once. ``near_copies`` decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from protolabel.copies.near_copies import document_groups
from protolabel.store import AnswerRow


def first_of_near_copies(rows: Sequence[AnswerRow], texts: Mapping[bytes, str]) -> list[int]:
    """Return the places of remembered documents equal to none before them, nor near copies.

    Args:
        rows: the documents.
        texts: of those whose text is remembered; others have near copies by their template.
    """
    if len(rows) < 2:
        return list(range(len(rows)))
    groups = document_groups(
        [(row.content.hex(),) for row in rows],
        [texts.get(row.document) for row in rows],
        np.zeros(len(rows), np.int64),
        [row.template for row in rows],
    )
    first: list[int] = np.sort(np.unique(groups, return_index=True)[1]).tolist()
    return first
