"""The plan of batches: a partition, within budget, from lengths alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.encoders.text.batching import (
    EXACT,
    START,
    STEP,
    plan_batches,
    plan_streams,
)

lengths = st.lists(st.integers(1, 256), max_size=200)


@given(lengths, st.integers(1, 4000))
def test_every_sequence_is_in_one_batch_that_holds_it(sizes, budget):
    plan = plan_batches(np.array(sizes, np.int64), budget=budget, widest=256)
    rows = [row for batch in plan for row in batch.rows.tolist()]
    assert sorted(rows) == list(range(len(sizes)))
    for batch in plan:
        longest = max(sizes[row] for row in batch.rows)
        assert longest <= batch.width <= 256
        assert batch.width < longest + STEP
        is_near = 8 * longest >= 7 * batch.width
        assert batch.width == longest or longest > EXACT or is_near
        assert batch.rows.size == 1 or batch.rows.size * batch.width <= budget


@given(lengths, st.integers(1, 4000))
def test_the_longest_go_first_and_equals_keep_their_order(sizes, budget):
    plan = plan_batches(np.array(sizes, np.int64), budget=budget, widest=256)
    rows = [row for batch in plan for row in batch.rows.tolist()]
    assert rows == sorted(rows, key=lambda row: (-sizes[row], row))


@given(lengths, st.integers(256, 4000))
def test_batches_are_as_large_as_the_budget_allows_unless_the_padding_costs_more_than_a_batch(
    sizes, budget
):
    plan = plan_batches(np.array(sizes, np.int64), budget=budget, widest=256)
    for place, batch in enumerate(plan[:-1]):
        rest = sum(one.rows.size for one in plan[place:])
        n_left_out = min(budget // batch.width, rest) - batch.rows.size
        assert n_left_out == 0 or (batch.width - plan[place + 1].width) * n_left_out > START


def test_one_long_sequence_does_not_pad_many_short_ones():
    plan = plan_batches(np.array([60] + [10] * 14), budget=1024, widest=256)
    assert [(batch.rows.size, batch.width) for batch in plan] == [(1, 64), (14, 10)]
    (batch,) = plan_batches(np.array([60, 55, 10]), budget=1024, widest=256)
    assert batch.rows.size == 3


def test_widths_just_below_a_multiple_are_rounded_up():
    widths = [
        plan_batches(np.array([n]), budget=1024, widest=256)[0].width for n in (7, 13, 14, 27, 28)
    ]
    assert widths == [7, 13, 16, 27, 32]


def test_an_example_by_hand():
    plan = plan_batches(np.array([3, 50, 2, 64, 3]), budget=128, widest=70)
    assert [(batch.rows.tolist(), batch.width) for batch in plan] == [([3, 1], 64), ([0, 4, 2], 3)]
    # the width is not rounded beyond the widest that the encoder takes
    (batch,) = plan_batches(np.array([66]), budget=128, widest=70)
    assert batch.width == 70


def end_of(plan, n_streams):
    """Return when the last of the streams ends that take the batches of a plan in turn."""
    costs = [START + one.width * one.rows.size for one in plan]
    return max((sum(costs[stream::n_streams]) for stream in range(n_streams)), default=0)


@given(lengths, st.integers(256, 4000), st.integers(1, 4))
def test_streams_end_no_later_than_with_the_largest_batches(sizes, budget, n_streams):
    array = np.array(sizes, np.int64)
    plan = plan_streams(array, budget=budget, widest=256, n_streams=n_streams)
    rows = [row for batch in plan for row in batch.rows.tolist()]
    assert sorted(rows) == list(range(len(sizes)))
    assert all(one.rows.size == 1 or one.rows.size * one.width <= budget for one in plan)
    largest = plan_batches(array, budget=budget, widest=256)
    assert end_of(plan, n_streams) <= end_of(largest, n_streams)
    if n_streams == 1:
        assert [one.rows.tolist() for one in plan] == [one.rows.tolist() for one in largest]


def test_each_of_two_streams_has_one_batch_where_that_is_soonest():
    plan = plan_streams(np.full(16, 20), budget=1024, widest=256, n_streams=2)
    assert [one.rows.size for one in plan] == [9, 7]


@pytest.mark.parametrize(("sizes", "budget"), [([0], 10), ([1], 0), ([300], 10)])
def test_what_cannot_be_planned_is_refused(sizes, budget):
    with pytest.raises(ValueError):
        plan_batches(np.array(sizes), budget=budget, widest=256)
