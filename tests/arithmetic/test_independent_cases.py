"""How many independent cases weighted ones are worth, where some are of one document."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.chance_tests import ChanceTests
from protolabel.arithmetic.risk import Cases, risk_point
from protolabel.arithmetic.risk_interval import independent_cases, independent_prefixes

CASES = st.lists(st.tuples(st.floats(0.01, 10), st.integers(0, 3)), min_size=1, max_size=12)


@given(CASES)
def test_each_prefix_is_worth_as_much_as_its_cases(cases) -> None:
    weights = np.array([weight for weight, _ in cases])
    groups = np.array([group for _, group in cases])
    prefixes = independent_prefixes(weights, groups)
    for n, worth in enumerate(prefixes.tolist(), start=1):
        of_documents = [weights[:n][groups[:n] == group].sum() for group in range(4)]
        plain = weights[:n].sum() ** 2 / sum(one**2 for one in of_documents)
        assert worth == pytest.approx(plain)
        assert independent_cases(weights[:n], groups[:n]) == pytest.approx(plain)


def test_copies_make_no_promise_that_a_bound_does_not_keep() -> None:
    n = 40
    chances = np.linspace(0.99, 0.5, n)
    copies = np.arange(n) // 2  # each document comes twice
    nothing = np.zeros(n, np.bool_)
    cases = Cases(chances, nothing, np.full(n, 1 / n), copies, nothing, copies)
    tests = ChanceTests.of(cases, 0.95)
    bounds = [risk_point(cases, cut, confidence=0.95).bound for cut in chances.tolist()]
    assert tests.promises == pytest.approx(np.array(bounds), abs=1e-6)
    alone = ChanceTests.of(replace(cases, groups=np.arange(n)), 0.95)
    assert (tests.promises[1:] > alone.promises[1:]).all()
