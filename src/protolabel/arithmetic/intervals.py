"""Intervals: how far a measured figure may be from what new data would show.

Each function names the population of its interval. Values that share documents, classes or
draws are not independent, and each such sharing has a term of its own.

scipy computes the quantiles; it is imported when the first is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.variances import Variance
from protolabel.system.import_lock import one_import
from protolabel.words.certainty import per_cents, points

LEVEL = 0.95  # of every interval, unless a caller says otherwise
_FEW = 5  # cases of the rarer outcome, below which a variance says too little of a share


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, 0 to 1, as the mean of ``n`` values: draws, episodes, folds, documents.

    ``interval`` is the half-width of its 95 % interval; nan where the values cannot tell.
    """

    mean: float
    interval: float
    n: int

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of the interval: no share is below 0 or above 1."""
        return max(0.0, self.mean - self.interval), min(1.0, self.mean + self.interval)

    def percent(self, digits: int) -> str:
        """Return it in per cent: ``87.1 ± 0.4``, or ``92.9 (74.9 to 100)`` beside a bound."""
        mean = per_cents(self.mean, digits)
        if not math.isfinite(self.interval):
            return mean
        if self.interval > min(self.mean, 1 - self.mean) + 1e-9:
            low, high = (per_cents(end, digits) for end in self.bounds)
            low, high = (
                ("0" if not self.bounds[0] else low),
                ("100" if self.bounds[1] == 1.0 else high),
            )
            return f"{mean} ({low} to {high})"
        return f"{mean} ± {points(self.interval, digits)}"

    def __str__(self) -> str:
        return f"{self.percent(2)} % (n = {self.n})"


def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t with so many degrees of freedom."""
    with one_import():
        from scipy import special

    if not freedom > 0:
        return math.nan
    return float(special.stdtrit(freedom, probability))


def t_interval(values: Iterable[float], *, level: float = LEVEL) -> Estimate:
    """Return the mean of independent values with Student's interval.

    It speaks of more values drawn in the same way as these.

    Source:
        Student (1908). With 5 values the factor is 2.78, not 1.96.
    """
    array = np.asarray(list(values), np.float64)
    n = len(array)
    if n == 0:
        return Estimate(math.nan, math.nan, 0)
    spread = float(array.std(ddof=1)) if n > 1 else math.nan
    half = t_quantile((1 + level) / 2, n - 1) * spread / math.sqrt(n)
    return Estimate(float(array.mean()), half, n)


def normal_interval(values: Iterable[float]) -> Estimate:
    """Return the mean with 1.96 s / sqrt(n), the formula of published few-shot protocols.

    It speaks of more episodes of the same documents and of nothing else: with many episodes it is
    narrow however few documents there are. Use it to compare with published figures only.

    Where all shares are equal, the formula says nothing: they count as n cases then
    (:func:`case_share`), so that the interval has a width.
    """
    array = np.asarray(list(values), np.float64)
    n = len(array)
    if n > 1 and np.ptp(array) == 0:
        return _share_of(float(array[0]), n)
    spread = float(array.std(ddof=1)) if n > 1 else math.nan
    return Estimate(float(array.mean()) if n else math.nan, 1.96 * spread / max(n, 1) ** 0.5, n)


def case_share(hits: Iterable[float]) -> Estimate:
    """Return the share of independent cases, 0 or 1 each; its interval has a width at 0 and 1 too.

    It speaks of more cases of the same kind.
    """
    array = np.asarray(list(hits), np.float64)
    if not len(array):
        return Estimate(math.nan, math.nan, 0)
    return _share_of(float(array.mean()), len(array))


def _share_of(share: float, n: int) -> Estimate:
    part = Variance(share * (1 - share) / max(n - 1, 1), n - 1)
    return combined_share(share, n, [part] if part.value > 0 else [], n)


def wilson(share: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a share of n independent cases: (low, high), 0 to 1.

    It holds near 0 and 1 and for small n. ``n`` = 0 gives (0, 1).

    Source:
        Wilson (1927).
    """
    with one_import():
        from scipy import special

    if n <= 0:
        return 0.0, 1.0
    z = float(special.ndtri((1 + level) / 2))
    middle = share + z * z / (2 * n)
    half = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def exact_share(hits: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a share of n independent cases that is never too narrow: (low, high).

    ``hits`` and ``n`` need not be whole: ``n`` may be an effective number of cases. Each end alone
    holds with probability (1 + level) / 2. ``n`` = 0 gives (0, 1).

    Source:
        Clopper and Pearson (1934).
    """
    with one_import():
        from scipy import special

    if n <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    hits = min(max(hits, 0.0), n)
    low = float(special.betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    high = float(special.betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return low, high


def paired_shares(lost: float, won: float, n: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a difference of two shares of the same n cases, (won - lost) / n.

    It speaks of new documents of the same classes, one case each. It has a width also where nothing
    differs, and holds also where n is small.

    Args:
        lost: cases that the first alone has right; a part of a case where a case is a class.
        won: cases that the second alone has right, likewise.
        n: cases in all, one or more.
        level: the probability that the interval is to hold.

    Source:
        Bonett and Price (2012), Journal of Educational and Behavioral Statistics 37:479-488: the
        adjusted Wald interval, with one added to either count and two to n.
    """
    with one_import():
        from scipy import special

    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = float(special.ndtri((1 + level) / 2)) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return max(p - q - half, -1.0), min(p - q + half, 1.0)


def clustered_share(
    hits: npt.ArrayLike, clusters: npt.NDArray[np.int64], *, level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of the share of hits where cases of one cluster go together.

    Args:
        hits: (n,), 0 or 1 each.
        clusters: (n,), the number of each case's cluster.
        level: the probability that the interval is to hold.

    See :func:`share_of_clusters`.
    """
    _, place, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    totals = np.bincount(place.reshape(-1), np.asarray(hits, np.float64), minlength=len(sizes))
    return share_of_clusters(totals, sizes, level=level)


def share_of_clusters(
    hits: npt.ArrayLike, sizes: npt.ArrayLike, *, level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of the share of hits among cases of clusters that go together.

    It speaks of new clusters. Cases of one cluster (equal documents, say) count as far as they
    differ, and as one at most: Wilson's interval with n divided by the design effect.

    Args:
        hits: (g,), how many cases of each cluster are hits.
        sizes: (g,), how many cases each cluster has.
        level: the probability that the interval is to hold.

    Source:
        Kish (1965), design effect; Korn and Graubard (1998) for shares.
    """
    right, counts = np.asarray(hits, np.float64), np.asarray(sizes, np.float64)
    groups, n = len(counts), float(counts.sum())
    if not n:
        return 0.0, 1.0
    share = float(right.sum()) / n
    # Where all cases agree, nothing tells how they go together: take clusters as one case each.
    cases = float(groups)
    if groups > 1 and 0 < share < 1:
        spread = float(np.square(right - share * counts).sum())
        cases = min(n * n * share * (1 - share) / spread, cases) if spread > 0 else cases
    return wilson(share, cases, level=level)


def combined(mean: float, n: int, parts: Iterable[Variance], *, level: float = LEVEL) -> Estimate:
    """Return an interval from the parts of a mean's variance.

    Source:
        Satterthwaite (1946) for the degrees of freedom of a sum.
    """
    positive = [part for part in parts if part.value > 0]
    if any(not part.freedom > 0 for part in positive):
        return Estimate(mean, math.nan, n)
    total = sum(part.value for part in positive)
    if total <= 0:
        return Estimate(mean, 0.0, n)
    freedom = total**2 / sum(part.value**2 / part.freedom for part in positive)
    return Estimate(mean, t_quantile((1 + level) / 2, freedom) * math.sqrt(total), n)


def combined_share(
    mean: float, n: int, parts: Sequence[Variance], cases: int, *, few: int = _FEW
) -> Estimate:
    """Return an interval of a share from the parts of its variance; it has a width at 0 and 1 too.

    Where few cases come out the rarer way, their variance says too little of the share. The
    interval is then no narrower than Wilson's of as many independent cases.

    Args:
        mean: the share, 0 to 1.
        n: of the estimate.
        parts: of the variance of the share.
        cases: the independent cases behind it, documents or classes.
        few: so many of the rarer outcome are few. 0 where each case is a share itself.
    """
    estimate = combined(mean, n, parts)
    if math.isnan(estimate.interval) or min(mean, 1 - mean) * cases > few:
        return estimate
    low, high = wilson(mean, cases)
    return Estimate(mean, max(estimate.interval, mean - low, high - mean), n)
