"""The loss of an episode and its gradients against equations 1 to 3 and algorithm 1, by loops."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from protolabel.episodes.sampler import STRANGER, Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.training.loop.loss import EpisodeLoss

N_CLASSES, EACH, D = 7, 9, 5
LABELS = np.repeat(np.arange(N_CLASSES), EACH)
SCENARIOS = {
    "plain": Scenario(4, 3, 2),
    "one shot": Scenario(3, 1, 4),
    "two shots": Scenario(4, 2, 4),
    "uneven shots": Scenario(5, (1, 6), 2, uneven=True),
    "described": Scenario(4, (1, 4), 2, described=1.0, uneven=True),
    "descriptions alone": Scenario(4, 2, 3, described_only=1.0),
    "strangers": Scenario(3, 2, 2, n_strangers=4),
    "strangers, described": Scenario(3, (1, 5), 2, described=1.0, n_strangers=3, uneven=True),
}


def plainly(episode, metric, parts, log_t, log_kappa, stranger):
    """-log p(true class | query), averaged over queries: Snell et al. 2017, a number at a time."""
    support, queries, words = parts
    kappa, temperature = math.exp(log_kappa), math.exp(log_t)
    strange = any(place == STRANGER for place in episode.query_class)
    centres = []
    for k in range(episode.n_way):
        rows = [x for x, c in zip(support, episode.support_class, strict=True) if c == k]
        description = [kappa * float(w) for w in words[k]] if words is not None else [0.0] * D
        weight = len(rows) + (kappa if words is not None else 0.0)
        centres.append(
            [(description[a] + sum(float(x[a]) for x in rows)) / weight for a in range(D)]
        )
    total, right = 0.0, 0
    for x, place in zip(queries, episode.query_class, strict=True):
        scores = []
        for centre in centres:
            if metric == "euclidean":
                scores.append(-sum((float(a) - c) ** 2 for a, c in zip(x, centre, strict=True)))
            else:
                dot = sum(float(a) * c for a, c in zip(x, centre, strict=True))
                long = math.sqrt(sum(float(a) ** 2 for a in x) * sum(c * c for c in centre))
                scores.append(dot / long)
        scores += [stranger] if strange else []
        true = place if place != STRANGER else len(scores) - 1
        shares = [math.exp((s - max(scores)) / temperature) for s in scores]
        total -= math.log(shares[true] / sum(shares))
        right += scores.index(max(scores)) == true
    return total / len(queries), right / len(queries)


def case(name, metric):
    """An episode, its numbers and a loss, all in float64."""
    episode = Sampler(LABELS, SCENARIOS[name]).draw(generator_of(4))
    rng = np.random.default_rng(5)
    middle = rng.normal(size=(N_CLASSES, D))
    x = middle[LABELS] + 0.7 * rng.normal(size=(len(LABELS), D))
    words = middle + 0.3 * rng.normal(size=(N_CLASSES, D))
    loss = EpisodeLoss(metric, temperature=0.3, kappa=1.7).double()
    with torch.no_grad():
        loss.stranger.fill_(0.35 if metric == "cosine" else -6.0)
    parts = [x[episode.support], x[episode.query]]
    parts.append(words[episode.classes] if episode.described else None)
    return episode, loss, parts


def tensors(parts):
    return [None if p is None else torch.tensor(p, requires_grad=True) for p in parts]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_loss_is_the_papers(name, metric):
    episode, loss, parts = case(name, metric)
    value, right = loss(episode, *tensors(parts))
    head = (math.log(0.3), math.log(1.7), 0.35 if metric == "cosine" else -6.0)
    expected, share = plainly(episode, metric, parts, *head)
    assert value.item() == pytest.approx(expected, rel=1e-6)  # the head begins in float32
    assert right == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_gradients_are_those_of_the_loops(name, metric):
    """Central differences, in float64: of every vector, and of the three learned numbers."""
    episode, loss, parts = case(name, metric)
    leaves = tensors(parts)
    loss(episode, *leaves)[0].backward()
    head = [p.item() for p in (loss.log_temperature, loss.log_kappa, loss.stranger)]
    step = 1e-5

    def difference(place, index):
        ends = []
        for sign in (1, -1):
            moved = [None if p is None else p.copy() for p in parts]
            numbers = list(head)
            if place < 3:
                moved[place][index] += sign * step
            else:
                numbers[place - 3] += sign * step
            ends.append(plainly(episode, metric, moved, *numbers)[0])
        return (ends[0] - ends[1]) / (2 * step)

    for place, tensor in enumerate(leaves):
        if tensor is None or not tensor.numel():
            continue
        expected = np.array([difference(place, i) for i in np.ndindex(tensor.shape)])
        np.testing.assert_allclose(tensor.grad.numpy().ravel(), expected, rtol=1e-5, atol=1e-8)
        assert np.abs(expected).max() > 1e-3
    learned = (loss.log_temperature, loss.log_kappa, loss.stranger)
    for place, parameter in enumerate(learned, 3):
        expected = difference(place, None)
        grad = 0.0 if parameter.grad is None else float(parameter.grad)
        assert grad == pytest.approx(expected, rel=1e-5, abs=1e-8)
    assert abs(difference(3, None)) > 1e-3
    # Without support a prototype is its description, whatever the weight.
    assert (abs(difference(4, None)) > 1e-4) == (episode.described and len(episode.support) > 0)
    assert (abs(difference(5, None)) > 1e-4) == (SCENARIOS[name].n_strangers > 0)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_in_turns_it_is_the_mean_of_the_papers_losses(name, metric):
    """The turns by hand: a class's documents in the order drawn, the next s of them the support."""
    episode, loss, (support, query, words) = case(name, metric)
    value, right = loss.in_turns(episode, *tensors((support, query, words)))
    own = [support[episode.support_class == k] for k in range(episode.n_way)]
    asked = [query[episode.query_class == k] for k in range(episode.n_way)]
    shots = {len(rows) for rows in own}
    strangers = (episode.query_class < 0).any()
    tasks = [(episode, support, query)]
    if len(shots) == 1 and 0 not in shots and not strangers:
        (s,) = shots
        documents = [np.concatenate(pair) for pair in zip(own, asked, strict=True)]
        n = len(documents[0])
        tasks = []
        for turn in range(n // s):
            chosen = [d[turn * s : turn * s + s] for d in documents]
            others = [np.concatenate([d[: turn * s], d[turn * s + s :]]) for d in documents]
            turned = replace(
                episode,
                support_class=np.repeat(np.arange(episode.n_way), s),
                query_class=np.repeat(np.arange(episode.n_way), n - s),
            )
            tasks.append((turned, np.concatenate(chosen), np.concatenate(others)))
    head = (math.log(0.3), math.log(1.7), 0.35 if metric == "cosine" else -6.0)
    expected = [plainly(one, metric, (s, q, words), *head) for one, s, q in tasks]
    assert value.item() == pytest.approx(np.mean([a for a, _ in expected]), rel=1e-6)
    assert right == pytest.approx(np.mean([b for _, b in expected]), abs=1e-6)


def test_one_shot_prototypes_are_the_examples():
    episode, loss, parts = case("one shot", "euclidean")
    support, _, _ = tensors(parts)
    rows = loss.prototypes(episode, support, None)
    assert torch.equal(rows[episode.support_class], support)


def test_the_papers_temperature_is_one_and_stays():
    loss = EpisodeLoss("euclidean", learn_temperature=False)
    assert loss.temperature == 1.0
    assert not loss.log_temperature.requires_grad
    assert EpisodeLoss("cosine").temperature == pytest.approx(0.05)
    assert EpisodeLoss("cosine", kappa=3.0).kappa == pytest.approx(3.0)
