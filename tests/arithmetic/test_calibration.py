"""Simulation against plain loops; calibration against a world whose probabilities are known."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from protolabel.arithmetic import calibration, leave_one_out
from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.nearness import SPREAD, nearness, spread_of_classes
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import unit


def space(seed, counts, dim=6, noise=0.6):
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(len(counts), dim))
    labels = np.repeat(np.arange(len(counts)), counts)
    examples = unit((means[labels] + noise * rng.normal(size=(len(labels), dim))).astype("f4"))
    descriptions = unit((means + 0.4 * rng.normal(size=means.shape)).astype("f4"))
    sums = np.zeros(means.shape)
    np.add.at(sums, labels, examples.astype(float))
    return examples, labels, np.array(counts), sums, descriptions


def with_strangers(scores, labels, strangers):
    """Queries that are different documents, with strangers."""
    rows = np.arange(len(labels))
    of_strangers = np.full((len(strangers), scores.shape[1]), -np.inf, np.float32)
    of_strangers[:, 0] = strangers
    few = rows[: len(strangers)]
    return replace(
        Simulation.of_queries(scores, labels, rows),
        stranger_scores=of_strangers,
        stranger_labels=labels[: len(few)],
        stranger_rows=few,
        stranger_groups=few,
    )


def by_loops(examples, labels, descriptions, described, kappa, metric):
    """Leave each example out in turn, by its definition; the own sum brought back to n members."""
    rows, owners = [], []
    members = [
        [x for x, y in zip(examples, labels, strict=True) if y == k]
        for k in range(len(descriptions))
    ]
    for i, (x, own) in enumerate(zip(examples, labels, strict=True)):
        n = len(members[own])
        if n < 2:
            continue
        row = []
        for k, inside in enumerate(members):
            weight = kappa if described[k] else 0.0
            if not inside and not weight:
                row.append(-math.inf)  # no prototype
                continue
            total = sum((m.astype(float) for m in inside), np.zeros(len(x)))
            centre = (weight * descriptions[k].astype(float) + total) / max(
                weight + len(inside), 1e-30
            )
            product, left = float(centre @ x.astype(float)), centre
            if k == own:
                others = [examples[j] for j in range(len(labels)) if labels[j] == own and j != i]
                mean = sum(float(o.astype(float) @ x.astype(float)) for o in others) / (n - 1)
                from_description = weight * float(descriptions[k].astype(float) @ x.astype(float))
                product = (from_description + n * mean) / (weight + n)
                rest = sum((o.astype(float) for o in others), np.zeros(len(x))) / (n - 1)
                left = (weight * descriptions[k].astype(float) + n * rest) / (weight + n)
            length = math.sqrt(float(centre @ centre))
            if metric == "cosine":
                row.append(product / length if length else 0.0)
            else:
                row.append(
                    -sum((a - b) ** 2 for a, b in zip(x.tolist(), left.tolist(), strict=True))
                )
        rows.append(row)
        owners.append(own)
    return np.array(rows), np.array(owners)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 4), min_size=2, max_size=5),
    st.floats(0.1, 5.0),
    st.sampled_from(["cosine", "euclidean"]),
)
def test_simulate_agrees_with_loops(seed, counts, kappa, metric):
    examples, labels, _sizes, _sums, descriptions = space(seed, counts)
    described = np.random.default_rng(seed).random(len(counts)) < 0.7
    simulation = simulate(
        Support.of(examples, labels, descriptions, described, kappa=kappa, metric=metric)
    )
    rows, owners = by_loops(examples, labels, descriptions, described, kappa, metric)
    assert simulation.labels.tolist() == owners.tolist()
    assert simulation.scores.shape == (len(owners), len(counts))
    for i, own in enumerate(owners):
        np.testing.assert_allclose(simulation.scores[i], rows[i], atol=2e-5)
        others = [rows[i][k] for k in range(len(counts)) if k != own]
        if max(others) == -math.inf:
            continue
        assert simulation.own[i] == pytest.approx(rows[i][own], abs=2e-5)
        assert simulation.rival[i] == pytest.approx(max(others), abs=2e-5)
        assert simulation.rival[i] in simulation.strangers


def test_the_own_score_is_what_a_new_document_meets_on_average():
    gaps = []
    for seed in range(300):
        examples, labels, _counts, sums, descriptions = space(seed, [3, 3, 3], dim=20)
        rng = np.random.default_rng(seed)  # the same class means as ``space`` drew
        means = rng.normal(size=(3, 20))
        query = np.random.default_rng(10_000 + seed).normal(size=(3, 20))
        queries = unit((means + 0.6 * query).astype("f4"))
        centres = unit((sums + descriptions).astype("f4"))
        left_out = simulate(Support.of(examples, labels, descriptions, np.ones(3, bool)))
        gaps.append(left_out.own.mean() - (centres * queries).sum(axis=1).mean())
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / math.sqrt(len(gaps)) + 1e-3


def test_large_spaces_are_subsampled(monkeypatch):
    monkeypatch.setattr(leave_one_out, "MOST_CELLS", 60)
    examples, labels, _counts, sums, descriptions = space(0, [10] * 5)
    support = Support.of(examples, labels, descriptions, np.ones(5, bool))
    one, two = (simulate(support) for _ in range(2))
    assert len(one.labels) == 12
    np.testing.assert_array_equal(one.scores, two.scores)
    # and it says which they are: scores against other classes are plain products
    assert len(set(one.rows.tolist())) == 12
    np.testing.assert_array_equal(labels[one.rows], one.labels)
    centres = unit((sums + descriptions).astype("f4"))
    others = one.labels[:, None] != np.arange(5)
    plain = examples[one.rows] @ centres.T
    np.testing.assert_allclose(one.scores[others], plain[others], atol=1e-5)


def known_world(temperature, m=4000, classes=5, seed=0):
    """Scores, and labels drawn with the probabilities that a softmax at ``temperature`` gives."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0, 1, size=(m, classes)).astype("f4")
    p = np.exp(scores / temperature)
    p /= p.sum(axis=1, keepdims=True)
    labels = (p.cumsum(axis=1) > rng.random((m, 1))).argmax(axis=1)
    return with_strangers(scores, labels, scores[:, 0]), p


@pytest.mark.parametrize("temperature", [0.05, 0.2, 0.6])
def test_finds_the_temperature_and_the_probabilities_of_a_known_world(temperature):
    simulation, p = known_world(temperature)
    fit = calibrate(simulation)
    assert fit.temperature == pytest.approx(temperature, rel=0.08)
    np.testing.assert_allclose(fit.probability(simulation.scores), p, atol=0.03)
    best = fit.probability(simulation.scores).max(axis=1)
    assert best.mean() == pytest.approx(fit.accuracy, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_temperature_is_the_best_on_a_grid(seed, right):
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0, 1, size=(40, 4)).astype("f4")
    labels = np.where(rng.random(40) < right, scores.argmax(axis=1), rng.integers(0, 4, 40))

    def loss(t):
        total, wrong = 0.0, 0.0
        for row, y in zip(scores.tolist(), labels.tolist(), strict=True):
            norm = math.log(sum(math.exp((s - max(row)) / t) for s in row)) + max(row) / t
            total += norm - row[y] / t
            wrong += norm - max(s for k, s in enumerate(row) if k != y) / t
        return total + wrong / len(scores)

    temperature = temperature_of(with_strangers(scores, labels, scores[:, 0]))
    assert loss(temperature) <= min(loss(t) for t in np.geomspace(1e-3, 10, 100)) + 1e-4


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 30))
def test_balanced_threshold_is_the_best_of_all_cuts(seed, m):
    rng = np.random.default_rng(seed)
    best = np.round(rng.uniform(0, 1, m), 1)
    strangers = np.round(rng.uniform(0, 0.8, m), 1)
    right = rng.random(m) < 0.8
    threshold = calibration.balanced_threshold(best, right, strangers)

    def worth(cut):
        return sum(b >= cut and r for b, r in zip(best, right, strict=True)) + sum(
            s < cut for s in strangers
        )

    assert worth(threshold) == max(worth(c) for c in np.concatenate([best, strangers]))


def test_threshold_lies_low_in_a_gap_between_strangers_and_examples_that_are_alike():
    threshold = calibration.balanced_threshold(
        np.full(9, 0.9), np.ones(9, bool), np.array([0.1, 0.3])
    )
    assert threshold == pytest.approx(0.45)


def test_default_threshold_declines_one_in_ten_at_most():
    simulation, _ = known_world(0.1)
    fitted = calibrate(simulation)
    best = simulation.scores.max(axis=1)
    assert (best >= fitted.threshold).mean() >= 0.9 - 1e-3
    assert fitted.coverage(fitted.threshold) == pytest.approx(
        (best >= fitted.threshold).mean(), abs=0.02
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000))
def test_sparing_threshold_is_a_tolerance_limit(seed, m):
    """By SciPy's binomial: sure of the number it turns away, and not of one more."""
    best = np.random.default_rng(seed).permutation(m).astype(float)
    declined = int((best < calibration.sparing_threshold(best)).sum())
    chance = binom(m, 0.1)
    assert chance.sf(declined) >= 0.95 or declined == 0  # P(more than so many belong below)
    assert chance.sf(declined + 1) < 0.95


def test_ten_in_a_hundred_are_turned_away_at_most_nineteen_times_in_twenty():
    """New queries of the world that a threshold was made in, 36 simulated queries each time."""
    rng = np.random.default_rng(5)
    new = rng.normal(size=20_000)
    cuts = [calibration.sparing_threshold(rng.normal(size=36)) for _ in range(400)]
    declined = np.array([(new < cut).mean() for cut in cuts])
    assert (declined <= 0.1).mean() >= 0.95


@pytest.mark.parametrize("counts", [[1] * 30, [0, 0, 0], [20, 20], [30, 1, 1], [2, 2, 2]])
def test_shortage_says_what_is_missing(counts):
    examples, labels, _sizes, _sums, descriptions = space(0, counts)
    fitted = calibrate(
        simulate(Support.of(examples, labels, descriptions, np.ones(len(counts), bool)))
    )
    assert isinstance(fitted, Shortage)
    assert "needs" in fitted.reason
    assert f"has {len(counts)} classes" in fitted.reason
    assert (fitted.midway is None) == (max(counts) < 2), "no example can be left out"


def test_what_lies_midway_is_between_own_and_other_classes():
    y = np.repeat([0, 1], 4)
    own = np.eye(2, 3, dtype="f4")[y] + 0.5 * np.eye(3, dtype="f4")[2]
    x = unit(own + np.random.default_rng(0).normal(scale=1e-3, size=own.shape).astype("f4"))
    fitted = calibrate(simulate(Support.of(x, y, np.zeros((2, 3), "f4"), np.zeros(2, bool))))
    assert isinstance(fitted, Shortage)
    assert fitted.midway == pytest.approx(0.5 * (1.0 + float(x[0] @ x[-1])), abs=0.01)


def test_nothing_lies_midway_where_the_examples_are_nearer_to_the_other_class():
    x, y = np.eye(4, dtype="f4")[[0, 1, 0, 1]], np.array([0, 0, 1, 1])
    fitted = calibrate(simulate(Support.of(x, y, np.zeros((2, 4), "f4"), np.zeros(2, bool))))
    assert isinstance(fitted, Shortage)
    assert fitted.midway is None


def test_survives_json():
    fitted = calibrate(known_world(0.1, m=50)[0])
    back = json.loads(json.dumps(fitted.values()))
    again = Calibration(**back)
    assert again.temperature == fitted.temperature
    assert again.false_accept(0.1) == fitted.false_accept(0.1)


@pytest.mark.parametrize("m", [10, 50, 500])
def test_never_wrong_is_not_certain(m):
    labels = np.arange(m) % 3
    scores = np.eye(3, dtype="f4")[labels]
    right = with_strangers(scores, labels, np.zeros(m, "f4"))
    p = calibrate(right).probability(scores).max(axis=1).mean()
    assert 1 - 3 / m < p < 1 - 0.5 / m


def test_scores_that_all_tie():
    same = with_strangers(np.ones((20, 3), "f4"), np.arange(20) % 3, np.ones(20, "f4"))
    fitted = calibrate(same)
    assert math.isfinite(fitted.temperature)
    np.testing.assert_allclose(fitted.probability(np.ones((1, 3), "f4")), 1 / 3)


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_nearness_is_what_documents_around_a_centre_show(n):
    rng = np.random.default_rng(n)  # |mu| = 1 and a mean squared distance of SPREAD
    dim = 4000
    centre = np.zeros(dim)
    centre[0] = 1.0
    shares = []
    for _ in range(200):
        drawn = centre + rng.normal(size=(n + 1, dim)) * np.sqrt(SPREAD / dim)
        mean, query = drawn[:n].mean(axis=0), drawn[n]
        shares.append((mean @ query) / np.linalg.norm(mean) / (centre @ query))
    assert np.mean(shares) == pytest.approx(nearness(np.array([float(n)]))[0], abs=0.01)


@pytest.mark.parametrize("spread", [0.3, 1.0, 6.0])
def test_the_spread_of_classes_is_that_which_documents_were_drawn_with(spread):
    rng = np.random.default_rng(1)
    dim, classes = 200, 60
    centres = rng.normal(size=(classes, dim))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    labels = np.repeat(np.arange(classes), rng.integers(1, 12, classes))
    rows = centres[labels] + rng.normal(size=(len(labels), dim)) * np.sqrt(spread / dim)
    support = Support.of(
        rows.astype(np.float32), labels, np.zeros((classes, dim), "f4"), np.zeros(classes, bool)
    )
    assert spread_of_classes(support) == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize("n", [1, 2])
def test_the_spread_of_few_documents_is_the_usual_one_or_near_it(n):
    rows = np.eye(3, dtype=np.float32)[:n]  # two documents that have nothing in common
    labels, none = np.zeros(n, int), np.zeros((1, 3), "f4")
    support = Support.of(rows, labels, none, np.zeros(1, bool))
    spread = spread_of_classes(support)
    assert spread == SPREAD if n == 1 else SPREAD < spread < 1.2


def test_classes_of_one_size_have_the_fitted_threshold():
    simulation = known_world(0.1)[0]
    sizes = np.full(simulation.scores.shape[1], 7.0)
    fitted = calibrate(simulation, sizes)
    assert fitted.thresholds(sizes) == pytest.approx(np.full(len(sizes), fitted.threshold))
    small, as_many, more = fitted.thresholds(np.array([1.0, 7.0, 70.0]))
    assert small < as_many < more
    bare = calibrate(simulation)
    assert bare.threshold == fitted.threshold
    assert (bare.thresholds(np.array([1.0, 70.0])) == bare.threshold).all()
