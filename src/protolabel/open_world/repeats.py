"""Near copies among documents that came in a stream: they count once. It makes no groups itself.

``near_copies`` decides what a near copy is. Where there are no texts, documents that differ in
numbers alone count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arrays import Labels, Mask, Positions
from protolabel.copies.near_copies import document_groups
from protolabel.open_world.pool import Pool
from protolabel.progress import Progress, Step, silent

AT_ONCE = 10_000  # documents that are compared with one another


@dataclass(frozen=True, slots=True, eq=False)
class DifferentDocuments:
    """Which documents of a pool are different: of each set of near copies, the first one.

    Attributes:
        places: of the different documents, k of n ``(k,)``.
        numbers: which of those each document is, or is a near copy of ``(n,)``.
    """

    places: Positions
    numbers: Positions

    @classmethod
    def of(
        cls, pool: Pool, cells: Labels | None, progress: Progress = silent
    ) -> DifferentDocuments:
        """Compare the documents of a pool.

        More than ``AT_ONCE`` are compared ``AT_ONCE`` at a time, in the order of their cells, so
        that memory stays bounded. Near copies that fall into two such parts count twice.

        Args:
            pool: of n documents.
            cells: the cell of each ``(n,)``; None where there are no cells.
            progress: follows how many documents were compared.
        """
        n = len(pool)
        order = np.arange(n) if cells is None else np.argsort(cells, kind="stable")
        first = np.arange(n)
        for at in range(0, n, AT_ONCE):
            places = np.sort(order[at : at + AT_ONCE])
            first[places] = places[_first_copies(pool, places)]
            progress(Step("documents compared", min(n, at + AT_ONCE), n))
        different, numbers = np.unique(first, return_inverse=True)
        return cls(different, np.asarray(numbers, np.int64))

    def grouped(self, labels: Labels, moments: Moments) -> DistinctGroups:
        """Return the groups of all documents from those of the different ones ``(k,)``."""
        distinct = np.zeros(len(self.numbers), np.bool_)
        distinct[self.places[labels >= 0]] = True
        return DistinctGroups(labels[self.numbers], distinct, moments)

    def first_of(self, places: Positions) -> Positions:
        """Return, of the documents at k places ``(k,)``, the first one of each set of copies."""
        return places[np.unique(self.numbers[places], return_index=True)[1]]


class DistinctGroups(NamedTuple):
    """Groups in which near copies count once.

    ``labels``: the group of each document ``(n,)``, largest first, -1 for noise. ``distinct``:
    which count ``(n,)``: in the groups, one of each set of near copies. ``moments``: of those.
    """

    labels: Labels
    distinct: Mask
    moments: Moments


def _first_copies(pool: Pool, places: Positions) -> Positions:
    """Return, of each of some documents ``(m,)``, the first that is a near copy of it, or itself.

    Both are counted among the given places.
    """
    documents = [pool.document(place) for place in places.tolist()]
    groups = document_groups(
        [()] * len(documents),
        [document.text for document in documents],
        np.zeros(len(documents), np.int64),
        [bytes.fromhex(document.template) or None for document in documents],
    )
    return np.unique(groups, return_index=True)[1][groups]
