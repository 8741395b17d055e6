"""Pairs of near points are those that comparing all finds, and there is no import for them."""

import sys
from itertools import combinations
from subprocess import run

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.copies import near_points
from protolabel.copies.near_points import near_point_pairs


def compared(points, radius):
    """All pairs within the radius, one after the other."""
    return {
        (one, other)
        for one, other in combinations(range(len(points)), 2)
        if float(np.square(points[one] - points[other]).sum()) <= radius**2
    }


def as_set(pairs):
    """Pairs of a result, the smaller position first; none may stand twice."""
    ordered = [tuple(sorted(pair)) for pair in pairs.tolist()]
    assert len(set(ordered)) == len(ordered)
    return set(ordered)


@given(
    n=st.integers(0, 60), dim=st.integers(1, 4), scale=st.sampled_from([0.1, 1.0, 30.0]),
    radius=st.sampled_from([0.05, 0.3, 2.0]), seed=st.integers(0, 2**16), chunk=st.integers(1, 64),
    shift=st.sampled_from([0.0, -1e6, 1e6]),
)  # fmt: skip
def test_the_pairs_are_those_of_all_points_compared(n, dim, scale, radius, seed, chunk, shift):
    points = np.random.default_rng(seed).normal(scale=scale, size=(n, dim)) + shift
    if n > 3:
        points[1] = points[0]  # a distance of zero
        points[3] = points[2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_points, "CHUNK", chunk)
        pairs = near_point_pairs(points, radius)
    assert as_set(pairs) == compared(points, radius)


def test_points_on_the_corners_of_the_grid_meet_their_neighbours_exactly_one_radius_away():
    axis = np.arange(-4, 5) * 0.25  # all of these are exact
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert as_set(near_point_pairs(points, 0.25)) == compared(points, 0.25)


def test_points_that_lie_in_too_few_or_too_many_cells_are_left_to_the_caller(monkeypatch):
    points = np.random.default_rng(0).normal(size=(50, 3))
    assert near_point_pairs(points, 0.0) is None
    assert near_point_pairs(points, 1e-12) is None  # more cells than numbers
    monkeypatch.setattr(near_points, "MOST_COMPARED", 50 * 49 // 2 - 1)
    assert near_point_pairs(points, 100.0) is None
    monkeypatch.setattr(near_points, "MOST_COMPARED", 50 * 49 // 2)
    assert len(near_point_pairs(points, 100.0)) == 50 * 49 // 2


def test_many_vectors_are_compared_without_the_import_of_a_tree():
    program = (
        "import sys, numpy as np\n"
        "from protolabel.copies.near_vectors import first_copies\n"
        "first_copies(np.random.default_rng(0).normal(size=(3000, 32)).astype('f4'))\n"
        "sys.exit('scipy' in sys.modules)"
    )
    assert run([sys.executable, "-c", program], check=False).returncode == 0
