"""How an encoder is trained, in numbers: steps, learning rates, validation, stopping. Runs nothing.

The learning rate of a step follows from the share of the run that is done, so that a run bounded
by minutes and one bounded by episodes have the same shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from protolabel.arguments import MOST, MOST_SEED, is_number, is_whole, require_flag
from protolabel.errors import InputError

Schedule = Literal["constant", "halve", "cosine", "linear"]
LARGE = 1e30  # no rate is so large; beyond it float32 overflows
_COUNTS = (
    "episodes", "episodes_per_step", "halve_every", "validate_every", "n_validation", "patience",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """Settings of a run.

    ``episodes``: training episodes in all, ``episodes_per_step`` of them a step; the last step is
    whole. ``minutes``: an earlier end by the clock. ``learning_rate`` is that of the encoder,
    ``head_rate`` that of temperature, kappa and the strangers' score. ``schedule``: ``halve``
    (every ``halve_every`` episodes, as the paper does), ``linear`` or ``cosine`` decay to zero, or
    ``constant``; ``warmup`` is the share of the run in which the rate rises. ``average``: decay a
    step of the running mean of the weights that is validated and kept in their place (Polyak), or
    None. ``validate_every`` episodes, ``n_validation`` episodes are answered; ``patience``
    validations without a better one end the run. ``clip``: greatest length of the gradient.
    ``turns``: each document of an episode takes its turn as an example
    (:func:`protolabel.episodes.sampler.turns`).
    """

    episodes: int = 400
    episodes_per_step: int = 1
    minutes: float | None = None
    learning_rate: float = 2e-5
    head_rate: float = 1e-3
    weight_decay: float = 0.0
    schedule: Schedule = "linear"
    halve_every: int = 2000
    warmup: float = 0.1
    average: float | None = None
    validate_every: int = 100
    n_validation: int = 200
    patience: int = 10
    clip: float = 1.0
    turns: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be run, with an InputError."""
        for name in _COUNTS:
            self._require_whole(name, 1, MOST)
        self._require_whole("seed", 0, MOST_SEED)
        for name in ("learning_rate", "clip"):
            self._require_real(name, lambda x: 0 < x < LARGE, f"more than 0, and below {LARGE:g}")
        for name in ("head_rate", "weight_decay"):
            self._require_real(name, lambda x: 0 <= x < LARGE, f"0 or more, and below {LARGE:g}")
        if self.minutes is not None:
            self._require_real("minutes", lambda x: 0 < x < math.inf, "more than 0, and finite")
        self._require_real("warmup", lambda x: 0 <= x < 1, "a share of the run, below 1")
        schedules = get_args(Schedule)
        is_name = isinstance(self.schedule, str) and self.schedule in schedules
        self._require("schedule", is_name, f"one of {', '.join(schedules)}")
        if self.average is not None:
            self._require_real("average", lambda x: 0 < x < 1, "between 0 and 1, or None")
        require_flag(self.turns, "turns")

    def _require_whole(self, name: str, least: int, most: int) -> None:
        """Raise InputError unless a setting is a whole number within bounds."""
        value = getattr(self, name)
        expected = f"a whole number, {least} or more"
        if is_whole(value):
            expected = f"{least} or more" if value < least else f"{most} at most"
        self._require(name, is_whole(value) and least <= value <= most, expected)

    def _require_real(self, name: str, holds: Callable[[float], bool], expected: str) -> None:
        """Raise InputError unless a setting is a number that is within its bounds."""
        value = getattr(self, name)
        self._require(name, is_number(value) and holds(value), expected)

    def _require(self, name: str, holds: bool, expected: str) -> None:
        """Raise InputError unless a setting is what it has to be. NaN never is."""
        if not holds:
            raise InputError(
                f"{name} is {repr(getattr(self, name))[:60]}",
                expected=expected,
                remedy="give another, or leave it out",
            )

    @property
    def episodes_in_steps(self) -> int:
        """How many episodes a run learns from that goes to its end: those of whole steps."""
        return -(-self.episodes // self.episodes_per_step) * self.episodes_per_step

    def rate(self, episode: int, elapsed: float) -> float:
        """Return the factor of the learning rates, 0 to 1, ``elapsed`` seconds into the run."""
        done = self.share(episode, elapsed)
        rising = min(1.0, (done + 1 / self.episodes) / self.warmup) if self.warmup else 1.0
        if self.schedule == "halve":
            return float(rising * 0.5 ** (episode // self.halve_every))
        left = 1.0 - max(0.0, done - self.warmup) / (1.0 - self.warmup)
        if self.schedule == "linear":
            return rising * left
        if self.schedule == "cosine":
            return rising * 0.5 * (1 - math.cos(math.pi * left))
        return rising

    def share(self, episode: int, elapsed: float) -> float:
        """Return the share of the run that is done, by episodes or the clock: the greater."""
        by_clock = elapsed / (60 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(episode / self.episodes, by_clock))
