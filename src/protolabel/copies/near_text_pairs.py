"""Whether one text is a near copy of another one, from the samples of both.

Which texts are compared, and what is boilerplate, stands in ``near_copies``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Integers
from protolabel.copies.sketches import LEAST_WORDS, Sketch, Table

CHANGED_WORDS = 2.0  # words of the shorter text that the other may lack,
CHANGED_SHARE = 0.05  # and this share of its words besides
LONGEST = 4.0  # the other has at most so many times its words


def are_near_texts(
    words: Table,
    pairs: Table,
    relevant: npt.NDArray[np.bool_],
    short: Integers,
    long: Integers,
) -> npt.NDArray[np.bool_]:
    """Return which pairs of texts are near copies, as ``near_copies.near_groups`` says.

    Args:
        words: of n texts.
        pairs: of the same.
        relevant: the hashes of ``pairs`` that are no boilerplate.
        short: (p,) texts.
        long: (p,) the other text of each pair, which has as many words or more.
    """
    near = np.zeros(len(short), np.bool_)
    lacking, total = words.lacking(short, long)
    possible = np.flatnonzero(lacking <= CHANGED_WORDS + CHANGED_SHARE * total)
    lacking_pairs, own_pairs = pairs.lacking(short[possible], long[possible], relevant)
    n_pairs = np.minimum(total[possible], own_pairs)
    changed = CHANGED_WORDS * np.minimum(1.0, n_pairs / LEAST_WORDS) + CHANGED_SHARE * n_pairs
    near[possible] = (lacking[possible] <= changed) & (lacking_pairs <= 2 * changed)
    return near


def near_text_pairs(
    sketches: Sequence[Sketch], first: Integers, second: Integers
) -> npt.NDArray[np.bool_]:
    """Return which pairs of texts are near copies, as ``near_copies`` says of two alone.

    Args:
        sketches: of n texts.
        first: (p,) texts.
        second: (p,) the other text of each pair.
    """
    words, pairs = Table.of([s.words for s in sketches]), Table.of([s.pairs for s in sketches])
    every = np.ones(len(pairs.hashes), np.bool_)
    near = np.zeros(len(first), np.bool_)
    for short, long in ((first, second), (second, first)):
        sizes = words.sizes[short], words.sizes[long]
        possible = np.flatnonzero((sizes[0] <= sizes[1]) & (sizes[1] <= LONGEST * sizes[0]))
        near[possible] |= are_near_texts(words, pairs, every, short[possible], long[possible])
    return near
