"""The weights that a training changes, by name: read, copied, put back, averaged. No training."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from protolabel.training.learners.base import Learner
from protolabel.training.loop.loss import EpisodeLoss


class Weights:
    """The trained parameters and the statistics of a learner, and those of the loss."""

    def __init__(self, learner: Learner, loss: EpisodeLoss) -> None:
        self._learner, self._loss = learner, loss

    def trained(self) -> list[torch.nn.Parameter]:
        """Return the parameters of the learner that the optimiser moves."""
        return [p for p in self._learner.parameters() if p.requires_grad]

    def learned(self) -> dict[str, Tensor]:
        """Return all that training changes, as it is now: the tensors themselves."""
        frozen = {n for n, p in self._learner.named_parameters() if not p.requires_grad}
        encoder = {
            f"encoder.{k}": v for k, v in self._learner.state_dict().items() if k not in frozen
        }
        return encoder | {f"loss.{k}": v for k, v in self._loss.state_dict().items()}

    def copied(self) -> dict[str, Tensor]:
        """Return the same, copied."""
        return {name: tensor.detach().clone() for name, tensor in self.learned().items()}

    def take(self, weights: Mapping[str, Tensor]) -> None:
        """Put the values in place, by name; others stay as they are."""
        with torch.no_grad():
            for name, tensor in self.learned().items():
                if name in weights:
                    tensor.copy_(weights[name])

    def follow(self, mean: Mapping[str, Tensor], step: int, decay: float) -> None:
        """Take one step of a running mean of the weights, slower to forget as the run goes on.

        ``mean`` is changed in place; its share of what it was is ``decay``, and less at first:
        (1 + step) / (10 + step), steps counted from 1.
        """
        share = min(decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, tensor in self.learned().items():
                if tensor.is_floating_point():
                    mean[name].lerp_(tensor, 1 - share)
                else:
                    mean[name].copy_(tensor)
