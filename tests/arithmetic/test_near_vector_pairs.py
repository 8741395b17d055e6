"""Near vectors after changes, against those that are found among all vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic import near_vector_pairs
from protolabel.arithmetic.near_vector_pairs import NearPairs
from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.vector_hashes import vector_hashes
from protolabel.copies.equality import groups_of
from protolabel.copies.near_vectors import LIMIT, first_copies

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "near", "copy", "remove", "move"]), st.integers(0, 2**20)),
    min_size=1,
    max_size=12,
)


@pytest.fixture(autouse=True)
def whatever_changes(monkeypatch):
    monkeypatch.setattr(near_vector_pairs, "MOST_CHANGED", 9.0)


def stepped(vectors, what, seed):
    """Return the vectors after a step, and the row that each was before, or -1."""
    rng = np.random.default_rng(seed)
    n, dim = vectors.shape
    rows, place = np.arange(n), int(rng.integers(n))
    if what == "remove" and n > 3:
        return np.delete(vectors, place, axis=0), np.delete(rows, place)
    if what == "move":
        order = np.roll(rows, place)
        return vectors[order], order
    new = rng.normal(size=dim)
    if what in ("near", "copy"):
        new = vectors[place] * (1 + (what == "near") * LIMIT * 0.7 * rng.normal(size=dim))
    at = int(rng.integers(n + 1))
    return np.insert(vectors, at, new.astype(np.float32), axis=0), np.insert(rows, at, -1)


@settings(deadline=None, max_examples=60)
@given(steps=STEPS, seed=st.integers(0, 99), dim=st.sampled_from([2, 5, 12]))
def test_after_any_changes_the_same_vectors_stand_for_others(steps, seed, dim):
    vectors = np.random.default_rng(seed).normal(size=(40, dim)).astype(np.float32)
    hashes = vector_hashes(vectors)
    near = NearPairs.of(vectors, hashes)
    for what, place in steps:
        newer, before = stepped(vectors, what, place)
        hashes = vector_hashes(newer)
        if near is not None:
            near = near.after(RowChange(before, len(vectors)), vectors, newer, hashes)
        near = near or NearPairs.of(newer, hashes)
        assert near is not None
        first = first_copies(newer)
        assert (near.leaders(newer) == hashes[first]).all()
        vectors = newer


def test_one_vector_more_is_compared_with_the_others_alone():
    vectors = np.random.default_rng(1).normal(size=(500, 6)).astype(np.float32)
    near = NearPairs.of(vectors, vector_hashes(vectors))
    assert near is not None
    before = np.append(np.arange(500), -1)
    newer = np.concatenate([vectors, vectors[7:8] * np.float32(1 + 1e-5)])
    after = near.after(RowChange(before, 500), vectors, newer, vector_hashes(newer))
    assert after is not None
    assert len(after.pairs) == 1
    groups = groups_of([[str(leader)] for leader in after.leaders(newer).tolist()])
    assert groups.max() == 499


def test_vectors_that_lie_too_close_together_are_not_kept():
    rng = np.random.default_rng(2)
    close = np.ones((400, 9)) + 1e-7 * rng.normal(size=(400, 9))
    vectors = np.concatenate([close, -close]).astype(np.float32)
    assert NearPairs.of(vectors, vector_hashes(vectors)) is None


def test_vectors_with_one_hash_that_differ_are_not_kept():
    vectors = np.random.default_rng(3).normal(size=(5, 4)).astype(np.float32)
    hashes = np.array([1, 2, 3, 4, 4], np.uint64)
    assert NearPairs.of(vectors, hashes) is None
    near = NearPairs.of(vectors[:4], hashes[:4])
    assert near is not None
    change = RowChange(np.array([0, 1, 2, 3, -1]), 4)
    assert near.after(change, vectors[:4], vectors, hashes) is None


@pytest.mark.parametrize(("comparisons", "is_kept"), [(5, True), (4, False)])
def test_nothing_is_kept_of_vectors_that_lie_too_close_together(monkeypatch, comparisons, is_kept):
    monkeypatch.setattr(near_vector_pairs, "COMPARISONS", comparisons)
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(size=(2, 8)), 5, axis=0)
    vectors = (centres * (1 + 1e-5 * rng.normal(size=(10, 1)))).astype(np.float32)
    near = NearPairs.of(vectors, vector_hashes(vectors))
    assert (near is not None) == is_kept  # each of ten is compared with itself and four others
    assert near is None or near.compared == 10 * 5
