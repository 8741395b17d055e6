"""One step of the optimiser on the episodes of the step, over one process or several.

Snell et al. 2017, algorithm 1. All randomness of an episode follows from the seed and the episode's
number, so a step that is shared out over processes equals the step of one process. It keeps no
state.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from protolabel.episodes.sampler import Episode, Mixture, Stream, generator_of
from protolabel.errors import TrainingError
from protolabel.training.learners.base import Learner
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.validation import TaskData
from protolabel.training.loop.weights import Weights


class TrainingStep:
    """Draws the episodes of a step, answers them, and moves the weights."""

    def __init__(
        self,
        learner: Learner,
        loss: EpisodeLoss,
        data: Sequence[TaskData],
        recipe: Recipe,
        processes: Processes,
    ) -> None:
        self._learner, self._loss, self._data = learner, loss, data
        self._recipe, self._processes = recipe, processes
        self._weights = Weights(learner, loss)
        self._sampler = Mixture([one.train for one in data], [one.weight for one in data])
        self.optimizer = torch.optim.AdamW(
            [
                {"params": self._weights.trained(), "lr": recipe.learning_rate},
                {
                    "params": [p for p in loss.parameters() if p.requires_grad],
                    "lr": recipe.head_rate,
                    "weight_decay": 0.0,
                },
            ],
            weight_decay=recipe.weight_decay,
        )
        self._rates = [group["lr"] for group in self.optimizer.param_groups]

    def gradients(self, first: int) -> tuple[float, float]:
        """Compute the gradients of the step whose episodes begin with number ``first``.

        The weights stay as they are until :meth:`apply`.

        Returns:
            Loss and share of right answers, means over the episodes of the step.

        Raises:
            TrainingError: the loss or a gradient is not finite.
        """
        recipe, processes = self._recipe, self._processes
        device = processes.device()
        self._learner.train()
        total = torch.zeros(2, device=device)
        self.optimizer.zero_grad(set_to_none=True)
        for number in range(processes.rank, recipe.episodes_per_step, processes.size):
            rng = generator_of(recipe.seed, Stream.TRAINING, first + number)
            seed = int(rng.integers(2**31))
            torch.manual_seed(seed)  # dropout
            episode = self._sampler.draw(rng)
            loss, right = self._answer(episode, torch.Generator().manual_seed(seed))
            (loss / recipe.episodes_per_step).backward()  # type: ignore[no-untyped-call]
            total += torch.tensor([float(loss.detach()), right], device=device)
        self._share(total)
        torch.nn.utils.clip_grad_norm_(self._weights.trained(), recipe.clip)
        mean = (total / recipe.episodes_per_step).tolist()
        self._refuse_not_finite(first, mean[0])
        return float(mean[0]), float(mean[1])

    def apply(self, rate: float) -> None:
        """Move the weights along the gradients; ``rate`` is the factor of the learning rates."""
        sums = self._learner.statistics()
        if sums is not None:
            self._processes.add([sums])
            self._learner.take_statistics(sums / self._recipe.episodes_per_step)
        for group, highest in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = highest * rate
        self.optimizer.step()

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def _refuse_not_finite(self, first: int, loss: float) -> None:
        gradients = [p.grad for p in self._parameters() if p.grad is not None]
        if np.isfinite(loss) and all(bool(torch.isfinite(g).all()) for g in gradients):
            return
        what = "a gradient" if np.isfinite(loss) else "the loss"
        raise TrainingError(
            f"{what} of episode {first + 1} is not finite: the training has diverged",
            expected="finite numbers",
            remedy=f"lower the learning rate (learning_rate=; it is {self._recipe.learning_rate:g}"
            ") and name another out=, or delete the folder of the run's state to start again",
        )

    def _share(self, total: Tensor) -> None:
        """Sum gradients and figures over all processes.

        A parameter that no episode of the step needed gets a gradient of zero, in one process as in
        several, so that the optimiser treats it like any other.
        """
        for parameter in self._parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self._processes.add([p.grad for p in self._parameters() if p.grad is not None])
        self._processes.add([total])

    def _answer(self, episode: Episode, generator: torch.Generator) -> tuple[Tensor, float]:
        data = self._data[episode.dataset]
        parts = [episode.support, episode.query]
        if episode.described:
            parts.append(data.n + episode.classes)
        embedded = self._learner.embed(data.prepared, np.concatenate(parts), generator)
        support, queries, *words = torch.split(embedded, [len(part) for part in parts])
        answer = self._loss.in_turns if self._recipe.turns else self._loss
        result: tuple[Tensor, float] = answer(
            episode, support, queries, words[0] if words else None
        )
        return result
