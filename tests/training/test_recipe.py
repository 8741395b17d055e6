"""Learning rates and ends of a run against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from protolabel.errors import InputError
from protolabel.training.loop.recipe import Recipe

NAN = float("nan")
RATES = [
    # warm-up over the first fifth: (share done + one episode) / 0.2
    ("constant", {0: 0.05, 1: 0.1, 9: 0.5, 19: 1.0, 20: 1.0, 99: 1.0}),
    # after it, a straight line to zero at the end: (1 - share) / 0.8
    ("linear", {0: 0.05, 19: 1.0, 20: 1.0, 40: 0.75, 60: 0.5, 99: 0.0125}),
    # and half a wave: (1 - cos(pi left)) / 2
    ("cosine", {0: 0.05, 19: 1.0, 20: 1.0, 60: 0.5, 40: (1 + math.sqrt(0.5)) / 2,
                99: (1 - math.cos(math.pi / 80)) / 2}),
    # halved every 30 episodes
    ("halve", {0: 0.05, 19: 1.0, 29: 1.0, 30: 0.5, 59: 0.5, 60: 0.25, 99: 0.125}),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "expected"), RATES)
def test_rates_by_hand(schedule, expected):
    recipe = Recipe(episodes=100, schedule=schedule, warmup=0.2, halve_every=30)
    for episode, rate in expected.items():
        assert recipe.rate(episode, 0.0) == pytest.approx(rate, abs=1e-12), episode


@pytest.mark.parametrize("schedule", ["constant", "halve", "cosine", "linear"])
@pytest.mark.parametrize("warmup", [0.0, 0.1])
@pytest.mark.parametrize("minutes", [None, 2.0])
def test_rates_stay_within_bounds(schedule, warmup, minutes):
    recipe = Recipe(episodes=7, schedule=schedule, warmup=warmup, minutes=minutes, halve_every=3)
    for episode in range(12):
        for elapsed in (0.0, 50.0, 119.9, 120.0, 500.0):
            assert 0 <= recipe.rate(episode, elapsed) <= 1
    assert recipe.rate(0, 0.0) > 0
    assert recipe.rate(6, 0.0) > 0  # the last step learns too


def test_without_warmup_the_first_step_is_whole():
    for schedule in ("constant", "halve", "cosine", "linear"):
        assert Recipe(schedule=schedule, warmup=0.0).rate(0, 0.0) == 1.0


def test_the_clock_shapes_a_run_as_episodes_do():
    """Ten minutes with 100,000 episodes to spare: after six of them the line is halfway down."""
    recipe = Recipe(episodes=100_000, minutes=10, warmup=0.2, schedule="linear")
    assert recipe.share(10, 360.0) == pytest.approx(0.6)
    assert recipe.rate(10, 360.0) == pytest.approx(0.5)
    assert recipe.rate(10, 60.0) == pytest.approx(0.5, abs=1e-4)  # of the way up
    assert recipe.share(10, 600.0) == recipe.share(10, 1e6) == 1.0
    assert recipe.rate(10, 600.0) == pytest.approx(0.0)
    assert recipe.share(90_000, 60.0) == pytest.approx(0.9)  # whichever is further
    assert Recipe(episodes=10).share(5, 1e9) == 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"episodes": 0}, "episodes is 0; expected 1 or more"),
        ({"episodes": 1.5}, "episodes is 1.5; expected a whole number, 1 or more"),
        ({"episodes": "x"}, "episodes is 'x'; expected a whole number"),
        ({"episodes": 10**9 + 1}, "episodes is 1000000001; expected 1000000000 at most"),
        ({"seed": 2**63}, "seed is 9223372036854775808; expected 9223372036854775807 at most"),
        ({"seed": -1}, "seed is -1; expected 0 or more"),
        ({"seed": None}, "seed is None; expected a whole number"),
        ({"learning_rate": "x"}, "learning_rate is 'x'; expected more than 0"),
        ({"turns": 1}, "turns 1; expected True or False"),
        ({"episodes_per_step": 0}, "episodes_per_step is 0"),
        ({"validate_every": 0}, "validate_every is 0"),
        ({"n_validation": 0}, "n_validation is 0"),
        ({"patience": 0}, "patience is 0"),
        ({"halve_every": 0}, "halve_every is 0"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; expected more than 0"),
        ({"learning_rate": NAN}, "learning_rate is nan"),
        ({"head_rate": -1.0}, "head_rate is -1.0; expected 0 or more"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1"),
        ({"minutes": 0.0}, "minutes is 0.0; expected more than 0"),
        ({"warmup": 1.0}, "warmup is 1.0; expected a share of the run, below 1"),
        ({"schedule": "steps"}, "schedule is 'steps'; expected one of constant, halve, cosine"),
        ({"average": 1.0}, "average is 1.0; expected between 0 and 1"),
        ({"clip": 0.0}, "clip is 0.0; expected more than 0"),
    ],
)
def test_what_cannot_be_run_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        Recipe(**settings)
