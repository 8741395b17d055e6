"""Evidence that a stream has changed, as e-values: of the share of a class, and of its scores.

An e-value is at most 1 on average while nothing changes, at whatever moment one looks. So by
Ville's inequality the chance that it ever reaches 1/a is at most a. Pure arithmetic: which
documents are looked at, and what follows, is ``open_world/drift``.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Doubles, Positions
from protolabel.system.import_lock import one_import

STEP = 10  # documents between two moments at which a share may have changed
CREDIBLE = 0.9  # of the range of moments

# Densities of Beta distributions that ranks may follow after a change: farther, nearer, both ends,
# the middle. A rank is the share of earlier documents that lie farther.
_SHAPES = np.array(
    [(0.5, 1), (1, 2), (1, 4), (1, 0.5), (2, 1), (4, 1), (0.5, 0.5), (2, 2)], np.float64
)


@dataclass(frozen=True, slots=True)
class ChangeEvidence:
    """What a sequence of n documents says about one change in it.

    Attributes:
        log_e: natural logarithm of the e-value; higher is more evidence.
        start: how many documents came before the likeliest moment of a change.
        earliest, latest: the same for the range that holds 90 % of the posterior.
    """

    log_e: float
    start: int
    earliest: int
    latest: int


def share_evidence(
    members: Doubles, n: int, *, horizon: int, n_answers: int
) -> ChangeEvidence | None:
    """Return the evidence that the share of a class among n documents has changed once.

    The numerator is a mixture over moments of a change, of Beta-binomial predictions before it and
    after it. The denominator is the greatest likelihood of one share throughout.

    Args:
        members: ``(m,)``, the places of the class's documents, rising, from 0 to n - 1. Places
            that are no whole numbers stand for expected documents.
        n: how many documents there are.
        horizon: the most documents that there will ever be; a change is as likely anywhere.
        n_answers: classes that a document can have, *none of these* included: a share of one in
            so many is expected at first.

    Returns:
        None where there is nothing to compare: no document of the class, or too few of all.

    Source:
        Ramdas, Ruf, Larsson and Koolen 2022, "Testing exchangeability", section 4: an e-process
        for binary data by universal inference (Wasserman, Ramdas and Balakrishnan 2020).
    """
    with one_import():
        from scipy.special import betaln, xlogy

    starts = np.arange(STEP, n, STEP)
    if not len(members) or not len(starts):
        return None
    before = np.searchsorted(members, starts).astype(np.float64)
    after = len(members) - before
    alpha, beta = 0.5, (n_answers - 1) / 2
    first = betaln(alpha + before, beta + starts - before) - betaln(alpha, beta)
    share = (before + alpha) / (starts + alpha + beta)
    odds = (1 - share) / share
    second = betaln(1 + after, odds + n - starts - after) - betaln(1, odds)
    whole = len(members) / n
    most = xlogy(len(members), whole) + xlogy(n - len(members), 1 - whole)
    logs = first + second - most + math.log(STEP / max(horizon, n))
    return _evidence(logs, starts)


def rank_evidence(ranks: Doubles, weights: Doubles) -> ChangeEvidence | None:
    """Return the evidence that ranks, which are uniform while nothing changes, have changed once.

    Args:
        ranks: ``(n,)``, of :func:`conformal_ranks`.
        weights: ``(n,)``, the prior chance that a change comes right before each; their sum is at
            most 1.

    Source:
        Volkhonskiy et al. 2017, "Inductive conformal martingales for change-point detection";
        Vovk et al. 2021, "Retrain or not retrain". The bets are Beta densities, mixed.
    """
    with one_import():
        from scipy.stats import beta

    if not len(ranks):
        return None
    inside = np.clip(ranks, 1e-12, 1 - 1e-12)
    logs = np.stack([beta.logpdf(inside, a, b) for a, b in _SHAPES])
    tails = logs[:, ::-1].cumsum(axis=1)[:, ::-1]
    mixed = np.logaddexp.reduce(tails, axis=0) - math.log(len(_SHAPES))
    with np.errstate(divide="ignore"):
        mixed = mixed + np.log(weights)
    return _evidence(mixed, np.arange(len(ranks)))


def conformal_ranks(scores: Iterable[float], ties: Iterable[float]) -> Doubles:
    """Return the rank of each score among those up to it, as a share; *uniform* without a change.

    Args:
        scores: in the order of the documents; higher is nearer.
        ties: a number between 0 and 1 for each document, uniform and independent of its score.

    Source:
        Vovk, Gammerman and Shafer 2005, "Algorithmic Learning in a Random World", equation 2.20.
    """
    earlier: list[float] = []
    ranks = []
    for score, tie in zip(scores, ties, strict=True):
        low, high = bisect.bisect_left(earlier, score), bisect.bisect_right(earlier, score)
        earlier.insert(high, score)
        ranks.append((low + tie * (high - low + 1)) / len(earlier))
    return np.array(ranks, np.float64)


def showable_share(
    share: float, n: int, *, horizon: int, n_answers: int, log_threshold: float
) -> float | None:
    """Return the smallest share that would be evident now, had the share risen to it halfway.

    Args:
        share: before.
        n: how many documents there are.
        horizon: as in :func:`share_evidence`.
        n_answers: as there.
        log_threshold: the logarithm of the e-value from which a change is evident.

    Returns:
        None where even a share of one would not be.
    """

    def is_evident(after: float) -> bool:
        half = n // 2
        members = np.concatenate([_spread(share, 0, half), _spread(after, half, n)])
        evidence = share_evidence(members, n, horizon=horizon, n_answers=n_answers)
        return evidence is not None and evidence.log_e >= log_threshold

    low, high = share, 1.0
    if not is_evident(high):
        return None
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (low, middle) if is_evident(middle) else (middle, high)
    return high


def _spread(share: float, start: int, stop: int) -> Doubles:
    """Return places at even distances, as many as are expected."""
    count = round(share * (stop - start))
    return start + (np.arange(count) + 0.5) * (stop - start) / max(count, 1)


def _evidence(logs: Doubles, starts: Positions) -> ChangeEvidence:
    """Return the sum of the parts of an e-value, and when the change was."""
    log_e = float(np.logaddexp.reduce(logs))
    cumulated = np.exp(logs - log_e).cumsum() if log_e > -math.inf else np.ones(len(logs))
    low, high = (
        int(np.searchsorted(cumulated, level).clip(0, len(starts) - 1))
        for level in ((1 - CREDIBLE) / 2, (1 + CREDIBLE) / 2)
    )
    return ChangeEvidence(
        log_e, int(starts[int(logs.argmax())]), int(starts[low]), int(starts[high])
    )
