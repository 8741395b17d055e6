"""How far the share of wrong answers may be from what new documents and new classes would show.

Cases of one class resemble each other, so they are not independent. Strangers belong to classes
that nobody has thought of: so at first, each class of simulated strangers counts as one case. Where
the cases show how far classes differ, the number of cases that they are worth is computed from
that. ``risk`` and ``target`` choose the answers that count.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.intervals import LEVEL, exact_share, t_quantile
from protolabel.arrays import Doubles

UNSURE = 4.0  # classes: by simulation (decision 29), misses at most 4 % of 95 % bounds


@dataclass(frozen=True, slots=True)
class Part:
    """A share of cases, and how many independent cases it is worth.

    Attributes:
        weight: of all of them in the stream.
        share: 0 to 1.
        worth: the number of independent cases whose share would vary as much.
        excess: what the share may be multiplied by in the stream, 1 or above.
    """

    weight: float
    share: float
    worth: float
    excess: float = 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of the share in the stream: (low, high)."""
        low, high = exact_share(self.share * self.worth, self.worth, level=level)
        return low, min(1.0, self.excess * high)

    def upper(self, confidence: float) -> float:
        """Return what the share in the stream is at most, with that confidence."""
        return self.interval(2.0 * confidence - 1.0)[1]


@dataclass(frozen=True, slots=True)
class Risk:
    """A share of wrong answers in two independent parts.

    Attributes:
        members: answers to documents that belong to a class; the share is that of the wrong ones.
        strangers: all strangers, answered or not; the share is that of the answered ones, which are
            all wrong.
    """

    members: Part
    strangers: Part

    @property
    def share(self) -> float:
        """The share of wrong answers; 0 where there is no answer."""
        of_strangers = self.strangers.weight * self.strangers.share
        answers = self.members.weight + of_strangers
        if answers <= 0.0:
            return 0.0
        return (self.members.weight * self.members.share + of_strangers) / answers

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of the share: (low, high).

        With a the weight of answered members, r the share of wrong ones among them, s the weight of
        strangers and q the share of answered ones, the risk is at most t where
        a (r - t) + s q (1 - t) is at most 0. The interval of that sum follows from those of r and
        q, and its end for a t is 0 where t is the end of the interval of the risk.

        Source:
            Zou and Donner (2008), "Construction of confidence limits about effect measures: a
            general approach": the method of variance estimates recovery.
        """
        members, strangers = self.members.interval(level), self.strangers.interval(level)
        return self._end(members[0], strangers[0], -1.0), self._end(members[1], strangers[1], 1.0)

    def upper(self, confidence: float) -> float:
        """Return what the share is at most, with that confidence."""
        return self.interval(2.0 * confidence - 1.0)[1]

    def _end(self, members: float, strangers: float, sign: float) -> float:
        """Return the end of the interval where the parts have these ends.

        ``sign`` is 1 for the upper end and -1 for the lower one. The equation is one of second
        degree in u = 1 - t.
        """
        a, s = self.members.weight, self.strangers.weight
        answers = a + s * self.strangers.share
        right = a * (1.0 - self.members.share)
        x = a * (members - self.members.share)
        y = s * (strangers - self.strangers.share)
        root = math.sqrt(max(0.0, (answers * x) ** 2 + y * y * (right * right - x * x)))
        if a <= 0.0:  # no member is answered, so nothing tells how few could be
            u = 0.0 if sign > 0.0 else 1.0
        elif sign > 0.0:
            below = answers * right + root
            u = (right * right - x * x) / below if below > 0.0 else 0.0
        else:
            squares = answers * answers - y * y
            u = (answers * right + root) / squares if squares > 0.0 else 1.0
        return min(1.0, max(0.0, 1.0 - u))


def part_of(
    weights: Doubles,
    hits: npt.NDArray[np.bool_],
    clusters: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
) -> Part:
    """Return the weighted share of hits, and how many independent cases it is worth.

    The variance is that of a ratio, over classes as clusters. Where all cases are hits or none is,
    nothing tells how classes go together, and documents count as independent. Equal documents and
    near copies never count more than one.

    Args:
        weights: (n,), what each case stands for.
        hits: (n,) bool.
        clusters: (n,), the class of each: cases of a class go together.
        groups: (n,), the document of each: cases of one document are one.

    Source:
        Cochran (1977), ratio estimates; Kish (1965) for unequal weights.
    """
    total = float(weights.sum())
    if total <= 0.0:
        return Part(0.0, 0.0, 0.0)
    share = min(1.0, float(weights[hits].sum()) / total)  # 1, to the last bit, where all are hits
    most = independent_cases(weights, groups)
    if not 0.0 < share < 1.0:
        return Part(total, share, most)
    residuals = weights * (hits - share) / total
    return Part(total, share, min(most, effective_cases(residuals, clusters, share)))


def independent_cases(weights: Doubles, groups: npt.NDArray[np.int64]) -> float:
    """Return how many equal and independent cases weighted ones are worth.

    Args:
        weights: (n,), of which one is above 0.
        groups: (n,), the document of each: cases of one document are one.

    Source:
        Kish (1965), the effective sample size.
    """
    _, group = np.unique(groups, return_inverse=True)
    of_groups = np.bincount(group.reshape(-1), weights)
    total = float(weights.sum())
    return total * total / float((of_groups * of_groups).sum())


def independent_prefixes(weights: Doubles, groups: npt.NDArray[np.int64]) -> Doubles:
    """Return what the first 1, 2, ... n cases are worth, as :func:`independent_cases` does.

    *Shape:* ``(n,)`` each -> ``(n,)``.
    """
    order = np.argsort(groups, kind="stable")
    _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    sums = np.cumsum(weights[order]) - weights[order]
    earlier = np.empty(len(weights))  # the weight of the same document in earlier cases
    earlier[order] = sums - np.repeat(sums[starts], counts)
    squares = np.cumsum(weights * (weights + 2.0 * earlier))
    return np.asarray(np.cumsum(weights) ** 2 / np.maximum(squares, 1e-300))


def part_of_strangers(
    weight: float, answers: npt.NDArray[np.bool_], classes: npt.NDArray[np.int64]
) -> Part:
    """Return the share of answered strangers, as that of strangers of other classes may be.

    Where all of them are answered or none is, nothing tells how far classes differ, and each class
    counts as one case. With few classes of both kinds little tells it. So what the variance says
    counts by the number of these classes, beside ``UNSURE`` more by which each class is one case.

    Args:
        weight: of all strangers in the stream.
        answers: (n,) bool, whether each gets an answer.
        classes: (n,), the class of each.
    """
    n = len(answers)
    _, place, counts = np.unique(classes, return_inverse=True, return_counts=True)
    distinct = len(counts)
    share = float(answers.mean()) if n else 0.0
    worth = float(distinct)
    if 0.0 < share < 1.0:
        by_class = np.bincount(place.reshape(-1), answers, distinct)
        fewer = min(int((by_class > 0).sum()), int((by_class < counts).sum()))
        residuals: Doubles = (answers - share) / n
        most = min(float(n), effective_cases(residuals, classes, share))
        worth = (UNSURE + fewer) / (UNSURE / distinct + fewer / most)
    return Part(weight, share, worth, crowding(distinct))


def crowding(classes: int) -> float:
    """Return how much more often strangers can get an answer than simulated ones, at most.

    A simulated stranger meets a label space without a tenth of its classes, or without one where
    there are fewer than ten. Among all of them there is more that it may be taken for; the chance
    grows no faster than their number.
    """
    return max(1.0 / 0.9, classes / (classes - 1)) if classes > 1 else math.inf


def classes_needed(risk: float, confidence: float) -> int:
    """Return from how many classes strangers promise that at most this share gets an answer."""
    for classes in itertools.count(2):
        most = float(_upper_share_without_hits(np.array([classes]), confidence)[0])
        if crowding(classes) * most <= risk:
            return classes
    raise AssertionError


def least_bounds(members: Doubles, worth: Doubles, strangers: Part, confidence: float) -> Doubles:
    """Return what a risk would be at most, with that confidence, if no answer were wrong.

    As :meth:`Risk.upper`, for many at once; a test holds the two together.

    Args:
        members: (n,), the weight of answered members.
        worth: (n,), how many independent cases they are worth.
        strangers: of all strangers; none is answered.
        confidence: above 0 and below 1.

    Returns:
        (n,).
    """
    x = members * _upper_share_without_hits(worth, confidence)
    most = strangers.excess * _upper_share_without_hits(np.array([strangers.worth]), confidence)
    y = strangers.weight * np.minimum(1.0, most)
    complements = members * members - x * x
    below = members * members + np.sqrt((members * x) ** 2 + y * y * complements)
    return 1.0 - np.divide(complements, below, out=np.zeros_like(below), where=below > 0.0)


def _upper_share_without_hits(n: Doubles, confidence: float) -> Doubles:
    """Return the upper bound of a share when none of n independent cases was a hit."""
    return np.asarray(-np.expm1(np.log1p(-confidence) / np.maximum(n, 1e-9)), np.float64)


def effective_cases(
    residuals: Doubles,
    clusters: npt.NDArray[np.int64],
    share: float,
    prior: tuple[float, float] = (0.0, 1.0),
) -> float:
    """Return the number of independent cases whose share would vary as much as this one.

    Args:
        residuals: (n,), what each case adds to the share less its expectation.
        clusters: (n,), the cluster of each.
        share: above 0 and below 1.
        prior: how many clusters more there are as it were, and how many independent cases the share
            would be worth if all of them were like these. Few clusters may be alike by chance.

    Source:
        Korn and Graubard (1998), effective sample size, with their correction for a variance that
        few clusters estimate.
    """
    _, place = np.unique(clusters, return_inverse=True)
    totals = np.bincount(place, weights=residuals)
    groups = len(totals)
    if groups < 2:
        return 1.0
    extra, cases = prior
    freedom = groups - 1 + extra
    variance = groups / (groups - 1) * float((totals * totals).sum())
    variance = ((groups - 1) * variance + extra * share * (1.0 - share) / cases) / freedom
    if variance <= 0.0:
        return float(len(residuals))
    upper = (1.0 + LEVEL) / 2.0
    correction = (t_quantile(upper, math.inf) / t_quantile(upper, freedom)) ** 2
    return correction * share * (1.0 - share) / variance
