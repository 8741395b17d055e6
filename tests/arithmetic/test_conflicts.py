"""Likely label errors by brute force; modes; classes that are one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from protolabel.arithmetic import conflicts as conflicts_module
from protolabel.arithmetic.conflicts import chance_of_best, conflicts, confused_pairs, modes
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.spread import spread_of
from protolabel.arithmetic.support import Support


def clouds(centres: list[list[float]], n: int, seed: int = 0, width: float = 0.3):
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(c, width, (n, len(c))) for c in centres])
    return x.astype(np.float32), np.repeat(np.arange(len(centres)), n)


def support(x, y) -> Support:
    k = int(y.max()) + 1
    nothing = np.zeros((k, x.shape[1]), np.float32), np.zeros(k, np.bool_)
    return Support.of(x, y, *nothing, metric="euclidean")


CENTRES = [[0.0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 4]]


def test_conflicts_are_those_of_means_that_are_made_anew_without_each_example():
    x, y = clouds(CENTRES, 8, width=1.2)
    y[[0, 9]] = [2, 3]
    examples = support(x, y)
    result = conflicts(examples, simulate(examples))
    margins, nearer = [], []
    for i in range(len(x)):
        rest = np.arange(len(x)) != i
        n = int((y == y[i]).sum())
        scores = []
        for k in range(4):
            own = rest & (y == k)
            total = x[own].sum(axis=0) * (n / (n - 1) if k == y[i] else 1)
            size = n if k == y[i] else own.sum()
            scores.append(-float(((x[i] - total / size) ** 2).sum()))
        own_score = scores[y[i]]
        scores[y[i]] = -np.inf
        margins.append(own_score - max(scores))
        nearer.append(int(np.argmax(scores)))
    limit = -float(np.median(margins))
    expected = [i for i in np.argsort(margins) if margins[i] <= limit]
    assert result.rows.tolist() == expected
    assert result.nearer.tolist() == [nearer[i] for i in expected]
    np.testing.assert_allclose(result.margins, [margins[i] for i in expected], rtol=1e-4)
    assert {0, 9} <= set(expected)


def test_sound_classes_have_no_conflict():
    examples = support(*clouds(CENTRES, 8))
    assert len(conflicts(examples, simulate(examples)).rows) == 0


def two_languages(seed: int = 0):
    """Four classes of four documents: two in one language and two in another, far apart."""
    rng = np.random.default_rng(seed)
    languages, classes = 3.0 * np.eye(6)[:2], np.eye(6)[2:]
    y = np.repeat(np.arange(4), 4)
    x = languages[np.tile([0, 0, 1, 1], 4)] + classes[y] + rng.normal(0, 0.35, (16, 6))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), y


@pytest.mark.parametrize("seed", range(8))
def test_what_chance_does_with_few_examples_in_two_languages_is_no_conflict(seed):
    x, y = two_languages(seed)
    examples = support(x, y)
    simulation = simulate(examples)
    result = conflicts(examples, simulation)
    for row, nearer in zip(result.rows, result.nearer, strict=True):  # each by all its orders
        own = [
            float(-((x[i] - x[row]) ** 2).sum()) for i in range(16) if y[i] == y[row] and i != row
        ]
        others = [float(-((x[i] - x[row]) ** 2).sum()) for i in range(16) if y[i] == nearer]
        wins = sum(b > a for a in own for b in others)
        ranks = list(combinations(range(len(own) + len(others)), len(own)))
        at_least = [
            sum(j > i for i in low for j in set(range(7)) - set(low)) >= wins for low in ranks
        ]
        assert np.mean(at_least) <= 0.05
    assert len(result.rows) <= 1


def test_an_example_is_not_saved_by_its_copies():
    x, y = clouds(CENTRES, 8)
    y[0] = 1
    more = np.concatenate([x, x[:1], x[:1]]), np.concatenate([y, [1, 1]])
    examples = support(*more)
    result = conflicts(examples, simulate(examples))
    assert result.rows.tolist() == [0]
    assert result.nearer.tolist() == [0]


@pytest.mark.parametrize(("most", "rows"), [(24, [1]), (1, [])])
def test_a_sample_of_documents_says_how_near_all_are_though_classes_come_in_turn(
    monkeypatch, most, rows
):
    """Every fourth document is of one class, and one document says nothing of how all lie."""
    x, y = clouds(CENTRES, 24, seed=1)
    x[24] = x[0] + 0.01
    order = np.arange(96).reshape(4, 24).T.ravel()
    x, y = x[order], y[order]
    monkeypatch.setattr(conflicts_module, "MOST_SAMPLED", most)
    examples = support(x, y)
    assert conflicts(examples, simulate(examples)).rows.tolist() == rows


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n_classes", "n"), [(20, 10), (10, 20), (3, 10), (2, 20)])
def test_where_nothing_tells_classes_apart_no_label_is_more_wrong_than_another(n_classes, n, seed):
    x, y = clouds([[0.0] * 20] * n_classes, n, seed)
    examples = support(x, y)
    result = conflicts(examples, simulate(examples))
    assert len(result.rows) <= 0.05 * len(x)
    if result.ordinary is None:
        assert len(result.rows) == 0


def test_a_median_that_is_above_zero_by_chance_measures_no_example():
    result = [
        conflicts(examples, simulate(examples)).ordinary
        for examples in (support(*clouds([[0.0] * 20] * 2, 20, seed)) for seed in range(40))
    ]
    assert sum(one is not None for one in result) <= 6  # of 40 at 5 %: 7 or more in 0.3 %


def test_the_nearest_of_many_classes_is_picked_and_must_be_nearer_than_chance_picks():
    """By brute force: parts of the same size, drawn at random, and the best of as many."""
    rng = np.random.default_rng(5)
    everything = rng.normal(0, 1, 120)
    for size, n_rivals in ((6, 1), (6, 19), (12, 9)):
        best = np.array([
            max(rng.choice(everything, size, replace=False).mean() for _ in range(n_rivals))
            for _ in range(3000)
        ])  # fmt: skip
        for level in (0.5, 0.8, 0.95):
            near = np.full(size, np.quantile(best, level))
            chance = chance_of_best(near, everything, len(everything), n_rivals)
            assert chance == pytest.approx(1 - level, abs=0.03)


def test_a_class_of_two_modes_is_split_into_them():
    x, y = clouds([*CENTRES, [4.0, 4, 0], [4, 0, 4]], 8)
    two = np.where(y == 5, 4, y)
    all_examples = support(x, two)
    spread = spread_of(all_examples)
    parts = modes(all_examples, 4, spread)
    assert {frozenset(part.tolist()) for part in parts} == {
        frozenset(range(32, 40)), frozenset(range(40, 48))
    }  # fmt: skip
    assert all(len(modes(all_examples, k, spread)) < 2 for k in range(4))


def test_two_classes_that_are_one_cannot_be_told_apart():
    x, y = clouds([*CENTRES, CENTRES[0]], 12, seed=3)
    (pair,) = confused_pairs(simulate(support(x, y)))
    assert (pair.first, pair.second, pair.documents) == (0, 4, 24)
    assert pair.p_value > 0.05


@pytest.mark.parametrize("n", [2, 4])
def test_too_few_documents_say_nothing_of_a_pair(n):
    x, y = clouds([*CENTRES, CENTRES[0]], n)
    assert confused_pairs(simulate(support(x, y))) == []
