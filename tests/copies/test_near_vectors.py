"""Vectors that differ in rounding alone: one stands for each set of copies, and no chain grows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.copies.equality import equal_documents, rounded_digests
from protolabel.copies.near_points import near_point_pairs
from protolabel.copies.near_vectors import LIMIT, first_copies, projection


def vectors(rng, n, dim):
    return rng.normal(size=(n, dim))


def rounded(rng, originals, size):
    return (originals * (1 + size * rng.normal(size=originals.shape))).astype(np.float32)


@pytest.mark.parametrize("size", [0.0, 1e-7, 1e-5, 5e-4])
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e6])
def test_copies_by_rounding_are_one_document_in_any_unit(size, unit):
    rng = np.random.default_rng(0)
    originals = vectors(rng, 30, 24) * unit
    rows = np.concatenate([rounded(rng, originals, size) for _ in range(5)])
    assert (first_copies(rows).reshape(5, 30) == first_copies(rows)[:30]).all()
    assert equal_documents(None, rows).tolist() == list(range(30)) * 5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([1e-6, 1e-3, 3e-3, 0.1]))
def test_one_stands_for_its_copies_as_brute_force_finds(seed, dim, size):
    """Each vector lies within the limit of the one that stands for it; those stand for themselves.

    Whatever the order, and with exact copies among them, the same vectors stand for the others.
    """
    rng = np.random.default_rng(seed)
    originals = vectors(rng, 6, dim)
    rows = np.concatenate([rounded(rng, originals, size) for _ in range(4)])
    first = first_copies(rows)
    distinct = np.unique(rows, axis=0).astype(np.float64)
    spread = np.sqrt(np.square(distinct - distinct.mean(axis=0)).sum() / len(distinct))
    for row, leader in zip(rows.astype(np.float64), rows[first].astype(np.float64), strict=True):
        scale = min(np.linalg.norm(row), np.linalg.norm(leader), spread)
        assert np.linalg.norm(row - leader) <= LIMIT * scale * (1 + 1e-9)
    assert (first[first] == first).all()
    order = rng.permutation(len(rows))
    assert (rows[order][first_copies(rows[order])] == rows[first][order]).all()
    twice = np.concatenate([rows, rows[:5]])
    assert (twice[first_copies(twice)][: len(rows)] == rows[first]).all()


def test_a_chain_of_near_vectors_does_not_become_one_document():
    angles = np.arange(0, 1.5, LIMIT / 4)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    groups = equal_documents(None, circle)
    assert np.bincount(groups).max() <= 8
    assert len(set(groups.tolist())) > len(circle) / 10


def test_vectors_far_from_zero_stay_apart():
    years = np.array([[2020 + i, 7] for i in range(20)], np.float32)
    assert len(set(equal_documents(None, years).tolist())) == 20


def test_vectors_of_several_lengths_and_documents_without_one_have_digests_too():
    rows = [np.ones(3, np.float32), None, np.ones(2, np.float32), np.ones(3, np.float32)]
    one, none, other, again = rounded_digests(rows)
    assert one == again != other
    assert none == ()
    assert first_copies(np.empty((0, 4), np.float32)).tolist() == []
    assert first_copies(np.zeros((2, 4), np.float32)).tolist() == [0, 0]


@pytest.mark.parametrize("size", [1e-6, 1e-3, 3e-3])
def test_a_grid_and_a_tree_find_the_same(monkeypatch, size):
    rng = np.random.default_rng(4)
    originals = vectors(rng, 60, 6)
    rows = np.concatenate([rounded(rng, originals, size) for _ in range(5)])
    by_grid = first_copies(rows)
    monkeypatch.setattr("protolabel.copies.near_points.MOST_COMPARED", 0)
    assert near_point_pairs(projection(rows), 1.0) is None  # so a tree does it
    assert (first_copies(rows) == by_grid).all()
