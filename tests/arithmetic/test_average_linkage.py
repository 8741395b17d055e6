"""Average linkage over counts and sums: equal to SciPy's over the documents themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from partitions import partition, points
from scipy.cluster.hierarchy import fcluster, linkage

from protolabel.arithmetic.average_linkage import Moments, average_groups


def mean_distance(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.mean([((a - b) ** 2).sum() for a in one for b in two]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(0.05, 12.0))
def test_the_groups_are_those_of_scipy(seed, n, height):
    x = points(seed, n)
    tree = linkage(x.astype(np.float64), "average", metric="sqeuclidean")
    assume(np.abs(tree[:, 2] - height).min() > 1e-4)
    ours = partition(average_groups(Moments.of_each(x), height))
    assert ours == partition(fcluster(tree, height, "distance"))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30))
def test_the_order_of_the_documents_changes_nothing(seed, n):
    x = points(seed, n)
    order = np.random.default_rng(seed + 1).permutation(n)
    labels = np.empty(n, np.int64)
    labels[order] = average_groups(Moments.of_each(x[order]), 2.0)
    assert partition(labels) == partition(average_groups(Moments.of_each(x), 2.0))


def test_a_distance_is_the_mean_over_all_pairs():
    x = points(0, 12)
    labels = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 1, -1, -1])
    moments = Moments.of(x, labels, 3)
    expected = [[mean_distance(x[labels == i], x[labels == j]) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(moments.distances(moments), expected, rtol=1e-5)
    np.testing.assert_allclose(2 * moments.scatter(), np.diag(expected), rtol=1e-5)


def test_groups_that_are_joined_have_the_moments_of_their_documents():
    x = points(1, 10)
    cells = np.array([0, 1, 2, 3, 0, 1, 2, 3, 4, 4])
    groups = np.array([0, 0, 1, 1, -1])
    joined = Moments.of(x, cells, 5).joined(groups, 2)
    direct = Moments.of(x, groups[cells], 2)
    for name in ("counts", "sums", "squares"):
        np.testing.assert_allclose(getattr(joined, name), getattr(direct, name), rtol=1e-6)


def test_a_cell_of_many_counts_as_its_documents():
    """Merging cells goes on as average linkage of the documents, where cells were merged first."""
    near = np.concatenate([points(s, 5) * 0.01 + c for s, c in enumerate((0.0, 1.0, 5.0, 6.5))])
    cells = np.repeat(np.arange(4), 5)
    whole = average_groups(Moments.of_each(near.astype(np.float32)), 4.0)
    of_cells = average_groups(Moments.of(near.astype(np.float32), cells, 4), 4.0)
    assert partition(whole) == partition(of_cells[cells])


@pytest.mark.parametrize("n", [0, 1])
def test_none_and_one(n):
    assert len(average_groups(Moments.of_each(points(0, n)), 1.0)) == n
