"""Near copies among documents that came in a stream: they count once. It makes no groups itself.

``near_copies`` decides what a near copy is. Where there are no texts, documents that differ in
numbers alone count once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arrays import Floats, Labels, Mask, Positions
from protolabel.near_copies import document_groups
from protolabel.open_world.grouping import largest_first, moments_of, nearest_first
from protolabel.open_world.pool import Pool
from protolabel.progress import Progress, Step, silent
from protolabel.store import AnswerRow

AT_ONCE = 10_000  # documents of a group that are compared with one another


class DistinctGroups(NamedTuple):
    """Groups in which near copies count once.

    ``labels``: the group of each document ``(n,)``, largest first, -1 for noise. ``distinct``:
    which documents count ``(n,)``, one of each set of near copies. ``moments``: of those.
    """

    labels: Labels
    distinct: Mask
    moments: Moments


def near_copies_once(
    pool: Pool,
    vectors: Floats,
    labels: Labels,
    moments: Moments,
    least: int,
    progress: Progress = silent,
) -> DistinctGroups:
    """Count near copies in each group once. What is too small then is noise.

    Of near copies, that nearest to the mean of its group counts. In a group of more than
    ``AT_ONCE`` documents each is compared with those about as far from the mean as itself, so that
    memory stays bounded.

    Args:
        pool: of n documents.
        vectors: ``(n, d)``, perhaps in a file.
        labels: ``(n,)`` the group of each, and -1 for noise.
        moments: of the groups.
        least: different documents of the smallest group.
        progress: follows how many documents were compared.
    """
    total, done = int((labels >= 0).sum()), 0
    group_of = np.full(len(labels), -1)
    for group in range(len(moments.counts)):
        places = nearest_first(vectors, labels, moments, group)
        for start in range(0, len(places), AT_ONCE):
            members = places[start : start + AT_ONCE]
            group_of[members[_first_ones(pool, members)]] = group
            done += len(members)
            progress(Step("documents compared", done, total))
    place = largest_first(group_of, len(moments.counts), least)
    group_of = place[group_of]
    return DistinctGroups(
        place[labels], group_of >= 0, moments_of(vectors, group_of, int(place.max()) + 1)
    )


def first_of_near_copies(rows: Sequence[AnswerRow], texts: Mapping[bytes, str]) -> list[AnswerRow]:
    """Return the remembered documents that are equal to none before them, nor near copies.

    Args:
        rows: the documents.
        texts: of those whose text is remembered; others have near copies by their template.
    """
    if len(rows) < 2:
        return list(rows)
    groups = document_groups(
        [(row.content.hex(),) for row in rows],
        [texts.get(row.document) for row in rows],
        np.zeros(len(rows), np.int64),
        [row.template for row in rows],
    )
    return [rows[i] for i in np.sort(np.unique(groups, return_index=True)[1]).tolist()]


def _first_ones(pool: Pool, places: Positions) -> Positions:
    """Return which of these documents are near copies of none before them."""
    documents = [pool.document(place) for place in places.tolist()]
    groups = document_groups(
        [()] * len(documents),
        [document.text for document in documents],
        np.zeros(len(documents), np.int64),
        [bytes.fromhex(document.template) or None for document in documents],
    )
    return np.unique(groups, return_index=True)[1]
