"""Why a target of errors cannot be promised, and what can: true to the last bit of a float."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from fast_cases import crossed
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.chance_tests import ChanceTests
from protolabel.arithmetic.level_limits import level_limits
from protolabel.arithmetic.risk import Cases, risk_point
from protolabel.arithmetic.risk_interval import part_of
from protolabel.arithmetic.scored_queries import QueriesByLevel, ScoredQueries
from protolabel.arithmetic.target import Target, limit_of
from protolabel.label_space.configuration.target_words import target_of

SURE_OF_MEMBERS = Belonging(1.5, -3.0)


def queries(n: int, classes: int, *, levels: bool) -> ScoredQueries:
    """Return those of members that are all right, and of as many strangers, which look far off."""
    chances, far = np.linspace(1.0, 0.8, n), np.linspace(0.3, 0.1, n)
    right = np.ones(n, np.bool_)
    of = ScoredQueries(
        np.full(n, 8.0), chances, chances, right, np.arange(n),
        np.full(n, -8.0), far, np.arange(n) % classes,
    )  # fmt: skip
    if not levels:
        return of
    above, far_above = (chances + 1) / 2, far * 1.5
    by_level = QueriesByLevel(
        np.stack([above, chances], axis=1),
        np.stack([right, right], axis=1),
        np.stack([far_above, far], axis=1),
    )
    return replace(of, by_level=by_level)


def shortage(of: ScoredQueries, target: Target, strangers: float) -> str:
    ends = (0.0, 1.0)
    fitted = Calibration(0.1, 0.0, 9, 0.9, ends, ends, None, SURE_OF_MEMBERS, of)
    return limit_of(target, fitted, strangers).shortage


@pytest.mark.parametrize(("strangers", "levels"), crossed([0.2, 0.1, 0.3], [True, False]))
def test_what_answers_without_an_error_promise_is_promised_at_every_confidence(levels, strangers):
    of = queries(48, 8, levels=levels)
    cases = Cases.of(of, SURE_OF_MEMBERS, strangers)
    for confidence in np.arange(0.8, 0.99, 0.005).tolist():
        tests = ChanceTests.of(cases, confidence)
        share = float(np.nextafter(tests.promises.min(), 1.0))
        assert tests.cuts(share)
        assert tests.half >= tests.promises.min()
        bound = risk_point(cases, float(tests.chances.min()), confidence=confidence).bound
        assert not shortage(of, Target("errors", bound + 1e-6, confidence), strangers)


@pytest.mark.parametrize("levels", [False, True])
@pytest.mark.parametrize(("share", "strangers"), [(0.05, 0.0), (0.2, 0.2), (0.15, 0.1)])
def test_the_number_of_examples_that_a_shortage_names_is_enough(levels, share, strangers):
    target = Target("errors", share)
    why = shortage(queries(10, 40, levels=levels), target, strangers)
    assert "told apart" not in why  # nothing was wrong
    match = re.search(r"at least (\d+) different examples", why)
    assert match is not None
    needed = int(match[1])
    for n in (needed - 1, needed):
        of = queries(n, 10, levels=levels)
        assert bool(shortage(of, target, strangers)) == (n < needed)


def test_what_can_be_promised_instead_is_named_to_the_last_tenth_of_a_per_cent():
    """Of 42 answers without an error it is ``1 - 0.05 ** (1 / 42)``, which is 6.88 %."""
    why = shortage(queries(42, 40, levels=False), Target("errors", 0.05), 0.0)
    assert why.endswith("what they can promise is errors 6.9%")


@pytest.mark.parametrize(
    "words",
    ["errors 0.1% sure 50%", "errors 0.1% sure 99.9%", "strangers 99% sure 50%", "strangers 99.9%"],
)
def test_what_is_named_instead_is_a_target_that_can_be_promised(words):
    """It is as sure as what was asked for; without that, it would be refused again."""
    of = queries(42, 40, levels=False)
    target = target_of(words)
    assert target is not None
    possible = target_of(shortage(of, target, 0.0).partition("what they can promise is ")[2])
    assert possible is not None
    assert possible.confidence == target.confidence
    assert not shortage(of, possible, 0.0)


@pytest.mark.parametrize("words", ["errors 1%", "strangers 99% sure 99.9%"])
def test_where_nothing_can_be_promised_no_target_is_named(words):
    """Before, `errors 100%` and `strangers 0%` were, which are none."""
    of = queries(8, 2, levels=False)
    wrong, target = replace(of, right=np.zeros(8, np.bool_)), target_of(words)
    assert target is not None
    assert shortage(wrong, target, 0.0).endswith("; what they can promise is nothing")


@given(
    st.floats(0.5, 1.0), st.lists(st.floats(0.01, 1.0), min_size=2, max_size=30), st.data()
)  # fmt: skip
def test_a_level_that_is_exactly_as_sure_as_the_classes_answers(chance, weights, data):
    n = len(weights)
    answered = data.draw(st.integers(1, n - 1))
    chances = np.full((n, 2), chance)
    chances[answered:, 1] = 0.1
    limits = level_limits(chances, np.array(weights), chance)
    assert limits.tolist() == [chance, chance]


@given(st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=40))
def test_a_share_of_all_cases_is_one(weights):
    n = len(weights)
    for hits in (np.ones(n, np.bool_), np.zeros(n, np.bool_)):
        part = part_of(np.array(weights), hits, np.arange(n), np.arange(n))
        assert part.share == float(hits[0])
