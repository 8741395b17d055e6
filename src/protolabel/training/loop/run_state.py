"""The state of a run: how far it is, and its weights now, at their best, and in the running mean.

It is kept in a folder, and a later run of the same settings continues from it. It trains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from protolabel.errors import InputError
from protolabel.training.loop import checkpoint
from protolabel.training.loop.reports import Judgement
from protolabel.training.loop.weights import Weights

_FROM_THE_SEED = ("past", "split")  # settings that differ with the seed, and then say nothing


@dataclass(slots=True)
class Facts:
    """How far a run is.

    Attributes:
        episode: how many there were.
        elapsed: seconds of training.
        rate: the learning rate.
        losses: of each step since the last validation, with the share of right answers.
        history: the validations.
        stale: how many of them in a row brought nothing better.
        highest: whether one had the highest score that there is.
        best_episode, best_score: of the weights that are kept; None where no score is a number.
        best: their accuracy, where they were validated.
    """

    episode: int = 0
    elapsed: float = 0.0
    rate: float = 0.0
    losses: list[tuple[float, float]] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)
    stale: int = 0
    highest: bool = False
    best_episode: int = 0
    best_score: float | None = None
    best: float | None = None

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the facts in a record that may hold more."""
        return cls(**{one.name: record[one.name] for one in fields(cls) if one.name in record})


class RunState:
    """What a run that was killed needs to go on.

    ``best``: the weights that are kept. ``mean``: their running mean, empty where the recipe asks
    for none.
    ``between_steps``: False while a step has changed some of the weights and not others.
    """

    def __init__(
        self, weights: Weights, optimizer: torch.optim.Optimizer, *, averages: bool
    ) -> None:
        self.weights, self.optimizer = weights, optimizer
        self.best = weights.copied()
        self.mean = weights.copied() if averages else {}
        self.facts = Facts()
        self.between_steps = True

    def note(self, note: dict[str, float], judgement: Judgement | None) -> None:
        """Add a validation to the history, and keep the weights where they are the best so far.

        Without a judgement the newest weights are the best.
        """
        facts = self.facts
        accuracy = judgement.accuracy if judgement else None
        if accuracy is not None:
            note = note | {
                "validation": accuracy.mean, "interval": accuracy.interval, "n": accuracy.n,
            }  # fmt: skip
        facts.history.append(note)
        score = note["score"]
        if judgement is not None and score >= judgement.highest:
            facts.highest = True
        if np.isnan(score) or facts.best_score is None or score > facts.best_score:
            current = self.mean or self.weights.copied()
            self.best = {name: tensor.clone() for name, tensor in current.items()}
            facts.best_episode, facts.stale = int(note["episode"]), 0
            if not np.isnan(score):
                facts.best_score = score
            if accuracy is not None:
                facts.best = accuracy.mean
        else:
            facts.stale += 1
        facts.losses = []

    def save(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """Keep the state in a folder, with the settings that a resuming run must have."""
        tensors = {f"now.{name}": tensor for name, tensor in self.weights.learned().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        tensors |= {f"mean.{name}": tensor for name, tensor in self.mean.items()}
        tensors |= checkpoint.optimizer_tensors(self.optimizer)
        checkpoint.save(folder, tensors, asdict(self.facts) | {"settings": settings})

    def resume(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """Take up the state in a folder, if there is one.

        Raises:
            InputError: it is damaged, of other settings, or of other weights.
        """
        stored = checkpoint.load(folder)
        if stored is None:
            return
        tensors, facts = stored
        earlier = facts["settings"]
        differing = sorted(k for k, value in settings.items() if value != earlier.get(k))
        if "seed" in differing:
            differing = [name for name in differing if name not in _FROM_THE_SEED]
        if differing:
            raise InputError(
                f"the run in {folder} was begun with another {', '.join(differing)}",
                expected="the settings that it was begun with",
                remedy="give those, name another out=, or delete that folder to start again",
            )
        shapes = {name: tensor.shape for name, tensor in self.weights.learned().items()}
        weights, self.best = (_part(tensors, part, shapes, folder) for part in ("now", "best"))
        if self.mean:
            self.mean = _part(tensors, "mean", shapes, folder)
        self.weights.take(weights)
        checkpoint.restore_optimizer(self.optimizer, tensors)
        self.facts = Facts.of_record(facts)


def as_stored(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they are when they have been written as JSON and read again."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(settings)))
    return stored


def _part(
    tensors: Mapping[str, Tensor], part: str, shapes: Mapping[str, torch.Size], folder: Path
) -> dict[str, Tensor]:
    """Return the weights that were stored under a prefix."""
    weights = {}
    for name, shape in shapes.items():
        tensor = tensors.get(f"{part}.{name}")
        if tensor is None or tensor.shape != shape:
            raise InputError(
                f"the run in {folder} holds other weights than are to be trained",
                expected="the state of this encoder",
                remedy="name another out=, or delete that folder to start again",
            )
        weights[name] = tensor
    return weights
