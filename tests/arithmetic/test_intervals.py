"""Intervals against SciPy, plain loops, and simulated data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from protolabel.arithmetic.intervals import (
    case_share,
    clustered_share,
    combined,
    combined_share,
    normal_interval,
    t_interval,
    t_quantile,
    wilson,
)
from protolabel.arithmetic.variances import (
    Variance,
    classes_variance,
    documents_variance,
    draws_variance,
)


@pytest.mark.parametrize("freedom", [1, 2, 4, 7.5, 100])
def test_quantiles_of_t_are_those_of_scipy_stats(freedom):
    assert t_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom))


def test_five_draws_take_student_and_not_the_normal():
    values = [0.70, 0.72, 0.74, 0.69, 0.71]
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    estimate = t_interval(values)
    assert (estimate.mean - estimate.interval, estimate.mean + estimate.interval) == (
        pytest.approx(low),
        pytest.approx(high),
    )
    assert estimate.interval > 1.4 * normal_interval(values).interval


def test_one_value_has_no_interval():
    assert math.isnan(t_interval([0.5]).interval)
    assert math.isnan(t_interval([]).mean)


@pytest.mark.parametrize(("right", "n"), [(0, 5), (3, 7), (40, 40), (77, 100)])
def test_wilson_is_that_of_scipy_stats(right, n):
    expected = stats.binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right / n, n) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_copies_add_no_evidence_to_a_share():
    hits = np.array([1, 1, 0, 1, 0, 1, 1, 1], float)
    once = clustered_share(hits, np.arange(8))
    five = clustered_share(np.tile(hits, 5), np.tile(np.arange(8), 5))
    assert five[1] - five[0] > 0.95 * (once[1] - once[0])
    assert once == wilson(hits.mean(), 8)  # which are independent
    all_right = clustered_share(np.ones(40), np.tile(np.arange(8), 5))
    assert all_right == (pytest.approx(wilson(1, 8)[0]), pytest.approx(1.0))


def test_copies_add_no_evidence_to_a_mean_over_documents():
    rng = np.random.default_rng(0)
    rates, labels = rng.random(30), np.repeat(np.arange(3), 10)
    once = documents_variance(rates, labels, np.arange(30))
    copied = documents_variance(np.tile(rates, 4), np.tile(labels, 4), np.tile(np.arange(30), 4))
    assert copied.value == pytest.approx(once.value)
    assert copied.freedom == once.freedom == 27


def test_the_variance_over_documents_is_that_of_a_stratified_mean():
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(3), [4, 6, 10])
    rates = rng.random(20)
    expected = sum(
        (n / 20) ** 2 * rates[labels == k].var(ddof=1) / n for k, n in enumerate([4, 6, 10])
    )
    assert documents_variance(rates, labels, np.arange(20)).value == pytest.approx(expected)


def test_draws_that_share_no_support_are_independent():
    values = np.array([0.6, 0.7, 0.65, 0.72])
    assert draws_variance(values, 0.0).value == pytest.approx(values.var(ddof=1) / 4)
    assert draws_variance(values, 0.5).value > 4 * draws_variance(values, 0.0).value


def test_parts_add_up_and_the_uncertain_part_rules_the_freedom():
    estimate = combined(0.5, 3, [Variance(0.04, 2), Variance(0.0001, 1000)])
    assert estimate.interval == pytest.approx(stats.t.ppf(0.975, 2.01) * 0.04010**0.5, rel=0.01)
    assert math.isnan(combined(0.5, 1, [Variance(0.1, 0)]).interval)


@pytest.mark.parametrize(("share", "documents"), [(0.98, 24), (0.95, 24), (0.9996, 48), (0.5, 30)])
def test_the_interval_of_a_share_near_1_holds_however_few_documents(share, documents):
    """By enumeration: of each number of right answers, its probability and whether it holds."""
    coverage = 0.0
    for right in range(documents + 1):
        rates = (np.arange(documents) < right).astype(float)
        part = documents_variance(rates, np.zeros(documents, int), np.arange(documents))
        low, high = combined_share(right / documents, 1, [part], documents).bounds
        if low <= share <= high:
            coverage += stats.binom.pmf(right, documents, share)
    assert coverage > 0.93


def test_the_interval_of_a_share_of_which_all_is_right_is_no_narrower_than_wilsons():
    one = combined_share(1.0, 5, [Variance(0.0, 20)], 24)
    assert one.bounds == (pytest.approx(wilson(1.0, 24)[0]), 1.0)
    assert one.percent(1).startswith("100.0 (")
    assert combined_share(1.0, 5, [Variance(0.01, 4)], 24) == combined(1.0, 5, [Variance(0.01, 4)])
    assert combined_share(0.5, 5, [Variance(1e-6, 9)], 24).interval < 0.01


@pytest.mark.parametrize(("share", "n"), [(0.99, 7), (0.9, 7), (0.5, 21), (0.95, 60)])
def test_the_interval_of_a_share_of_cases_holds_however_few(share, n):
    """By enumeration of all outcomes."""
    coverage = 0.0
    for right in range(n + 1):
        low, high = case_share([1.0] * right + [0.0] * (n - right)).bounds
        coverage += stats.binom.pmf(right, n, share) * (low <= share <= high)
    assert coverage > 0.92


@pytest.mark.parametrize("n", [2, 7, 100])
@pytest.mark.parametrize("interval", [case_share, normal_interval])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_no_share_has_an_interval_without_a_width(interval, value, n):
    """Before, `100.00 ± 0.00 % (n = 7)`, as if no further case could be wrong."""
    one = interval([value] * n)
    low, high = one.bounds
    assert high - low > 0.8 * (1 - 0.05 ** (1 / n))  # about as wide as by the rule of three
    assert "±" not in str(one)


def test_where_episodes_differ_the_interval_is_that_of_published_protocols():
    values = [0.8, 0.9, 1.0, 1.0]
    half = 1.96 * np.std(values, ddof=1) / 2
    assert normal_interval(values).interval == pytest.approx(half)


def test_too_few_classes_say_nothing_of_new_classes():
    members = np.tile(np.arange(5), (10, 1))
    assert classes_variance(np.linspace(0, 1, 10), members, 6) is None


# -- coverage: the truth is known where the classes are Gaussian --------------------------------


def right_answers(queries, centres):
    """Whether each query of each class, (K, q, d), is nearest to its own centre."""
    distances = ((queries[:, :, None] - centres) ** 2).sum(axis=-1)
    return distances.argmin(axis=-1) == np.arange(len(centres))[:, None]


def coverage_over_draws(classes, pool, shot, draws, times):
    rng = np.random.default_rng(classes * pool + shot)
    covered = covered_before = 0
    for _ in range(times):
        middle = rng.normal(size=(classes, 8)) * 1.2
        truth = np.mean([
            right_answers(
                middle[:, None] + rng.normal(size=(classes, 50, 8)),
                (middle[:, None] + rng.normal(size=(classes, shot, 8))).mean(axis=1),
            ).mean()
            for _ in range(40)
        ])  # fmt: skip
        documents = middle[:, None] + rng.normal(size=(classes, pool, 8))
        right, times_asked, accuracies = np.zeros((classes, pool)), np.zeros((classes, pool)), []
        for _ in range(draws):
            support = np.argsort(rng.random((classes, pool)), axis=1) < shot
            centres = np.stack([documents[k][support[k]].mean(axis=0) for k in range(classes)])
            answers = right_answers(documents, centres) & ~support
            right += answers
            times_asked += ~support
            accuracies.append(answers.sum() / (~support).sum())
        asked = times_asked > 0
        labels = np.repeat(np.arange(classes), pool).reshape(classes, pool)[asked]
        parts = [
            draws_variance(np.array(accuracies), shot / pool),
            documents_variance(right[asked] / times_asked[asked], labels, np.arange(len(labels))),
        ]
        estimate = combined_share(float(np.mean(accuracies)), draws, parts, len(labels))
        covered += abs(truth - estimate.mean) <= estimate.interval
        before = normal_interval(accuracies)
        covered_before += abs(truth - before.mean) <= before.interval
    return covered / times, covered_before / times


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "pool", "shot", "draws"),
    [(5, 20, 1, 5), (5, 20, 5, 5), (10, 20, 10, 5), (20, 30, 5, 5), (20, 10, 5, 10)],
)
def test_intervals_over_draws_hold_on_new_data(classes, pool, shot, draws):
    covered, covered_before = coverage_over_draws(classes, pool, shot, draws, 200)
    assert covered >= 0.90  # 95 % is promised; 200 simulations tell it to within 3 points
    assert covered_before < 0.85


def test_intervals_over_draws_hold_on_one_kind_of_new_data():
    covered, covered_before = coverage_over_draws(5, 20, 5, 5, 60)
    assert covered >= 0.85
    assert covered_before < covered


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "way", "shot", "episodes"),
    [(7, 5, 1, 300), (10, 5, 1, 300), (20, 5, 1, 600), (20, 5, 5, 600)],
)
def test_intervals_over_episodes_hold_for_new_classes(classes, way, shot, episodes):
    rng = np.random.default_rng(classes + shot)

    def draw(n):
        middle = rng.normal(size=(n, way, 6))
        centres = middle + rng.normal(size=middle.shape) / math.sqrt(shot)
        queries = middle[:, :, None] + rng.normal(size=(n, way, 5, 6))
        distances = ((queries[:, :, :, None] - centres[:, None, None]) ** 2).sum(axis=-1)
        return (distances.argmin(axis=-1) == np.arange(way)[:, None]).mean()

    truth = draw(4000)
    covered = covered_before = 0
    for _ in range(100):
        middle = rng.normal(size=(classes, 6))
        documents = middle[:, None] + rng.normal(size=(classes, 30, 6))
        accuracies, members = [], []
        for _ in range(episodes):
            chosen = rng.permutation(classes)[:way]
            order = np.argsort(rng.random((way, 30)), axis=1)
            picked = np.take_along_axis(documents[chosen], order[:, : shot + 5, None], axis=1)
            centres = picked[:, :shot].mean(axis=1)
            accuracies.append(right_answers(picked[:, shot:], centres).mean())
            members.append(chosen)
        variance = classes_variance(np.array(accuracies), np.array(members), classes)
        assert variance is not None
        estimate = combined_share(float(np.mean(accuracies)), episodes, [variance], classes, few=0)
        covered += abs(truth - estimate.mean) <= estimate.interval
        before = normal_interval(accuracies)
        covered_before += abs(truth - before.mean) <= before.interval
    assert covered >= 88
    assert covered_before < 80
