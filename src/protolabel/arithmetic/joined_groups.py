"""Groups of documents from columns of numbers: documents that share a number are one group.

``equality.groups_of`` says the same of digests, one after the other. Here a number stands for a
digest, and all documents are looked at together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.arithmetic.vector_hashes import Hashes
from protolabel.arrays import Integers, Mask, Positions


def joined_groups(columns: Sequence[Hashes]) -> Integers:
    """Return the group of each of n documents; sharing is transitive.

    Args:
        columns: one or more of (n,); 0 where a document has no number.

    Returns:
        (n,) int64: groups numbered from 0 in the order of their first document.
    """
    n = len(columns[0])
    first = np.arange(n)  # a document of the same group that stands no later
    links = [_repeated(column) for column in columns]
    joining = any(len(rows) for rows, _ in links)
    while joining:
        joining = False
        for rows, numbers in links:
            if len(rows):
                least = np.full(int(numbers.max()) + 1, n)
                np.minimum.at(least, numbers, first[rows])
                earlier = least[numbers]
                joining = joining or bool((earlier < first[rows]).any())
                first[rows] = earlier
        first = first[first]
    is_first = first == np.arange(n)
    groups: Integers = (np.cumsum(is_first) - 1)[first]
    return groups


def repeated_numbers(column: Hashes) -> Mask:
    """Return which documents have a number that another one has too. *Shape:* ``(n,)``."""
    ascending = np.sort(column)
    several = ascending[1:][(ascending[1:] == ascending[:-1]) & (ascending[1:] != 0)]
    if not len(several):
        return np.zeros(len(column), np.bool_)
    at = np.minimum(np.searchsorted(several, column), len(several) - 1)
    repeated: Mask = several[at] == column
    return repeated


def _repeated(column: Hashes) -> tuple[Positions, Integers]:
    """Return the documents whose number is there more than once, and those numbers from 0 on."""
    rows = np.flatnonzero(repeated_numbers(column))
    numbers = np.unique(column[rows], return_inverse=True)[1]
    return rows, numbers.reshape(-1).astype(np.int64)
