"""Evidence of a change: equal to plain loops, and rarely large where nothing changes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.drift import (
    STEP,
    conformal_ranks,
    rank_evidence,
    share_evidence,
    showable_share,
)


def places(bits) -> np.ndarray:
    return np.flatnonzero(np.array(bits)).astype(np.float64)


def share_by_loops(bits: list[int], horizon: int, n_answers: int) -> float:
    """The e-value as products of predictions, one document after the other."""
    n, k = len(bits), sum(bits)
    total = 0.0
    for start in range(STEP, n, STEP):
        chance, ones, others = 1.0, 0.5, (n_answers - 1) / 2
        for i, bit in enumerate(bits):
            if i == start:
                share = ones / (ones + others)
                ones, others = 1.0, (1 - share) / share
            chance *= (ones if bit else others) / (ones + others)
            ones, others = ones + bit, others + 1 - bit
        total += chance * STEP / max(horizon, n)
    most = math.prod((k / n) if bit else (1 - k / n) for bit in bits)
    return total / most


@given(st.lists(st.integers(0, 1), min_size=11, max_size=45), st.integers(2, 9))
def test_the_evidence_of_a_share_equals_loops_over_documents(bits, n_answers):
    evidence = share_evidence(places(bits), len(bits), horizon=40, n_answers=n_answers)
    if not sum(bits):
        assert evidence is None
        return
    assert math.exp(evidence.log_e) == pytest.approx(share_by_loops(bits, 40, n_answers))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_the_mean_evidence_of_a_constant_share_is_at_most_one_over_all_sequences(share):
    mean = 0.0
    for bits in itertools.product((0, 1), repeat=11):
        evidence = share_evidence(places(bits), 11, horizon=11, n_answers=2)
        chance = share ** sum(bits) * (1 - share) ** (11 - sum(bits))
        mean += chance * (math.exp(evidence.log_e) if evidence else 0.0)
    assert mean <= 1.0


def test_a_share_that_doubles_is_dated():
    rng = np.random.default_rng(0)
    bits = np.concatenate([rng.random(600) < 0.1, rng.random(600) < 0.3])
    evidence = share_evidence(places(bits), 1200, horizon=2000, n_answers=2)
    assert evidence.log_e > math.log(1e6)
    assert 550 <= evidence.start <= 650
    assert evidence.earliest <= evidence.start <= evidence.latest


def test_a_rank_counts_the_scores_up_to_it_by_loops():
    rng = np.random.default_rng(1)
    scores, ties = rng.integers(0, 5, 40).tolist(), rng.random(40).tolist()
    expected = []
    for i, score in enumerate(scores):
        lower = sum(one < score for one in scores[: i + 1])
        equal = sum(one == score for one in scores[: i + 1])
        expected.append((lower + ties[i] * equal) / (i + 1))
    np.testing.assert_allclose(conformal_ranks(scores, ties), expected)


def test_the_evidence_of_ranks_equals_products_of_densities_by_loops():
    ranks, weights = np.random.default_rng(2).random(12), np.full(12, 0.05)
    densities = [
        lambda p: 0.5 / math.sqrt(p), lambda p: 2 * (1 - p), lambda p: 4 * (1 - p) ** 3,
        lambda p: 0.5 / math.sqrt(1 - p), lambda p: 2 * p, lambda p: 4 * p**3,
        lambda p: 1 / (math.pi * math.sqrt(p * (1 - p))), lambda p: 6 * p * (1 - p),
    ]  # fmt: skip
    expected = sum(
        weight * sum(math.prod(map(density, ranks[i:])) for density in densities) / 8
        for i, weight in enumerate(weights)
    )
    assert math.exp(rank_evidence(ranks, weights).log_e) == pytest.approx(expected)


def test_scores_that_do_not_change_give_little_evidence_on_average():
    rng = np.random.default_rng(3)
    evidence = [
        rank_evidence(conformal_ranks(rng.normal(size=30), rng.random(30)), np.full(30, 1 / 30))
        for _ in range(200)
    ]
    assert np.mean([math.exp(one.log_e) for one in evidence]) < 1.5


@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_scores_that_move_are_dated_in_either_direction(shift):
    rng = np.random.default_rng(4)
    scores = np.concatenate([rng.normal(size=60), rng.normal(shift, size=40)])
    ranks = conformal_ranks(scores, rng.random(100))
    evidence = rank_evidence(ranks, np.full(100, 0.01))
    assert evidence.log_e > math.log(1e4)
    assert 50 <= evidence.start <= 70


def test_more_documents_show_a_smaller_rise():
    rises = [
        showable_share(0.1, n, horizon=10_000, n_answers=2, log_threshold=6.0)
        for n in (20, 200, 2000)
    ]
    assert rises[0] is None
    assert 0.1 < rises[2] < rises[1] < 1.0
