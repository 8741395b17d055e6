"""Ranks, ties and probabilities against plain loops; what has a prototype; what a sum can hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.class_totals import ClassTotals, ClassVectors
from protolabel.arithmetic.fixed_point import LIMIT, SMALLEST, fixed_sum, to_fixed, unrepresentable
from protolabel.arithmetic.prototypes import has_prototype
from protolabel.arithmetic.scores import LinearModel, pair_scores, similarities
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.softmax import log_softmax, softmax
from protolabel.errors import InputError


def snapshot(rows: list[list[float]], metric: str) -> Snapshot:
    """A class for each row, in this order, each with that row as its one example."""
    vectors = np.array(rows, np.float32)
    empty = Snapshot(1, 1, "f", dim=vectors.shape[1], metric=metric, kappa=1.0)
    return empty.filled(
        ClassVectors(k + 1, f"c{k}", 1, to_fixed(x), None) for k, x in enumerate(vectors)
    )


# -- ties ---------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 40),
    st.integers(1, 90),
    st.sampled_from(["cosine", "euclidean"]),
)
def test_of_equal_classes_the_oldest_wins_whatever_is_asked_for(seed, classes, dim, metric):
    """By loops over exact scores, at each number of alternatives, and in each batch."""
    rng = np.random.default_rng(seed)
    kinds = rng.normal(size=(4, dim))
    head = snapshot(kinds[rng.integers(0, 4, classes)].tolist(), metric)
    queries = rng.normal(size=(9, dim)).astype("f4")
    weights, biases = head.weights, head.biases
    expected = []
    for x in queries:
        exact = [pair_scores(x[None], weights[k : k + 1], biases[k : k + 1], metric)[0]
                 for k in range(classes)]  # fmt: skip
        expected.append(sorted(range(classes), key=lambda k, e=exact: (-e[k], k)))
    for k in {1, 2, classes // 2 or 1, classes}:
        for part in (slice(0, 9), slice(0, 1), slice(3, 7)):
            order = head.ranking(queries[part], head.scores(queries[part]), k)
            assert order.columns.tolist() == [row[:k] for row in expected[part]]
            assert (np.diff(order.scores, axis=1) <= 0).all()


def test_equal_classes_rank_the_same_alone_and_in_a_stream():
    with LabelSpace.create(encoder="precomputed:67", names_mean=False, background=False) as space:
        rng = np.random.default_rng(0)
        vectors = rng.normal(size=(3, 67)).astype("f4")
        for k in range(60):
            space.add([Example(f"c{k:02d}", embedding=vectors[k % 3], id=str(k))])
        queries = [Document(str(i), embedding=x)
                   for i, x in enumerate(rng.normal(size=(40, 67)).astype("f4"))]  # fmt: skip
        many = list(space.label_many(queries, alternatives=7, evidence=0))
        for document, answer in zip(queries, many, strict=True):
            ranked = [a.label for a in answer.alternatives]
            assert ranked == [f"c{k:02d}" for k in range(int(ranked[0][1:]), 21, 3)][:7]
            for alternatives in (1, 2, 60):
                one = space.label(document, alternatives=alternatives, evidence=0)
                both = min(7, len(one.alternatives))
                assert [a.label for a in one.alternatives[:both]] == ranked[:both]
                assert one.alternatives[0].score == answer.alternatives[0].score


# -- what has a prototype -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "total", "described", "kappa", "metric", "expected"),
    [
        (0, [0, 0], False, 1.0, "cosine", False),  # nothing at all
        (0, [0, 0], True, 1.0, "cosine", True),  # a description
        (0, [0, 0], True, 0.0, "cosine", False),  # a description that counts for nothing
        (0, [0, 0], True, 0.0, "euclidean", False),
        (2, [1, 0], False, 0.0, "cosine", True),
        (2, [0, 0], False, 1.0, "cosine", False),  # two that cancel have no direction
        (2, [0, 0], False, 1.0, "euclidean", True),  # but they have a place
        (1, [-3, -4], True, 1.0, "cosine", False),  # an example against its description
    ],
)
def test_what_has_a_prototype(count, total, described, kappa, metric, expected):
    classes = ClassTotals(
        np.array([count, 1]),
        np.array([total, [0.0, -1.0]]),
        np.array([[3.0, 4.0] if described else [0.0, 0.0], [0.0, 0.0]], np.float32),
        np.array([described, False]),
    )
    assert has_prototype(classes, kappa, metric).tolist() == [expected, True]
    model = LinearModel.of_classes(classes, kappa, metric)
    scores = model.scores(np.eye(2, dtype="f4"))
    assert np.isfinite(scores).all(axis=0).tolist() == [expected, True]


def test_with_kappa_zero_a_class_that_is_only_described_is_no_answer():
    with LabelSpace.create(encoder="precomputed:2", names_mean=False, background=False) as space:
        space.configure(kappa=0)
        space.add([Example("east", embedding=np.float32([1, 0]), id="e")])
        space.add([Example("west", embedding=np.float32([-1, 0]), id="w"),
                   Example("west", embedding=np.float32([1, 0]), id="x")])  # fmt: skip
        answer = space.label(Document("q", embedding=np.float32([-1, 0.1])))
        assert [a.label for a in answer.alternatives] == ["east"]  # west's examples cancel
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.describe({"bill": "a bill to pay", "letter": "a letter"})
        space.configure(kappa=0)
        space.add("pay the bill", "bill")
        answer = space.label("zebra crossing")
        assert [a.label for a in answer.alternatives] == ["bill"]


# -- scores and probabilities ---------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1), st.sampled_from(["cosine", "euclidean"]))
def test_similarities_are_the_plain_loops(seed, metric):
    rng = np.random.default_rng(seed)
    queries, vectors = (rng.normal(size=(n, 3)).astype("f4") for n in (2, 4))
    matrix = similarities(queries, vectors, metric)
    for i, x in enumerate(queries.tolist()):
        for j, y in enumerate(vectors.tolist()):
            pairs = list(zip(x, y, strict=True))
            expected = (sum(a * b for a, b in pairs) if metric == "cosine"
                        else -sum((a - b) ** 2 for a, b in pairs))  # fmt: skip
            assert matrix[i, j] == pytest.approx(expected, abs=1e-4)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_softmax_is_equation_2(seed, temperature):
    scores = np.random.default_rng(seed).normal(size=(3, 5)).astype("f4")
    probabilities = softmax(scores, temperature, scores[:, :2])
    for i, row in enumerate(scores.tolist()):
        total = sum(math.exp((s - max(row)) / temperature) for s in row)
        for k in range(2):
            expected = math.exp((row[k] - max(row)) / temperature) / total
            assert probabilities[i, k] == pytest.approx(expected, rel=1e-4, abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_log_softmax_is_the_logarithm_of_softmax_and_finite(seed, temperature):
    scores = np.random.default_rng(seed).normal(size=(3, 5)).astype("f4")
    logs = log_softmax(scores, temperature)
    np.testing.assert_allclose(np.exp(logs), softmax(scores, temperature), rtol=1e-3, atol=1e-12)
    assert np.isfinite(log_softmax(scores * 1e6, temperature)).all()


@given(st.integers(0, 2**32 - 1), st.floats(1e-4, 1e-2))
def test_probabilities_of_scores_that_are_rounded_otherwise_are_at_most_one(seed, temperature):
    scores = np.random.default_rng(seed).normal(size=(3, 5)).astype("f4")
    order = np.argsort(-scores, axis=1)[:, :2]
    finer = np.take_along_axis(scores, order, axis=1) * np.float32(1 + 2**-23)
    probabilities = softmax(scores, temperature, finer)
    assert probabilities.sum(axis=1).max() <= 1.0 + 1e-15
    assert probabilities.max() <= 1.0


# -- fixed point ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [LIMIT, 3e9, 1e30, -1e30, math.inf, math.nan])
def test_a_component_that_overflows_is_refused_before_the_cast(value):
    row = np.array([0.5, value], np.float32)
    with pytest.raises(InputError, match="scale the vectors down"):
        to_fixed(row)
    with pytest.raises(InputError, match="scale the vectors down"):
        fixed_sum(row[None])
    assert unrepresentable(np.stack([row, [0.5, 0.5]])).tolist() == [0]


def test_a_vector_that_would_vanish_is_found():
    rows = np.array([[0, 0], [1, 1e-30], [1e-12, 0], [SMALLEST, 0], [SMALLEST / 2, 0]], np.float32)
    assert unrepresentable(rows).tolist() == [2, 4]


@pytest.mark.parametrize("size", [3e9, 1e30])
def test_a_large_vector_is_refused_whole_and_never_becomes_negative(size):
    with LabelSpace.create(
        encoder="precomputed:2", metric="euclidean", names_mean=False, background=False
    ) as space:
        version = space.version
        good = Example("a", embedding=np.float32([1, 1]), id="g")
        with pytest.raises(InputError):
            space.add([good, Example("a", embedding=np.float32([size, 1]), id="b")])
        assert space.version == version
        space.add([good])
        assert (space.view().prototypes.weights > 0).all()
