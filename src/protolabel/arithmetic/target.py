"""A risk that a user states, and the threshold that keeps it, with its confidence.

Three risks: of wrong answers, of strangers that get an answer, and of documents that belong and
are turned away. The bounds are exact binomial ones of simulated queries; they speak of documents
like the examples, and the first one of the share of strangers that was stated. Nothing is promised
that the simulated queries are too few for. Limits are tested one after the other, from the
strictest one on, and the first failure ends it: so the confidence is that of the whole choice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.intervals import LEVEL, exact_share
from protolabel.arithmetic.outcomes import Outcomes
from protolabel.arithmetic.risk import Cases, effective_cases, risk_point
from protolabel.arrays import Doubles, Labels, Mask

Kind = Literal["errors", "strangers", "turned away"]
ROOM = 3.0  # times the answers that would do without an error, to begin with


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
    cuts = _chance_cuts(cases, target.share, target.confidence)
    points = (risk_point(cases, cut, confidence=target.confidence) for cut in cuts)
    kept = _kept_in_order(points, lambda point: point.bound <= target.share)
    if kept is None:
        have = int((~cases.strangers).sum())
        best = _least_errors(cases, target.confidence)
        return Limit(math.inf, None, best, 0.0, _too_few(target, have, best))
    belong = ~cases.strangers
    weight = cases.weights[belong & (cases.chances >= kept.least_chance)].sum()
    share = float(weight / cases.weights[belong].sum())
    return Limit(kept.least_chance, None, kept.bound, share)


def _chance_cuts(cases: Cases, share: float, confidence: float) -> list[float]:
    """Return the least chances that are tested for at most this share of errors, strictest first.

    They follow from the chances and their weights alone, never from what is right or wrong. The
    first one gives three times the answers that would do without an error, or a half of all where
    that is less, so that a single error does not end the sequence at once.
    """
    order = np.argsort(-cases.chances, kind="stable")
    weights = cases.weights[order]
    worth = np.cumsum(weights) ** 2 / np.cumsum(weights**2)  # Kish, as in ``risk_point``
    needed = _cases_needed(share, confidence)
    least = max(needed, min(worth[-1] / 2, ROOM * needed)) - 1e-6  # sums of weights are rounded
    enough = np.flatnonzero(worth >= least)
    if not len(enough):
        return []
    return _distinct(cases.chances[order], _ranks(int(enough[0]), len(order)))


def _least_errors(cases: Cases, confidence: float) -> float:
    """Return the least share of errors, in whole per cent, that could be promised; 1 if none."""
    for percent in range(1, 100):
        cuts = _chance_cuts(cases, percent / 100, confidence)[:1]
        if cuts and risk_point(cases, cuts[0], confidence=confidence).bound <= percent / 100:
            return percent / 100
    return 1.0


def _turned_away(target: Target, outcomes: Outcomes) -> Limit:
    """Return the highest level below which at most the share of what belongs lies, for sure."""
    levels = np.sort(outcomes.levels)
    steps = (
        (level, _bound(outcomes.levels < level, outcomes.classes, target.confidence))
        for level in _distinct(levels, _ranks(0, len(levels)))
    )
    kept = _kept_in_order(steps, lambda step: step[1] <= target.share)
    chosen, bound = kept if kept is not None else (-math.inf, 0.0)  # nothing declined: it holds
    return Limit(None, chosen, bound, float((outcomes.levels >= chosen).mean()))


def _strangers(target: Target, outcomes: Outcomes) -> Limit:
    """Return the lowest level below which at least the share of strangers lies, for sure."""
    have = len(outcomes.stranger_levels)
    if not have:
        why = "no stranger could be simulated: it needs examples in four classes or more"
        return Limit(None, math.inf, math.nan, 0.0, why)
    levels = -np.sort(-outcomes.stranger_levels)
    cuts = [float(np.nextafter(levels[0], math.inf)), *_distinct(levels, _ranks(0, have))]
    shares = (
        1.0 - _bound(outcomes.stranger_levels >= cut, outcomes.stranger_classes, target.confidence)
        for cut in cuts
    )
    kept = _kept_in_order(zip(cuts, shares, strict=True), lambda step: step[1] >= target.share)
    if kept is None:  # not even where none is answered
        most = 1.0 - exact_share(0.0, have, level=2.0 * target.confidence - 1.0)[1]
        return Limit(None, math.inf, most, 0.0, _too_few(target, have, most))
    chosen, bound = kept
    return Limit(None, chosen, bound, float((outcomes.levels >= chosen).mean()))


T = TypeVar("T")


def _kept_in_order(steps: Iterable[T], kept: Callable[[T], bool]) -> T | None:
    """Return the last step before the first that fails; None where the first one fails.

    Each step may be tested at the full confidence, since none is looked at beyond a failure: only
    the first false promise of the sequence can be made by chance.

    Source:
        Angelopoulos et al. (2021), "Learn then test", section 3: fixed-sequence testing.
    """
    last = None
    for step in steps:
        if not kept(step):
            break
        last = step
    return last


def _ranks(first: int, n: int) -> list[int]:
    """Return ascending ranks from ``first``, below n: each by one or by a twentieth more."""
    ranks = []
    rank = first
    while rank < n:
        ranks.append(rank)
        rank += max(1, rank // 20)
    return ranks if not ranks or ranks[-1] == n - 1 else [*ranks, n - 1]


def _distinct(values: Doubles, ranks: Sequence[int]) -> list[float]:
    """Return the values at some ranks, each once."""
    return list(dict.fromkeys(values[list(ranks)].tolist()))


def _cases_needed(risk: float, confidence: float) -> int:
    """Return how many independent cases promise at most this risk where nothing goes wrong."""
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-risk))


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
    needed = _cases_needed(risk, target.confidence) if risk > 0 else have
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
