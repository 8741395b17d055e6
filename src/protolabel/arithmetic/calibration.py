"""What scores mean (eq. 4): threshold, accuracy and shares answered, from simulated queries.

``calibrate`` turns the scores of simulated queries, from whichever head, into numbers. The queries
come from ``leave_one_out`` or ``cross_fit``, the temperature from ``temperature``, and the chance
of *none of these* from ``belonging``.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, ClassVar, Literal

import numpy as np

from protolabel.arithmetic.belonging import NO_STRANGERS, Belonging, fit_belonging
from protolabel.arithmetic.leave_one_out import FEWEST
from protolabel.arithmetic.nearness import nearness
from protolabel.arithmetic.reach import EVERY, Reach
from protolabel.arithmetic.scored_queries import ScoredQueries
from protolabel.arithmetic.simulation import SimulatedQueries
from protolabel.arithmetic.softmax import softmax
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import Doubles, Floats, Mask, distinct
from protolabel.words.quantity import quantity

QUANTILES = 101  # quantiles kept of own and stranger scores
MOST_DECLINED = 0.1  # share of in-scope queries that the default threshold may turn away,
SURE = 0.95  # with this confidence
FEWEST_STRANGERS = 3  # simulated ones for a word about a score


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why there is no calibration: ``reason`` says what is needed and what is there.

    ``strangers``: quantiles (0, 1, ... 100 %) of the best scores of documents whose class was left
    out; empty where there are too few. They say how a stranger scores, and nothing of a document
    that belongs. ``midway``: halfway between the scores of examples with their own class and with
    the nearest other one, medians; None where it cannot be estimated. ``examples_help``: whether
    more examples end it.
    """

    examples_help: ClassVar[bool] = True

    reason: str
    strangers: tuple[float, ...] = ()
    midway: float | None = None

    def values(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    def fit(self, best: float) -> Literal["", "close", "fair", "far"]:
        """Return how a best score looks beside those of strangers, as a word; no probability.

        ``close``: above nineteen in twenty of them; ``fair``: above most; ``far``: like most of
        them; empty where nothing can be said.
        """
        if not self.strangers:
            return ""
        below = int(np.searchsorted(self.strangers, best, side="left"))
        return "close" if below > 95 else "fair" if below > 50 else "far"


@dataclass(frozen=True, slots=True)
class TooManyClasses(Shortage):
    """There is no calibration of so many classes, however many examples they have."""

    examples_help: ClassVar[bool] = False


def with_strangers(shortage: Shortage, strangers: Floats | Doubles) -> Shortage:
    """Return a shortage that knows how strangers score, from three on. *Shape:* ``(s,)``."""
    if len(strangers) < FEWEST_STRANGERS:
        return shortage
    quantiles = np.quantile(strangers.astype(np.float64), np.linspace(0, 1, QUANTILES))
    return replace(shortage, strangers=tuple(quantiles.tolist()))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Numbers that give scores a meaning; plain floats, so that they can be kept as JSON.

    ``temperature`` divides scores before the softmax. ``threshold``: a best score below it is
    *none of these*; the default answers as many queries rightly, and as few strangers, as it can,
    and declines one in-scope query in ten at most, with confidence where there are few. ``n``:
    simulated queries, one of each document. ``accuracy``: share of them whose best class is right.
    ``own`` and ``stranger``: quantiles (0, 1, ... 100 %) of the best scores of simulated in-scope
    queries and of queries of left-out classes. ``nearness``: of the classes of the simulated
    queries, on average; None where it says nothing. ``belonging``: the curve that gives the
    probability of *none of these*. ``queries``: the simulated queries with their scores;
    None where they were not kept. ``reach``: how many classes all this was measured on.
    """

    temperature: float
    threshold: float
    n: int
    accuracy: float
    own: tuple[float, ...] = field(repr=False)
    stranger: tuple[float, ...] = field(repr=False)
    nearness: float | None = None
    belonging: Belonging | None = None
    queries: ScoredQueries | None = field(default=None, repr=False, compare=False)
    reach: Reach = EVERY

    def values(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them, without the queries."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        del values["queries"]
        belonging = self.belonging
        of_belonging = None if belonging is None else asdict(belonging)
        return values | {"belonging": of_belonging, "reach": asdict(self.reach)}

    @property
    def why_no_chances(self) -> str:
        """Why there are probabilities and no chances, which count strangers in; empty otherwise."""
        return NO_STRANGERS if self.belonging is None else ""

    def thresholds(self, sizes: Doubles) -> Doubles:
        """Return the threshold for an answer of a class of each size, in examples.

        It is lower for small classes. A prototype of few examples is no class's centre yet, and
        documents of its class score lower against it than those of the classes that the threshold
        was fitted on (:func:`nearness`).

        *Shape:* ``(n,)`` -> ``(n,)`` float64.
        """
        return self.scaled(self.threshold, sizes)

    def scaled(self, threshold: float, sizes: Doubles) -> Doubles:
        """Return a threshold of the classes of the simulated queries for classes of other sizes.

        *Shape:* ``(n,)`` -> ``(n,)`` float64.
        """
        if self.nearness is None or threshold <= 0.0:
            return np.full(len(sizes), threshold)
        return threshold / self.nearness * nearness(sizes)

    def comparable_scores(self, best: Floats | Doubles, sizes: Doubles) -> Doubles:
        """Return best scores as they would be of classes of the size of the simulated queries'.

        One is below a threshold where the score is below the threshold :meth:`scaled` to the
        size of the best class.

        Args:
            best: (n,), best score of each query.
            sizes: (n,), of its best class.
        """
        return _comparable(best, sizes, self.nearness)

    def none_probability(
        self, best: Floats | Doubles, sizes: Doubles, strangers: float
    ) -> Doubles | None:
        """Return the probability that each query belongs to none of the classes.

        Args:
            best: (n,), best score of each query.
            sizes: (n,), of its best class.
            strangers: their share among all queries, 0 or above and below 1.

        Returns:
            (n,); None where no stranger could be simulated.
        """
        if self.belonging is None:
            return None
        return 1.0 - self.belonging.probability(self.comparable_scores(best, sizes), strangers)

    def probability(self, scores: Floats) -> Doubles:
        """Return the probability of each class for an in-scope query (eq. 2); rows sum to one.

        *Shape:* ``(n, K)`` -> ``(n, K)`` float64.
        """
        return softmax(scores, self.temperature)

    def coverage(self, threshold: float) -> float:
        """Return the estimated share of in-scope queries that get an answer at this threshold."""
        return float(1.0 - np.interp(threshold, self.own, np.linspace(0, 1, QUANTILES)))

    def false_accept(self, threshold: float) -> float:
        """Return the estimated share of strangers that get an answer at this threshold."""
        return float(1.0 - np.interp(threshold, self.stranger, np.linspace(0, 1, QUANTILES)))


def _comparable(best: Floats | Doubles, sizes: Doubles | None, near: float | None) -> Doubles:
    """Return best scores ``(n,)`` as comparable ones; those of 0 or below stay as they are."""
    scores = best.astype(np.float64)
    if near is None or sizes is None:
        return scores
    return np.where(scores > 0.0, scores * (near / nearness(sizes)), scores)


def calibrate(
    simulation: SimulatedQueries, sizes: Doubles | None = None, *, temperature: float | None = None
) -> Calibration | Shortage:
    """Return temperature, threshold and estimates from simulated queries, or what they lack.

    Copies of a document count once, and so do its labels: it is one query, except that it is right
    or wrong once for each.

    ``sizes`` ``(K,)``: of each class n_k, and kappa where it is described; None where scores are
    no cosines, or all classes are to have the same threshold. ``temperature``: where it is known.
    """
    documents = simulation.documents
    m, classes = len(documents), simulation.full_classes
    present = len(distinct(simulation.labels))
    if m < FEWEST or present < 2 or classes < 3:
        return Shortage(
            f"needs 3 classes and {FEWEST} different examples in at least 2 classes that have two "
            f"or more; has {quantity(classes, 'class')}, and "
            f"{quantity(m, 'such example')} in {present} of them",
            midway=_midway(simulation.own[documents], simulation.rival[documents]),
        )
    stranger_scores, far = simulation.strangers, len(simulation.stranger_labels) > 0
    strangers: Doubles = (stranger_scores if far else simulation.rival).astype(np.float64)
    best, right = simulation.best.astype(np.float64), simulation.right
    shares = np.linspace(0, 1, QUANTILES)
    near = None if sizes is None else float(nearness(sizes)[simulation.labels].mean())
    near_scores = _comparable(best, None if sizes is None else sizes[simulation.answers], near)
    far_scores, belonging = np.empty(0), None
    if far:
        nearest = simulation.stranger_answers
        far_scores = _comparable(strangers, None if sizes is None else sizes[nearest], near)
        likely = None if simulation.likely is None else simulation.likely.belonging
        belonging = fit_belonging(near_scores[documents], far_scores, likely)
    temperature_in_force = temperature_of(simulation) if temperature is None else temperature
    return Calibration(
        temperature=temperature_in_force,
        threshold=min(
            balanced_threshold(best, right, strangers), sparing_threshold(best[documents])
        ),
        n=m,
        accuracy=float(right[documents].mean()),
        own=tuple(np.quantile(best[documents], shares).tolist()),
        stranger=tuple(np.quantile(strangers, shares).tolist()),
        nearness=near,
        belonging=belonging,
        queries=ScoredQueries.of(simulation, temperature_in_force, near_scores, far_scores),
    )


def _midway(own: Floats, rival: Floats) -> float | None:
    """Return a first guess at a threshold, rounded; None where the scores do not part.

    Args:
        own: (m,) scores of documents with their own class.
        rival: (m,) with the nearest other one; none is finite where there is no other class.
    """
    if not len(own):
        return None
    near, far = float(np.median(own)), float(np.median(rival))
    return round(0.5 * (near + far), 2) if math.isfinite(far) and far < near else None


def balanced_threshold(best: Doubles, right: Mask, strangers: Doubles) -> float:
    """Return the threshold that balances in-scope queries answered rightly and strangers declined.

    It is the cut with the highest mean of both shares, or rather a quarter of the way up to it from
    the next lower score: where examples are much alike there is a wide gap below them. A new
    document is seldom as near as they are to one another, and few strangers are as near as the
    documents of left-out classes.

    *Shape:* the best scores of n queries ``(n,)``, and which are right ``(n,)``; the best scores of
    m strangers ``(m,)``.
    """
    cuts = np.unique(np.concatenate([best, strangers]))
    good = np.sort(best[right])
    coverage = (len(good) - np.searchsorted(good, cuts, side="left")) / len(best)
    refused = np.searchsorted(np.sort(strangers), cuts, side="left") / len(strangers)
    at = int(np.argmax(coverage + refused))
    return float(0.75 * cuts[max(at - 1, 0)] + 0.25 * cuts[at])


def sparing_threshold(best: Doubles) -> float:
    """Return the threshold that declines ``MOST_DECLINED`` of in-scope queries at most.

    With confidence ``SURE``, no more than ``MOST_DECLINED`` of in-scope queries score below it. It
    is the r-th lowest of m scores, for the greatest r with P(Binomial(m, MOST_DECLINED) >= r) at
    least ``SURE``. With few queries it is the lowest score; with many, nearly the
    ``MOST_DECLINED`` quantile.

    Source:
        Wilks (1941), distribution-free tolerance limits.
    """
    m = len(best)
    steps = np.log(np.arange(m, 0, -1) / np.arange(1, m + 1))  # of binomial coefficients
    log_choices = np.concatenate([[0.0], np.cumsum(steps)])
    k = np.arange(m + 1)
    share = np.exp(log_choices + k * np.log(MOST_DECLINED) + (m - k) * np.log1p(-MOST_DECLINED))
    below = np.concatenate([[0.0], np.cumsum(share)])[:-1]  # P(Binomial < r), r = 0 ... m
    r = int(np.flatnonzero(below <= 1.0 - SURE).max())
    return float(np.partition(best, max(r - 1, 0))[max(r - 1, 0)])
