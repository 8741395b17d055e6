"""A risk that a user states, and the threshold that keeps it, with its confidence.

Three risks: of wrong answers, of strangers that get an answer, and of documents that belong and are
turned away. The bounds are exact binomial ones of simulated queries; they speak of documents like
the examples, and the first one of the share of strangers that was stated. At first, each class of
strangers counts as one case, since strangers to come are of other classes. Where the simulated
queries or their classes are too few, nothing is promised. Limits are tested one after the other,
from the strictest one on, until one fails: so the confidence holds for the whole choice.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from protolabel.arithmetic.belonging import NO_STRANGERS
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.chance_tests import distinct, even_ranks, kept_in_order
from protolabel.arithmetic.error_promises import ErrorPromises
from protolabel.arithmetic.intervals import LEVEL
from protolabel.arithmetic.risk import Cases, risk_of
from protolabel.arithmetic.risk_interval import (
    Part,
    classes_needed,
    crowding,
    least_bounds,
    part_of,
    part_of_strangers,
)
from protolabel.arithmetic.scored_queries import ScoredQueries
from protolabel.arrays import Labels, Mask
from protolabel.words.certainty import exact_percent
from protolabel.words.quantity import quantity

Kind = Literal["errors", "strangers", "turned away"]


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

    @property
    def is_of_classes(self) -> bool:
        """Whether it speaks of documents that belong; otherwise of strangers alone."""
        return self.kind != "strangers"

    def __str__(self) -> str:
        sure = "" if self.confidence == LEVEL else f" sure {exact_percent(self.confidence)}"
        return f"{self.kind} {exact_percent(self.share)}{sure}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What follows from a target: the least that an answer needs.

    Attributes:
        least_chance: least chance of an answer to be right; None where ``least_score`` decides.
            Where classes stand under others, that of the nearest class.
        least_score: least comparable score of an answer (:meth:`Calibration.comparable_scores`);
            None where the chance decides.
        bound: the risk (or share caught) that is assured at this limit.
        coverage: estimated share of documents that belong and get an answer.
        shortage: why the target cannot be promised, and everything is declined; empty where it can.
        possible: the target of the same kind that could be promised in its place, in words; empty
            where none is known.
        by_level: least chance of each level from the top down, the nearest class last; infinite
            where a level never answers. None where no class stands under another.
    """

    least_chance: float | None
    least_score: float | None
    bound: float
    coverage: float
    shortage: str = ""
    possible: str = ""
    by_level: tuple[float, ...] | None = None

    @property
    def refusal(self) -> str:
        """Return why everything is declined, as a part of a sentence; empty where it is not."""
        return f"the target {self.shortage}" if self.shortage else ""


def limit_of(target: Target, calibration: Calibration, strangers: float) -> Limit:
    """Return the most generous limit at which the target is kept with its confidence.

    Where no limit keeps it, everything is declined. ``shortage`` says why, and what could be
    promised where that is known.

    Args:
        target: what is asked for.
        calibration: with its queries.
        strangers: their share in the stream; only errors depend on it.
    """
    queries = calibration.queries
    if queries is None or not len(queries.best_scores):
        why = "no simulated query was kept: run protolabel check SPACE --repair"
        return Limit(math.inf, None, math.nan, 0.0, _not_promised(target, why))
    if target.kind == "errors":
        cases = Cases.of(queries, calibration.belonging, strangers)
        return _errors(target, ErrorPromises(cases, target.confidence))
    if target.kind == "turned away":
        return _turned_away(target, queries)
    return _strangers(target, queries)


def _errors(target: Target, promises: ErrorPromises) -> Limit:
    """Return the limit of a target of errors, by the promises that some cases allow."""
    cases, last = promises.cases, promises.last(target.share)
    if last is None:
        best = promises.least_errors
        shortage = _too_many_errors(target, cases, best)
        return Limit(math.inf, None, best, 0.0, shortage, _possible(target, best))
    least = last.least_chance
    belong = ~cases.strangers
    weight = cases.weights[belong & (cases.at(least).chances >= least)].sum()
    share = float(weight / cases.weights[belong].sum())
    limits = cases.limits(least)
    by_level = None if limits is None else tuple(limits.tolist())
    return Limit(least, None, last.bound, share, by_level=by_level)


def _turned_away(target: Target, queries: ScoredQueries) -> Limit:
    """Return the highest score below which at most the share of what belongs lies, for sure."""
    ascending = np.sort(queries.best_scores)
    steps = (
        (cut, _bound(queries.best_scores < cut, queries.classes, target.confidence))
        for cut in distinct(ascending, even_ranks(0, len(ascending)))
    )
    last = kept_in_order(steps, lambda step: step[1] <= target.share)
    threshold, bound = last if last is not None else (-math.inf, 0.0)  # nothing declined: it holds
    return Limit(None, threshold, bound, float((queries.best_scores >= threshold).mean()))


def _strangers(target: Target, queries: ScoredQueries) -> Limit:
    """Return the lowest score below which at least the share of strangers lies, for sure."""
    have = len(queries.stranger_best_scores)
    if not have:
        return Limit(None, math.inf, math.nan, 0.0, _not_promised(target, NO_STRANGERS))
    falling = -np.sort(-queries.stranger_best_scores)
    cuts = [float(np.nextafter(falling[0], math.inf)), *distinct(falling, even_ranks(0, have))]
    shares = (1.0 - _most_answered(queries, cut, target.confidence) for cut in cuts)
    steps = zip(cuts, shares, strict=True)
    last = kept_in_order(steps, lambda step: step[1] >= target.share)
    if last is None:  # not even where none is answered
        most = 1.0 - _most_answered(queries, cuts[0], target.confidence)
        why = _too_few_classes(target, len(np.unique(queries.stranger_classes)), most)
        return Limit(None, math.inf, most, 0.0, why, _possible(target, _whole_percent(most)))
    threshold, bound = last
    return Limit(None, threshold, bound, float((queries.best_scores >= threshold).mean()))


def _most_answered(queries: ScoredQueries, cut: float, confidence: float) -> float:
    """Return what the share of strangers at or above a score is at most, with that confidence."""
    answers = queries.stranger_best_scores >= cut
    part = part_of_strangers(1.0, answers, queries.stranger_classes)
    return part.upper(confidence)


def _bound(hits: Mask, clusters: Labels, confidence: float) -> float:
    """Return what the share of hits is at most, with that confidence; classes are clusters."""
    n = len(hits)
    part = part_of(np.full(n, 1.0 / n), hits, clusters, np.arange(n))
    return part.upper(confidence)


def _too_many_errors(target: Target, cases: Cases, best: float) -> str:
    """Return why a share of errors cannot be promised, what can be, and what to add.

    Only where limits were tested, since all answers without an error would be enough, do classes
    have to be told apart better.
    """
    have, needed = int((~cases.strangers).sum()), _cases_needed(target.share, target.confidence)
    strangers = risk_of(cases, np.zeros(len(cases.chances), np.bool_)).strangers

    def enough(members: float, classes: float) -> bool:
        weight, worth = np.array([1.0 - strangers.weight]), np.array([members])
        of_strangers = Part(strangers.weight, 0.0, classes, crowding(int(classes)))
        bound = least_bounds(weight, worth, of_strangers, target.confidence)
        return float(bound[0]) <= target.share

    if strangers.weight and enough(math.inf, strangers.worth):
        with_strangers = bisect.bisect_left(
            range(10**9), True, key=lambda members: enough(members, strangers.worth)
        )
        needed = max(needed, with_strangers)
    if have < needed:
        cure = (
            f"at least {quantity(needed, 'different example')} in classes of two or more are needed"
        )
    elif strangers.weight and not enough(math.inf, strangers.worth):
        classes = bisect.bisect_left(range(10**9), True, key=lambda n: enough(math.inf, n))
        cure = (
            f"examples in at least {quantity(classes, 'class')} "
            "are needed, or fewer strangers in the stream "
            "(protolabel set SPACE strangers SHARE)"
        )
    else:
        cure = "classes that are told apart better are needed, so more examples or descriptions"
    return _shortage(target, quantity(have, "simulated query"), cure, best)


def _too_few_classes(target: Target, classes: int, best: float) -> str:
    """Return why a share of strangers cannot be promised, what can be, and what to add."""
    needed = classes_needed(1.0 - target.share, target.confidence)
    return _shortage(
        target,
        f"strangers of {quantity(classes, 'simulated class')}",
        f"examples in at least {quantity(needed, 'class')} are needed, two or more in each",
        _whole_percent(best),
    )


def _shortage(target: Target, source: str, cure: str, best: float) -> str:
    """Return why a target cannot be promised; ``best``: the share that can, just as surely."""
    possible = _possible(target, best) or "nothing"
    return f"{target} cannot be promised from {source}: {cure}; what they can promise is {possible}"


def _possible(target: Target, share: float) -> str:
    """Return the target of this share, in words; empty where that is no target."""
    return str(replace(target, share=share)) if 0.0 < share < 1.0 else ""


def _whole_percent(share: float) -> float:
    """Return a share that is promised at least, rounded down to a whole per cent."""
    return math.floor(100 * share) / 100


def _not_promised(target: Target, why: str) -> str:
    return f"{target} cannot be promised: {why}"


def _cases_needed(risk: float, confidence: float) -> int:
    """Return how many independent cases promise at most this risk where nothing goes wrong."""
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-risk))
