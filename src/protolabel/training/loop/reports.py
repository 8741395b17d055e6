"""The reports of a run: its progress, its validation, its outcome. No arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

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
    """What a run came to. ``first`` and ``best`` are validations before it and at its best.

    ``ending``: why it ended before its recipe's end, in words; empty where it did not.
    """

    episodes: int
    seconds: float
    first: Accuracy | None
    best: Accuracy | None
    best_episode: int
    kappa: float
    temperature: float
    history: list[dict[str, float]]
    ending: str = ""


@dataclass(frozen=True)
class Judgement:
    """What held-out data say: the weights of the highest ``score`` are kept.

    ``highest``: the score that none exceeds; a run that has it can only lose by going on.
    """

    score: float
    accuracy: Accuracy | None
    highest: float = math.inf


OnReport = Callable[[Report], None]
Judge = Callable[[Learner, EpisodeLoss], Judgement]


def in_phase(on_report: OnReport | None, phase: str, until: int | None = None) -> OnReport | None:
    """Return a function that passes reports on as those of one run of several.

    Args:
        on_report: is called with the reports; None where nobody is to be told.
        phase: which run this is, in words.
        until: the episode at which the run ends, where that is not the recipe's end.
    """
    if on_report is None:
        return None

    def named(report: Report) -> None:
        if until is not None:
            report = replace(report, episodes=until, share=report.episode / until)
        on_report(replace(report, phase=phase))

    return named
