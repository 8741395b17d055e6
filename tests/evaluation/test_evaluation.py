"""Episodic accuracy against the paper's formulas in plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import averaged, episode_model, episodic_accuracy


def plainly(episode, x, words, kappa, metric):
    """Equations 1 to 3 of Snell et al. 2017, a number at a time."""
    right = total = 0
    for i, place in zip(episode.query, episode.query_class, strict=True):
        if place < 0:
            continue
        best, nearest = -math.inf, None
        for k in range(episode.n_way):
            rows = [x[j].astype(float) for j, c in zip(episode.support, episode.support_class,
                                                       strict=True) if c == k]  # fmt: skip
            weight = float(len(rows))
            centre = sum(rows, np.zeros(x.shape[1]))
            if episode.described:
                centre = centre + kappa * words[episode.classes[k]].astype(float)
                weight += kappa
            centre = centre / weight
            if metric == "euclidean":
                score = -sum((float(a) - float(b)) ** 2 for a, b in zip(x[i], centre, strict=True))
            else:
                dot = sum(float(a) * float(b) for a, b in zip(x[i], centre, strict=True))
                score = dot / math.sqrt(sum(float(b) ** 2 for b in centre))
            if score > best:
                best, nearest = score, k
        right += nearest == place
        total += 1
    return right / total


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("strangers", [0, 4])
def test_accuracy_is_the_papers(metric, strangers):
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(8), 12)
    middle = rng.normal(size=(8, 6))
    x = (middle[labels] + 0.9 * rng.normal(size=(96, 6))).astype(np.float32)
    words = (middle + 0.5 * rng.normal(size=(8, 6))).astype(np.float32)
    if metric == "cosine":
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        words /= np.linalg.norm(words, axis=1, keepdims=True)
    scenario = Scenario(
        (3, 5), (1, 4), 3, uneven=True, described=0.4, described_only=0.2, n_strangers=strangers
    )
    episodes = [Sampler(labels, scenario).draw(generator_of(1, i)) for i in range(40)]
    accuracy = episodic_accuracy(episodes, x, words, kappa=1.7, metric=metric)
    expected = [plainly(e, x, words, 1.7, metric) for e in episodes]
    assert accuracy.mean == pytest.approx(np.mean(expected), abs=1e-12)
    assert accuracy.interval == pytest.approx(1.96 * np.std(expected, ddof=1) / 40**0.5)
    assert accuracy.n == 40
    assert 0.4 < accuracy.mean < 1


def test_prototypes_of_one_example_are_that_example():
    x = np.eye(4, dtype=np.float32)
    episode = Sampler(np.repeat([0, 1], 2), Scenario(2, 1, 1)).draw(generator_of(0))
    assert episode_model(episode, x).weights == pytest.approx(x[episode.support])


def test_an_interval_needs_two():
    assert math.isnan(averaged([0.5]).interval)
    assert averaged([0.5, 0.7]).interval == pytest.approx(1.96 * 0.1)
