"""Which shares of errors can be promised, and how many documents are then answered.

A limit is chosen among many, so less can be promised of it than of a single one that nobody chose:
``RiskPoint.bound`` is no share to ask for. Whoever offers a target asks here, by the rule that the
target itself follows. An offer leaves room for one more error, wherever it falls: otherwise the
next example would often make the target impossible, and then every document would be declined. It
rarely does so still, where an example changes the scores of others. Other targets, and why nothing
can be promised, stand in ``target``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from protolabel.arithmetic.chance_tests import ChanceTests, kept_in_order
from protolabel.arithmetic.intervals import LEVEL
from protolabel.arithmetic.risk import Cases, RiskPoint, risk_point

ROUNDING = 1e-9  # of a share of all documents, which is a sum of weights


@dataclass(frozen=True, slots=True)
class Promise:
    """A share of errors that can be promised.

    Attributes:
        share: the most errors among the answers, as a target states it.
        coverage: share of all documents that get an answer where this is the target.
    """

    share: float
    coverage: float


@dataclass(frozen=True, eq=False)
class ErrorPromises:
    """What some cases promise about errors, with one confidence; what was tested is kept."""

    cases: Cases
    confidence: float = LEVEL
    _points: dict[float, RiskPoint] = field(default_factory=dict, repr=False)
    _last: dict[float, RiskPoint | None] = field(default_factory=dict, repr=False)
    _bounds: dict[float, float] = field(default_factory=dict, repr=False)

    @cached_property
    def tests(self) -> ChanceTests:
        """The least chances that may be tested."""
        return ChanceTests.of(self.cases, self.confidence)

    def last(self, share: float) -> RiskPoint | None:
        """Return the most generous limit with at most this share of errors; None without one."""
        if share not in self._last:
            points = map(self._point, self.tests.cuts(share))
            self._last[share] = kept_in_order(points, lambda point: point.bound <= share)
        return self._last[share]

    @cached_property
    def least_errors(self) -> float:
        """The fewest errors that can be promised, to a tenth of a per cent; or 1."""
        for share in map(_tenths, range(1, 1000)):
            cut = self.tests.first_cut(share)
            if cut is not None and self._point(cut).bound <= share:
                return share
        return 1.0

    def promise(self, share: float) -> Promise | None:
        """Return what a target of this share means; None where it cannot be promised."""
        last = self.last(share)
        return None if last is None else Promise(share, last.coverage)

    def has_room(self, share: float) -> bool:
        """Return whether a target of this share could be promised still with one more error."""
        cut = self.tests.first_cut(share)
        return cut is not None and self._bound_with_one_more(cut) <= share

    def _bound_with_one_more(self, cut: float) -> float:
        """Return the bound at a limit where one more answer is wrong: the one that costs most."""
        if cut not in self._bounds:
            cases = _one_more_wrong(self.cases.at(cut), cut)
            self._bounds[cut] = risk_point(cases, cut, confidence=self.confidence).bound
        return self._bounds[cut]

    def offers(self, points: Sequence[RiskPoint]) -> tuple[Promise | None, ...]:
        """Return for each point the fewest errors with which no fewer documents are answered.

        Tried are whole per cent, and tenths below one. More than one per cent is never known to a
        tenth.
        """
        shares = [*map(_tenths, range(1, 10)), *(n / 100 for n in range(1, 100))]
        candidates = (self.promise(share) for share in shares if self.has_room(share))
        promises = [one for one in candidates if one is not None]
        return tuple(
            next((one for one in promises if one.coverage >= point.coverage - ROUNDING), None)
            for point in points
        )

    def _point(self, cut: float) -> RiskPoint:
        if cut not in self._points:
            self._points[cut] = risk_point(self.cases, cut, confidence=self.confidence)
        return self._points[cut]


def _tenths(n: int) -> float:
    """Return so many tenths of a per cent as a target that says so holds them."""
    return n / 10 / 100


def _one_more_wrong(cases: Cases, cut: float) -> Cases:
    """Return cases of which one more is wrong, of the right answers of this chance and more.

    It is of the class that has the most errors for its size: cases of a class go together, so
    there it costs most.
    """
    answers = (cases.chances >= cut) & ~cases.strangers
    right = answers & ~cases.wrong
    if not right.any():
        return cases
    _, classes = np.unique(cases.clusters, return_inverse=True)
    weights = cases.weights * answers
    share = (weights @ cases.wrong + weights[right].max()) / weights.sum()
    excess = np.bincount(classes.reshape(-1), weights * (cases.wrong - share))
    places = np.flatnonzero(right)
    wrong = cases.wrong.copy()
    wrong[places[np.argmax(excess[classes.reshape(-1)[places]])]] = True
    return replace(cases, wrong=wrong)
