"""Chances that count *none of these* in, risks, targets and label sets, beside plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from protolabel.arithmetic.belonging import Belonging, fit_belonging, share_of_strangers
from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate, with_strangers
from protolabel.arithmetic.conformal import set_rule
from protolabel.arithmetic.intervals import exact_share
from protolabel.arithmetic.leave_one_out import simulate, stranger_scores
from protolabel.arithmetic.risk import Cases, curve, risk_point
from protolabel.arithmetic.scored_queries import MOST, ScoredQueries
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.target import Target, limit_of
from protolabel.arrays import unit

SEEDS = st.integers(0, 2**32 - 1)


def support(seed: int, classes: int = 6, each: int = 5, dim: int = 8) -> Support:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, dim))
    labels = np.repeat(np.arange(classes), each)
    x = unit((centres[labels] + 0.7 * rng.normal(size=(len(labels), dim))).astype("f4"))
    words = unit((centres + 0.5 * rng.normal(size=centres.shape)).astype("f4"))
    return Support.of(x, labels, words, np.ones(classes, bool))


def queries(seed: int, m: int = 60, s: int = 40, classes: int = 5) -> ScoredQueries:
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.2, 1.0, m)
    right = rng.uniform(size=m) < shares
    own = np.where(right, shares, (1 - shares) * rng.uniform(size=m))
    return ScoredQueries(
        rng.normal(1.0, 1.0, m), shares, own, right, rng.integers(classes, size=m),
        rng.normal(-1.0, 1.0, s), rng.uniform(0.2, 1.0, s), rng.integers(classes, size=s),
    )  # fmt: skip


def calibration(of: ScoredQueries) -> Calibration:
    belonging = fit_belonging(of.best_scores, of.stranger_best_scores)
    levels = tuple(np.linspace(0, 1, 101).tolist())
    return Calibration(0.1, 0.0, len(of.best_scores), 0.9, levels, levels, None, belonging, of)


# -- belonging ----------------------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=25)
def test_the_curve_of_belonging_is_the_likeliest(seed):
    rng = np.random.default_rng(seed)
    members, strangers = rng.normal(0.6, 0.2, 30), rng.normal(0.4, 0.2, 17)

    def loss(point):
        value = 0.0
        for scores, target in ((members, 31 / 32), (strangers, 1 / 19)):
            for x in scores:
                odds = point[0] * x + point[1]
                value += (np.logaddexp(0, odds) - target * odds) / len(scores)
        return value

    curve = fit_belonging(members, strangers)
    best = minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "maxiter": 999})
    if curve.slope > 0:
        assert loss((curve.slope, curve.offset)) <= best.fun + 1e-9
    else:
        assert best.x[0] <= 1e-3


@given(SEEDS)
@settings(max_examples=25)
def test_a_higher_score_never_makes_a_stranger_likelier(seed):
    rng = np.random.default_rng(seed)
    curve = fit_belonging(rng.normal(size=9), rng.normal(size=7))
    chances = curve.probability(np.linspace(-3, 3, 50), 0.3)
    assert (np.diff(chances) >= 0).all()
    assert ((chances >= 0) & (chances <= 1)).all()


def test_scores_far_apart_are_not_certain_and_equal_ones_say_nothing():
    apart = fit_belonging(np.full(9, 1.0), np.full(4, 0.0))
    assert 0.9 < apart.probability(np.array([1.0]), 0.5)[0] < 1.0
    assert fit_belonging(np.ones(9), np.ones(4)) == Belonging(0.0, 0.0)
    assert Belonging(0.0, 0.0).probability(np.ones(1), 0.25)[0] == pytest.approx(0.75)
    assert Belonging(1.0, -900.0).probability(np.zeros(1), 0.0)[0] == 1.0


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 999), gap=st.floats(0.0, 6.0), slope=st.floats(0.0, 40.0))
def test_the_curve_is_the_same_wherever_the_search_begins(seed, gap, slope):
    rng = np.random.default_rng(seed)
    members, strangers = rng.normal(gap, 1.0, 60), rng.normal(0.0, 1.0, 50)
    assert fit_belonging(members, strangers, Belonging(slope, -slope)) == fit_belonging(
        members, strangers
    )


def test_the_share_of_strangers_in_a_stream_is_estimated():
    rng = np.random.default_rng(0)
    curve = fit_belonging(rng.normal(1, 0.5, 400), rng.normal(-1, 0.5, 400))
    for share in (0.0, 0.1, 0.4, 0.8):
        strangers = int(2000 * share)
        stream = np.concatenate(
            [rng.normal(1, 0.5, 2000 - strangers), rng.normal(-1, 0.5, strangers)]
        )
        assert share_of_strangers(curve.log_odds(stream)) == pytest.approx(share, abs=0.03)


# -- simulated strangers ------------------------------------------------------------------------


@given(SEEDS, st.sampled_from([0.0, 1.0, 2.5]))
@settings(max_examples=15)
def test_strangers_are_scored_as_by_a_label_space_without_their_class(seed, kappa):
    whole = support(seed).with_kappa(kappa)
    expected = []
    for k in range(whole.n_classes):
        rest = whole.take(whole.labels != k, np.arange(whole.n_classes) != k)
        model = LinearModel.of_classes(rest.classes, kappa, "cosine")
        expected.extend(model.scores(whole.embeddings[whole.labels == k]).max(axis=1))
    assert stranger_scores(whole) == pytest.approx(np.sort(expected), abs=1e-6)
    assert np.sort(simulate(whole).strangers) == pytest.approx(np.sort(expected), abs=1e-6)


@given(SEEDS)
@settings(max_examples=15)
def test_no_order_of_the_examples_changes_a_curve_or_a_limit(seed):
    whole = support(seed)
    order = np.random.default_rng(seed).permutation(len(whole.labels))
    one, two = calibrate(simulate(whole)), calibrate(simulate(whole.take(order)))
    assert isinstance(one, Calibration)
    assert isinstance(two, Calibration)
    assert one.belonging is not None
    assert two.belonging is not None
    assert two.belonging.slope == pytest.approx(one.belonging.slope, rel=1e-3)
    target = Target("errors", 0.3)
    limits = [limit_of(target, c, 0.2).least_chance for c in (one, two)]
    assert limits[0] == pytest.approx(limits[1], rel=1e-3)


def test_strangers_of_one_example_a_class_give_a_word_but_no_probability():
    few = support(3, each=1)
    shortage = calibrate(simulate(few))
    assert isinstance(shortage, Shortage)
    assert shortage.fit(0.9) == ""
    scores = stranger_scores(few)
    assert len(scores) == few.n_classes
    words = [with_strangers(shortage, scores).fit(x) for x in (scores[0] - 1, scores.mean(), 1.1)]
    assert words[0] == "far"
    assert words[-1] == "close"


def test_descriptions_stand_in_where_there_are_no_examples():
    bare = support(1).take(np.zeros(30, bool))
    assert len(stranger_scores(bare)) == bare.n_classes


def test_as_many_outcomes_are_kept_as_an_interval_needs():
    fitted = calibrate(simulate(support(0, classes=50, each=100)))
    assert isinstance(fitted, Calibration)
    assert fitted.queries is not None
    assert len(fitted.queries.best_scores) == MOST
    assert "queries" not in fitted.values()


# -- risk ---------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from([0.0, 0.1, 0.5]))
@settings(max_examples=25)
def test_a_risk_is_what_counting_gives(seed, share):
    of = queries(seed)
    belonging = fit_belonging(of.best_scores, of.stranger_best_scores)
    cases = Cases.of(of, belonging, share)
    cut = float(np.median(cases.chances))
    share_answered, wrong, missed = 0.0, 0.0, 0.0
    for i in range(len(of.best_scores)):
        chance = of.shares[i] * belonging.probability(of.best_scores[i : i + 1], share)[0]
        weight = (1 - share) / len(of.best_scores)
        share_answered += weight * (chance >= cut)
        wrong += weight * (chance >= cut and not of.right[i])
        missed += weight * (not of.right[i])
    for j in range(len(of.stranger_best_scores) if share else 0):
        belongs = belonging.probability(of.stranger_best_scores[j : j + 1], share)[0]
        weight = share / len(of.stranger_best_scores)
        answered = of.stranger_shares[j] * belongs >= cut
        share_answered, wrong, missed = (
            share_answered + weight * answered,
            wrong + weight * answered,
            missed + weight,
        )
    point = risk_point(cases, cut)
    assert point.coverage == pytest.approx(share_answered)
    assert point.risk == pytest.approx(wrong / share_answered)
    assert point.errors_caught == pytest.approx(1 - wrong / missed)
    assert point.low <= point.risk <= point.bound <= point.high


def test_a_curve_begins_with_everything_answered():
    points = curve(Cases.of(queries(1), None, 0.0))
    assert points[0].coverage == pytest.approx(1.0)
    assert points[0].errors_caught == pytest.approx(0.0)
    assert [p.coverage for p in points] == sorted((p.coverage for p in points), reverse=True)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (7, 311)])
def test_the_exact_interval_is_that_of_clopper_and_pearson(hits, n):
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    assert exact_share(hits, n) == pytest.approx((expected.low, expected.high))


# -- targets ------------------------------------------------------------------------------------


@given(
    SEEDS,
    st.sampled_from(["errors", "strangers", "turned away"]),
    st.sampled_from([0.05, 0.2, 0.7]),
)
@settings(max_examples=60)
def test_a_limit_keeps_its_target_or_declines_everything(seed, kind, share):
    fitted = calibration(queries(seed, m=200, s=150))
    limit = limit_of(Target(kind, share), fitted, 0.2)
    of = fitted.queries
    assert of is not None
    if limit.shortage:
        assert math.inf in (limit.least_chance, limit.least_score)
        assert limit.coverage == 0.0
    elif kind == "errors":
        assert limit.least_chance is not None
        point = risk_point(Cases.of(of, fitted.belonging, 0.2), limit.least_chance)
        assert point.risk <= point.bound <= share
    elif kind == "strangers":
        assert (of.stranger_best_scores < limit.least_score).mean() >= share
    else:
        assert (of.best_scores < limit.least_score).mean() <= share


@given(SEEDS, st.sampled_from(["errors", "strangers"]))
@settings(max_examples=30)
def test_what_a_shortage_says_can_be_promised_is_promised(seed, kind):
    fitted = calibration(queries(seed, m=20, s=12))
    target = Target(kind, 0.01 if kind == "errors" else 0.99)
    shortage = limit_of(target, fitted, 0.2).shortage
    assert "cannot be promised from" in shortage
    *_, possible = shortage.split()
    if possible != "nothing":
        assert not limit_of(Target(kind, float(possible.rstrip("%")) / 100), fitted, 0.2).shortage


@given(SEEDS)
@settings(max_examples=15)
def test_a_stricter_target_never_answers_more(seed):
    fitted = calibration(queries(seed, m=300, s=200))
    for kind, shares in (("errors", (0.3, 0.2, 0.1)), ("strangers", (0.5, 0.7, 0.9))):
        coverage = [limit_of(Target(kind, share), fitted, 0.3).coverage for share in shares]
        assert coverage == sorted(coverage, reverse=True)


# -- label sets ---------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from([0.8, 0.9, 0.95]))
@settings(max_examples=25)
def test_a_label_set_holds_what_a_loop_says(seed, coverage):
    of, rng = queries(seed, m=150), np.random.default_rng(seed)
    rule = set_rule(of, 6, coverage)
    p = rng.dirichlet(np.ones(6), 20)
    members = rule.members(p)
    for row in range(20):
        for k in range(6):
            own = [x for x, y in zip(of.own, of.classes, strict=True) if y == k]
            enough = math.floor((len(own) + 1) * (1 - coverage) + 1e-9) >= 1
            yardstick = own if enough else of.own.tolist()
            # the share of values, the new one included, that are as unusual as this one
            unusual = (1 + sum(x < p[row, k] for x in yardstick)) / (len(yardstick) + 1)
            fits = (1 + sum(x <= p[row, k] for x in yardstick)) / (len(yardstick) + 1)
            expected = fits > 1 - coverage + 1e-9 or unusual > 1 - coverage + 1e-9
            assert members[row, k] == (expected or k == p[row].argmax())
    assert rule.own[5] == np.False_  # a class without a simulated query has no yardstick of its own


def test_label_sets_hold_the_right_label_as_often_as_they_say():
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(300):
        values = rng.uniform(size=41)
        of = queries(0, m=40)
        rule = set_rule(
            ScoredQueries(of.best_scores, of.shares, values[:40], of.right, np.zeros(40, np.int64),
                     of.stranger_best_scores, of.stranger_shares, of.stranger_classes), 1, 0.9,
        )  # fmt: skip
        hits.append(values[40] >= rule.least[0])
    assert 0.86 < np.mean(hits) < 0.95


def test_too_few_queries_make_every_class_possible():
    rule = set_rule(queries(0, m=5, s=0), 4, 0.9)
    assert rule.members(np.array([[0.9, 0.1, 0.0, 0.0]])).all()
    assert rule.with_none(np.array([99.0])).all()
