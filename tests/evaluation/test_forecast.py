"""The forecast of accuracy with more examples: its law, its interval, and when it cannot tell."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.support import Support
from protolabel.evaluation.forecast import CannotTell, Forecast, forecast
from protolabel.evaluation.learning_curve import Luck, own_curve, own_luck
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.sentences import forecast_text


def answers(errors, m, rng, draws=6):
    """Right answers whose share of errors at each size is as given, each query its own luck."""
    level = rng.permutation((np.arange(m) + 0.5) / m)
    return np.stack([np.stack([level >= e for e in errors]) for _ in range(draws)])


def evaluation_with(estimate):
    return Evaluation("space", "a.space", "hashing", "cosine", 2, 50, {}, forecast=estimate)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    floor=st.floats(0, 0.25),
    slope=st.floats(0.1, 0.6),
    exponent=st.floats(0.3, 1.8),
    seed=st.integers(0, 99),
)
def test_the_law_recovers_what_made_the_curve(floor, slope, exponent, seed):
    sizes = np.array([1, 2, 3, 5, 8, 12.0])
    errors = floor + slope * sizes**-exponent
    m = 4000
    right = answers(errors, m, np.random.default_rng(seed))
    grid = np.repeat(sizes[:, None], m, axis=1)
    law = forecast(right, grid, np.full(m, 13.0), 3)
    expected = [1 - floor - slope * s**-exponent for s in (13.0, 16.0)]
    assert isinstance(law, Forecast)
    # The prior of the fit costs at most 0.003 at the corners (no floor, steep); 0.002 elsewhere.
    assert law.low - 0.005 <= expected[1] <= law.high + 0.005
    assert law.gain_low - 0.005 <= expected[1] - expected[0] <= law.gain_high + 0.005
    assert law.then == pytest.approx(expected[1], abs=0.02)
    assert law.high - law.low < 0.08


def held_back(seed, counts, more, noise, shares):
    """Examples of Gaussian classes, and the accuracy on new documents before and after ``more``.

    New documents are spread over the classes by ``shares``.
    """
    rng = np.random.default_rng(seed)
    d, classes = 24, len(counts)
    middle = rng.normal(size=(classes, d))

    def refined_head(numbers):
        y = np.repeat(np.arange(classes), numbers)
        x = middle[y] + noise * rng.normal(size=(len(y), d))
        return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), y

    x, y = refined_head(counts)
    extra, extra_y = refined_head(np.full(classes, more))
    test, truth = refined_head(np.full(classes, 300))

    def accuracy(rows, labels):
        centres = np.zeros((classes, d))
        np.add.at(centres, labels, rows)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        right = (test @ centres.T).argmax(axis=1) == truth
        return float((right.reshape(classes, -1).mean(axis=1) * shares).sum() / shares.sum())

    after = accuracy(np.concatenate([x, extra]), np.concatenate([y, extra_y]))
    return x, y, accuracy(x, y), after


def coverage(counts, noise, more=3, runs=20):
    """Shares of runs in which each interval holds the truth, and the mean width of the gain's."""
    counts = np.array(counts)
    level = gain = width = 0.0
    for seed in range(runs):
        shares = counts * (counts > 1)  # new documents come as the queries do
        x, y, before, after = held_back(seed, counts, more, noise, shares)
        largest = counts.max() - 1
        sizes = [k for k in (1, 2, 3, 4, 5, 7, 10, 14, 20, 28) if k < largest] + [largest]
        none = np.zeros((len(counts), x.shape[1]), np.float32), np.zeros(len(counts), bool)
        support = Support.of(x, y, *none)
        curve = own_curve(support, sizes=sizes)
        law = forecast(
            curve.right,
            curve.support.astype(float),
            counts[y[curve.query]] * 1.0,
            more,
            luck=own_luck(support, more),
        )
        assert isinstance(law, Forecast)
        level += law.low <= after <= law.high
        gain += law.gain_low <= after - before <= law.gain_high
        width += law.gain_high - law.gain_low
    return level / runs, gain / runs, width / runs


@pytest.mark.parametrize(
    ("counts", "noise"), [([6] * 10, 2.0), ([9, 7, 5, 3] * 5, 2.2), ([40, 40] + [3] * 10, 2.4)]
)
def test_the_interval_covers_what_held_back_examples_bring(counts, noise):
    level, gain, width = coverage(counts, noise, runs=10)
    assert level >= 0.7  # 95 % intervals: 7 or fewer of 10 in 1.2 % of such runs
    assert gain >= 0.7
    assert width < 0.25  # and they say something


@pytest.mark.slow
@pytest.mark.parametrize("noise", [1.6, 2.4])
@pytest.mark.parametrize(
    "counts",
    [
        [8] * 12,
        [2, 3, 4, 5, 8, 10, 15, 20, 30, 40],
        [40, 40] + [3] * 10,
        [60, 30, 20, 15, 12, 10, 8, 6, 5, 4, 3, 3, 2, 2, 2, 2],
        [30, 20, 10, 5, 1, 1, 1, 1, 2, 2, 2, 2],
    ],
    ids=["even", "uneven", "two large", "long tail", "single ones"],
)
def test_the_intervals_hold_where_classes_are_uneven(counts, noise):
    """Forty runs each: with the mean count for all classes the gain's held 42 to 83 % of them."""
    level, gain, _ = coverage(counts, noise, more=5, runs=40)
    assert gain >= 0.875  # 34 or fewer of 40 in 1.4 % of such runs of a 95 % interval
    assert level >= 0.8


def test_the_luck_of_a_prototype_is_that_of_drawing_it_again():
    """Against new supports of the same classes: the variance of the accuracy that each has."""
    rng = np.random.default_rng(0)
    middle = rng.normal(size=(6, 12))
    y = np.repeat(np.arange(6), 8)
    truth = np.repeat(np.arange(6), 400)
    test = middle[truth] + 1.5 * rng.normal(size=(len(truth), 12))
    accuracies = []
    for _ in range(300):
        centres = (middle[y] + 1.5 * rng.normal(size=(48, 12))).reshape(6, 8, 12).mean(axis=1)
        squares = ((test[:, None] - centres) ** 2).sum(axis=2)
        accuracies.append((squares.argmin(axis=1) == truth).mean())
    x = (middle[y] + 1.5 * rng.normal(size=(48, 12))).astype("f4")
    none = np.zeros((6, 12), np.float32), np.zeros(6, bool)
    support = Support.of(x, y, *none, metric="euclidean")
    luck = own_luck(support, 4)
    ratio = luck.then / (np.var(accuracies) * 8 / 12)  # of 12 a class
    assert 1 < ratio < 12  # of 48 queries, which add to it
    assert own_luck(support, 400).then < 0.3 * luck.then
    fewer, more = (np.mean([own_luck(support, n, seed=s).gain for s in range(8)]) for n in (1, 4))
    assert fewer < more


def test_the_luck_of_many_documents_of_many_classes_takes_little_memory():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(400), 20)
    x = (rng.normal(size=(400, 8))[y] + rng.normal(size=(8000, 8))).astype("f4")
    none = np.zeros((400, 8), np.float32), np.zeros(400, bool)
    support = Support.of(x, y, *none, metric="euclidean")
    tracemalloc.start()
    own_luck(support, 4, most=50)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * len(y) * 400 / 2  # bytes: half of a number for each document and class


def test_luck_widens_the_interval():
    rng = np.random.default_rng(0)
    grid = np.repeat(np.array([1.0, 2.0, 4.0, 8.0])[:, None], 200, axis=1)
    right = answers([0.5, 0.4, 0.3, 0.25], 200, rng)
    narrow, wide = (
        forecast(right, grid, np.full(200, 9.0), 3, luck=Luck(v, v)) for v in (0.0, 0.05**2)
    )
    assert wide.gain == narrow.gain
    assert wide.gain_high - wide.gain_low > 1.5 * (narrow.gain_high - narrow.gain_low)
    assert wide.high - wide.low > narrow.high - narrow.low


def test_it_cannot_tell_and_says_why():
    rng = np.random.default_rng(0)
    grid = np.repeat(np.array([1.0, 2.0, 4.0])[:, None], 50, axis=1)
    now = np.full(50, 5.0)
    right = answers([0.5, 0.4, 0.3], 50, rng)
    assert isinstance(forecast(right, grid, now, 3), Forecast)
    for reason, *rest in (
        ("needs 20 examples", right[..., :10], grid[:, :10], now[:10], 3),
        ("points of the learning curve", right[:, :2], grid[:2], now, 3),
        ("different sizes", right, np.ones_like(grid), now, 3),
        ("the prototypes made no mistake among 50", np.ones_like(right), grid, now, 3),
        ("times what was measured", right, grid, now, 30),
    ):
        shortage = forecast(*rest)
        assert isinstance(shortage, CannotTell)
        assert reason in shortage.reason
        assert "of the prototypes" in forecast_text(evaluation_with(shortage))


def test_the_estimate_says_what_it_is_of():
    """The headline is of the refined weights, so that both stood side by side as if of one."""
    rng = np.random.default_rng(0)
    grid = np.repeat(np.array([1.0, 2.0, 4.0])[:, None], 50, axis=1)
    estimate = forecast(answers([0.5, 0.4, 0.3], 50, rng), grid, np.full(50, 5.0), 3)
    assert isinstance(estimate, Forecast)
    assert "of the prototypes" in forecast_text(evaluation_with(estimate))


def test_no_forecast_promises_more_than_everything_or_changes_with_the_clock():
    rng = np.random.default_rng(0)
    grid = np.repeat(np.array([1.0, 2.0, 4.0])[:, None], 60, axis=1)
    right = answers([0.6, 0.2, 0.05], 60, rng)
    one, two = (forecast(right, grid, np.full(60, 5.0), 5) for _ in range(2))
    assert one == two
    assert 0 <= one.low <= one.then <= one.high <= 1
    assert one.gain_low <= one.gain <= one.gain_high
