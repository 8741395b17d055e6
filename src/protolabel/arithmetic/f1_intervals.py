"""Intervals of F1 over documents that have several labels each: exact ones of an effective number.

F1 is a weighted share. Each document adds twice its right answers to the numerator, and its answers
plus its true labels to the denominator. Documents are independent, their labels are not. Which
labels a document gets is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.intervals import LEVEL, exact_share
from protolabel.arithmetic.risk_interval import effective_cases, independent_cases
from protolabel.arrays import Doubles, Integers, Mask

INDEPENDENT = 3.0  # documents as independent as cases, beside those that there are: by simulation


@dataclass(frozen=True, slots=True)
class F1Interval:
    """An F1 with its 95 % interval for more documents like these, and of how many classes it is."""

    f1: float
    low: float
    high: float
    classes: int


def micro_f1(answers: Mask, members: Mask, groups: Integers) -> F1Interval:
    """Return F1 over all pairs of a document and a class.

    Args:
        answers: (n, K), the labels that each document got.
        members: (n, K), those that it has.
        groups: (n,), near copies have one number and count as one document.
    """
    sizes = (answers.sum(axis=1) + members.sum(axis=1)).astype(np.float64)
    matches = 2.0 * (answers & members).sum(axis=1)
    total = float(sizes.sum())
    if not total:
        return F1Interval(0.0, 0.0, 1.0, 0)
    f1 = float(matches.sum()) / total
    low, high = _interval(f1, sizes / total, (matches - f1 * sizes) / total, groups, INDEPENDENT)
    return F1Interval(f1, low, high, int((answers | members).any(axis=0).sum()))


def macro_f1(answers: Mask, members: Mask, groups: Integers) -> F1Interval:
    """Return the mean of the F1 of the classes that a document got or has.

    A class of few documents shows too little of how its F1 varies: the mean is never worth more
    independent cases than there are documents, by their weight in it.

    *Shape:* as of :func:`micro_f1`.
    """
    matches: Integers = 2 * (answers & members)
    either: Integers = answers.astype(np.int64) + members
    totals = either.sum(axis=0)
    present = np.flatnonzero(totals)
    if not len(present):
        return F1Interval(0.0, 0.0, 1.0, 0)
    matches, either = matches[:, present], either[:, present]
    share = 1.0 / (len(present) * totals[present])  # of a label in the mean
    of_classes = matches.sum(axis=0) / totals[present]
    f1 = float(of_classes.mean())
    low, high = _interval(f1, either @ share, (matches - of_classes * either) @ share, groups, None)
    return F1Interval(f1, low, high, len(present))


def _interval(
    f1: float, weights: Doubles, residuals: Doubles, groups: Integers, independent: float | None
) -> tuple[float, float]:
    """Return the interval of a weighted share of documents.

    Where all labels are right or none is, and where few documents are alike by chance, documents
    vary as independent cases would.

    Args:
        f1: the share.
        weights: (n,), of each document in it; they sum to one.
        residuals: (n,), what each adds to the share less its expectation.
        groups: (n,).
        independent: how many documents count as such cases; None: the share is worth no more
            than them.

    Source:
        Kish (1965), unequal weights; Korn and Graubard (1998), effective number of cases; Clopper
        and Pearson (1934).
    """
    most = independent_cases(weights, groups)
    if not 0.0 < f1 < 1.0 or len(np.unique(groups)) < 2:
        return exact_share(f1 * most, most, level=LEVEL)
    cases = effective_cases(residuals, groups, f1, (independent or 0.0, most))
    if independent is None:
        cases = min(cases, most)
    return exact_share(f1 * cases, cases, level=LEVEL)
