"""Ward's tree over counts and sums: equal to SciPy's, and cut where joining costs too much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from partitions import partition, points
from scipy.cluster.hierarchy import fcluster, linkage

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.ward import RISE, ward_groups


def blobs(classes: int, each: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Classes of documents that lie about a random mean each."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(classes), each)
    x = 3 * rng.normal(size=(classes, 20))[y] + rng.normal(size=(len(y), 20))
    return x.astype(np.float32), y


def mean_distance(x: np.ndarray) -> float:
    n = len(x)
    return float(((x[:, None] - x) ** 2).sum(axis=2).sum() / (n * (n - 1)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(0.05, 30.0))
def test_the_groups_are_those_of_scipy(seed, n, unit):
    x = points(seed, n)
    tree = linkage(x.astype(np.float64), "ward")
    costs, limits = tree[:, 2] ** 2 / unit, 1.0 + RISE * n / (n - np.arange(n - 1))
    assume(np.abs(costs - limits).min() > 1e-4 * costs.max())
    beyond = np.flatnonzero(costs >= limits)
    groups = n - beyond[0] if len(beyond) else 1
    ours = partition(ward_groups(Moments.of_each(x), unit))
    assert ours == partition(fcluster(tree, groups, "maxclust"))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30))
def test_the_order_of_the_documents_changes_nothing(seed, n):
    x = points(seed, n)
    order = np.random.default_rng(seed + 1).permutation(n)
    labels = np.empty(n, np.int64)
    labels[order] = ward_groups(Moments.of_each(x[order]), 6.0)
    assert partition(labels) == partition(ward_groups(Moments.of_each(x), 6.0))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100.0))
def test_how_long_vectors_are_changes_nothing(seed, scale):
    x = points(seed, 25)
    longer = (x * np.float32(scale)).astype(np.float32)
    ours = ward_groups(Moments.of_each(x), 6.0)
    assert partition(ward_groups(Moments.of_each(longer), 6.0 * scale**2)) == partition(ours)


@pytest.mark.parametrize("classes", [3, 12])
@pytest.mark.parametrize("each", [8, 40, 150])
def test_classes_are_found_however_many_and_however_large_they_are(classes, each):
    x, y = blobs(classes, each)
    labels = ward_groups(Moments.of_each(x), mean_distance(x))
    assert partition(labels) == partition(y)


def test_a_cell_of_many_counts_as_its_documents():
    x, y = blobs(6, 20)
    cells = np.arange(len(x)) // 4
    whole = ward_groups(Moments.of_each(x), mean_distance(x))
    of_cells = ward_groups(Moments.of(x, cells, int(cells.max()) + 1), mean_distance(x))
    assert partition(of_cells[cells]) == partition(whole) == partition(y)


def test_documents_that_are_all_alike_are_one_group():
    x = np.ones((7, 3), np.float32)
    assert len(np.unique(ward_groups(Moments.of_each(x), 0.0))) == 1
    assert len(np.unique(ward_groups(Moments.of_each(x), 2.0))) == 1


@pytest.mark.parametrize("n", [0, 1])
def test_none_and_one(n):
    assert len(ward_groups(Moments.of_each(points(0, n)), 1.0)) == n
