"""The loop: what a step is, what is kept, when it ends, what it reports."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from training_tools import SCENARIO, Plain, history, task, trained, vectors, weights

from protolabel.episodes.sampler import Sampler, Stream, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import episodic_accuracy
from protolabel.training.loop import trainer as module
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData, validated


@pytest.fixture
def clock(monkeypatch):
    """A clock that is a second further at every look."""
    seconds = itertools.count()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))


@pytest.mark.parametrize(
    ("scenario", "turns"), [(SCENARIO, False), (Scenario(3, 1, 3, described=0.4), True)]
)
def test_a_step_is_adamw_on_the_mean_of_its_episodes(scenario, turns):
    """Against torch's optimiser and autograd on the same episodes, drawn by their numbers."""
    x, labels = vectors()
    settings = {"episodes": 6, "episodes_per_step": 2, "learning_rate": 0.01, "head_rate": 0.02,
             "weight_decay": 0.1, "schedule": "linear", "warmup": 0.0, "clip": 0.5,
             "validate_every": 100, "n_validation": 2, "seed": 9, "turns": turns}  # fmt: skip
    learner = Plain(dropout=0.0)
    data = task(learner, x, labels, scenario, valid=False)
    trainer = Trainer(learner, EpisodeLoss("cosine"), [data], Recipe(**settings))
    trainer.run()

    other, loss = Plain(dropout=0.0), EpisodeLoss("cosine")
    own = [other.map.weight, other.map.bias]
    head = [loss.log_temperature, loss.log_kappa, loss.stranger]
    optimizer = torch.optim.AdamW(
        [{"params": own}, {"params": head, "weight_decay": 0.0}], weight_decay=0.1
    )
    prepared = torch.from_numpy(x)
    for step in range(3):
        for group, rate in zip(optimizer.param_groups, (0.01, 0.02), strict=True):
            group["lr"] = rate * (1 - 2 * step / 6)
        total = torch.zeros(())
        for number in (2 * step, 2 * step + 1):
            rng = generator_of(9, Stream.TRAINING, number)
            rng.integers(2**31)
            rng.choice(1, p=[1.0])  # which data set
            e = Sampler(labels, scenario).draw(rng)
            words = other.map(prepared[len(labels) + e.classes]) if e.described else None
            answer = loss.in_turns if turns else loss
            one, _ = answer(e, other.map(prepared[e.support]), other.map(prepared[e.query]), words)
            total = total + one / 2
        optimizer.zero_grad(set_to_none=False)
        total.backward()
        for parameter in own + head:
            parameter.grad = torch.zeros_like(parameter) if parameter.grad is None \
                else parameter.grad  # fmt: skip
        length = math.sqrt(sum(float(p.grad.square().sum()) for p in own))
        for parameter in own:
            assert parameter.grad is not None
            parameter.grad.mul_(min(1.0, 0.5 / (length + 1e-6)))
        optimizer.step()
    tensors = weights(trainer)
    torch.testing.assert_close(tensors["encoder.map.weight"], other.map.weight.detach())
    torch.testing.assert_close(tensors["loss.log_kappa"], loss.log_kappa.detach())
    torch.testing.assert_close(tensors["loss.stranger"], loss.stranger.detach())
    assert float(tensors["encoder.frozen"][0]) == 5.0


def test_the_run_ends_by_the_clock(clock):
    trainer = trained("plain", episodes=10**6, minutes=1.0, patience=10**6)
    outcome = trainer.run()
    # Three looks at the clock an episode, at most, and a minute of them.
    assert 15 <= outcome.episodes <= 60
    assert outcome.seconds == pytest.approx(60, abs=5)


def test_the_run_ends_when_patience_does(monkeypatch):
    """Validations 0.5, 0.6, then none better: three of those end it."""
    accuracies = iter([0.5, 0.6, 0.55, 0.6, 0.1, 0.9, 0.9])
    real = validated

    def fake(*arguments):
        return type(real(*arguments))(next(accuracies), 0.01, 4)

    monkeypatch.setattr(module, "validated", fake)
    trainer = trained("plain", episodes=500, validate_every=5, patience=3)
    outcome = trainer.run()
    assert [n["validation"] for n in outcome.history] == [0.5, 0.6, 0.55, 0.6, 0.1]
    assert outcome.episodes == 20
    assert outcome.best_episode == 5
    assert outcome.first.mean == 0.5
    assert outcome.best.mean == 0.6


def test_the_run_ends_when_no_validation_can_be_better(monkeypatch):
    accuracies = iter([0.5, 0.9, 1.0, 0.9, 0.9])
    real = validated

    def fake(*arguments):
        return type(real(*arguments))(next(accuracies), 0.01, 4)

    monkeypatch.setattr(module, "validated", fake)
    outcome = trained("plain", episodes=500, validate_every=5, patience=9).run()
    assert [n["validation"] for n in outcome.history] == [0.5, 0.9, 1.0]
    assert (outcome.episodes, outcome.best_episode) == (10, 10)
    assert "100 %" in outcome.ending


@pytest.mark.parametrize("average", [None, 0.7])
def test_the_best_weights_are_kept_when_later_ones_are_worse(average):
    """A learning rate that destroys what the first steps learned."""
    validations = {}

    def on_report(report):
        if report.validation is not None:
            kept = trainer.state.mean if average else weights(trainer)
            validations[report.episode] = (
                report.validation.mean,
                {k: v.clone() for k, v in kept.items()},
            )

    trainer = trained(
        "plain", episodes=60, learning_rate=20.0, schedule="constant", average=average,
        clip=1e9, on_report=on_report, n_validation=30,
    )  # fmt: skip
    outcome = trainer.run()
    best = max(mean for mean, _ in validations.values())
    assert validations[60][0] < best
    assert outcome.best.mean == best
    assert outcome.best_episode == next(e for e, (mean, _) in validations.items() if mean == best)
    tensors = weights(trainer)
    for name, value in validations[outcome.best_episode][1].items():
        torch.testing.assert_close(tensors[name], value, rtol=0, atol=0)
    again = validated(trainer.learner, trainer.loss, trainer.data, trainer.recipe)
    assert again.mean == outcome.best.mean
    assert not trainer.learner.training


def test_the_average_of_the_weights_is_polyaks():
    rows = []
    trainer = trained("plain", episodes=8, average=0.5, validate_every=100)
    mean = {k: v.clone() for k, v in trainer.weights.learned().items()}
    follow = trainer.weights.follow

    def noted(*arguments):
        follow(*arguments)
        step = len(rows) + 1
        decay = min(0.5, (1 + step) / (10 + step))
        now = trainer.weights.learned()
        for name in mean:
            if mean[name].is_floating_point():
                mean[name] = decay * mean[name] + (1 - decay) * now[name]
            else:
                mean[name] = now[name].clone()
            torch.testing.assert_close(trainer.state.mean[name], mean[name])
        rows.append(step)

    trainer.weights.follow = noted
    trainer.run()
    assert len(rows) == 8


def test_validation_is_episodic_accuracy_of_the_same_episodes():
    x, labels = vectors()
    scenario = Scenario(3, (1, 3), 2, described=0.5, n_strangers=0)
    learner, loss = Plain(), EpisodeLoss("cosine", kappa=2.0)
    data = task(learner, x, labels, scenario)
    recipe = Recipe(n_validation=12, seed=5)
    validation = validated(learner, loss, [data], recipe)
    assert validated(learner, loss, [data], recipe) == validation
    whole = learner.map(torch.from_numpy(x)).detach().numpy()
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    sampler = Sampler(labels, scenario, classes=range(8, 12))
    episodes = [sampler.draw(generator_of(5, Stream.VALIDATION, 0, i)) for i in range(12)]
    expected = episodic_accuracy(episodes, whole[:96], whole[96:], kappa=2.0)
    assert validation.mean == pytest.approx(expected.mean)
    assert validation.interval == pytest.approx(expected.interval)
    assert validation.n == 12
    # Only classes kept for it are embedded, each document once.
    rows = np.concatenate(learner.embedded)
    assert set(labels[rows[rows < 96]].tolist()) <= set(range(8, 12))
    assert (np.bincount(np.concatenate(learner.embedded[:1])) <= 1).all()


def test_validation_over_several_data_sets_is_their_mean():
    learner, loss = Plain(), EpisodeLoss("cosine")
    both = [task(learner, *vectors(seed=s), SCENARIO) for s in (0, 1)]
    none = task(learner, *vectors(seed=2), SCENARIO, valid=False)
    recipe = Recipe(n_validation=20)
    validation = validated(learner, loss, [*both, none], recipe)
    first = validated(learner, loss, both[:1], recipe)
    x, labels = vectors(seed=1)
    episodes = [both[1].valid.draw(generator_of(0, Stream.VALIDATION, 1, i)) for i in range(20)]
    whole = learner.embed_all(torch.from_numpy(x), np.arange(len(x)))
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    n = len(labels)
    second = episodic_accuracy(episodes, whole[:n], whole[n:], kappa=loss.kappa)
    assert validation.mean == pytest.approx((first.mean + second.mean) / 2)
    assert validation.interval == pytest.approx(math.hypot(first.interval, second.interval) / 2)
    assert validation.n == 40


def test_episodes_come_from_all_data_sets():
    learner = Plain()
    data = [task(learner, *vectors(seed=s), SCENARIO, valid=False) for s in (0, 1)]
    marked = [TaskData(d.prepared + 1000.0 * i, d.n, d.train) for i, d in enumerate(data)]
    reports = []

    def embed(prepared, rows, generator):
        reports.append(float(prepared.mean()) > 500)
        return Plain.embed(learner, prepared, rows, generator)

    learner.embed = embed  # type: ignore[method-assign]
    Trainer(learner, EpisodeLoss("cosine"), marked, Recipe(episodes=30, warmup=0.0)).run()
    assert 5 < sum(reports) < 25


def test_without_validation_the_last_weights_stay():
    learner = Plain()
    data = task(learner, *vectors(), SCENARIO, valid=False)
    trainer = Trainer(learner, EpisodeLoss("cosine"), [data], Recipe(episodes=7, validate_every=3))
    before = weights(trainer)
    outcome = trainer.run()
    assert outcome.best is None
    assert outcome.first is None
    assert outcome.best_episode == 7
    assert not torch.equal(weights(trainer)["encoder.map.weight"], before["encoder.map.weight"])
    assert int(learner.steps) == 7


def test_a_run_never_reports_more_episodes_than_in_all():
    """The last step is whole; before, a run of four in steps of three said "6 of 4"."""
    reports = []
    outcome = trained("plain", episodes=4, episodes_per_step=3, on_report=reports.append).run()
    assert [(r.episode, r.episodes) for r in reports if r.validation is None] == [(3, 6), (6, 6)]
    assert (reports[-1].share, outcome.episodes) == (1.0, 6)


def test_reports_say_how_far_a_run_is():
    reports = []
    trainer = trained(
        "plain", episodes=12, episodes_per_step=3, on_report=reports.append, warmup=0.5
    )
    outcome = trainer.run()
    plain = [r for r in reports if r.validation is None]
    assert [r.episode for r in plain] == [3, 6, 9, 12]
    assert [r.share for r in plain] == [0.25, 0.5, 0.75, 1.0]
    assert plain[-1].remaining == 0
    assert plain[1].remaining == pytest.approx(plain[1].elapsed)
    assert [r.episode for r in reports if r.validation is not None] == [0, 6, 12]
    assert [r.best for r in reports][-1] == outcome.best.mean
    assert all(math.isfinite(r.loss) and 0 <= r.accuracy <= 1 for r in plain)
    assert outcome.episodes == 12
    assert outcome.seconds < 60
    assert outcome.kappa != 1.0
    assert history(trainer)[-1]["loss"] == plain[-1].loss
