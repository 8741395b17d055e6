"""The plan of batches: a partition, within budget, from lengths alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.encoders.text.batching import EXACT, STEP, Batch, pad, plan_batches

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
        assert batch.width == longest or longest > EXACT
        assert batch.rows.size == 1 or batch.rows.size * batch.width <= budget


@given(lengths, st.integers(1, 4000))
def test_the_longest_go_first_and_equals_keep_their_order(sizes, budget):
    plan = plan_batches(np.array(sizes, np.int64), budget=budget, widest=256)
    rows = [row for batch in plan for row in batch.rows.tolist()]
    assert rows == sorted(rows, key=lambda row: (-sizes[row], row))


@given(lengths, st.integers(256, 4000))
def test_batches_are_as_large_as_the_budget_allows(sizes, budget):
    plan = plan_batches(np.array(sizes, np.int64), budget=budget, widest=256)
    for batch in plan[:-1]:
        assert (batch.rows.size + 1) * batch.width > budget


def test_an_example_by_hand():
    plan = plan_batches(np.array([3, 50, 2, 64, 3]), budget=128, widest=70)
    assert [(batch.rows.tolist(), batch.width) for batch in plan] == [([3, 1], 64), ([0, 4, 2], 3)]
    # the width is not rounded beyond the widest that the encoder takes
    (batch,) = plan_batches(np.array([66]), budget=128, widest=70)
    assert batch.width == 70


def test_padding():
    ids, real = pad(
        [np.array([7, 8, 9], np.int32), np.array([5], np.int32)], Batch(np.array([1, 0]), 4)
    )
    np.testing.assert_array_equal(ids, [[5, 0, 0, 0], [7, 8, 9, 0]])
    np.testing.assert_array_equal(real, [1, 3])
    assert ids.dtype == real.dtype == np.int32


@pytest.mark.parametrize(("sizes", "budget"), [([0], 10), ([1], 0), ([300], 10)])
def test_what_cannot_be_planned_is_refused(sizes, budget):
    with pytest.raises(ValueError):
        plan_batches(np.array(sizes), budget=budget, widest=256)
