"""A risk that a user states, and the threshold that keeps it, with its confidence.

Three risks: of wrong answers, of strangers that get an answer, and of documents that belong and
are turned away. The bounds are exact binomial ones of simulated queries; they speak of documents
like the examples, and the first one of the share of strangers that was stated. Nothing is promised
that the simulated queries are too few for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.intervals import LEVEL, exact_share
from protolabel.arithmetic.outcomes import Outcomes
from protolabel.arithmetic.risk import Cases, effective_cases, risk_point
from protolabel.arrays import Doubles, Labels, Mask

Kind = Literal["errors", "strangers", "turned away"]
CUTS = 200  # thresholds that are tried


@dataclass(frozen=True, slots=True)
class Target:
    """What a user asks for.

    ``errors``: at most this share of answers is wrong. ``strangers``: at least this share of
    strangers is declined. ``turned away``: at most this share of what belongs is declined. With
    ``confidence``, for examples like those of the label space.
    """

    kind: Kind
    share: float
    confidence: float = LEVEL

    def __str__(self) -> str:
        sure = "" if self.confidence == LEVEL else f" sure {_percent(self.confidence)}"
        return f"{self.kind} {_percent(self.share)}{sure}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What follows from a target: the least that an answer needs.

    Attributes:
        least_chance: least chance of an answer to be right; None where ``level`` decides.
        level: least level of an answer (:meth:`Calibration.levels`); None where the chance decides.
        bound: the risk (or share caught) that is assured at this limit.
        coverage: estimated share of documents that belong and get an answer.
        shortage: why the target cannot be promised, and everything is declined; empty where it can.
    """

    least_chance: float | None
    level: float | None
    bound: float
    coverage: float
    shortage: str = ""


def limit_of(target: Target, calibration: Calibration, strangers: float) -> Limit:
    """Return the most generous limit at which the target is kept with its confidence.

    Where no limit keeps it, everything is declined, and ``shortage`` says what could be promised.

    Args:
        target: what is asked for.
        calibration: with its outcomes.
        strangers: their share in the stream; only errors depend on it.
    """
    outcomes = calibration.outcomes
    if outcomes is None or not len(outcomes.levels):
        why = "no simulated query was kept: run protolabel check SPACE --repair"
        return Limit(math.inf, None, math.nan, 0.0, why)
    if target.kind == "errors":
        return _errors(target, Cases.of(outcomes, calibration.belonging, strangers))
    if target.kind == "turned away":
        return _turned_away(target, outcomes)
    return _strangers(target, outcomes)


def _errors(target: Target, cases: Cases) -> Limit:
    cuts = np.unique(cases.chances)
    if len(cuts) > CUTS:
        cuts = np.unique(np.quantile(cuts, np.linspace(0.0, 1.0, CUTS)))
    best = math.inf
    for cut in cuts.tolist():  # from the most generous one up
        point = risk_point(cases, cut, confidence=target.confidence)
        best = min(best, point.bound)
        if point.bound <= target.share:
            belong = ~cases.strangers
            weight = cases.weights[belong & (cases.chances >= cut)].sum()
            share = float(weight / cases.weights[belong].sum())
            return Limit(cut, None, point.bound, share)
    have = int((~cases.strangers).sum())
    return Limit(math.inf, None, best, 0.0, _too_few(target, have, best))


def _turned_away(target: Target, outcomes: Outcomes) -> Limit:
    """Return the highest level below which at most the share of what belongs lies, for sure."""
    levels = np.unique(outcomes.levels)
    low, high, bound = 0, len(levels) - 1, 0.0
    chosen = -math.inf  # nothing is declined: the target holds
    while low <= high:  # the bound grows with the level
        middle = (low + high) // 2
        declined = outcomes.levels < levels[middle]
        ahead = _bound(declined, outcomes.classes, target.confidence)
        if ahead <= target.share:
            chosen, bound, low = float(levels[middle]), ahead, middle + 1
        else:
            high = middle - 1
    coverage = float((outcomes.levels >= chosen).mean())
    return Limit(None, chosen, bound, coverage)


def _strangers(target: Target, outcomes: Outcomes) -> Limit:
    """Return the lowest level below which at least the share of strangers lies, for sure."""
    if not len(outcomes.stranger_levels):
        why = "no stranger could be simulated: it needs examples in four classes or more"
        return Limit(None, math.inf, math.nan, 0.0, why)
    levels = np.unique(outcomes.stranger_levels)
    above = np.append(levels[1:], np.nextafter(levels[-1], math.inf))  # declines levels up to each
    low, high = 0, len(above) - 1
    chosen, most = math.inf, 0.0
    while low <= high:
        middle = (low + high) // 2
        accepted = outcomes.stranger_levels >= above[middle]
        share = 1.0 - _bound(accepted, outcomes.stranger_classes, target.confidence)
        most = max(most, share)
        if share >= target.share:
            chosen, high = float(above[middle]), middle - 1
            bound = share
        else:
            low = middle + 1
    if math.isinf(chosen):
        have = len(outcomes.stranger_levels)
        return Limit(None, chosen, most, 0.0, _too_few(target, have, most))
    return Limit(None, chosen, bound, float((outcomes.levels >= chosen).mean()))


def _bound(hits: Mask, clusters: Labels, confidence: float) -> float:
    """Return what the share of hits is at most, with that confidence; classes are clusters."""
    n, share = len(hits), float(hits.mean())
    effective = float(n)
    if 0.0 < share < 1.0:
        residuals: Doubles = (hits - share) / n
        effective = min(effective, effective_cases(residuals, clusters, share))
    return exact_share(share * effective, effective, level=2.0 * confidence - 1.0)[1]


def _too_few(target: Target, have: int, best: float) -> str:
    """Return why a target cannot be promised, what can be, and what to add."""
    risk = target.share if target.kind == "errors" else 1.0 - target.share
    needed = math.ceil(math.log(1.0 - target.confidence) / math.log1p(-risk)) if risk > 0 else have
    possible = (
        f"{target.kind} {math.ceil(100 * best)}%"
        if target.kind == "errors"
        else f"{target.kind} {math.floor(100 * best)}%"
    )
    cure = (
        f"at least {needed} different examples in classes of two or more are needed"
        if have < needed
        else "classes that are told apart better are needed, so more examples or descriptions"
    )
    return (
        f"{target} cannot be promised from {have} simulated queries: {cure}; what they can promise "
        f"is {possible}"
    )


def _percent(share: float) -> str:
    return f"{round(100.0 * share, 6):g}%"
