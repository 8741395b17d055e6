"""Which least chances a promise about errors is tested at, and in which order.

They never follow from what is right or wrong, so that the first failure may end the sequence.
Whether a promise holds at one of them is ``risk``; which limit is chosen is ``target``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from protolabel.arithmetic.risk import Cases, risk_of
from protolabel.arithmetic.risk_interval import independent_prefixes, least_bounds, part_of
from protolabel.arrays import Doubles, Mask

ROOM = 3.0  # times the answers that would do without an error, to begin with
LEVEL_ROOM = 2.0  # the same where classes stand under others, whose answers come in by and by


@dataclass(frozen=True, slots=True, eq=False)
class ChanceTests:
    """Least chances to be tested, which never follow from what is right or wrong.

    Attributes:
        chances: (m,), in descending order: of each case. Where classes stand under others, of the
            nearest class of some of them, at even ranks: those of the other levels follow.
        promises: (m,), the risk that could be promised if the answers of this chance and more were
            all right.
        half: what a half of all answers would promise.
        confidence: of a promise.
        thorough: whether ``chances`` are those of all cases, so that some of them are tested.
    """

    chances: Doubles
    promises: Doubles
    half: float
    confidence: float
    thorough: bool = True

    @classmethod
    def of(cls, cases: Cases, confidence: float) -> ChanceTests:
        """Return those of some cases."""
        order = np.argsort(-cases.chances, kind="stable")
        weights = cases.weights[order]
        if cases.apart:
            weights = np.where(cases.strangers[order], 0.0, weights)
        answers = np.cumsum(weights)
        worth = independent_prefixes(weights, cases.groups[order])
        strangers = risk_of(cases, np.zeros(len(order), np.bool_)).strangers
        promises = least_bounds(answers, worth, strangers, confidence)
        falling, middle = cases.chances[order], len(promises) // 2
        if cases.level_chances is None:
            return cls(falling, promises, float(promises[middle]), confidence)
        cuts = np.array(distinct(falling, even_ranks(0, len(falling))))
        masks = (cases.at(cut).chances >= cut for cut in cuts.tolist())
        promises = np.array([_promise(cases, mask, confidence) for mask in masks])
        first_half = np.zeros(len(order), np.bool_)
        first_half[order[: middle + 1]] = True
        half = _promise(cases, first_half, confidence)  # by the same sums: it may be the least one
        return cls(cuts, promises, half, confidence, thorough=False)

    def cuts(self, share: float) -> list[float]:
        """Return the least chances to test for at most this share of errors, strictest first.

        The first one is the strictest that would promise at most ``max(share / k, min(share, h))``
        if none of its answers were wrong. ``h`` is what half of all answers would promise; k is 3,
        and 2 where classes stand under others. So a single error does not end the sequence at once.
        """
        first, n = self._first(share), len(self.chances)
        if first is None:
            return []
        ranks = even_ranks(first, n) if self.thorough else range(first, n)
        return distinct(self.chances, ranks)

    def first_cut(self, share: float) -> float | None:
        """Return the first of :meth:`cuts`; None where there is none."""
        first = self._first(share)
        return None if first is None else float(self.chances[first])

    def _first(self, share: float) -> int | None:
        room = ROOM if self.thorough else LEVEL_ROOM
        enough = self.promises <= max(share / room, min(share, self.half))
        return int(enough.argmax()) if enough.any() else None


def _promise(cases: Cases, answers: Mask, confidence: float) -> float:
    """Return the risk that could be promised if all of these answers were right."""
    if cases.apart:
        answers = answers & ~cases.strangers
    nothing = np.zeros(int(answers.sum()), np.bool_)
    part = part_of(cases.weights[answers], nothing, cases.clusters[answers], cases.groups[answers])
    strangers = risk_of(cases, np.zeros(len(cases.weights), np.bool_)).strangers
    weight, worth = np.array([part.weight]), np.array([part.worth])
    return float(least_bounds(weight, worth, strangers, confidence)[0])


def even_ranks(first: int, n: int) -> list[int]:
    """Return ascending ranks from ``first``, below n: each by one or by a twentieth more."""
    ranks = []
    rank = first
    while rank < n:
        ranks.append(rank)
        rank += max(1, rank // 20)
    return ranks if not ranks or ranks[-1] == n - 1 else [*ranks, n - 1]


def distinct(values: Doubles, ranks: Sequence[int]) -> list[float]:
    """Return the values at some ranks, each once.

    *Shape:* ``(n,)``, and ranks from 0 to n - 1.
    """
    return list(dict.fromkeys(values[list(ranks)].tolist()))


T = TypeVar("T")


def kept_in_order(steps: Iterable[T], holds: Callable[[T], bool]) -> T | None:
    """Return the last step before the first that fails; None where the first one fails.

    Each step may be tested at the full confidence, since none is looked at beyond a failure: only
    the first false promise of the sequence can be made by chance.

    Source:
        Angelopoulos et al. (2021), "Learn then test", section 3: fixed-sequence testing.
    """
    last = None
    for step in steps:
        if not holds(step):
            break
        last = step
    return last
