"""Curves of single labels: against scipy, and for labels that texts do not say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from protolabel.arithmetic.label_curves import LabelCurves, fit_curves
from protolabel.arithmetic.multilabel import LabelModel, fit_labels
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), pull=st.sampled_from([0.5, 4.0, 16.0]))
def test_curves_have_the_greatest_posterior_of_each_label(seed, pull):
    rng = np.random.default_rng(seed)
    odds, members = rng.normal(0, 3, (30, 3)), rng.random((30, 3)) < 0.4
    cases = rng.random((30, 3)) < 0.9
    curves = fit_curves(odds, members, cases, pull)
    for k in range(3):
        rows = cases[:, k]

        def loss(point, own=odds[rows, k], right=members[rows, k]):
            signs = np.where(right, 1.0, -1.0)
            entropy = np.logaddexp(0.0, -signs * (point[0] * own + point[1])).sum()
            return entropy + pull / 2 * ((point[0] - 1) ** 2 + point[1] ** 2)

        best = minimize(loss, [1.0, 0.0], bounds=[(0, None), (None, None)], method="L-BFGS-B")
        assert loss((curves.slopes[k], curves.offsets[k])) <= best.fun + 1e-4


def test_a_label_without_cases_keeps_the_curve_of_all():
    curves = fit_curves(np.ones((5, 2)), np.ones((5, 2), bool), np.zeros((5, 2), bool), 4.0)
    np.testing.assert_array_equal(curves.slopes, 1.0)
    np.testing.assert_array_equal(curves.offsets, 0.0)
    common = LabelCurves.common(2).chances(np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(common, [[0.5, 1 / (1 + np.exp(-1))]])


def drawn(rng, centres, n):
    """Return n documents of one topic each, and by a coin of 30 % of the last label besides."""
    topics = rng.integers(len(centres), size=n)
    members = np.zeros((n, len(centres) + 1), bool)
    members[np.arange(n), topics] = True
    members[:, -1] = rng.random(n) < 0.3
    noise = 0.15 * rng.normal(size=(n, centres.shape[1]))
    return unit((centres[topics] + noise).astype(np.float32)), members


def test_a_label_that_texts_do_not_say_gets_no_sure_chance():
    rng = np.random.default_rng(5)
    claims, rights, topics = [], [], []
    for _ in range(6):
        centres = unit(rng.normal(size=(5, 24)).astype(np.float32))
        vectors, members = drawn(rng, centres, 80)
        rows, labels = np.nonzero(members)
        support = Support.of(
            vectors[rows], labels, np.zeros((6, 24), np.float32), np.zeros(6, bool), groups=rows
        )
        model = fit_labels(support)
        assert isinstance(model, LabelModel)
        new, truth = drawn(rng, centres, 200)
        scores = LinearModel.of_classes(support.classes, support.kappa, "cosine").scores(new)
        chances = model.probabilities(new, scores)
        claims.append(chances[:, -1])
        rights.append(truth[:, -1])
        topics.append(np.abs(chances[:, :-1] - truth[:, :-1]).mean())
    claim, right = np.concatenate(claims), np.concatenate(rights)
    sure = claim > 0.6
    assert sure.mean() < 0.02
    assert claim.mean() == pytest.approx(right.mean(), abs=0.06)
    assert np.mean(topics) < 0.05  # the topics stay as sure as they are
