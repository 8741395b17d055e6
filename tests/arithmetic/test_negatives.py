"""Negative examples: what scores lose by them, beside a plain loop over the same formula."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.left_out_negatives import lowered_without, simulated_with
from protolabel.arithmetic.negatives import REFUTED, Negatives, OwnVectors, refuted
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit

DIM, CLASSES = 6, 4


def similarity(a: np.ndarray, b: np.ndarray, metric: str) -> float:
    a, b = a.astype(float), b.astype(float)
    return float(a @ b) if metric == "cosine" else float(-((a - b) ** 2).sum())


class Case:
    """Classes with examples, prototypes and negatives, all random."""

    def __init__(self, seed: int, metric: str, negatives: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.metric = metric

        def some(n: int) -> np.ndarray:
            vectors = rng.normal(size=(n, DIM)).astype(np.float32)
            return unit(vectors) if metric == "cosine" else vectors

        self.prototypes, self.queries = some(CLASSES), some(9)
        self.own, self.own_columns = some(8), np.sort(rng.integers(0, CLASSES, 8))
        self.vectors = some(negatives)
        self.columns = rng.integers(0, CLASSES - 1, negatives)  # the last class has none
        self.scores = rng.normal(size=(9, CLASSES)).astype(np.float32)
        own = OwnVectors(self.own, self.own_columns, np.arange(8))
        self.negatives = Negatives.of(
            self.vectors, self.columns, self.prototypes[self.columns], own, metric,
            np.arange(100, 100 + negatives),
        )  # fmt: skip

    def loss(self, x: np.ndarray, column: int, without: int = -1) -> float:
        """What a class loses, by the formula, one pair at a time."""
        own = [
            similarity(x, v, self.metric)
            for i, (v, c) in enumerate(zip(self.own, self.own_columns, strict=True))
            if c == column and i != without
        ]
        nearest, most = max(own, default=-np.inf), 0.0
        for vector, c in zip(self.vectors, self.columns, strict=True):
            if c == column:
                reach = similarity(vector, self.prototypes[c], self.metric)
                most = max(most, similarity(x, vector, self.metric) - max(nearest, reach))
        return most


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["cosine", "euclidean"]))
def test_a_class_loses_what_the_formula_says(seed, metric):
    case = Case(seed, metric)
    lower = case.negatives.lowered(case.queries, case.scores.copy())
    for i, x in enumerate(case.queries):
        for column in range(CLASSES):
            lost = float(case.scores[i, column]) - float(lower[i, column])
            if not refuted(lower[i, column]):
                assert lost == pytest.approx(case.loss(x, column), abs=1e-4)
    assert (lower[:, CLASSES - 1] == case.scores[:, CLASSES - 1]).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["cosine", "euclidean"]))
def test_a_query_loses_the_same_alone_among_others_and_pair_by_pair(seed, metric):
    case = Case(seed, metric)
    together = case.negatives.lowered(case.queries, case.scores.copy())
    for i in range(len(case.queries)):
        alone = case.negatives.lowered(case.queries[i : i + 1], case.scores[i : i + 1].copy())
        assert (alone[0] == together[i]).all()
        pairs = case.negatives.pair_scores(
            np.repeat(case.queries[i : i + 1], CLASSES, axis=0), np.arange(CLASSES), case.scores[i]
        )
        assert (pairs == together[i]).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["cosine", "euclidean"]))
def test_a_negative_itself_is_never_of_its_class_and_own_vectors_are_as_before(seed, metric):
    case = Case(seed, metric)
    none = np.zeros((len(case.vectors), CLASSES), np.float32)
    lower = case.negatives.lowered(case.vectors, none)
    every = np.arange(len(case.vectors))
    assert refuted(lower[every, case.columns]).all()
    assert (lower[:, CLASSES - 1] == 0.0).all()
    own = case.negatives.lowered(case.own, np.zeros((len(case.own), CLASSES), np.float32))
    assert (own[np.arange(len(case.own)), case.own_columns] == 0.0).all()


def test_one_negative_equal_to_a_description_is_refuted_all_the_same():
    x = unit(np.ones((1, DIM), np.float32))
    own = OwnVectors(x, np.zeros(1, np.int64), np.zeros(1, np.int64))
    negatives = Negatives.of(x, np.zeros(1, np.int64), x, own, "cosine")
    assert negatives.losses(x)[2].tolist() == [REFUTED]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["cosine", "euclidean"]))
def test_documents_that_are_left_out_lose_nothing_by_themselves(seed, metric):
    case = Case(seed, metric)
    rng = np.random.default_rng(seed)
    support = Support.of(
        case.own, case.own_columns, np.zeros((CLASSES, DIM), np.float32),
        np.zeros(CLASSES, np.bool_), metric=metric,
    )  # fmt: skip
    scores = rng.normal(size=(8, CLASSES)).astype(np.float32)
    simulation = Simulation.of_queries(scores, case.own_columns, np.arange(8))
    lower = simulated_with(case.negatives, simulation, support, np.arange(8)).scores
    for i in range(8):
        for column in range(CLASSES):
            expected = case.loss(case.own[i], column, without=i)
            lost = float(scores[i, column]) - float(lower[i, column])
            assert lost == pytest.approx(expected, abs=1e-4)


def test_the_negative_of_a_document_is_left_out_with_it():
    vectors = unit(np.array([[1.0, 0.1], [0.1, 1.0]], np.float32))
    own = OwnVectors(vectors[1:], np.zeros(1, np.int64), np.array([1]))
    column, prototypes = np.zeros(1, np.int64), vectors[1:]
    for group, loses in ((0, False), (5, True)):
        negatives = Negatives.of(vectors[:1], column, prototypes, own, "cosine", np.array([group]))
        scores = lowered_without(negatives, vectors[:1], np.array([0]), np.ones((1, 1), np.float32))
        assert (scores[0, 0] < 1.0) == loses


def test_documents_that_are_left_out_are_lowered_together():
    """Four times as many take as many calls of functions: each class is one step for all."""
    rng = np.random.default_rng(0)
    vectors = unit(np.abs(rng.normal(size=(40, DIM))).astype(np.float32))  # all near each other
    columns = np.arange(40) % CLASSES
    own = OwnVectors(vectors, np.sort(columns), np.arange(40))
    negatives = Negatives.of(vectors, columns, vectors, own, "cosine", np.arange(40) + 100)
    calls = []
    for n in (50, 200):
        queries, scores = vectors[np.arange(n) % 40], np.ones((n, CLASSES), np.float32)
        steps: list[str] = []
        sys.setprofile(lambda _, event, __, steps=steps: steps.append(event))
        try:
            lowered_without(negatives, queries, np.arange(n) + 200, scores)
        finally:
            sys.setprofile(None)
        calls.append(steps.count("call"))
    assert calls[0] == calls[1]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_class_without_negatives_is_refused_too(metric):
    case = Case(0, metric)
    none = Negatives.none(DIM, metric).refusing(case.queries[:2], [{1, 2}, set()])
    for negatives in (none, case.negatives.refusing(case.queries[:1], [{CLASSES - 1}])):
        lowered = negatives.lowered(case.queries, case.scores.copy())
        rows, columns = np.indices(case.scores.shape).reshape(2, -1)
        pairs = negatives.pair_scores(case.queries[rows], columns, case.scores.ravel())
        assert (pairs == lowered.ravel()).all()
    lowered = none.lowered(case.queries, case.scores.copy())
    assert np.argwhere(lowered != case.scores).tolist() == [[0, 1], [0, 2]]
    assert refuted(lowered[0, 1:3]).all()
