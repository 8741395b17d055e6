"""What is offered as a target of errors can be promised, and answers the share that is shown."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.error_promises import ErrorPromises
from protolabel.arithmetic.risk import Cases, curve
from protolabel.arithmetic.scored_queries import QueriesByLevel, ScoredQueries
from protolabel.arithmetic.target import Target, limit_of

BELONGING = Belonging(1.5, -3.0)


def queries(seed: int, n: int, far: int, *, levels: bool) -> ScoredQueries:
    """Return documents of which the surest are right, in classes that differ, and strangers."""
    rng = np.random.default_rng(seed)
    chances = 1.0 - rng.uniform(0.2, 1.0) * rng.uniform(size=n) ** rng.uniform(1.0, 6.0)
    right = rng.uniform(size=n) < chances ** rng.uniform(0.2, 2.0)
    far_chances = rng.uniform(0.3, 0.9) * rng.uniform(size=far)
    of = ScoredQueries(
        rng.normal(4, 1, n), chances, chances, right, rng.integers(0, 9, n),
        rng.normal(0, 1, far), far_chances, rng.integers(0, 9, far),
    )  # fmt: skip
    if not levels:
        return of
    above = chances + (1 - chances) * rng.uniform(size=n)
    far_above = far_chances + (1 - far_chances) * rng.uniform(size=far)
    right_above = right | (rng.uniform(size=n) < above)
    by_level = QueriesByLevel(
        np.stack([above, chances], axis=1), np.stack([right_above, right], axis=1),
        np.stack([far_above, far_chances], axis=1),
    )  # fmt: skip
    return replace(of, by_level=by_level)


def answered(cases: Cases, by_level: tuple[float, ...]) -> float:
    """Return the share of a stream that some level is sure enough of, in plain loops."""
    total = 0.0
    for row, weight in enumerate(cases.weights.tolist()):
        chances = [cases.chances[row]]
        if cases.level_chances is not None:
            chances = cases.level_chances[row].tolist()
        total += weight * any(c >= least for c, least in zip(chances, by_level, strict=True))
    return total


def promised(fitted: Calibration, cases: Cases, errors: float, share: float) -> float:
    """Return the share that is answered where this target is set; 0 where it declines all."""
    limit = limit_of(Target("errors", errors), fitted, share)
    assert limit.least_chance is not None
    if limit.shortage:
        assert math.isinf(limit.least_chance)
        return 0.0
    return answered(cases, limit.by_level or (limit.least_chance,))


@given(
    st.integers(0, 10_000), st.integers(5, 60), st.sampled_from([0, 3, 30]), st.booleans(),
    st.sampled_from([0.0, 0.2, 0.5]),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_each_offer_once_set_answers_the_share_that_was_shown(seed, n, far, levels, share):
    of = queries(seed, n, far, levels=levels)
    fitted = Calibration(0.1, 0.0, n, 0.9, (0.0, 1.0), (0.0, 1.0), None, BELONGING, of)
    cases = Cases.of(of, BELONGING, share)
    stated = {n / 100: promised(fitted, cases, n / 100, share) for n in range(1, 100)}
    points = curve(cases)
    for point, offer in zip(points, ErrorPromises(cases).offers(points), strict=True):
        enough = [one for one, coverage in stated.items() if coverage >= point.coverage - 1e-9]
        if offer is None:
            assert not enough
            continue
        assert offer.coverage == pytest.approx(promised(fitted, cases, offer.share, share))
        assert offer.coverage > 0.0
        assert offer.coverage >= point.coverage - 1e-9
        assert offer.share <= min(enough, default=1.0)  # nothing stricter was passed over


def test_the_bound_of_a_single_limit_is_not_offered_where_no_chosen_one_keeps_it():
    """Before, the page offered the least bound of the curve, and that target declined everything.

    One error among 33 answers has an upper limit near 13.6 % (Clopper and Pearson). A search for a
    limit begins with the 20 or so surest answers, which could promise as much without an error;
    but one of them is the error.
    """
    chances, right = np.linspace(1.0, 0.5, 33), np.arange(33) != 10
    none = np.empty(0)
    of = ScoredQueries(chances, chances, chances, right, np.arange(33), none, none, np.arange(0))
    fitted = Calibration(0.1, 0.0, 33, 0.9, (0.0, 1.0), (0.0, 1.0), None, None, of)
    cases = Cases.of(of, None, 0.0)
    points = curve(cases)
    best = min(points, key=lambda point: point.bound)
    assert best.bound == pytest.approx(stats.beta.ppf(0.95, 2, 32), abs=0.01)
    assert promised(fitted, cases, math.ceil(1000 * best.bound) / 1000, 0.0) == 0.0
    offer = ErrorPromises(cases).offers(points)[points.index(best)]
    assert offer is not None
    assert offer.share > best.bound
    assert offer.coverage >= best.coverage
