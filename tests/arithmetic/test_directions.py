"""Directions by how much vectors vary along them: equal to a ridge, whatever the axes are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.directions import Directions


def points(seed: int, n: int, dim: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, dim)) * rng.uniform(0.1, 3.0, dim)).astype(np.float32)


def distances(x: np.ndarray) -> np.ndarray:
    x = x.astype(np.float64)
    return ((x[:, None] - x) ** 2).sum(axis=2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30), st.integers(1, 12))
def test_vectors_are_weighted_as_a_ridge_weighs_them(seed, n, dim):
    """By C (C + m)^-1: C is the covariance, m the mean variance of a direction that varies."""
    x = points(seed, n, dim)
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    covariance = centred.T @ centred / n
    mean = np.trace(covariance) / min(n - 1, dim)
    expected = centred @ np.linalg.solve(covariance + mean * np.eye(dim), covariance)
    weighted = Directions.of(x).weighted(x)
    np.testing.assert_allclose(distances(weighted), distances(expected), atol=1e-3, rtol=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(4, 40))
def test_turning_and_moving_all_vectors_changes_no_distance(seed, n):
    x = points(seed, n, 6)
    turn = np.linalg.qr(np.random.default_rng(seed + 1).normal(size=(6, 6)))[0]
    turned = (x @ turn + 2.0).astype(np.float32)
    before, after = Directions.of(x).weighted(x), Directions.of(turned).weighted(turned)
    np.testing.assert_allclose(distances(before), distances(after), atol=1e-3, rtol=1e-3)


def test_a_direction_of_little_variance_counts_for_little():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(400, 10)) * np.array([3.0] + [0.3] * 9)).astype(np.float32)
    weighted = Directions.of(x).weighted(x)
    kept = np.sort(weighted.var(axis=0) / np.sort(x.var(axis=0)))
    assert kept[-1] > 0.75
    assert kept[-2] < 0.02


@pytest.mark.parametrize("n", [0, 1, 5])
def test_vectors_that_do_not_vary_stay_as_far_apart_as_they_are(n):
    other = points(0, 4, 3)
    directions = Directions.of(np.ones((n, 3), np.float32))
    np.testing.assert_allclose(distances(directions.weighted(other)), distances(other), rtol=1e-5)
