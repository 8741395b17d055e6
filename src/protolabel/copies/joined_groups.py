"""Groups of documents: those that share something are one group, however long the chain is.

What they share is said by numbers. ``equality`` numbers digests, ``near_copies`` numbers pairs of
texts that are near; columns of hashes come as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Integers, Mask, Positions


def groups_by_numbers(documents: Positions, numbers: Integers, n: int) -> Integers:
    """Return the group of each of n documents; those that have a number in common are one.

    Args:
        documents: ``(m,)``, 0 to n - 1; a document may come several times, or never.
        numbers: ``(m,)``, one that each has; 0 or above, and no higher than it must be.
        n: how many documents there are.

    Returns:
        ``(n,)`` int64: groups numbered from 0 in the order of their first document.
    """
    several = np.bincount(numbers, minlength=1)[numbers] > 1
    documents, numbers = documents[several], numbers[several]
    first = np.arange(n)  # a document of the same group that stands no later
    least = np.empty(int(numbers.max(initial=-1)) + 1, np.int64)
    while True:
        least[:] = n
        np.minimum.at(least, numbers, first[documents])
        earlier = least[numbers]
        if (earlier == first[documents]).all():
            break
        ahead = first.copy()
        np.minimum.at(ahead, first[documents], earlier)
        np.minimum.at(ahead, documents, earlier)
        while (ahead != first).any():
            first, ahead = ahead, ahead[ahead]
    is_first = first == np.arange(n)
    groups: Integers = (np.cumsum(is_first) - 1)[first]
    return groups


def joined_groups(columns: Sequence[npt.NDArray[np.uint64]]) -> Integers:
    """Return the group of each of n documents from columns of numbers.

    Args:
        columns: one or more of ``(n,)``; 0 where a document has no number. A number of one column
            is not that of another.

    Returns:
        ``(n,)`` int64, as :func:`groups_by_numbers` numbers them.
    """
    documents, numbers, highest = [], [], 0
    for column in columns:
        rows = np.flatnonzero(repeated_numbers(column))
        own = np.unique(column[rows], return_inverse=True)[1].reshape(-1).astype(np.int64)
        documents.append(rows)
        numbers.append(own + highest)
        highest += int(own.max(initial=-1)) + 1
    return groups_by_numbers(np.concatenate(documents), np.concatenate(numbers), len(columns[0]))


def repeated_numbers(column: npt.NDArray[np.uint64]) -> Mask:
    """Return which documents have a number that another one has too. *Shape:* ``(n,)``."""
    ascending = np.sort(column)
    several = ascending[1:][(ascending[1:] == ascending[:-1]) & (ascending[1:] != 0)]
    if not len(several):
        return np.zeros(len(column), np.bool_)
    at = np.minimum(np.searchsorted(several, column), len(several) - 1)
    repeated: Mask = several[at] == column
    return repeated
