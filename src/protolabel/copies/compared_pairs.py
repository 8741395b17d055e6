"""Which pairs of words lead from a text to others, and which are boilerplate: the rules alone.

Both searches for near copies go by them: ``near_copies``, of texts that are given once, and
``label_space.fits.pair_postings``, of those that come and go.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles, Integers, Mask
from protolabel.copies.near_text_pairs import CHANGED_SHARE, CHANGED_WORDS

COMMON = 20  # texts that may have a pair of words before it can be boilerplate,
COMMON_SHARE = 0.02  # or this share of all texts, whichever is more
ELSEWHERE = 0.1  # of the texts with boilerplate lack the class that most of them have
NEIGHBOURS = 32  # of a text that are looked at for each pair of words that many texts have
PROBES_AT_ONCE = 8192


def is_elsewhere(total: Integers | int, most: Integers | int) -> Mask:
    """Return whether enough of some texts lack the class that most of them have.

    Args:
        total: how many texts there are whose classes are known.
        most: how many of them have that class.
    """
    enough = np.greater_equal(np.subtract(total, most), np.multiply(ELSEWHERE, total))
    return np.asarray(enough & np.greater(total, 0), np.bool_)


def most_texts_of_a_rare_pair(n_texts: int) -> float:
    """Return how many of some texts may have a pair of words before it can be boilerplate."""
    return max(COMMON, COMMON_SHARE * n_texts)


def most_changed_pairs(lengths: Integers) -> Doubles:
    """Return how many of its pairs of words a text may lack of another, by how many it has."""
    return np.asarray(np.floor(2 * CHANGED_WORDS + 2 * CHANGED_SHARE * lengths), np.float64)


def neighbours(first: Integers, last: Integers, place: Integers) -> tuple[Integers, Integers]:
    """Return where the texts begin and end that a text is compared with for a pair of words.

    Args:
        first: where the texts with the pair begin, ``(n,)``.
        last: where they end.
        place: of the text among them.
    """
    many = last - first > NEIGHBOURS
    low = np.where(many, np.maximum(first, place - NEIGHBOURS // 2), first)
    return low, np.where(many, np.minimum(last, place + NEIGHBOURS // 2 + 1), last)
