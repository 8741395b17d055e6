"""The plane of most spread agrees with the singular vectors, and does not flip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.projection import principal_plane


@given(st.integers(0, 1000), st.integers(3, 40), st.integers(2, 8))
def test_places_are_those_of_the_two_first_singular_vectors(seed, n, dim):
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    plane = principal_plane(vectors)
    centred = vectors - vectors.mean(axis=0)
    left, values, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    expected = left[:, :2] * values[:2]
    np.testing.assert_allclose(np.abs(plane.places(vectors)), np.abs(expected), atol=1e-4)
    assert plane.share == pytest.approx((values[:2] ** 2).sum() / (values**2).sum(), abs=1e-5)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-9)


def test_the_order_of_vectors_does_not_flip_the_map():
    vectors = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
    turned = principal_plane(vectors[::-1])
    np.testing.assert_allclose(principal_plane(vectors).places(vectors), turned.places(vectors),
                               atol=1e-6)  # fmt: skip


@pytest.mark.parametrize("n", [0, 1])
def test_no_vectors_and_one_have_a_plane(n):
    vectors = np.ones((n, 4), np.float32)
    assert principal_plane(vectors).places(vectors).shape == (n, 2)
