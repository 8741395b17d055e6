"""Leave-one-passage-out against pooling the other passages, and by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.passage_influence import influences, without_each
from protolabel.arithmetic.passages import pool_passages
from protolabel.arithmetic.scores import LinearModel


def model(*weights):
    return LinearModel(np.array([weights], np.float32), np.zeros(1, np.float32), "cosine")


@given(st.lists(st.integers(1, 300), min_size=2, max_size=8), st.integers(0, 2**32 - 1))
def test_a_document_without_a_passage_is_the_pooling_of_the_others(lengths, seed):
    passages = np.abs(np.random.default_rng(seed).normal(size=(len(lengths), 5))).astype(np.float32)
    pooled = pool_passages(passages, np.array(lengths), pooling="mean")
    left = without_each(pooled.embedding, passages, pooled.weights)
    for out in range(len(lengths)):
        others = [i for i in range(len(lengths)) if i != out]
        rest = pool_passages(passages[others], np.array(lengths)[others], pooling="mean")
        np.testing.assert_allclose(left[out], rest.embedding, atol=1e-3)


def test_the_beginnings_go_with_the_first_passage():
    passages = np.eye(3, dtype=np.float32)[:2]
    beginning = np.eye(3, dtype=np.float32)[2:]
    pooled = pool_passages(passages, np.array([10, 10]), beginning)
    left = without_each(pooled.embedding, passages, pooled.weights)
    np.testing.assert_allclose(left[0], [0, 1, 0], atol=1e-6)
    assert left[1][2] > 0


def test_an_influence_is_the_fall_of_the_lead():
    passages = np.eye(2, dtype=np.float32)
    document = np.full(2, 0.5**0.5, np.float32)
    weights = document.copy()
    falls = influences(document, passages, weights, model(1, 0), model(0, 1))
    np.testing.assert_allclose(falls, [1, -1], atol=1e-6)  # lead 0; without the first -1, second +1
    alone = influences(document, passages, weights, model(1, 0), None)
    np.testing.assert_allclose(alone, [0.5**0.5, 0.5**0.5 - 1], atol=1e-6)


def test_a_document_of_one_passage_is_nothing_without_it():
    v = np.array([[0.6, 0.8]], np.float32)
    assert without_each(v[0], v, np.ones(1, np.float32)).tolist() == [[0, 0]]
