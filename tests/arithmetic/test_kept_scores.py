"""Calibrations from what an earlier one left behind, against those made from nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic import leave_one_out
from protolabel.arithmetic.calibration import Calibration, calibrate
from protolabel.arithmetic.kept_queries import is_near
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.prototypes import sizes
from protolabel.arithmetic.score_moments import moments
from protolabel.arithmetic.score_series import NEAR, series_of, sums_near
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit

DIM, CLASSES = 6, 40
RNG = np.random.default_rng(0)
MEANS = RNG.normal(size=(CLASSES, DIM))
DESCRIPTIONS = unit((MEANS + 0.4 * RNG.normal(size=MEANS.shape)).astype("f4"))
EVERYTHING = 2.0  # a share that no change exceeds


class World:
    """Classes by key and their examples, which come and go."""

    def __init__(self, metric: str) -> None:
        self.metric, self.next = metric, 9
        self.examples = [(key, vector(key, i)) for key in range(1, 9) for i in range(5)]

    @property
    def present(self) -> list[int]:
        return sorted({key for key, _ in self.examples})

    def change(self, what: str, place: int) -> None:
        """Make one change; ``place`` says where."""
        key, one = self.examples[place % len(self.examples)]
        if what == "add":
            self.examples.append((key, vector(key, place)))
        elif what == "copy":  # under whatever class it may be
            self.examples.append((self.present[place % len(self.present)], one))
        elif what == "remove":
            self.examples.remove((key, one))
        elif what == "move":
            self.examples.remove((key, one))
            self.examples.append((self.present[place % len(self.present)], one))
        elif what == "new class":
            self.examples += [(self.next, vector(self.next, i)) for i in range(place % 5)]
            self.next += 1
        elif what == "retire" and len(self.present) > 4:
            self.examples = [example for example in self.examples if example[0] != key]
        elif what == "old class":  # one that was retired comes back
            self.examples.append((place % 8 + 1, vector(place % 8 + 1, place)))
        self.examples.sort(key=lambda example: example[0])

    def support(self) -> tuple[Support, np.ndarray]:
        keys = np.array(self.present)
        labels = np.searchsorted(keys, [key for key, _ in self.examples])
        vectors = np.array([one for _, one in self.examples], np.float32)
        described = keys % 3 != 0
        support = Support.of(
            vectors, labels, DESCRIPTIONS[keys], described, metric=self.metric, kappa=1.3
        )
        return support, keys


@cache
def vector(key: int, number: int) -> tuple[float, ...]:
    noise = np.random.default_rng([key, number]).normal(size=DIM)
    return tuple(unit((MEANS[key] + 0.6 * noise)[None].astype("f4"))[0].tolist())


def assert_same(one: Calibration, other: Calibration) -> None:
    """Both say the same of every document, but for rounding."""
    first, second = one.values(), other.values()
    assert first.keys() == second.keys()
    for name in ("temperature", "threshold", "accuracy", "own", "stranger", "nearness"):
        if first[name] is None or second[name] is None:
            assert first[name] == second[name]
        else:
            np.testing.assert_allclose(first[name], second[name], rtol=2e-6, atol=1e-7)
    assert first["n"] == second["n"]
    if one.belonging is None or other.belonging is None:
        assert one.belonging == other.belonging
    else:
        assert one.belonging.slope == pytest.approx(other.belonging.slope, rel=1e-5)
        assert one.belonging.offset == pytest.approx(other.belonging.offset, rel=1e-5)
    kept, anew = one.queries, other.queries
    assert kept is not None
    assert anew is not None
    np.testing.assert_array_equal(kept.classes, anew.classes)
    np.testing.assert_array_equal(kept.right, anew.right)
    np.testing.assert_array_equal(kept.stranger_classes, anew.stranger_classes)
    for name in ("best_scores", "shares", "own", "stranger_best_scores", "stranger_shares"):
        np.testing.assert_allclose(getattr(kept, name), getattr(anew, name), rtol=1e-5, atol=1e-6)


CHANGES = st.tuples(
    st.sampled_from(["add", "copy", "remove", "move", "new class", "retire", "old class"]),
    st.integers(0, 999),
)


SERIES = {
    "series": st.lists(CHANGES, min_size=1, max_size=8),
    "metric": st.sampled_from(["cosine", "euclidean"]),
    "most_cells": st.sampled_from([150, 10**6]),
}


@settings(deadline=None, max_examples=12)
@given(**SERIES)
def test_any_series_of_changes_ends_where_a_calibration_from_nothing_does(
    series, metric, most_cells
):
    """Queries are drawn or all there, classes come, go and come back, documents have copies."""
    follow(series, metric, most_cells)


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(**SERIES)
def test_many_series_of_changes_end_where_a_calibration_from_nothing_does(
    series, metric, most_cells
):
    follow(series, metric, most_cells)


def follow(series, metric, most_cells) -> None:
    """Calibrate after each change, from what is kept and from nothing."""
    world, kept = World(metric), KeptScores(0, EVERYTHING)
    before = leave_one_out.MOST_CELLS
    leave_one_out.MOST_CELLS = most_cells
    try:
        for change in [None, *series]:
            if change:
                world.change(*change)
            support, keys = world.support()
            per_class = sizes(support.classes, support.kappa) if metric == "cosine" else None
            one = kept.calibrate(support, keys, per_class)
            other = calibrate(simulate(support), per_class)
            if isinstance(one, Calibration) and isinstance(other, Calibration):
                assert_same(one, other)
            else:
                assert one == other
    finally:
        leave_one_out.MOST_CELLS = before


@pytest.mark.parametrize("what", ["add", "remove", "move", "new class", "retire"])
def test_one_change_is_taken_in_without_all_scores(what):
    world, kept = World("cosine"), KeptScores(0, EVERYTHING)
    support, keys = world.support()
    kept.calibrate(support, keys, None)
    for number in range(3):
        world.change(what, 4 + number)
        support, keys = world.support()
        assert_same(kept.calibrate(support, keys, None), calibrate(simulate(support)))
    assert kept.updates == 3


def test_everything_is_made_anew_where_much_has_changed():
    world, kept = World("cosine"), KeptScores(0, 0.1)
    kept.calibrate(*world.support(), None)
    support, keys = world.support()
    other = replace(support, kappa=2.6)  # moves every prototype that has a description
    assert kept.calibrate(other, keys, None) == calibrate(simulate(other))
    world.examples = [example for example in world.examples if example[0] > 3]
    support, keys = world.support()
    assert kept.calibrate(support, keys, None) == calibrate(simulate(support))
    assert kept.updates == 0


def test_small_spaces_keep_nothing():
    world, kept = World("cosine"), KeptScores()
    for _ in range(2):
        kept.calibrate(*world.support(), None)
    assert kept.updates == 0


def test_scores_that_cannot_be_told_apart_are_made_anew():
    world, kept = World("cosine"), KeptScores(0, EVERYTHING)
    same = tuple(unit(np.ones((1, DIM), np.float32))[0].tolist())
    world.examples = [(key, same) for key in range(1, 5) for _ in range(8)]
    for _ in range(3):
        support, keys = world.support()
        support = replace(support, copies=np.arange(32), groups=np.arange(32))
        support = replace(
            support, classes=replace(support.classes, described=np.zeros(4, np.bool_))
        )
        one = kept.calibrate(support, keys, None)
        assert one == calibrate(simulate(support))


def test_most_simulated_queries_stay_when_examples_and_classes_come(monkeypatch):
    monkeypatch.setattr(leave_one_out, "MOST_CELLS", 160)
    world = World("cosine")
    support, _ = world.support()
    before = {bytes(support.embeddings[row]) for row in simulate(support).rows}
    world.change("add", 3)
    world.change("add", 11)
    support, _ = world.support()
    after = {bytes(support.embeddings[row]) for row in simulate(support).rows}
    assert len(before) == len(after) == 20
    assert len(before & after) >= 18


@pytest.mark.parametrize("moved", [-0.15, 0.15])
def test_a_temperature_that_jumps_needs_no_sums_anew(moved):
    """One wrong example among thousands of right ones moves the temperature by a twentieth."""
    assert is_near((1.0 + moved) * 40.0, 40.0)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 999), b=st.floats(0.5, 60.0), step=st.floats(-NEAR, NEAR))
def test_a_series_near_its_middle_is_the_sum_of_exponentials_there(seed, b, step):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(7, 50)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    top = scores.max(axis=1)
    total, first, second = sums_near(series_of(scores, top, b), step * b)
    below = scores.astype(np.float64) - top[:, None]
    weights = np.exp(b * (1 + step) * below)
    finite = np.where(np.isfinite(below), below, 0.0)
    np.testing.assert_allclose(total, weights.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(first, (weights * finite).sum(axis=1), rtol=1e-8, atol=1e-11)
    squares = (weights * finite**2).sum(axis=1)
    np.testing.assert_allclose(second, squares, rtol=1e-8, atol=1e-11)  # of two terms less
    mean = first / total
    assert moments(scores, top, b * (1 + step)) == pytest.approx(
        (mean.sum(), (second / total - mean * mean).sum()), rel=1e-9
    )
