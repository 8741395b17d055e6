"""A loss, gradient, vector or weight that is not finite ends a run, and nothing is written."""

from __future__ import annotations

import pytest
import torch
from encoder_folders import WORDS, write_folder
from training_tools import SCENARIO, Plain, task, train_flat, trained, vectors, weights

from protolabel import Example
from protolabel.errors import TrainingError
from protolabel.training import Recipe, past_of
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.trainer import Trainer


class Infinite(torch.autograd.Function):
    """The identity, whose gradient is not finite."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * float("inf")


class Diverging(Plain):
    """Fails in the way that it is told, in training alone."""

    def __init__(self, way):
        super().__init__(dropout=0.0)
        self.way = way

    def embed(self, prepared, rows, generator):
        x = super().embed(prepared, rows, generator)
        if generator is None:
            return x
        return x * float("nan") if self.way == "the loss" else Infinite.apply(x)


@pytest.mark.parametrize("way", ["the loss", "a gradient"])
def test_what_is_not_finite_ends_the_run_with_a_reason_and_moves_nothing(way):
    learner = Diverging(way)
    data = task(learner, *vectors(), SCENARIO)
    trainer = Trainer(learner, EpisodeLoss("cosine"), [data], Recipe(episodes=5))
    before = weights(trainer)
    with pytest.raises(TrainingError, match=rf"{way} of episode 1 .*diverged.*expected.*to fix it"):
        trainer.run()
    for name, value in weights(trainer).items():
        assert name == "encoder.steps" or torch.equal(value, before[name])


def test_vectors_that_are_not_finite_end_the_run():
    trainer = trained("plain")
    with torch.no_grad():
        trainer.learner.map.weight[0, 0] = float("nan")
    with pytest.raises(TrainingError, match=r"vectors that are not finite.*expected.*to fix it"):
        trainer.run()


def test_a_training_that_diverges_writes_no_encoder(tmp_path):
    base = write_folder(tmp_path / "base")
    past = past_of(
        Example(f"about {word}", f"{word} {other}") for word in WORDS[:8] for other in WORDS[:4]
    )
    recipe = Recipe(episodes=40, learning_rate=1e29, warmup=0.0)
    with pytest.raises(TrainingError, match="not finite"):
        train_flat(past, tmp_path / "out", kind="transformer", encoder=base, recipe=recipe)
    assert not (tmp_path / "out").exists()
