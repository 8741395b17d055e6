"""What a run tells: how far it is, what held-out data say, and what came of it. No arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protolabel.evaluation.episodic import Accuracy
from protolabel.training.learners.base import Learner
from protolabel.training.loop.loss import EpisodeLoss


@dataclass(frozen=True)
class Report:
    """How far a run is: for a progress line, and for the log.

    ``loss`` and ``accuracy`` are means over the training episodes since the last report. ``phase``:
    which run of several this is, in words.
    """

    episode: int
    episodes: int
    share: float
    elapsed: float
    loss: float
    accuracy: float
    rate: float
    validation: Accuracy | None = None
    best: float | None = None
    phase: str = ""

    @property
    def remaining(self) -> float:
        """Seconds to go, by what is done."""
        return self.elapsed * (1 - self.share) / max(self.share, 1e-9)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. ``first`` and ``best`` are validations before it and at its best."""

    episodes: int
    seconds: float
    first: Accuracy | None
    best: Accuracy | None
    best_episode: int
    kappa: float
    temperature: float
    history: list[dict[str, float]]


@dataclass(frozen=True)
class Judged:
    """What held-out data say: the weights of the highest ``score`` are kept."""

    score: float
    accuracy: Accuracy | None


Watch = Callable[[Report], None]
Judge = Callable[[Learner, EpisodeLoss], Judged]
