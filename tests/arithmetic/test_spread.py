"""How far apart documents of one class and of two lie: by loops over all pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.spread import REACH, limits_of, pool_distance, spread_of
from protolabel.arithmetic.support import Support


def support(x, y, classes):
    d = x.shape[1]
    nothing = np.zeros((classes, d), np.float32), np.zeros(classes, np.bool_)
    return Support.of(x, y, *nothing, metric="euclidean")


def test_the_spread_is_the_mean_over_pairs_of_documents():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(4), 6)
    x = (rng.normal(size=(24, 5)) + 3 * y[:, None]).astype(np.float32)
    spread = spread_of(support(x, y, 4))

    def squared(i, j):
        return float(((x[i] - x[j]) ** 2).sum())

    pairs = list(combinations(range(24), 2))
    within = np.mean([squared(i, j) for i, j in pairs if y[i] == y[j]])
    between = np.mean([squared(i, j) for i, j in pairs if y[i] != y[j]])
    np.testing.assert_allclose([spread.within, spread.between], [within, between], rtol=1e-5)
    assert spread.within < spread.height < spread.at(REACH) < spread.between


def test_copies_of_an_example_change_nothing():
    rng = np.random.default_rng(1)
    y = np.repeat(np.arange(3), 4)
    x = rng.normal(size=(12, 5)).astype(np.float32)
    more = np.concatenate([x, x[:1], x[:1], x[5:6]])
    copies = np.concatenate([y, y[:1], y[:1], y[5:6]])
    assert spread_of(support(more, copies, 3)) == spread_of(support(x, y, 3))


def test_without_pairs_of_examples_there_is_no_spread():
    x = np.eye(4, dtype=np.float32)
    assert spread_of(support(x, np.arange(4), 4)) is None


def test_the_limits_are_those_of_the_classes_where_these_say_enough():
    rng = np.random.default_rng(4)
    y = np.repeat(np.arange(4), 5)
    x = (rng.normal(size=(20, 6)) + 2 * rng.normal(size=(4, 6))[y]).astype(np.float32)
    spread = spread_of(support(x, y, 4))
    for pool in (x, 100 * x, x[:0]):
        limits = limits_of(pool, support(x, y, 4))
        assert limits.height == spread.height
        assert limits.reach == spread.at(REACH)
        assert limits.between == spread.between


def test_without_classes_the_limits_are_those_of_the_pool():
    x = np.random.default_rng(2).normal(size=(50, 6)).astype(np.float32)
    mean = np.mean([((a - b) ** 2).sum() for a in x for b in x])
    limits = limits_of(x, support(x[:0], np.empty(0, np.int64), 0))
    np.testing.assert_allclose([limits.reach, limits.between], mean, rtol=1e-5)
    np.testing.assert_allclose(limits.height, 0.73 * mean, rtol=1e-5)


def test_classes_that_are_far_apart_count_where_the_pool_is_all_alike():
    x = np.array([[0, 0], [9, 0], [0, 9]], np.float32)
    for pool in (np.full((5, 2), 3, np.float32), x[:0]):
        distance = pool_distance(pool, support(x, np.arange(3), 3))
        np.testing.assert_allclose(distance, (81 + 81 + 162) / 3)


def test_the_spread_of_weighted_examples_is_that_of_a_support_of_weighted_vectors():
    rng = np.random.default_rng(3)
    y = np.repeat(np.arange(4), 5)
    x = (rng.normal(size=(20, 6)) + 2 * rng.normal(size=(4, 6))[y]).astype(np.float32)
    directions = Directions.of(x)
    ours = spread_of(support(x, y, 4), directions)
    expected = spread_of(support(directions.weighted(x), y, 4))
    np.testing.assert_allclose([ours.within, ours.between], [expected.within, expected.between])
