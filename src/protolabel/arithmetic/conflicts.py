"""Examples that lie nearer another class, classes with two modes, and classes that are one.

All of it follows from documents that are scored without themselves. What is unusual is measured
against the other examples, so that no radius is chosen, and must be beyond chance: a mean of three
examples, of which one is in another language, is near to little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from protolabel.arithmetic.average_linkage import Moments, average_groups
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.spread import Spread
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Labels, Positions
from protolabel.system.import_lock import one_import

with one_import():
    from scipy.stats import binom, mannwhitneyu, norm

SPLIT_SHARE = 0.8  # of the way from one class to two, that modes lie apart: decision 40
LEAST_PART = 3  # examples of a mode
LEAST_SHARE = 0.2  # of a class's examples, that a mode has
LEVEL = 0.05  # chance of what is seen, were two classes the same
MOST_COMPARED = 200  # documents of a class that an example is compared with
MOST_SAMPLED = 5000  # documents that say how near all are
FEWEST_JUDGED = math.ceil(-math.log2(LEVEL))  # documents: of fewer, all are right by chance
FEWEST_PAIR = 10  # documents of two classes that are compared


@dataclass(frozen=True, slots=True, eq=False)
class Conflicts:
    """Examples that lie clearly nearer another class, the clearest first.

    Attributes:
        rows: ``(c,)``, of the support.
        nearer: ``(c,)``, the class that each is nearer to.
        margins: ``(c,)``, score of its own class less that of the nearer one: below zero.
        judged: how many documents were compared with a class that is not theirs.
        right: how many of them lie nearer to their own class.
        ordinary: the median margin of those; None where it is not above zero beyond chance, and no
            example is listed.
    """

    rows: Positions
    nearer: Labels
    margins: Doubles
    judged: int
    right: int
    ordinary: float | None


def conflicts(support: Support, simulation: Simulation) -> Conflicts:
    """Return the documents that lie as far on the wrong side as half of all lie on the right one.

    Beyond chance, too, in three respects, at 5 % each. More than half of all lie on the right side
    (sign test); else no measure of an ordinary example is available. The nearer class is nearer
    than the best of so many classes drawn at random, since it was picked as the best. And its
    documents are nearer, one by one, than those of the example's own (Mann and Whitney's test,
    one-sided): with three of its own and four others, all four must be. A document is judged if its
    class has another one, and there is another class with a document or a description.

    Args:
        support: the examples.
        simulation: the scores of each document by prototypes that were made without it.
    """
    n = len(simulation.labels)
    scores = simulation.scores.astype(np.float64)
    right_scores = scores[np.arange(n), simulation.labels]
    rival_scores = scores.copy()
    rival_scores[np.arange(n), simulation.labels] = -np.inf
    nearer = rival_scores.argmax(axis=1) if n else np.empty(0, np.int64)
    best = rival_scores.max(axis=1, initial=-np.inf)
    margins = np.full(n, np.inf)
    judged = np.isfinite(right_scores) & np.isfinite(best)
    margins[judged] = right_scores[judged] - best[judged]
    order = np.flatnonzero(judged)
    n_judged, right = len(order), int((margins[order] > 0).sum())
    ordinary = _ordinary(margins[order])
    if ordinary is None:
        order = order[:0]
    else:
        order = order[np.argsort(margins[order], kind="stable")]
        order = order[margins[order] <= -ordinary]
        chances = _chances(support, simulation.rows[order], nearer[order])
        order = order[chances <= LEVEL]
    return Conflicts(
        simulation.rows[order], nearer[order], margins[order], n_judged, right, ordinary
    )


def _ordinary(margins: Doubles) -> float | None:
    """Return the median margin; None where it may be zero or below by chance. *Shape:* ``(m,)``."""
    right = int((margins > 0).sum())
    if not len(margins) or binom.sf(right - 1, len(margins), 0.5) > LEVEL:
        return None
    return float(np.median(margins))


def _chances(support: Support, rows: Positions, nearer: Labels) -> Doubles:
    """Return how likely documents of both classes lie so by chance, for each example.

    It is the larger of two chances: of the nearer class among all, and of the two classes.

    *Shape:* ``(c,)`` rows of the support and their nearer classes -> ``(c,)``, 1 where one of the
    classes has no document to compare it with.
    """
    documents = support.independent()
    members = {
        k: documents[support.labels[documents] == k]
        for k in np.unique([support.labels[rows], nearer]).tolist()
    }
    n_rivals = len(np.unique(support.labels[documents])) - 1
    sample = documents
    if len(documents) > MOST_SAMPLED:  # at random, since classes may come in turn
        sample = np.random.default_rng(0).choice(documents, MOST_SAMPLED, replace=False)
    chances = np.ones(len(rows))
    for i, (row, rival) in enumerate(zip(rows.tolist(), nearer.tolist(), strict=True)):
        members_of_class, members_of_rival, others = (
            positions[support.groups[positions] != support.groups[row]]
            for positions in (members[int(support.labels[row])], members[rival], sample)
        )
        if len(members_of_class) and len(members_of_rival):
            own, near = (
                _similarities(support, row, positions[:MOST_COMPARED])
                for positions in (members_of_class, members_of_rival)
            )
            chances[i] = mannwhitneyu(own, near, alternative="less").pvalue
            if chances[i] <= LEVEL:
                everything = _similarities(support, row, others)
                picked = chance_of_best(near, everything, len(documents), n_rivals)
                chances[i] = max(chances[i], picked)
    return chances


def chance_of_best(near: Doubles, everything: Doubles, n: int, n_rivals: int) -> float:
    """Return how likely the best of ``n_rivals`` random parts of n documents is as near as one is.

    The mean of a part of m documents, drawn without replacement, is normal about the mean of all.
    The best of several is as near unless none is (Šidák's rule).

    *Shape:* ``(m,)`` similarities of the part, ``(s,)`` of all documents or a sample of them.
    """
    m = len(near)
    variance = everything.var() * (n - m) / (m * max(n - 1, 1))
    if variance <= 0:
        return 1.0
    z = (near.mean() - everything.mean()) / math.sqrt(variance)
    return float(-math.expm1(n_rivals * norm.logcdf(z)))


def _similarities(support: Support, row: int, positions: Positions) -> Doubles:
    """Return how near an example is to others, one by one: higher is nearer. *Shape:* ``(m,)``."""
    example = support.embeddings[row].astype(np.float64)
    vectors = support.embeddings[positions].astype(np.float64)
    if support.metric == "cosine":
        return np.asarray(vectors @ example)
    return np.asarray(-np.square(vectors - example).sum(axis=1))


def modes(support: Support, label: int, spread: Spread) -> list[Positions]:
    """Return the parts of a class that lie nearly as far apart as two classes, largest first.

    Returns:
        Rows of the support; fewer than two parts where the class has one mode. What is in no part
        is too little to be one.
    """
    rows = support.documents()
    rows = rows[support.labels[rows] == label]
    if len(rows) < 2 * LEAST_PART:
        return []
    height = spread.within + SPLIT_SHARE * (spread.between - spread.within)
    groups = average_groups(Moments.of_each(support.embeddings[rows]), height)
    sizes = np.bincount(groups)
    least = max(LEAST_PART, LEAST_SHARE * len(rows))
    large = [int(g) for g in np.argsort(-sizes, kind="stable") if sizes[g] >= least]
    return [rows[groups == g] for g in large]


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two classes that cannot be told apart.

    Attributes:
        first, second: the classes.
        right: documents of the two that are nearer to their own, of ``documents``.
        p_value: chance of so many or more, were they the same.
    """

    first: int
    second: int
    right: int
    documents: int
    p_value: float


def confused_pairs(simulation: Simulation) -> list[ConfusedPair]:
    """Return pairs of classes whose documents are nearer to their own no oftener than by chance.

    The test is binomial, one-sided. That it finds no difference proves none: what counts is how
    many documents were compared. Only pairs are looked at in which a document of one class is
    nearest to the other. A document that stands under both classes is right for one and
    wrong for the other, whatever they are, and is not compared.
    """
    labels, groups = simulation.labels, simulation.groups
    documents = {k: np.flatnonzero(labels == k) for k in np.unique(labels).tolist()}
    confused = _nearest_pairs(simulation)
    pairs = []
    for first, second in combinations(documents, 2):
        if (first, second) not in confused:
            continue
        a, b = documents[first], documents[second]
        shared = np.intersect1d(groups[a], groups[b])
        a, b = (rows[~np.isin(groups[rows], shared)] for rows in (a, b))
        n = len(a) + len(b)
        if n < FEWEST_PAIR:
            continue
        scores = simulation.scores
        right = int((scores[a, first] > scores[a, second]).sum())
        right += int((scores[b, second] > scores[b, first]).sum())
        chance = float(binom.sf(right - 1, n, 0.5))
        if chance > LEVEL:
            pairs.append(ConfusedPair(first, second, right, n, chance))
    return sorted(pairs, key=lambda pair: -pair.p_value)


def _nearest_pairs(simulation: Simulation) -> set[tuple[int, int]]:
    """Return the pairs of classes in which a document of one is nearest to the other."""
    best = simulation.scores.argmax(axis=1) if len(simulation.labels) else np.empty(0, np.int64)
    pairs = {(min(a, b), max(a, b)) for a, b in zip(simulation.labels.tolist(), best.tolist(),
                                                    strict=True)}  # fmt: skip
    return {(a, b) for a, b in pairs if a != b}
