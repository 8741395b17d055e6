"""Passage pooling against loops in plain Python, and the laws that it promises."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.passages import Pooling, passage_weights, pool_passages, rule_name

sizes = st.lists(st.integers(1, 300), min_size=1, max_size=60)
POWERS = {"beginnings": 1.0, "early": 1.5, "mean": 0.0}


def unit(vector):
    norm = math.sqrt(sum(x * x for x in vector))
    return [x / norm for x in vector]


def by_hand(vectors, lengths, beginnings, pooling):
    whole, before = [0.0] * len(vectors[0]), 0
    for vector, length in zip(vectors, lengths, strict=True):
        weight = length / (1 + before / 128) ** POWERS[pooling]
        whole = [t + weight * float(x) for t, x in zip(whole, vector, strict=True)]
        before += length
    if pooling != "beginnings":
        return unit(whole)
    start = [sum(map(float, column)) for column in zip(vectors[0], *beginnings, strict=True)]
    return unit([0.7 * w + 0.3 * s for w, s in zip(unit(whole), unit(start), strict=True)])


def random_units(n, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(sizes, st.integers(0, 2**32 - 1), st.integers(0, 3), st.sampled_from(get_args(Pooling)))
def test_pooling_is_the_formula(lengths, seed, n_beginnings, pooling):
    vectors = random_units(len(lengths) + n_beginnings, seed)
    passages, beginnings = vectors[: len(lengths)], vectors[len(lengths) :]
    pooled = pool_passages(passages, np.array(lengths), beginnings, pooling=pooling)
    expected = by_hand(passages, lengths, beginnings, pooling)
    np.testing.assert_allclose(pooled.embedding, expected, atol=2e-6)
    assert pooled.embedding.dtype == pooled.weights.dtype == np.float32
    assert abs(float(np.linalg.norm(pooled.embedding)) - 1) < 1e-6


@given(sizes, st.integers(0, 2**32 - 1), st.sampled_from(get_args(Pooling)))
def test_a_document_is_the_sum_of_its_passages_by_the_weights(lengths, seed, pooling):
    passages = random_units(len(lengths), seed)
    pooled = pool_passages(passages, np.array(lengths), pooling=pooling)
    np.testing.assert_allclose(pooled.weights @ passages, pooled.embedding, atol=2e-5)


@given(sizes, st.sampled_from(["beginnings", "early"]))
def test_every_passage_counts_and_an_earlier_one_more(lengths, pooling):
    weights = passage_weights(np.array(lengths), pooling)
    assert (weights > 0).all()
    assert math.isclose(weights.sum(), 1)
    each = weights / np.array(lengths)  # by token
    assert (np.diff(each) < 0).all()


def test_an_example_by_hand():
    # tokens before: 0, 128, 384; (1 + before / 128) ** -1.5: 1, 1 / 8 ** 0.5, 1 / 8
    lengths = np.array([128, 256, 256])
    expected = np.array([128, 256 / 8**0.5, 32])
    np.testing.assert_allclose(passage_weights(lengths, "early"), expected / expected.sum())
    np.testing.assert_allclose(passage_weights(lengths, "mean"), lengths / 640)


def test_one_passage_is_itself_and_what_cancels_is_the_first():
    v = np.array([[0.6, 0.8]], np.float32)
    np.testing.assert_allclose(pool_passages(v, np.array([9])).embedding, v[0], atol=1e-7)
    opposite = np.array([[1, 0], [-1, 0]], np.float32)
    for pooling in get_args(Pooling):
        cancelling = pool_passages(opposite, np.array([128, 128]), pooling=pooling)
        assert cancelling.embedding.tolist() == [1, 0]
        nothing = pool_passages(np.zeros((1, 2), np.float32), np.array([1]), pooling=pooling)
        assert nothing.embedding.tolist() == [0, 0]


def test_the_name_of_a_rule_that_stored_vectors_were_made_by_stays():
    """It is part of the fingerprint of every label space that was made with the rule."""
    assert rule_name("early") == "start-128-1.5"
    assert len({rule_name(pooling) for pooling in get_args(Pooling)}) == 3


@pytest.mark.parametrize("lengths", [[], [0], [3, 0], [1]])
def test_what_cannot_be_pooled_is_refused(lengths):
    with pytest.raises(ValueError):
        pool_passages(np.ones((2, 2), np.float32), np.array(lengths, np.int64))
