"""Logistic regressions, many at once, against SciPy one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from protolabel.arithmetic.logistic import fit_coefficients, fit_logistic, platt_targets


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(0, 3), pull=st.sampled_from([0.1, 1.0, 16.0]))
def test_each_regression_has_the_greatest_posterior_wherever_the_search_begins(seed, k, pull):
    rng = np.random.default_rng(seed)
    features, targets = rng.normal(size=(k, 4, 25)), rng.random((4, 25))
    weights, centre = rng.random((4, 25)) * (rng.random((4, 25)) < 0.8), rng.normal(size=k + 1)
    pulls = [pull] * (k + 1)
    columns = [*features, np.ones((1, 1))]
    fits = [
        fit_coefficients(columns, targets, weights, start, pull=pulls, centre=centre.tolist())
        for start in (np.zeros((4, k + 1)), rng.normal(0, 5, (4, k + 1)))
    ]
    np.testing.assert_allclose(fits[0], fits[1], atol=1e-9)
    for i in range(4):

        def loss(point, i=i):
            odds = point[:-1] @ features[:, i] + point[-1]
            entropy = weights[i] @ (np.logaddexp(0.0, odds) - targets[i] * odds)
            return entropy + pull / 2 * np.square(point - centre).sum()

        best = minimize(loss, centre, method="BFGS", options={"gtol": 1e-8})
        assert loss(fits[0][i]) <= best.fun + 1e-9
        np.testing.assert_allclose(fits[0][i], best.x, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1e-3, 1.0, 1e4]))
def test_a_regression_on_features_is_the_likeliest_whatever_their_unit(seed, unit):
    rng = np.random.default_rng(seed)
    features, members = rng.normal(size=(40, 2)), rng.random(40) < 0.4
    members[:2] = True, False
    p, q = members.sum(), (~members).sum()
    targets = [(p + 1) / (p + 2) if member else 1 / (q + 2) for member in members]
    np.testing.assert_allclose(platt_targets(members), targets)
    spread = features.std(axis=0)

    def loss(point):
        odds = features @ point[:-1] + point[-1]
        entropy = (np.logaddexp(0.0, odds) - np.array(targets) * odds).sum()
        return entropy + 0.25 * np.square(point[:-1] * spread).sum()

    best = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-8})
    fit = fit_logistic(features * unit, members) * [unit, unit, 1.0]
    assert loss(fit) == pytest.approx(best.fun, abs=1e-9)
    np.testing.assert_allclose(fit, best.x, atol=1e-4)


def test_a_regression_that_stands_far_away_comes_back():
    """Full steps from where all is certain lead nowhere."""
    columns = [np.linspace(-2, 2, 30)[None, :], np.ones((1, 1))]
    targets, weights = platt_targets(np.arange(30) > 12)[None, :], np.full((1, 30), 1 / 30)
    fits = [
        fit_coefficients(columns, targets, weights, start, pull=(0, 0), centre=(0, 0))
        for start in (np.zeros((1, 2)), np.array([[40.0, -40.0]]))
    ]
    np.testing.assert_allclose(fits[0], fits[1], rtol=1e-8)
