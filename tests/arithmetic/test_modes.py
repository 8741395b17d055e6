"""Modes against plain loops: scores, places, offsets, and the share that documents ask for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.class_totals import ClassVectors
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.modes import MOST_MODES, Modes, modes_of
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit

DIM = 6
SEEDS = st.integers(0, 2**32 - 1)


def random_modes(rng: np.random.Generator, classes: int) -> Modes:
    """Up to four modes a class; some classes have none."""
    columns = np.repeat(np.arange(classes), rng.integers(0, 5, classes))
    trust = np.where(np.isin(np.arange(classes), columns), rng.random(classes), 0.0)
    return Modes(
        unit(rng.normal(size=(len(columns), DIM)).astype("f4")),
        columns.astype(np.int64),
        rng.normal(size=classes).astype("f4") / 10,
        trust.astype("f4"),
        float(rng.random()),
    )


def score(modes: Modes, query: np.ndarray, k: int, linear: float) -> float:
    """The definition, in float64, one mode after the other."""
    own = [i for i, column in enumerate(modes.columns.tolist()) if column == k]
    if not own or not np.isfinite(linear):
        return linear
    nearest = max(
        float(query.astype(np.float64) @ modes.vectors[i].astype(np.float64)) for i in own
    )
    part = modes.share * float(modes.trust[k])
    return (1 - part) * linear + part * (nearest - float(modes.offsets[k]))


def world(seed: int, counts: list[int], kinds: int = 2) -> Support:
    """Classes of several kinds of documents each, in many dimensions; no descriptions."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(counts), kinds, 24))
    rows = [
        centres[k, i % kinds] + 0.6 * rng.normal(size=24)
        for k, n in enumerate(counts)
        for i in range(n)
    ]
    labels = np.repeat(np.arange(len(counts)), counts)
    none = np.zeros((len(counts), 24), "f4"), np.zeros(len(counts), np.bool_)
    return Support.of(unit(np.array(rows, "f4")), labels, *none)


def exclusive_or(seed: int, each: int) -> Support:
    """Two classes that no line tells apart: kinds (+, +) and (-, -) against (+, -) and (-, +)."""
    rng = np.random.default_rng(seed)
    signs = np.array([(1, 1), (-1, -1), (1, -1), (-1, 1)], float)
    rows = np.repeat(signs, each, axis=0) @ np.eye(2, 6) + 0.3 * rng.normal(size=(4 * each, 6))
    labels = np.repeat([0, 0, 1, 1], each)
    none = np.zeros((2, 6), "f4"), np.zeros(2, np.bool_)
    return Support.of(unit(rows.astype("f4")), labels, *none)


def model_of(support: Support) -> LinearModel:
    model = refine(support)
    assert model is not None
    return model


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_score_is_that_of_the_nearest_mode_and_the_weights(seed):
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(1, 6))
    modes = random_modes(rng, classes)
    queries = unit(rng.normal(size=(7, DIM)).astype("f4"))
    linear = rng.normal(size=(7, classes)).astype("f4")
    linear[:, rng.random(classes) < 0.2] = -np.inf  # without a prototype
    expected = [
        [score(modes, x, k, float(row[k])) for k in range(classes)]
        for x, row in zip(queries, linear, strict=True)
    ]
    np.testing.assert_allclose(modes.scores(queries, linear), expected, atol=1e-5)
    wide = modes.scores(queries.astype(np.float64), linear.astype(np.float64))
    np.testing.assert_allclose(wide, expected, atol=1e-12)
    query, column = (grid.ravel() for grid in np.mgrid[:7, :classes])
    pairs = modes.pair_scores(queries[query], column, linear[query, column])
    np.testing.assert_allclose(pairs.reshape(7, classes), expected, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_a_ranking_with_modes_depends_neither_on_its_length_nor_on_other_queries(seed):
    rng = np.random.default_rng(seed)
    vectors = [
        ClassVectors(k, f"c{k}", 1, np.zeros(DIM, np.int64), unit(rng.normal(size=(1, DIM)))[0])
        for k in range(5)
    ]
    plain = Snapshot(1, 1, "f", dim=DIM, metric="cosine", kappa=1.0).filled(vectors)
    modes = random_modes(rng, 5)
    head = plain.refined(LinearModel(plain.weights, plain.biases, "cosine"), modes)
    queries = unit(rng.normal(size=(9, DIM)).astype("f4"))
    whole = head.ranking(queries, head.scores(queries), 5)
    linear = plain.scores(queries)
    for i in range(9):
        exact = [score(modes, queries[i], k, float(linear[i, k])) for k in range(5)]
        assert whole.columns[i, 0] == int(np.argmax(exact))
        one = head.ranking(queries[i : i + 1], head.scores(queries[i : i + 1]), 2)
        np.testing.assert_array_equal(one.columns[0], whole.columns[i, :2])
        np.testing.assert_array_equal(one.scores[0], whole.scores[i, :2])


def test_each_document_is_a_mode_where_there_are_few_and_a_copy_is_none():
    support = world(1, [4, 7, 1])
    rows = np.r_[0:12, 5, 5]
    twice = support.take(rows)
    modes = modes_of(twice, model_of(twice))
    assert modes is not None
    assert np.bincount(modes.columns).tolist() == [4, 7, 1]
    for k in range(3):
        own = support.embeddings[support.labels == k]
        assert {tuple(row) for row in modes.of_class(k)} == {tuple(row) for row in own}


def test_more_documents_have_centres_that_no_further_round_moves():
    support = world(2, [70, 30], kinds=4)
    modes = modes_of(support, model_of(support))
    assert modes is not None
    for k in range(2):
        centres, own = modes.of_class(k), support.embeddings[support.labels == k]
        assert 2 <= len(centres) <= MOST_MODES
        nearest = (own @ centres.T).argmax(axis=1)
        for i, centre in enumerate(centres):
            mean = own[nearest == i].astype(np.float64).mean(axis=0)
            np.testing.assert_allclose(centre, mean / np.linalg.norm(mean), atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_modes_do_not_depend_on_the_order_of_the_examples(seed):
    support = world(seed, [25, 9, 3])
    order = np.random.default_rng(seed).permutation(37)
    model = model_of(support)
    one, two = modes_of(support, model), modes_of(support.take(order), model)
    assert one is not None
    assert two is not None
    np.testing.assert_array_equal(one.columns, two.columns)
    np.testing.assert_array_equal(one.vectors, two.vectors)
    np.testing.assert_allclose(one.offsets, two.offsets, atol=1e-6)


def test_documents_of_other_classes_score_as_they_do_by_the_weights():
    """So the tenth of them that is nearest to a class is no nearer for its many modes."""
    support = world(3, [40, 12, 2])
    model = model_of(support)
    modes = modes_of(support, model)
    assert modes is not None
    linear = model.scores(support.embeddings)
    for k in range(3):
        outside = support.labels != k
        nearest = np.sort((support.embeddings[outside] @ modes.of_class(k).T).max(axis=1))
        own = np.sort(linear[outside, k])
        most = max(3, int(np.ceil(outside.sum() / 10)))
        gap = nearest[-most:].mean() - own[-most:].mean()
        assert modes.offsets[k] == pytest.approx(gap, abs=1e-5)
    assert modes.trust.tolist() == pytest.approx([40 / 45, 12 / 17, 2 / 7])


def test_a_held_out_document_meets_modes_that_were_made_without_it():
    support = world(4, [12, 12, 12])
    crossed = cross_fit(support)
    assert crossed is not None
    order = np.lexsort((*support.embeddings.T[:3], support.class_ranks()[support.labels]))
    out = order[np.arange(36) % 12 % 4 == 0]  # the first part
    rest = support.take(np.setdiff1d(np.arange(36), out))
    model = model_of(rest)
    modes = modes_of(rest, model)
    assert modes is not None
    x = support.embeddings[out]
    expected = modes.with_share(0.4).scores(x, model.scores(x))
    trial = crossed.at(0.4)
    np.testing.assert_array_equal(trial.rows[:9], out)
    np.testing.assert_allclose(trial.scores[:9], expected, atol=2e-3)


def test_classes_that_no_line_tells_apart_ask_for_modes():
    support = exclusive_or(5, 15)
    crossed = cross_fit(support)
    assert crossed is not None
    share = crossed.share(~support.learned)
    assert share > 0
    assert crossed.at(share).right.mean() > 0.8 > 0.7 > crossed.linear.right.mean()


@pytest.mark.parametrize("seed", range(4))
def test_classes_of_one_kind_ask_for_none(seed):
    support = world(seed, [12] * 5, kinds=1)
    crossed = cross_fit(support)
    assert crossed is not None
    assert crossed.share(~support.learned) == 0.0
    assert crossed.at(0.0) is crossed.linear


def test_documents_that_the_encoder_has_learned_from_ask_for_nothing():
    support = exclusive_or(5, 15)
    crossed = cross_fit(replace(support, learned=np.ones(60, np.bool_)))
    assert crossed is not None
    assert crossed.share(np.zeros(60, np.bool_)) == 0.0


def test_there_are_no_modes_by_distance_nor_of_single_examples_nor_when_it_is_stopped():
    support = world(6, [3, 3])
    model = model_of(support)
    assert modes_of(replace(support, metric="euclidean"), model) is None
    assert modes_of(world(6, [1, 1]), model) is None
    assert modes_of(support, model, should_stop=lambda: True) is None
