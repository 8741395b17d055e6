"""Sums over classes that stand under others, against plain recursion over a plain tree."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.hierarchy import MOST_AT_ONCE, NO_NODE, TOP, Hierarchy, deepest
from protolabel.arithmetic.risk import Cases, risk_point
from protolabel.arithmetic.scored_queries import QueriesByLevel, ScoredQueries
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.softmax import softmax


@st.composite
def trees(draw: st.DrawFn) -> Hierarchy:
    """A forest of up to nine nodes: each stands at the top or under one that came before it."""
    m = draw(st.integers(1, 9))
    parents = [draw(st.integers(TOP, node - 1)) for node in range(m)]
    order = draw(st.permutations(range(m)))  # which column, or further node, each becomes
    place = {node: order[node] for node in range(m)} | {TOP: TOP}
    renumbered = np.full(m, TOP)
    for node, parent in enumerate(parents):
        renumbered[place[node]] = place[parent]
    keys = np.array(draw(st.permutations(range(100, 100 + m))))
    return Hierarchy(renumbered, keys, draw(st.integers(1, m)))


def shares_of(hierarchy: Hierarchy, seed: int, n: int = 4) -> np.ndarray:
    scores = np.random.default_rng(seed).normal(size=(n, hierarchy.n_classes))
    return softmax(scores, 0.3)


def children_of(hierarchy: Hierarchy, node: int) -> list[int]:
    nodes = [i for i in range(len(hierarchy)) if hierarchy.parents[i] == node]
    return sorted(nodes, key=lambda i: int(hierarchy.keys[i]))


def total(hierarchy: Hierarchy, shares: np.ndarray, node: int) -> float:
    """The oracle: the own share, then each child in the order of the keys."""
    value = float(shares[node]) if node < hierarchy.n_classes else 0.0
    for child in children_of(hierarchy, node):
        value += total(hierarchy, shares, child)
    return value


@given(trees())
def test_columns_come_first_and_then_all_that_stand_above_them(tree: Hierarchy) -> None:
    keys = tree.keys.tolist()
    above = {
        key: None if parent == TOP else keys[parent]
        for key, parent in zip(keys, tree.parents.tolist(), strict=True)
    }
    columns = tree.keys[: tree.n_classes]
    hierarchy = Hierarchy.of(columns, above.get)
    family = {keys[node] for column in range(len(columns)) for node in tree.path(column)}
    ordered = hierarchy.keys.tolist()
    assert ordered[: len(columns)] == columns.tolist()
    assert sorted(ordered) == sorted(family)
    assert hierarchy.n_classes == len(columns)
    for node, key in enumerate(ordered):
        parent = int(hierarchy.parents[node])
        assert (None if parent == TOP else ordered[parent]) == above[key]


def test_a_key_above_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="under itself"):
        Hierarchy.of(np.array([1]), {1: 2, 2: 1}.get)


@given(trees(), st.integers(0, 99), st.sampled_from([1, 4, MOST_AT_ONCE, MOST_AT_ONCE + 1]))
def test_children_and_the_own_share_sum_to_the_parent_to_the_last_bit(
    hierarchy: Hierarchy, seed: int, n: int
) -> None:
    shares = shares_of(hierarchy, seed, n)
    sums = hierarchy.sums(shares)
    expected = [[total(hierarchy, row, node) for node in range(len(hierarchy))] for row in shares]
    np.testing.assert_array_equal(sums, expected)


def test_one_answer_among_many_classes_takes_no_step_for_each_of_them() -> None:
    parents = np.concatenate([3000 + np.arange(3000) % 600, np.full(600, TOP)])
    hierarchy = Hierarchy(parents, np.arange(3600), 3000)
    shares, calls = np.full((1, 3000), 1 / 3000), 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        hierarchy.candidates(hierarchy.sums(shares), np.array([7]))
    finally:
        sys.setprofile(None)
    assert calls < 600


@given(trees(), st.integers(0, 99), st.floats(0.0, 0.95))
def test_the_chances_of_the_top_and_of_none_of_these_sum_to_one(
    hierarchy: Hierarchy, seed: int, none: float
) -> None:
    top = hierarchy.sums(shares_of(hierarchy, seed))[:, hierarchy.parents == TOP]
    chances = (top * (1.0 - none)).sum(axis=1) + none
    np.testing.assert_allclose(chances, 1.0, atol=1e-12)


@given(trees(), st.integers(0, 99))
def test_the_heaviest_way_takes_the_heaviest_child_at_each_step(
    hierarchy: Hierarchy, seed: int
) -> None:
    sums = hierarchy.sums(shares_of(hierarchy, seed))
    for row, way in zip(sums, hierarchy.heaviest_ways(sums).tolist(), strict=True):
        expected, node = [], TOP
        while children := children_of(hierarchy, node):
            node = max(children, key=lambda child: (row[child], -hierarchy.keys[child]))
            expected.append(node)
        assert [node for node in way if node != NO_NODE] == expected


@given(trees(), st.integers(0, 99))
def test_a_node_above_one_half_is_on_the_heaviest_way(hierarchy: Hierarchy, seed: int) -> None:
    sums = hierarchy.sums(shares_of(hierarchy, seed))
    ways = hierarchy.heaviest_ways(sums)
    for row, node in zip(*np.nonzero(sums > 0.5 + 1e-9), strict=True):
        assert node in ways[row]


@given(trees())
def test_a_node_holds_what_has_it_on_its_path(hierarchy: Hierarchy) -> None:
    nodes = np.arange(len(hierarchy))
    for outer in (NO_NODE, *nodes.tolist()):
        inside = hierarchy.holds(np.full(len(nodes), outer), nodes)
        assert inside.tolist() == [outer in hierarchy.path(node) for node in nodes.tolist()]


@pytest.mark.parametrize("parents", [[0], [1, 0], [1, 2, 1]])
def test_a_node_under_itself_is_refused(parents: list[int]) -> None:
    with pytest.raises(ValueError, match="under itself"):
        Hierarchy(np.array(parents), np.arange(len(parents)), 1)


def test_the_deepest_level_that_passes_answers() -> None:
    passes = np.array([[True, True, False], [False, False, False], [True, False, True]])
    assert deepest(passes).tolist() == [1, -1, 2]


def limits_by_loops(chances: list[list[float]], least: float) -> list[float]:
    """What each level needs, the nearest class last: no level is less sure than the classes are."""
    deepest_ones = [1 - row[-1] for row in chances if row[-1] >= least]
    rest = [row for row in chances if row[-1] < least]
    limits = [math.inf] * (len(chances[0]) - 1) + [least]
    for level in reversed(range(len(limits) - 1)):
        own: list[float] = []
        for row in sorted(rest, key=lambda row: -row[level]):
            own.append(1 - row[level])
            unsure = sum(own) / len(own) > sum(deepest_ones) / max(1, len(deepest_ones)) + 1e-12
            if row[level] < least or unsure:
                break
            limits[level] = row[level]
        rest = [row for row in rest if row[level] < limits[level]]
    return limits


def test_risk_by_level_counts_the_level_that_answers() -> None:
    """Two classes under one parent and a third at the top; each query by plain loops."""
    rng = np.random.default_rng(3)
    hierarchy = Hierarchy(np.array([3, 3, TOP, TOP]), np.arange(4), 3)
    scores = rng.normal(size=(60, 3)).astype(np.float32)
    labels = rng.integers(0, 3, 60)
    simulation = Simulation.of_queries(scores, labels, np.arange(60))
    simulation = replace(simulation, hierarchy=hierarchy)
    best = scores.max(axis=1).astype(float)
    queries = ScoredQueries.of(simulation, 1.0, best, np.empty(0))
    assert isinstance(queries.by_level, QueriesByLevel)
    cases = Cases.of(queries, Belonging(1.0, 0.0), 0.0)
    for least in (0.3, 0.5, 0.7, 0.9):
        answers = errors = 0
        every = list[list[tuple[set[int], float]]]()
        for row in softmax(scores.astype(float), 1.0):
            top = row[0] + row[1]
            nearest = int(row.argmax())
            level = [{0, 1}, {0}, {1}] if top >= row[2] else [{2}]
            below = sorted(level[1:], key=lambda c: row[min(c)])[-1:]
            nodes = [level[0], *(below or [set()]), {nearest}]
            every.append([(node, float(sum(row[list(node)]))) for node in nodes])
        limits = limits_by_loops([[chance for _, chance in row] for row in every], least)
        assert cases.limits(least) == pytest.approx(limits)
        for candidates, label in zip(every, labels.tolist(), strict=True):
            chosen = [
                c for (c, chance), limit in zip(candidates, limits, strict=True) if chance >= limit
            ]
            if chosen:
                answers += 1
                errors += label not in chosen[-1]
        point = risk_point(cases, least)
        assert point.coverage == pytest.approx(answers / 60)
        assert answers == 0 or point.risk == pytest.approx(errors / answers)
