"""Which of two encoders serves a label space better, by the label space's own examples.

Each document whose class has another is left out of its class (``leave_one_out``), once with the
old vectors and once with the new, and the two answers are paired. Nothing here encodes, stores or
decides.
"""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np

from protolabel.arithmetic.intervals import paired_shares
from protolabel.arithmetic.kappa import kappa_for
from protolabel.arithmetic.leave_one_out import FEWEST, simulate
from protolabel.arithmetic.support import Support
from protolabel.arrays import Mask
from protolabel.copies.equality import groups_of
from protolabel.types import Comparison

LARGEST_CHANCE = 0.05  # at which a difference counts as shown


def compare(
    old: Support, new: Support, fingerprints: tuple[str, str], *, own_kappa: bool
) -> Comparison:
    """Return the leave-one-out accuracy of prototypes in both, and the difference with interval.

    Documents that either encoder has learned from say nothing of new ones, and are left out of
    both. Documents that either side takes for equal are one document.

    Args:
        old: the examples in the vectors of the first encoder.
        new: the same examples, in the same order, in those of the second.
        fingerprints: of both encoders.
        own_kappa: each side has the weight of descriptions that it would estimate for itself, from
            the examples that neither encoder has learned from, instead of its support's.
    """
    learned = old.learned | new.learned
    pairs = zip(old.groups.tolist(), new.groups.tolist(), strict=True)
    groups = groups_of((f"old {first}", f"new {second}") for first, second in pairs)
    sides = [replace(side, groups=groups, learned=learned) for side in (old, new)]
    if own_kappa:
        sides = [side.with_kappa(kappa_for(side)) for side in sides]
    before, after = (_right(side) for side in sides)
    n = len(before)
    lost, won = int((before & ~after).sum()), int((after & ~before).sum())
    low, high = paired_shares(lost, won, n) if n else (None, None)
    return Comparison(
        old=fingerprints[0],
        new=fingerprints[1],
        n=n,
        old_accuracy=float(before.mean()) if n else None,
        new_accuracy=float(after.mean()) if n else None,
        difference=(won - lost) / n if n else None,
        low=low,
        high=high,
        only_old=lost,
        only_new=won,
        old_kappa=sides[0].kappa,
        new_kappa=sides[1].kappa,
        learned=int(learned.sum()),
    )


def chance(only_old: int, only_new: int) -> float:
    """Return how probable a difference at least as large is between two equal encoders.

    Args:
        only_old: documents that the old encoder alone has right.
        only_new: documents that the new encoder alone has right.

    Source:
        McNemar's test in its exact form: the two-sided sign test of the discordant pairs.
    """
    n, fewer = only_old + only_new, min(only_old, only_new)
    tail = sum(comb(n, k) for k in range(fewer + 1))
    doubled: float = 2 * tail / 2**n  # exact in integers before it is divided
    return min(1.0, doubled)


def shown_better(comparison: Comparison) -> bool:
    """Return whether the new encoder is better on ten documents or more, beyond chance (5 %)."""
    if comparison.n < FEWEST or comparison.only_new <= comparison.only_old:
        return False
    return chance(comparison.only_old, comparison.only_new) < LARGEST_CHANCE


def verdict(comparison: Comparison) -> str:
    """Return in words whether one of the encoders is better beyond chance, and if not, why not."""
    lost, won = comparison.only_old, comparison.only_new
    if comparison.n < FEWEST:
        return f"too few examples to tell which is better: {comparison.n}, and {FEWEST} are needed"
    level = f"p = {chance(lost, won):.2g}"
    if shown_better(comparison):
        return f"the new encoder is better beyond chance ({level})"
    if chance(lost, won) < LARGEST_CHANCE:
        return f"the new encoder is worse beyond chance ({level})"
    return f"no difference beyond chance ({level}; below {LARGEST_CHANCE:g} would be one)"


def _right(side: Support) -> Mask:
    """Return whether each document that can be left out is nearest to its own class."""
    if side.n_classes < 2:
        return np.zeros(0, dtype=np.bool_)
    simulation = simulate(side).of_rows(side.is_evidence)
    # in the order of the documents, so that both sides are paired; one label of each document
    order = np.lexsort((simulation.labels, simulation.groups))
    first = np.unique(simulation.groups[order], return_index=True)[1]
    return np.asarray(simulation.right[order[first]], np.bool_)
