"""The refinement: its loss against loops, its solver against another, and what it promises."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from protolabel.arithmetic import lbfgs, refinement
from protolabel.arithmetic.calibration import calibrate
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.cross_fit import absent_classes, cross_fit
from protolabel.arithmetic.nearness import spread_of_classes
from protolabel.arithmetic.refinement import DESCRIPTION, FEW, PULL, refine, steps_for
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit


def world(seed, classes=6, n=4, dim=12, noise=0.5):
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(classes, dim))
    labels = np.repeat(np.arange(classes), n)
    examples = unit((means[labels] + noise * rng.normal(size=(len(labels), dim))).astype("f4"))
    descriptions = unit((means + 0.5 * rng.normal(size=(classes, dim))).astype("f4"))
    return examples, labels, descriptions, means


def prototypes_of(examples, labels, descriptions, kappa=1.0):
    sums = kappa * descriptions.astype(float)
    np.add.at(sums, labels, examples)
    return unit(sums.astype("f4"))


def accuracy(weights, biases, queries, truth):
    return ((queries @ weights.T + biases).argmax(axis=1) == truth).mean()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(1, 4))
def test_the_loss_agrees_with_loops_and_its_gradient_with_differences(seed, classes, dim):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(7, dim)).astype("f4")
    targets = rng.integers(0, classes, 7)
    worth = rng.uniform(0.5, 2.0, 7).astype("f4")
    start = rng.normal(size=(classes, dim + 1)).astype("f4")
    point = rng.normal(size=(classes, dim + 1)).astype("f4")

    def by_loops(p):
        value = 0.0
        for x, y, v in zip(rows.tolist(), targets.tolist(), worth.tolist(), strict=True):
            logits = [sum(a * b for a, b in zip(x, w, strict=False)) + w[-1] for w in p.tolist()]
            top = max(logits)
            total = sum(math.exp(z - top) for z in logits)
            value += v * (top + math.log(total) - logits[y])
        away = [
            (a - b) ** 2
            for u, w in zip(p.tolist(), start.tolist(), strict=True)
            for a, b in zip(u, w, strict=True)
        ]
        return value + 0.5 * PULL * sum(away)

    value, gradient = refinement.objective(rows, targets, worth, start)(point)
    assert value == pytest.approx(by_loops(point.astype(float)), rel=1e-4)
    for k in range(classes):
        for j in range(dim + 1):
            step = np.zeros(point.shape)
            step[k, j] = 1e-5
            slope = (by_loops(point + step) - by_loops(point - step)) / 2e-5
            assert gradient[k, j] == pytest.approx(slope, rel=1e-2, abs=1e-3)


def test_material_by_hand():
    examples = np.array([[1, 0], [0, 1], [0, 1]], dtype="f4")
    descriptions = np.array([[0, -1], [0.6, 0.8]], dtype="f4")
    labels = np.array([0, 1, 1])
    both = np.array([True, True])
    classes = ClassTotals.of_examples(examples, labels, descriptions, both)
    rows, targets, worth = refinement.rows_of_fit(examples, labels, classes, 0.5)
    assert targets.tolist() == [0, 1, 1, 0, 1]
    # offset: mean of (1, 0) - (0, -1) and (0, 1) - (0.6, 0.8) is (0.2, 0.6)
    moved = [(0.2, -0.4), (0.8, 1.4)]
    expected = [(a / math.hypot(a, b), b / math.hypot(a, b)) for a, b in moved]
    np.testing.assert_allclose(rows[3:], expected, rtol=1e-6)
    raw = np.array([1 / 2, 1 / 3, 1 / 3, DESCRIPTION * 0.5 / 2, DESCRIPTION * 0.5 / 3])
    np.testing.assert_allclose(worth, raw / raw.mean(), rtol=1e-6)


def test_the_solver_finds_what_scipy_finds(monkeypatch):
    monkeypatch.setattr(lbfgs, "TOLERANCE", 1e-9)
    examples, labels, descriptions, _ = world(0)
    classes = ClassTotals.of_examples(examples, labels, descriptions, np.ones(6, bool))
    rows, targets, worth = refinement.rows_of_fit(examples, labels, classes, 1.0)
    start = np.column_stack([prototypes_of(examples, labels, descriptions), np.zeros(6)])
    start = (10 * start).astype("f4")
    loss = refinement.objective(rows, targets, worth, start)
    ours = lbfgs.minimised(loss, start, 500, None)

    def flat(v):
        value, gradient = loss(v.reshape(start.shape).astype("f4"))
        return value, gradient.ravel().astype(float)

    theirs = optimize.minimize(flat, start.ravel().astype(float), jac=True, method="L-BFGS-B")
    assert loss(ours)[0] == pytest.approx(theirs.fun, rel=1e-4)
    np.testing.assert_allclose(ours, theirs.x.reshape(start.shape), atol=0.1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.floats(0.1, 3.0))
def test_every_step_lowers_the_loss(seed, n, kappa):
    examples, labels, descriptions, _ = world(seed, n=n)
    classes = ClassTotals.of_examples(examples, labels, descriptions, np.ones(6, bool))
    rows, targets, worth = refinement.rows_of_fit(examples, labels, classes, kappa)
    point = np.zeros((6, 13), dtype="f4")
    loss = refinement.objective(rows, targets, worth, point)
    values = [loss(lbfgs.minimised(loss, point, steps, None))[0] for steps in range(6)]
    assert values == sorted(values, reverse=True)


def test_better_than_the_prototypes_where_some_directions_only_carry_noise():
    noise = np.repeat([0.3, 1.2], 12)  # the classes differ in the first twelve directions alone
    for seed in range(5):
        rng = np.random.default_rng(seed)
        means = rng.normal(size=(20, 24)) * (noise < 1.0)
        labels, truth = np.repeat(np.arange(20), 8), np.repeat(np.arange(20), 50)
        examples, queries = (
            unit((means[k] + noise * rng.normal(size=(len(k), 24))).astype("f4"))
            for k in (labels, truth)
        )
        descriptions = unit((means + 0.5 * rng.normal(size=means.shape)).astype("f4"))
        weights = prototypes_of(examples, labels, descriptions)
        refinement = refine(Support.of(examples, labels, descriptions, np.ones(20, bool)))
        refined = accuracy(refinement.weights, refinement.biases, queries, truth)
        assert refined > accuracy(weights, 0.0, queries, truth) + 0.02


def test_keeps_the_scale_the_shapes_and_its_arguments():
    examples, labels, descriptions, _ = world(3)
    weights = prototypes_of(examples, labels, descriptions)
    kept = [a.copy() for a in (weights, examples, labels, descriptions)]
    refinement = refine(Support.of(examples, labels, descriptions, np.ones(6, bool)))
    assert refinement.weights.dtype == refinement.biases.dtype == np.float32
    assert refinement.weights.shape == (6, 12)
    assert refinement.biases.shape == (6,)
    assert np.linalg.norm(refinement.weights, axis=1).mean() == pytest.approx(1.0, abs=1e-5)
    for before, now in zip(kept, (weights, examples, labels, descriptions), strict=True):
        np.testing.assert_array_equal(before, now)


def test_the_same_twice():
    examples, labels, descriptions, _ = world(4)
    arguments = (examples, labels, descriptions)
    one, two = (refine(Support.of(*arguments, np.ones(6, bool))) for _ in range(2))
    np.testing.assert_array_equal(one.weights, two.weights)


def test_a_class_without_examples_stands_to_the_others_as_its_description_does():
    """By hand: as far from the mean row, against the mean distance, and in that direction."""
    examples, labels, descriptions, _ = world(5)
    inside = labels != 2
    refinement = refine(
        Support.of(examples[inside], labels[inside], descriptions, np.ones(6, bool))
    )
    others = [0, 1, 3, 4, 5]
    of_rows = refinement.weights[2] - sum(refinement.weights[k] for k in others) / 5
    of_guides = descriptions[2] - sum(descriptions[k] for k in others) / 5
    row_lengths = [
        np.linalg.norm(refinement.weights[k] - refinement.weights[others].mean(axis=0))
        for k in others
    ]
    guide_lengths = [
        np.linalg.norm(descriptions[k] - descriptions[others].mean(axis=0)) for k in others
    ]
    np.testing.assert_allclose(
        of_rows, of_guides * np.mean(row_lengths) / np.mean(guide_lengths), atol=1e-5
    )
    assert refinement.biases[2] == pytest.approx(refinement.biases[others].mean(), abs=1e-6)


@pytest.mark.parametrize("shared", [0.0, 1.0, 2.0, 4.0])
def test_a_class_without_examples_takes_no_documents_of_others_by_what_all_have_in_common(shared):
    """All cosines of some encoders are above 0.7: its prototype was longer in that direction."""
    examples, labels, descriptions, _ = world(5)
    common = np.zeros(examples.shape[1], np.float32)
    common[0] = shared
    examples, descriptions = unit(examples + common), unit(descriptions + common)
    inside = labels != 2
    support = Support.of(examples[inside], labels[inside], descriptions, np.ones(6, bool))
    answers = refine(support).scores(examples).argmax(axis=1)
    weights = prototypes_of(examples[inside], labels[inside], descriptions)
    plain = (examples @ weights.T).argmax(axis=1)
    for of in (inside, ~inside):
        assert (answers == labels)[of].mean() >= (plain == labels)[of].mean() - 0.05


@pytest.mark.parametrize("difference", [1.0, 0.3, 0.1, 0.03, 0.001, 0.0])
def test_a_class_without_examples_takes_no_documents_where_the_other_descriptions_are_alike(
    difference,
):
    """Such as "complaints, group 1" and "complaints, group 2": their distance says nothing."""
    examples, labels, descriptions, _ = world(5, dim=64, noise=0.3)
    inside = labels != 2
    alike = unit(descriptions[:1] + difference * descriptions)
    alike[2] = descriptions[2]
    refinement = refine(Support.of(examples[inside], labels[inside], alike, np.ones(6, bool)))
    answers = refinement.scores(examples[inside]).argmax(axis=1)
    assert (answers == labels[inside]).all()
    others = refinement.weights[[0, 1, 3, 4, 5]]
    farthest = max(np.linalg.norm(row - (others.sum(axis=0) - row) / 4) for row in others)
    assert np.linalg.norm(refinement.weights[2] - others.mean(axis=0)) <= farthest * 1.00001


@pytest.mark.parametrize(
    ("n_described", "apart"),
    [
        (0, 0.0),
        (1, 0.0),
        (1, 1.0),
        *((n, apart) for n in (2, 3, 4, 5) for apart in (0.0, 2.0, 3.0)),
    ],
)
def test_a_class_without_examples_has_its_documents_whatever_others_are_described(
    n_described, apart
):
    """Descriptions lie apart from documents; where none is described, nothing says how far."""
    examples, labels, descriptions, _ = world(5)
    away = np.zeros(examples.shape[1], np.float32)
    away[0] = apart
    descriptions = unit(descriptions + away)
    inside = labels != 2
    described = np.isin(np.arange(6), [2, *[0, 1, 3, 4, 5][:n_described]])
    refinement = refine(Support.of(examples[inside], labels[inside], descriptions, described))
    answers = refinement.scores(examples).argmax(axis=1)
    assert (answers == labels)[~inside].mean() >= 0.9
    assert (answers == labels)[inside].mean() >= 0.9


def test_a_class_without_examples_has_a_place_where_descriptions_say_nothing():
    examples, labels, descriptions, _ = world(5)
    inside = labels != 2
    alike = np.tile(descriptions[:1], (6, 1))
    refinement = refine(Support.of(examples[inside], labels[inside], alike, np.ones(6, bool)))
    assert np.isfinite(refinement.weights).all()


def test_weights_of_few_examples_are_longer_by_what_their_scores_lack():
    """Lengths go as a power of sqrt(1 + r / n): without it, the mean length is as it was."""
    examples, labels, descriptions, _ = world(5)
    first = np.flatnonzero(labels == 0)[0]
    few = (labels != 0) | (np.arange(len(labels)) == first)
    weights = prototypes_of(examples[few], labels[few], descriptions)
    support = Support.of(examples[few], labels[few], descriptions, np.ones(6, bool))
    refinement = refine(support)
    spread = spread_of_classes(support)
    near = (1 + spread / (np.bincount(labels[few], minlength=6) + 1.0)) ** (-0.5 * FEW)
    plain = refinement.weights * (near / near.mean())[:, None]
    before = np.linalg.norm(weights, axis=1).mean()
    assert np.linalg.norm(plain, axis=1).mean() == pytest.approx(before, rel=1e-5)


def test_descriptions_that_are_not_there_are_ignored():
    examples, labels, descriptions, _ = world(6)
    junk = descriptions.copy()
    junk[1] = np.nan
    described = np.arange(6) != 1
    one = refine(Support.of(examples, labels, descriptions, described))
    two = refine(Support.of(examples, labels, junk, described))
    np.testing.assert_array_equal(one.weights, two.weights)
    bare = refine(Support.of(examples, labels, junk, np.zeros(6, bool)))
    assert np.isfinite(bare.weights).all()


def test_stops_when_told_to():
    examples, labels, descriptions, _ = world(7)
    asked = []

    def stop():
        asked.append(1)
        return len(asked) >= 3

    arguments = (examples, labels, descriptions, np.ones(6, bool))
    assert refine(Support.of(*arguments), should_stop=stop) is None
    assert len(asked) == 3
    assert cross_fit(Support.of(*arguments), should_stop=lambda: True) is None


@pytest.mark.parametrize(("classes", "n"), [(5_000, 20), (100_000, 5)])
def test_too_large_is_told_from_the_sizes_alone(classes, n):
    started = time.perf_counter()
    assert steps_for(classes * (n + 1), classes, 384) == 0
    assert time.perf_counter() - started < 0.1
    assert steps_for(150 * 11, 150, 384) == refinement.MOST_STEPS
    assert refinement.FEWEST_STEPS <= steps_for(1_000 * 21, 1_000, 384) < refinement.MOST_STEPS


def test_nothing_to_fit():
    examples, labels, descriptions, _ = world(8)
    none = np.empty(0, dtype=np.int64)
    described = np.ones(6, bool)
    assert refine(Support.of(examples[:0], none, descriptions, described)) is None
    assert refine(Support.of(examples[:4], labels[:4], descriptions, described)) is None
    with pytest.raises(ValueError, match="expected"):
        Support.of(examples, labels[1:], descriptions, described)


def test_cross_fit_scores_each_example_by_weights_that_did_not_see_it():
    examples, labels, descriptions, _ = world(9, n=3)
    described = np.ones(6, bool)
    support = Support.of(examples, labels, descriptions, described)
    scores_of_folds = cross_fit(support).linear
    assert scores_of_folds.scores.shape == (18, 6)
    assert np.isfinite(scores_of_folds.scores).all()
    assert np.bincount(scores_of_folds.labels).tolist() == [3] * 6
    # by hand: the first part holds the first example of each class, in the order of lexsort
    order = np.lexsort((*examples.T[:3], support.class_ranks()[labels]))
    rows, owners = examples[order], labels[order]
    out = np.arange(18) % 3 == 0
    by_hand = refine(Support.of(rows[~out], owners[~out], descriptions, described))
    expected = rows[out] @ by_hand.weights.T + by_hand.biases
    np.testing.assert_allclose(scores_of_folds.scores[:6], expected, atol=2e-3)


def test_no_further_part_is_fitted_once_there_are_enough_queries():
    examples, labels, descriptions, _ = world(8, classes=40, n=200, dim=8)
    support = Support.of(examples, labels, descriptions, np.ones(40, bool))
    simulation = cross_fit(support).linear
    assert len(simulation.rows) == 2000  # a part is 50 of the 200 examples of each class
    assert len(simulation.strangers) == 1600  # a part is four of the classes: two parts


def test_strangers_are_scored_by_a_space_without_their_class():
    examples, labels, descriptions, _ = world(10, classes=10, n=3)
    described = np.ones(10, bool)
    support = Support.of(examples, labels, descriptions, described)
    scores_of_folds, ranks = cross_fit(support).linear, support.class_ranks()
    group = absent_classes(np.bincount(labels), len(labels), ranks)
    assert sorted(group.tolist()) == list(range(10))
    drawn = absent_classes(np.bincount(labels), 2001, ranks)
    assert sorted(drawn.tolist()) == [-1] * 6 + [0, 1, 2, 3]
    order = np.lexsort((*examples.T[:3], ranks[labels]))
    rows, owners = examples[order], labels[order]
    expected = []
    for fold in range(10):
        keep = np.flatnonzero(group != fold)
        inside = np.isin(owners, keep)
        column = np.searchsorted(keep, owners[inside])
        by_hand = refine(Support.of(rows[inside], column, descriptions[keep], described[keep]))
        expected.append((rows[~inside] @ by_hand.weights.T + by_hand.biases).max(axis=1))
    np.testing.assert_allclose(scores_of_folds.strangers, np.concatenate(expected), atol=2e-3)


def test_cross_fit_does_not_depend_on_the_order_of_the_examples():
    examples, labels, descriptions, _ = world(11, n=5)
    described = np.ones(6, bool)
    order = np.random.default_rng(0).permutation(len(labels))
    one = cross_fit(Support.of(examples, labels, descriptions, described)).linear
    two = cross_fit(Support.of(examples[order], labels[order], descriptions, described)).linear
    assert calibrate(one) == calibrate(two)
    assert sorted(one.rows.tolist()) == list(range(len(labels)))
    np.testing.assert_array_equal(labels[one.rows], one.labels)
    np.testing.assert_array_equal(order[two.rows], one.rows)  # each says which example it is


def test_the_order_of_examples_that_begin_alike_does_not_matter():
    """Counts of words: most vectors have the same first three components."""
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(4), 6)
    words = (np.arange(24)[:, None] + rng.integers(0, 3, (24, 4))) % 5 + 4
    examples = unit(np.stack([np.bincount(row, minlength=9) for row in words]).astype("f4"))
    order = rng.permutation(24)
    none = np.zeros((4, 9), np.float32), np.zeros(4, np.bool_)
    one = cross_fit(Support.of(examples, labels, *none)).linear
    two = cross_fit(Support.of(examples[order], labels[order], *none)).linear
    np.testing.assert_allclose(one.scores, two.scores, atol=1e-5)
    np.testing.assert_allclose(one.strangers, two.strangers, atol=1e-5)


def test_cross_fit_without_a_class_of_two():
    examples, labels, descriptions, _ = world(12, n=1)
    assert cross_fit(Support.of(examples, labels, descriptions, np.ones(6, bool))) is None


def test_refinement_is_for_cosines():
    examples, labels, descriptions, _ = world(13)
    assert (
        refine(Support.of(examples, labels, descriptions, np.ones(6, bool), metric="euclidean"))
        is None
    )
