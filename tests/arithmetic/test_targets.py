"""A target's confidence is that of the whole choice of a limit: coverage on simulated streams."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from fast_cases import few
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.risk_interval import Part, Risk, least_bounds, part_of_strangers
from protolabel.arithmetic.scored_queries import QueriesByLevel, ScoredQueries
from protolabel.arithmetic.target import Target, limit_of

ROUNDS = 200
SURE = 0.95
# More false promises than this have a chance of 1 in 1000 where each is false with 5 %.
MOST_FALSE = int(stats.binom.ppf(0.999, ROUNDS, 1 - SURE))

SHARE = 0.1
EVEN = Belonging(0.0, 0.0)  # a level says nothing of whether a document belongs


def flat(chances):
    """Return a risk that is just too high everywhere, whatever the chance says."""
    return np.full(len(chances), SHARE + 1e-6)


def rising(chances):
    """Return a risk that is low where the chance is high."""
    return (1 - chances) / 2


def stepped(chances):
    """Return a risk that is too high in all but the tenth of documents with the highest chance."""
    return np.where(chances > 0.9, 0.02, SHARE + 0.02)


def risk_above(risk, cut):
    """Return the true share of errors among chances from a cut on, which are uniform."""
    chances = np.linspace(cut, 1, 20_001)
    return float(risk(chances).mean())


def calibration(queries):
    ends = (0.0, 1.0)
    n = len(queries.best_scores)
    return Calibration(0.1, 0.0, n, 0.9, ends, ends, None, None, queries)


def of_members(chances, right, levels=None, strangers=None):
    """Return queries in which each document is of a class of its own."""
    n = len(chances)
    strangers = np.empty(0) if strangers is None else strangers
    return ScoredQueries(
        np.zeros(n) if levels is None else levels, chances, chances, right, np.arange(n),
        strangers, np.full(len(strangers), 0.5), np.arange(len(strangers)),
    )  # fmt: skip


@pytest.mark.parametrize("risk", [flat, rising, stepped])
@pytest.mark.parametrize("n", few([60, 600], [60]))
def test_a_promise_about_errors_is_false_no_more_often_than_its_confidence_says(risk, n):
    rng = np.random.default_rng(n)
    false = 0
    for _ in range(ROUNDS):
        chances = rng.uniform(size=n)
        right = rng.uniform(size=n) >= risk(chances)
        limit = limit_of(Target("errors", SHARE, SURE), calibration(of_members(chances, right)), 0)
        false += math.isfinite(limit.least_chance) and risk_above(risk, limit.least_chance) > SHARE
    assert false <= MOST_FALSE


@pytest.mark.parametrize("n", [25, 300])
@pytest.mark.parametrize("kind", ["strangers", "turned away"])
def test_a_promise_about_levels_is_false_no_more_often_than_its_confidence_says(kind, n):
    rng = np.random.default_rng(n)
    share, false = (0.8, 0) if kind == "strangers" else (0.2, 0)
    for _ in range(ROUNDS):
        levels = rng.uniform(size=n)
        far = levels if kind == "strangers" else None
        of = of_members(np.ones(n), np.ones(n, bool), levels, far)
        limit = limit_of(Target(kind, share, SURE), calibration(of), 0.2)
        assert limit.least_score is not None
        declined = min(max(limit.least_score, 0.0), 1.0)  # levels are uniform
        false += declined < share - 1e-12 if kind == "strangers" else declined > share + 1e-12
    assert false <= MOST_FALSE


def test_the_first_failure_ends_the_search_for_a_more_generous_limit():
    """Errors lie among the likeliest answers: what comes after them is no reason to promise."""
    chances = np.linspace(1, 0, 2000)
    right = np.arange(2000) >= 40  # the 40 likeliest are wrong, 2 % of all
    target = Target("errors", 0.05)
    assert limit_of(target, calibration(of_members(chances, right)), 0).shortage


def test_an_error_among_the_likeliest_answers_ends_no_promise():
    chances = np.linspace(1, 0, 2000)
    right = np.arange(2000) != 3
    limit = limit_of(Target("errors", 0.05), calibration(of_members(chances, right)), 0)
    assert limit.coverage == 1.0


def test_few_answers_without_an_error_promise_what_they_can():
    """With 95 % confidence 59 answers without an error promise 5 % of errors, and 58 do not."""
    for n in (58, 59):
        of = of_members(np.linspace(1, 0, n), np.ones(n, bool))
        assert bool(limit_of(Target("errors", 0.05), calibration(of), 0).shortage) == (n < 59)


# -- classes under others ------------------------------------------------------------------------


def of_levels(rng, n):
    """Return queries of documents whose class above is nearly sure, and right 99 times in 100."""
    chances, above = rng.uniform(size=n), rng.uniform(0.9995, 1.0, size=n)
    right_above = rng.uniform(size=n) >= 0.01
    right = right_above & (rng.uniform(size=n) >= rising(chances))
    by_level = QueriesByLevel(
        np.stack([above, chances], axis=1),
        np.stack([right_above, right], axis=1),
        np.empty((0, 2)),
    )
    return replace(of_members(chances, right), by_level=by_level)


def test_a_promise_reaches_below_the_chances_of_the_classes_above_and_is_kept():
    """Else every document whose class is less sure would be answered with the class above."""
    rng, false, limits = np.random.default_rng(0), 0, []
    for _ in range(ROUNDS // 2):
        limit = limit_of(Target("errors", SHARE, SURE), calibration(of_levels(rng, 300)), 0)
        chances = np.linspace(0, 1, 2001)
        deep = chances >= limit.least_chance
        risk = np.where(deep, 0.01 + 0.99 * rising(chances), 0.01).mean()
        false += risk > SHARE
        limits.append(limit.least_chance)
    assert false <= stats.binom.ppf(0.999, ROUNDS // 2, 1 - SURE)
    assert np.median(limits) < 0.6


def with_strangers(rng, n, far):
    """Return queries by level of documents, and of strangers that a class above seems to hold."""
    chances = 1.0 - 0.7 * rng.uniform(size=n) ** 2
    above = chances + (1 - chances) * rng.uniform(size=n)
    right = rng.uniform(size=n) < chances
    right_above = right | (rng.uniform(size=n) * (1 - chances) < above - chances)
    far_chances = 0.5 * rng.uniform(size=far)
    by_level = QueriesByLevel(
        np.stack([above, chances], axis=1), np.stack([right_above, right], axis=1),
        np.stack([rng.uniform(0.4, 0.95, far), far_chances], axis=1),
    )  # fmt: skip
    levels, far_levels = rng.normal(4, 1, n), rng.normal(0, 1, far)
    of = of_members(chances, right, levels, far_levels)
    return replace(of, stranger_shares=far_chances, by_level=by_level)


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_with_strangers_answers_by_level_are_as_deep_as_answers_of_classes_alone(share):
    """And answers of the classes above come in besides, within the same promise."""
    belonging = Belonging(1.5, -3.0)
    rng = np.random.default_rng(5)
    for _ in range(5):
        of = with_strangers(rng, 1500, 1500)
        fitted = replace(calibration(of), belonging=belonging)
        flat = replace(fitted, queries=replace(of, by_level=None))
        target = Target("errors", share)
        deep, alone = (limit_of(target, one, 0.2) for one in (fitted, flat))
        assert deep.least_chance <= alone.least_chance + 0.02
        assert deep.coverage >= alone.coverage - 0.01
        assert (deep.bound <= share, alone.coverage > 0.3) == (True, True)


# -- classes that differ ------------------------------------------------------------------------


def of_classes(rng, classes, n, spread):
    """Return queries of strangers whose classes differ; a level is normal within a class."""
    levels = rng.normal(size=(classes, 1)) * spread + rng.normal(size=(classes, n))
    k = classes * n
    return ScoredQueries(
        np.full(k, 9.0), np.full(k, 1.0), np.full(k, 1.0), np.ones(k, bool), np.arange(k),
        levels.reshape(-1), np.full(k, 0.5), np.repeat(np.arange(classes), n),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "n", "share", "kept"),
    [(6, 10, 0.9, False), (12, 10, 0.9, False), (40, 5, 0.9, True), (12, 10, 0.7, True)],
)
def test_a_promise_about_strangers_counts_classes_that_differ(classes, n, share, kept):
    """Strangers to come are of other classes, and a class answered once is answered often."""
    rng = np.random.default_rng(classes)
    false = promises = 0
    for _ in range(ROUNDS):
        of = of_classes(rng, classes, n, spread=2.0)
        limit = limit_of(Target("strangers", share, SURE), calibration(of), 0.2)
        assert limit.least_score is not None
        promises += not limit.shortage
        false += stats.norm.cdf(limit.least_score / math.sqrt(5.0)) < share
    assert false <= MOST_FALSE
    assert (promises > ROUNDS / 2) == kept


@pytest.mark.parametrize(("classes", "share"), [(6, 0.05), (6, 0.2), (40, 0.1)])
def test_a_promise_about_errors_counts_classes_of_strangers_that_differ(classes, share):
    """All that belongs is right; the errors are strangers, and these differ by their classes."""
    rng = np.random.default_rng(classes)
    strangers, false = 0.5, 0
    for _ in range(ROUNDS):
        of = of_classes(rng, classes, 10, spread=2.0)
        of = ScoredQueries(
            of.best_scores, of.shares, of.own, of.right, of.classes, of.stranger_best_scores,
            stats.norm.cdf(of.stranger_best_scores), of.stranger_classes,
        )  # fmt: skip
        fitted = Calibration(0.1, 0.0, 9, 0.9, (0.0, 1.0), (0.0, 1.0), None, EVEN, of)
        limit = limit_of(Target("errors", share, SURE), fitted, strangers)
        if limit.least_chance is None or not math.isfinite(limit.least_chance):
            continue
        cut = stats.norm.ppf(min(1.0, 2 * limit.least_chance)) / math.sqrt(5.0)
        answered = strangers * stats.norm.sf(cut)
        false += answered / (1 - strangers + answered) > share
    assert false <= MOST_FALSE


@pytest.mark.parametrize(("share", "classes"), [(0.9, 32), (0.7, 10)])
def test_the_number_of_classes_that_a_shortage_names_is_enough(share, classes):
    target = Target("strangers", share)
    for n in (classes - 1, classes):
        of = of_classes(np.random.default_rng(n), n, 3, spread=1.0)
        shortage = limit_of(target, calibration(of), 0.2).shortage
        assert bool(shortage) == (n < classes)
        assert not shortage or f"examples in at least {classes} classes" in shortage


@given(
    st.floats(0.0, 0.99), st.just(0.0) | st.floats(1e-6, 1.0), st.integers(1, 5000),
    st.integers(1, 300), st.floats(1.0, 2.0), st.floats(0.5, 0.999),
)  # fmt: skip
def test_the_risk_without_an_error_is_one_number_by_both_ways(
    weight, answered, documents, classes, excess, confidence
):
    members, strangers = (1 - weight) * answered, Part(weight, 0.0, classes, excess)
    one = Risk(Part(members, 0.0, documents), strangers).upper(confidence)
    many = least_bounds(np.array([members]), np.array([float(documents)]), strangers, confidence)
    assert many[0] == pytest.approx(one, abs=1e-9)


@pytest.mark.parametrize("classes", [6, 10, 15])
@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_what_few_classes_say_of_strangers_holds(classes, rate):
    """The upper end is below the true share no more often than it says, where classes differ."""
    rng = np.random.default_rng(classes)
    spread, labels = 1.0, np.repeat(np.arange(classes), 10)
    cut = stats.norm.isf(rate) * math.sqrt(1 + spread**2)
    misses = 0
    for _ in range(ROUNDS):
        levels = spread * rng.normal(size=classes)[labels] + rng.normal(size=len(labels))
        part = part_of_strangers(1.0, levels >= cut, labels)
        misses += part.upper(SURE) / part.excess < rate
    assert misses <= MOST_FALSE


@pytest.mark.parametrize(("classes", "n"), [(2, 50), (6, 10), (10, 10), (40, 5)])
def test_more_answered_strangers_never_promise_much_less_risk(classes, n):
    labels = np.repeat(np.arange(classes), n)
    uppers = []
    for answered in range(classes + 1):
        answers = np.zeros(len(labels), bool)
        answers[: answered * n : n] = True  # one of each of so many classes
        uppers.append(part_of_strangers(1.0, answers, labels).upper(SURE))
    assert min(uppers) > 0.75 * uppers[0]
