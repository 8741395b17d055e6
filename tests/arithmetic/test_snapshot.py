"""Snapshots in blocks against one plain table; exact sums against integers of any size."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import fixed
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.block import BLOCK
from protolabel.arithmetic.class_totals import ClassTotals, ClassVectors
from protolabel.arithmetic.fixed_point import fixed_sum, to_fixed
from protolabel.arithmetic.prototypes import prototypes
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import unit
from protolabel.errors import InputError

DIM = 4
FLOATS = st.floats(-100, 100, width=32)


def vectors(key: int, seed: int = 0) -> ClassVectors:
    x = np.random.default_rng([key, seed]).standard_normal((2, DIM)).astype(np.float32)
    return ClassVectors(key, f"class {key} {seed}", 1, to_fixed(x[0]), x[1])


def built(state: dict[int, ClassVectors], version: int = 1) -> Snapshot:
    empty = Snapshot(version, 1, "f", dim=DIM, metric="cosine", kappa=1.0)
    return empty.filled(state[k] for k in sorted(state))


def same(a: Snapshot, b: Snapshot) -> None:
    assert a.labels == b.labels
    np.testing.assert_array_equal(a.keys, b.keys)
    np.testing.assert_array_equal(a.weights, b.weights)
    np.testing.assert_array_equal(a.biases, b.biases)
    np.testing.assert_array_equal(a.sizes, b.sizes)
    columns = np.random.default_rng(0).permutation(np.arange(a.n_classes))
    np.testing.assert_array_equal(a.keys_of(columns), a.keys[columns])
    np.testing.assert_array_equal(a.sizes_of(columns), a.sizes[columns])
    for block in a.blocks:
        np.testing.assert_array_equal(block.squares, (block.weights.astype(float) ** 2).sum(axis=1))


@example(start=1, changes=[{1: False}])  # nothing is left
@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(0, 3 * BLOCK),
    changes=st.lists(
        st.dictionaries(st.integers(1, 4 * BLOCK), st.booleans(), max_size=5), max_size=5
    ),
)
def test_changed_equals_rebuilt(start, changes):
    state = {key: vectors(key) for key in range(1, start + 1)}
    snapshot = built(state)
    for number, change in enumerate(changes, start=1):
        before, weights = snapshot, snapshot.weights
        changed_classes = {k: vectors(k, number) if stays else None for k, stays in change.items()}
        snapshot = snapshot.changed(changed_classes, number + 1, 1)
        for key, new in changed_classes.items():
            state.pop(key, None)
            if new is not None:
                state[key] = new
        same(snapshot, built(state))
        np.testing.assert_array_equal(before.weights, weights)


def test_growing_one_by_one_past_a_block_shares_what_did_not_change():
    state = {key: vectors(key) for key in range(1, 2 * BLOCK + 1)}
    snapshot = built(state)
    first = snapshot.blocks[0]
    for key in range(2 * BLOCK + 1, 4 * BLOCK):
        state[key] = vectors(key)
        snapshot = snapshot.changed({key: state[key]}, key, 1)
    same(snapshot, built(state))
    assert snapshot.blocks[0] is first
    assert max(len(block.names) for block in snapshot.blocks) <= 2 * BLOCK
    queries = unit(np.random.default_rng(0).standard_normal((3, DIM)).astype(np.float32))
    np.testing.assert_allclose(snapshot.scores(queries), queries @ snapshot.weights.T, atol=1e-6)
    np.testing.assert_allclose(
        snapshot.scores(queries[:1]), queries[:1] @ snapshot.weights.T, atol=1e-6
    )
    columns = [0, BLOCK - 1, BLOCK, 3 * BLOCK]
    assert snapshot.names_of(columns) == {c: snapshot.labels[c] for c in columns}
    for column in columns:
        row = snapshot.row(int(snapshot.keys[column]))
        np.testing.assert_array_equal(row.weights[0], snapshot.weights[column])
        assert row.biases.tolist() == [0.0]


def test_a_snapshot_cannot_be_written_to():
    snapshot = built({1: vectors(1)})
    with pytest.raises(ValueError, match="read-only"):
        snapshot.blocks[0].weights[0, 0] = 1.0


@given(st.lists(st.lists(FLOATS, min_size=2, max_size=2), min_size=1, max_size=8), st.randoms())
def test_sums_are_those_of_unbounded_integers_in_any_order(rows, random):
    expected = [sum(fixed(row[axis]) for row in rows) for axis in range(2)]
    array = np.array(rows, dtype=np.float32)
    assert fixed_sum(array).tolist() == expected
    random.shuffle(rows)
    assert fixed_sum(np.array(rows, dtype=np.float32)).tolist() == expected


def test_a_sum_that_would_overflow_is_refused():
    with pytest.raises(InputError, match="scale the vectors down"):
        fixed_sum(np.full((4, 2), 3e8, dtype=np.float32))


def test_linear_is_equations_7_and_8():
    centres = np.array([[1.0, 2.0], [0.0, 0.0]])
    model = LinearModel.of_centres(centres, "euclidean")
    assert model.weights.tolist() == [[2.0, 4.0], [0.0, 0.0]]
    assert model.biases.tolist() == [-5.0, 0.0]
    model = LinearModel.of_centres(centres, "cosine")
    np.testing.assert_allclose(model.weights, [[1 / 5**0.5, 2 / 5**0.5], [0, 0]], rtol=1e-6)
    assert model.biases.tolist() == [0.0, 0.0]


def test_a_class_with_neither_examples_nor_description_has_no_prototype():
    nothing = ClassVectors(1, "x", 0, np.zeros(DIM, np.int64), None)
    assert built({1: nothing}).n_classes == 0
    classes = ClassTotals.of_fixed(
        np.array([0]),
        np.zeros((1, DIM), np.int64),
        np.ones((1, DIM), np.float32),
        np.array([False]),
    )
    assert not prototypes(classes, 1.0).any()
