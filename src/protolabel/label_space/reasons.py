"""Why a query is answered so, as a sentence: what decided, and what is missing. Nothing is decided
elsewhere than in :attr:`Grounds.declined`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from protolabel.answers import Alternative
from protolabel.arithmetic.target import Limit, Target


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides about one query.

    Attributes:
        best: the nearest class; None where no class can answer.
        threshold: least score of an answer; None where there is none.
        shortage: why there are no probabilities; empty where there are.
        target: what the user asked for, if anything.
        limit: what follows from the target.
    """

    best: Alternative | None
    threshold: float | None
    shortage: str
    target: Target | None = None
    limit: Limit | None = None

    @property
    def declined(self) -> bool:
        """Whether the query is none of these."""
        if self.best is None or (self.limit is not None and self.limit.shortage):
            return True
        if self.threshold is not None and self.best.score < self.threshold:
            return True
        least = None if self.limit is None else self.limit.least_chance
        return least is not None and (self.best.chance is None or self.best.chance < least)


def reason(grounds: Grounds) -> str:
    """Return the sentence that says why a query is answered so, and what is missing."""
    best, threshold, shortage = grounds.best, grounds.threshold, grounds.shortage
    if best is None:
        return shortage
    if grounds.limit is not None and (grounds.limit.shortage or threshold is None):
        return _by_target(grounds, best, grounds.limit)
    if threshold is None:
        why = f"nothing is declined and there is no probability: {shortage}"
        return f"nearest class, score {best.score:.3f}; {why}"
    note = f"; no probability: {shortage}" if shortage else ""
    if grounds.target is not None:
        note += f"; target {grounds.target}"
    if math.isinf(threshold):
        return f"nearest class, score {best.score:.3f}; the threshold is off{note}"
    score, limit = _distinct_decimals(best.score, threshold)
    if best.score < threshold:
        nearest = f"the nearest class, {best.label!r}, has score {score}"
        return f"below the threshold: {nearest}, less than {limit}{note}"
    return f"nearest class, score {score}, threshold {limit}{note}"


def _by_target(grounds: Grounds, best: Alternative, limit: Limit) -> str:
    """Return the sentence where the chance decides, or where a target cannot be promised."""
    nearest = f"the nearest class, {best.label!r}, has score {best.score:.3f}"
    if limit.shortage or best.chance is None or limit.least_chance is None:
        return f"declined: {nearest}; the target {limit.shortage}"
    chance, least = _distinct_decimals(100.0 * best.chance, 100.0 * limit.least_chance, 0)
    if grounds.declined:
        nearest = f"the nearest class, {best.label!r}, has a chance of {chance} %"
        return f"too unsure: {nearest}, less than the {least} % that {grounds.target} needs"
    return f"nearest class, chance {chance} %; {grounds.target} needs {least} %"


def _distinct_decimals(a: float, b: float, fewest: int = 3) -> tuple[str, str]:
    """Return two numbers with three decimals, or as many more as it takes to tell them apart."""
    digits = next((n for n in range(fewest, 9) if f"{a:.{n}f}" != f"{b:.{n}f}"), fewest)
    return f"{a:.{digits}f}", f"{b:.{digits}f}"
