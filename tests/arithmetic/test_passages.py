"""Passage pooling against a loop in plain Python, and the laws that it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.passages import passage_weights, pool_passages

sizes = st.lists(st.integers(1, 300), min_size=1, max_size=60)


def by_hand(vectors, lengths):
    total, before = [0.0] * len(vectors[0]), 0
    for vector, length in zip(vectors, lengths, strict=True):
        weight = length / (1 + before / 128) ** 1.5
        total = [t + weight * float(x) for t, x in zip(total, vector, strict=True)]
        before += length
    norm = math.sqrt(sum(t * t for t in total))
    return [t / norm for t in total]


@given(sizes, st.integers(0, 2**32 - 1))
def test_pooling_is_the_formula(lengths, seed):
    vectors = np.random.default_rng(seed).normal(size=(len(lengths), 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    pooled = pool_passages(vectors, np.array(lengths))
    np.testing.assert_allclose(pooled, by_hand(vectors, lengths), atol=1e-6)
    assert pooled.dtype == np.float32
    assert abs(float(np.linalg.norm(pooled)) - 1) < 1e-6


@given(sizes)
def test_every_passage_counts_and_an_earlier_one_more(lengths):
    weights = passage_weights(np.array(lengths))
    assert (weights > 0).all()
    assert math.isclose(weights.sum(), 1)
    each = weights / np.array(lengths)  # by token
    assert (np.diff(each) < 0).all()


def test_an_example_by_hand():
    # tokens before: 0, 128, 384; (1 + before / 128) ** -1.5: 1, 1 / 8 ** 0.5, 1 / 8
    weights = passage_weights(np.array([128, 256, 256]))
    expected = np.array([128, 256 / 8**0.5, 32])
    np.testing.assert_allclose(weights, expected / expected.sum())


def test_one_passage_is_itself_and_what_cancels_is_the_first():
    v = np.array([[0.6, 0.8]], np.float32)
    np.testing.assert_allclose(pool_passages(v, np.array([9])), v[0], atol=1e-7)
    opposite = np.array([[1, 0], [-1, 0]], np.float32)
    cancelling = np.array([128, 362])  # 362 / 8 ** 0.5 is 127.99: the first decides, just
    assert pool_passages(opposite, cancelling)[0] == 1
    assert pool_passages(np.zeros((1, 2), np.float32), np.array([1])).tolist() == [0, 0]


@pytest.mark.parametrize("lengths", [[], [0], [3, 0], [1]])
def test_what_cannot_be_pooled_is_refused(lengths):
    with pytest.raises(ValueError):
        pool_passages(np.ones((2, 2), np.float32), np.array(lengths, np.int64))
