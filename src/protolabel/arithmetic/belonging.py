"""The probability that a query belongs to a class of the label space at all, from its best score.

Fitted to simulated queries, which belong, and to documents of left-out classes, which do not. It
takes the best score alone: further features were no better (docs/experiments/declining.md). The
softmax of eq. 2 says which class it is, and ``simulation`` what simulated queries are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.intervals import wilson
from protolabel.arithmetic.logistic import fit_coefficients, logistic, platt_targets
from protolabel.arrays import Doubles, Floats

WIDEST = 0.3  # interval of a share that is worth counting on
ROUNDS = 500  # of expectation-maximisation, which mostly takes some twenty
DROP = 1.92  # of the log-likelihood, where a 95 % interval of one number ends
FOR_STRANGERS = "examples in four classes or more, or the setting refine off"  # cross_fit.PRESENT
NO_STRANGERS = f"no stranger could be simulated: it needs {FOR_STRANGERS}"
DIGITS = 9  # of slope and offset: what its rounding errors leave the same, wherever it began


@dataclass(frozen=True, slots=True)
class Belonging:
    """A logistic curve of the score: at even odds, logit p(belongs) = ``slope`` score + ``offset``.

    ``slope`` is 0 or above: a higher score never makes a stranger likelier.
    """

    slope: float
    offset: float

    def log_odds(self, scores: Floats | Doubles) -> Doubles:
        """Return the log odds of each query to belong, at even odds. *Shape:* ``(n,)``."""
        return np.asarray(self.slope * scores.astype(np.float64) + self.offset, np.float64)

    def probability(self, scores: Floats | Doubles, strangers: float) -> Doubles:
        """Return the probability that each query belongs to one of the classes.

        Args:
            scores: (n,), of the best class of each.
            strangers: share of strangers among all queries, 0 or above and below 1.

        Returns:
            (n,) float64; 1 where no query is a stranger.

        Source:
            Saerens, Latinne and Decaestecker (2002): another prior shifts the log odds.
        """
        if strangers <= 0.0:
            return np.ones(len(scores))
        odds = self.log_odds(scores)
        odds += np.log1p(-strangers) - np.log(strangers)
        return logistic(odds)


def fit_belonging(
    members: Doubles, strangers: Doubles, likely: Belonging | None = None
) -> Belonging:
    """Return the curve of the greatest likelihood, queries and strangers weighing the same.

    The targets are Platt's: m queries that all score higher than all strangers are not certain to
    belong.

    Args:
        members: (m,), best scores of queries that belong; one or more, finite.
        strangers: (s,), best scores of strangers; one or more, finite.
        likely: where the search may begin. The outcome is the same.
    """
    scores = np.concatenate([np.sort(members), np.sort(strangers)])  # in any order the same sums
    middle, spread = float(scores.mean()), float(scores.std())
    if spread == 0.0:
        return Belonging(0.0, 0.0)
    m, s = len(members), len(strangers)
    weights = np.concatenate([np.full(m, 0.5 / m), np.full(s, 0.5 / s)])
    start = np.zeros((1, 2))
    if likely is not None:
        start[0] = likely.slope * spread, likely.offset + likely.slope * middle
    ((slope, offset),) = fit_coefficients(
        [((scores - middle) / spread)[None, :], np.ones((1, 1))],
        platt_targets(np.arange(m + s) < m)[None, :],
        weights[None, :],
        start,
        pull=(0.0, 0.0),
        centre=(0.0, 0.0),
    ).tolist()
    if slope <= 0.0:
        return Belonging(0.0, 0.0)
    return Belonging(_rounded(slope / spread), _rounded(offset - slope * middle / spread))


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


@dataclass(frozen=True, slots=True)
class EstimatedStrangers:
    """How many documents of a stream belong to none of the classes.

    Attributes:
        strangers: the estimated share.
        low: where its 95 % interval begins.
        high: where it ends.
        different: the number of different documents that the share speaks of.
    """

    strangers: float
    low: float
    high: float
    different: int

    @property
    def setting(self) -> float | None:
        """The share to count on; None where the documents are too few to tell.

        Where none of the documents seems to be a stranger, some may come all the same: the share is
        Laplace's, of one stranger and one other document more.
        """
        if self.high - self.low > WIDEST:
            return None
        return (self.strangers * self.different + 1.0) / (self.different + 2.0)


def estimated_strangers(log_odds: Doubles) -> EstimatedStrangers:
    """Return :func:`share_of_strangers` with its interval.

    Args:
        log_odds: (n,), of different documents to belong, at even odds; one or more.
    """
    share = share_of_strangers(log_odds)
    low, high = interval_of_strangers(log_odds, share)
    return EstimatedStrangers(share, low, high, len(log_odds))


def log_odds_to_belong(none_probabilities: Doubles, strangers: float) -> Doubles:
    """Return the log odds to belong, at even odds, of documents with these probabilities.

    It is the inverse of :meth:`Belonging.probability`.

    Args:
        none_probabilities: (n,), that each belongs to none of the classes.
        strangers: the share of strangers that they allow for, above 0 and below 1.
    """
    none = np.clip(none_probabilities, 1e-12, 1.0 - 1e-12)
    odds = np.log1p(-none) - np.log(none) - np.log1p(-strangers) + np.log(strangers)
    return np.asarray(odds, np.float64)


def share_of_strangers(log_odds: Doubles) -> float:
    """Return the share of strangers in a stream of unlabelled queries, of greatest likelihood.

    It is one estimate of the whole stream, and says nothing of a single query.

    Args:
        log_odds: (n,), of each query to belong, at even odds: :meth:`Belonging.log_odds`; one or
            more.

    Source:
        Saerens, Latinne and Decaestecker (2002), expectation-maximisation of the prior.
    """
    share = 0.5
    for _ in range(ROUNDS):
        ahead = 1.0 - float(logistic(log_odds + np.log1p(-share) - np.log(share)).mean())
        ahead = min(max(ahead, 1e-4), 1.0 - 1e-4)
        if abs(ahead - share) < 1e-6:
            return ahead
        share = ahead
    return share


def interval_of_strangers(log_odds: Doubles, share: float) -> tuple[float, float]:
    """Return the 95 % interval of :func:`share_of_strangers`: (low, high), 0 to 1.

    It is that of the profile likelihood, and no narrower than Wilson's for so many queries.

    Args:
        log_odds: (n,), of independent queries.
        share: the estimate.
    """
    shares = np.clip(np.append(np.linspace(0.0, 1.0, 1001), share), 1e-6, 1.0 - 1e-6)
    likelihood = np.array([
        np.logaddexp(np.log(s), np.log1p(-s) + log_odds).sum() for s in shares.tolist()
    ])  # fmt: skip
    likely = shares[likelihood >= likelihood.max() - DROP]
    low, high = wilson(share, len(log_odds))
    return min(low, float(likely.min())), max(high, float(likely.max()))
