"""Coverage against risk: of the answers whose chance is high enough, how many are wrong.

An answer is wrong where its class is not the right one, or where the document is a stranger. Risks
are computed from scored queries and a share of strangers. ``risk_interval`` says how far a risk may
be off; ``target`` says which threshold keeps a promise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.hierarchy import deepest
from protolabel.arithmetic.intervals import LEVEL
from protolabel.arithmetic.level_limits import level_limits
from protolabel.arithmetic.risk_interval import Part, Risk, part_of, part_of_strangers
from protolabel.arithmetic.scored_queries import ScoredQueries
from protolabel.arrays import Doubles, Integers, Mask


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Queries of a stream with some share of strangers, each with its weight; weights sum to one.

    Attributes:
        chances: (n,), the chance of each answer to be right, *none of these* included.
        wrong: (n,) bool, whether it would be wrong as an answer.
        weights: (n,), the share of the stream that the case stands for.
        clusters: (n,) int64, its class: cases of a class go together.
        strangers: (n,) bool, whether it belongs to none of the classes.
        groups: (n,) int64, its document: equal ones and near copies are one, also in two classes.
        level_chances: (n, w), where classes stand under others: the chance of each level that can
            be the answer, from the top down; ``chances`` and ``wrong`` are those of the last one,
            the nearest class.
        level_wrong: (n, w) bool, whether each would be wrong as an answer.
        apart: whether the weight of the strangers is a share that somebody stated, so that they are
            a sample of their own; otherwise all cases are one sample of the stream.
    """

    chances: Doubles
    wrong: Mask
    weights: Doubles
    clusters: Integers
    strangers: Mask
    groups: Integers
    level_chances: Doubles | None = None
    level_wrong: Mask | None = None
    apart: bool = False

    def at(self, least_chance: float) -> Cases:
        """Return the cases as they are answered where the nearest class needs a least chance.

        Each is answered by the deepest level that has the chance which follows for it; see
        ``level_limits``. A case that no level answers stays as it is, below the least chance.
        """
        limits = self.limits(least_chance)
        if limits is None or self.level_chances is None or self.level_wrong is None:
            return self
        place, rows = deepest(self.level_chances >= limits), np.arange(len(self.weights))
        chances, wrong = self.level_chances[rows, place], self.level_wrong[rows, place]
        return replace(self, chances=chances, wrong=wrong, level_chances=None, level_wrong=None)

    def limits(self, least_chance: float) -> Doubles | None:
        """Return what each level needs where the nearest class needs a least chance, ``(w,)``."""
        if self.level_chances is None:
            return None
        return level_limits(self.level_chances, self.weights, least_chance)

    @classmethod
    def of(cls, queries: ScoredQueries, belonging: Belonging | None, strangers: float) -> Cases:
        """Return queries as the cases of a stream with that share of strangers.

        Without strangers among the queries the share counts as 0.
        """
        members, far = len(queries.best_scores), len(queries.stranger_best_scores)
        share = strangers if far and belonging is not None else 0.0
        if share <= 0.0 or belonging is None:
            far = 0
        by_level = queries.by_level
        shares, right = queries.shares[:, None], queries.right[:, None]
        far_shares = queries.stranger_shares[:, None]
        if by_level is not None:
            shares, right, far_shares = by_level.shares, by_level.right, by_level.stranger_shares
        chances = shares
        if belonging is not None:
            chances = chances * belonging.probability(queries.best_scores, share)[:, None]
        if far and belonging is not None:
            of_strangers = belonging.probability(queries.stranger_best_scores, share)[:, None]
            chances = np.concatenate([chances, far_shares * of_strangers])
        wrong = np.concatenate([~right, np.ones((far, right.shape[1]), np.bool_)])
        return cls(
            chances[:, -1],
            wrong[:, -1],
            np.concatenate(
                [
                    np.full(members, (1.0 - share) / max(members, 1)),
                    np.full(far, share / max(far, 1)),
                ]
            ),
            np.concatenate([queries.classes, queries.stranger_classes[:far]]),
            np.concatenate([np.zeros(members, np.bool_), np.ones(far, np.bool_)]),
            np.arange(members + far),
            None if by_level is None else chances,
            None if by_level is None else wrong,
            apart=far > 0,
        )


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What one least chance of an answer means.

    Attributes:
        least_chance: the least chance of an answer to be given.
        coverage: share of all documents that get an answer.
        risk: share of wrong answers among them; nan where there are none.
        low, high: 95 % interval of the risk, for new documents and new classes.
        bound: the risk is at most this, with the confidence that was asked for.
        strangers_answered: share of the strangers that get an answer; nan where there are none.
        errors_caught: share of all wrong answers that are among the documents not answered, and so
            reviewed by somebody; nan where nothing is wrong.
        n: cases that the risk is computed from.
    """

    least_chance: float
    coverage: float
    risk: float
    low: float
    high: float
    bound: float
    strangers_answered: float
    errors_caught: float
    n: int


def risk_point(cases: Cases, least_chance: float, *, confidence: float = LEVEL) -> RiskPoint:
    """Return coverage and risk where documents of a lower chance get no answer."""
    cases = cases.at(least_chance)
    answers = cases.chances >= least_chance
    coverage = float(cases.weights[answers].sum())
    wrong = answers & cases.wrong
    errors, all_errors = float(cases.weights[wrong].sum()), float(cases.weights[cases.wrong].sum())
    of_strangers = float(cases.weights[cases.strangers].sum())
    strangers = float(cases.weights[answers & cases.strangers].sum())
    n = int(answers.sum())
    risk = risk_of(cases, answers)
    low, high = risk.interval(LEVEL)
    return RiskPoint(
        least_chance=float(least_chance),
        coverage=coverage,
        risk=risk.share if n else float("nan"),
        low=low,
        high=high,
        bound=risk.upper(confidence),
        strangers_answered=strangers / of_strangers if of_strangers else float("nan"),
        errors_caught=1.0 - errors / all_errors if all_errors else float("nan"),
        n=n,
    )


def curve(cases: Cases, points: int = 101) -> list[RiskPoint]:
    """Return the risk at even steps of coverage, from all documents to the fewest.

    The first point answers every document.
    """
    order = np.argsort(-cases.chances, kind="stable")
    reached = np.cumsum(cases.weights[order])
    places = np.searchsorted(reached, np.linspace(1.0, 1.0 / points, points) - 1e-12)
    cuts = cases.chances[order[np.minimum(places, len(order) - 1)]]
    return [risk_point(cases, float(cut)) for cut in np.unique(cuts)]


def risk_of(cases: Cases, answers: Mask) -> Risk:
    """Return the share of wrong answers in its parts. *Shape of answers:* ``(n,)`` bool."""
    of_sample = answers & ~cases.strangers if cases.apart else answers
    members = part_of(
        cases.weights[of_sample],
        cases.wrong[of_sample],
        cases.clusters[of_sample],
        cases.groups[of_sample],
    )
    if not cases.apart:
        return Risk(members, Part(0.0, 0.0, 0.0))
    strangers = cases.strangers
    weight = float(cases.weights[strangers].sum())
    return Risk(members, part_of_strangers(weight, answers[strangers], cases.clusters[strangers]))
