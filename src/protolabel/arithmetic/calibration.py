"""What scores mean (eq. 4): temperature, threshold and accuracy, from simulated queries.

Each example is scored as if it were a query: against its own class without it (leave-one-out) and
against all others as they are; with its own column taken away it is a query of a class that the
label space does not have (leave-class-out). Both follow in closed form from counts and sums: no
training and no further data. ``calibrate`` turns such scores, from whichever head, into numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Floats

FEWEST = 10  # simulated queries
MOST_CELLS = 8_000_000  # simulated queries x classes: subsampled beyond
LEVELS = 101  # quantiles kept of own and stranger scores
MOST_DECLINED = 0.1  # share of in-scope queries that the default threshold may turn away,
SURE = 0.95  # with this confidence
SPREAD = 0.7  # of a class's documents: mean squared distance from their centre over its own square


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Scores of simulated queries; higher is nearer.

    ``scores`` ``(m, K)`` float32: each row is an example that its class (column ``labels[i]``,
    int64) was made without. ``strangers`` ``(s,)`` float32: best scores of examples whose class
    was left out of the label space. ``rows`` ``(m,)`` int64: which of the examples given each is.
    """

    scores: Floats
    labels: npt.NDArray[np.int64]
    strangers: Floats
    rows: npt.NDArray[np.int64]

    @property
    def own(self) -> Floats:
        """Score against the own class, left out of it. *Shape:* ``(m,)``."""
        own: Floats = self.scores[np.arange(len(self.labels)), self.labels]
        return own

    @property
    def rival(self) -> Floats:
        """Best score among the other classes. *Shape:* ``(m,)``."""
        others = self.scores.copy()
        others[np.arange(len(self.labels)), self.labels] = -np.inf
        best: Floats = others.max(axis=1, initial=-np.inf)
        return best


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why there is no calibration: ``reason`` says what is needed and what is there."""

    reason: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Numbers that give scores a meaning; plain floats, so that they can be kept as JSON.

    ``temperature`` divides scores before the softmax. ``threshold``: a best score below it is
    *none of these*; the default answers as many queries rightly, and as few strangers, as it can,
    and declines one in-scope query in ten at most, with confidence where there are few. ``n``:
    simulated queries. ``accuracy``: share of them whose best class is right. ``own`` and
    ``stranger``: quantiles (0, 1, ... 100 %) of the best scores of simulated in-scope queries and
    of queries of left-out classes. ``nearness``: of the classes of the simulated queries, on
    average; None where it says nothing.
    """

    temperature: float
    threshold: float
    n: int
    accuracy: float
    own: tuple[float, ...]
    stranger: tuple[float, ...]
    nearness: float | None = None

    def thresholds(self, sizes: Doubles) -> Doubles:
        """The threshold for an answer of a class of each size, in examples: lower for small ones.

        A prototype of few examples is no class's centre yet, and its own documents score lower
        against it than those of the classes that the threshold was fitted on (:func:`nearness`).

        *Shape:* ``(n,)`` -> ``(n,)`` float64.
        """
        if self.nearness is None or self.threshold <= 0.0:
            return np.full(len(sizes), self.threshold)
        return self.threshold / self.nearness * nearness(sizes)

    def probability(self, scores: Floats) -> Doubles:
        """Chance of each class to be the right one of an in-scope query; rows sum to one (eq. 2).

        *Shape:* ``(n, K)`` -> ``(n, K)`` float64.
        """
        logits = scores.astype(np.float64) / self.temperature
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        return logits

    def threshold_for(self, *, false_accept: float) -> float:
        """Lowest threshold at which at most this share of strangers gets an answer.

        Strangers are documents of left-out classes, as near as siblings are; most that come from
        elsewhere score lower. Raises ValueError where the share is not from 0 to 1.
        """
        if not 0.0 <= false_accept <= 1.0:
            raise ValueError(f"false_accept {false_accept}; expected a share from 0 to 1")
        return self._quantile(self.stranger, 1.0 - false_accept)

    def coverage(self, threshold: float) -> float:
        """Estimated share of in-scope queries that get an answer at this threshold."""
        return float(1.0 - np.interp(threshold, self.own, np.linspace(0, 1, LEVELS)))

    def false_accept(self, threshold: float) -> float:
        """Estimated share of strangers that get an answer at this threshold."""
        return float(1.0 - np.interp(threshold, self.stranger, np.linspace(0, 1, LEVELS)))

    @staticmethod
    def _quantile(values: tuple[float, ...], share: float) -> float:
        return float(np.interp(share, np.linspace(0, 1, LEVELS), values))


def nearness(sizes: Doubles) -> Doubles:
    """Expected cosine of a document with its class's prototype, as a share of that with the centre.

    Documents lie around a centre mu with mean square distance s2, so the mean of n of them has the
    expected square length |mu|^2 + s2 / n, while its product with another document stays |mu|^2:
    1 / sqrt(1 + r / n) with r = s2 / |mu|^2, taken as ``SPREAD``. A description counts as kappa of
    n; less than one example counts as one.

    *Shape:* ``(n,)`` -> ``(n,)`` float64, above 0 and below 1.
    """
    share: Doubles = 1.0 / np.sqrt(1.0 + SPREAD / np.maximum(sizes, 1.0))
    return share


def simulate(
    embeddings: Floats,
    labels: npt.NDArray[np.integer],
    counts: npt.NDArray[np.integer],
    sums: Doubles,
    descriptions: Floats,
    described: npt.NDArray[np.bool_],
    *,
    kappa: float,
    metric: Literal["cosine", "euclidean"] = "cosine",
) -> Simulation:
    """Scores of examples left out of the prototypes, for those whose class has another example.

    The own class's sum without x is scaled by n / (n - 1): its product with x then has the
    expectation that a new query meets, and the length of the prototype stays as it is.

    *Shape:* embeddings ``(n, d)``, labels ``(n,)`` in ``[0, K)``, counts ``(K,)``, sums ``(K, d)``
    float64, descriptions ``(K, d)``, described ``(K,)``.
    """
    usable = np.flatnonzero(counts[labels] > 1)
    most = max(FEWEST, MOST_CELLS // max(len(counts), 1))
    if len(usable) > most:
        usable = np.sort(np.random.default_rng(0).permutation(usable)[:most])
    chosen = labels[usable].astype(np.int64)
    queries = embeddings[usable]
    weight = np.where(described, kappa, 0.0)
    told = np.where(described[:, None], descriptions, 0.0)
    total = sums + weight[:, None] * told
    size = weight + counts
    centres = np.divide(total, size[:, None], out=np.zeros_like(total), where=size[:, None] > 0)
    squares = (centres * centres).sum(axis=1)
    lengths = np.sqrt(squares)
    products = queries @ centres.T.astype(np.float32)
    wide = queries.astype(np.float64)
    n = counts[chosen]
    rest = (wide * sums[chosen]).sum(axis=1) - (wide * wide).sum(axis=1)
    spoken = weight[chosen] * (wide * told[chosen]).sum(axis=1)
    products[np.arange(len(chosen)), chosen] = (spoken + rest * n / (n - 1)) / size[chosen]
    if metric == "cosine":
        products /= np.where(lengths > 0, lengths, 1.0).astype(np.float32)
    else:
        products *= 2.0
        products -= squares.astype(np.float32)
        products -= np.square(queries).sum(axis=1, keepdims=True)
    simulation = Simulation(products, chosen, np.empty(0, dtype=np.float32), usable)
    return replace(simulation, strangers=simulation.rival)


def calibrate(
    simulation: Simulation, sizes: Doubles | None = None, *, temperature: float | None = None
) -> Calibration | Shortage:
    """Temperature, threshold and estimates from simulated queries, or what is missing for them.

    ``sizes`` ``(K,)``: of each class n_k, and kappa where it is described; None where scores are
    no cosines, or all classes are to have the same threshold. ``temperature``: where it is known.
    """
    m, classes = simulation.scores.shape
    present = len(np.unique(simulation.labels))
    if m < FEWEST or present < 2 or classes < 3:
        return Shortage(
            f"needs 3 classes and {FEWEST} examples in at least 2 classes that have two or more; "
            f"has {classes} classes, and {m} such examples in {present} of them"
        )
    own, rival = simulation.own.astype(np.float64), simulation.rival.astype(np.float64)
    strangers = simulation.strangers if len(simulation.strangers) else rival
    strangers = strangers.astype(np.float64)
    right = own > rival
    best = np.maximum(own, rival)
    levels = np.linspace(0, 1, LEVELS)
    own_levels = np.quantile(best, levels)
    return Calibration(
        temperature=temperature_of(simulation) if temperature is None else temperature,
        threshold=min(_balanced(best, right, strangers), _sparing(best)),
        n=m,
        accuracy=float(right.mean()),
        own=tuple(own_levels.tolist()),
        stranger=tuple(np.quantile(strangers, levels).tolist()),
        nearness=None if sizes is None else float(nearness(sizes)[simulation.labels].mean()),
    )


def _balanced(best: Doubles, right: npt.NDArray[np.bool_], strangers: Doubles) -> float:
    """Threshold of the best mean of (in-scope answered rightly) and (strangers not answered).

    A quarter of the way up from the next lower score: where examples are much alike there is a
    wide gap below them. A new document is seldom as near as they are to one another, and few
    strangers are as near as the documents of left-out classes.
    """
    cuts = np.unique(np.concatenate([best, strangers]))
    good = np.sort(best[right])
    kept = (len(good) - np.searchsorted(good, cuts, side="left")) / len(best)
    refused = np.searchsorted(np.sort(strangers), cuts, side="left") / len(strangers)
    at = int(np.argmax(kept + refused))
    return float(0.75 * cuts[max(at - 1, 0)] + 0.25 * cuts[at])


def _sparing(best: Doubles) -> float:
    """Threshold that turns away at most ``MOST_DECLINED`` of in-scope queries, with confidence.

    The r-th lowest of m scores, for the greatest r with P(Binomial(m, MOST_DECLINED) >= r) at
    least ``SURE``: a distribution-free tolerance limit (Wilks 1941). Of few queries it is the
    lowest score; of many, nearly their ``MOST_DECLINED`` quantile.
    """
    m = len(best)
    steps = np.log(np.arange(m, 0, -1) / np.arange(1, m + 1))  # of binomial coefficients
    chosen = np.concatenate([[0.0], np.cumsum(steps)])
    k = np.arange(m + 1)
    share = np.exp(chosen + k * np.log(MOST_DECLINED) + (m - k) * np.log1p(-MOST_DECLINED))
    below = np.concatenate([[0.0], np.cumsum(share)])[:-1]  # P(Binomial < r), r = 0 ... m
    r = int(np.flatnonzero(below <= 1.0 - SURE).max())
    return float(np.partition(best, max(r - 1, 0))[max(r - 1, 0)])


def temperature_of(simulation: Simulation) -> float:
    """Temperature of the least negative log-likelihood, by golden section on its logarithm.

    One more query counts, an average one whose answer was its best wrong class (the rule of
    succession): m right answers of m then mean a probability near (m + 1) / (m + 2), not 1.
    """
    scores = simulation.scores.astype(np.float64)
    top = scores.max(axis=1, keepdims=True)
    missed = (top[:, 0] - simulation.own).sum() + (top[:, 0] - simulation.rival).mean()
    m = len(scores)

    def loss(log_temperature: float) -> float:
        t = np.exp(log_temperature)
        total = np.log(np.exp((scores - top) / t).sum(axis=1)).mean()
        return float(total * (m + 1) + missed / t)

    low, high = np.log(1e-3), np.log(10.0)
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    a, b = high - golden * (high - low), low + golden * (high - low)
    fa, fb = loss(a), loss(b)
    for _ in range(30):
        if fa <= fb:
            high, b, fb = b, a, fa
            a = high - golden * (high - low)
            fa = loss(a)
        else:
            low, a, fa = a, b, fb
            b = low + golden * (high - low)
            fb = loss(b)
    return float(np.exp((low + high) / 2.0))
