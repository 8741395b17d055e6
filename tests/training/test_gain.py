"""Whether training helped, by class; what is not shown to help is not written."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from training_tools import train_flat

from protolabel import Example
from protolabel.encoders import load_encoder
from protolabel.encoders.text.precision import SETTING
from protolabel.evaluation.episodic import averaged
from protolabel.training import Gain, Recipe, Scenario, past_of
from protolabel.training.gain import paired_gain
from protolabel.training.loop.validation import EpisodeAnswers

SCENARIO = Scenario(2, 1, 1)
QUICK = Recipe(episodes=4, validate_every=2, n_validation=3, learning_rate=0.01, warmup=0.0)


def answers(classes, right) -> EpisodeAnswers:
    return EpisodeAnswers(np.array(classes), np.array(right, bool), averaged([0.5, 0.5]))


def test_the_gain_counts_each_class_once():
    classes = [4, 4, 4, 4, 7, 7, 9]
    gain = paired_gain(
        answers(classes, [1, 0, 0, 0, 1, 0, 1]), answers(classes, [1, 1, 1, 0, 0, 0, 1])
    )
    by_class = [2 / 4, -1 / 2, 0.0]
    assert gain.classes == 3
    assert gain.mean == pytest.approx(statistics.mean(by_class))
    half = 4.302653 * statistics.stdev(by_class) / math.sqrt(3)  # Student's t, 2 degrees
    assert gain.interval == pytest.approx(half, rel=1e-5)
    assert str(gain) == f"+0.0 points ± {100 * half:.1f} (95 %, over 3 classes)"


@pytest.mark.parametrize(
    ("gain", "beyond"),
    [
        (Gain(0.03, 0.02, 9), True),
        (Gain(0.02, 0.03, 9), False),
        (Gain(-0.05, 0.01, 9), False),
        (Gain(0.3, math.nan, 1), False),
        (Gain(0.0, 0.0, 9), False),
    ],
)
def test_a_gain_is_beyond_chance_if_its_whole_interval_is_above_zero(gain, beyond):
    assert gain.beyond_chance is beyond


@pytest.mark.parametrize(("won", "beyond"), [(0, False), (1, True)])
def test_classes_that_all_gain_the_same_leave_the_gain_an_interval(won, beyond):
    classes = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    gain = paired_gain(answers(classes, [0] * 12), answers(classes, [won] * 12))
    assert gain.mean == won
    assert gain.interval > 0.1
    assert gain.beyond_chance is beyond
    few = paired_gain(answers([0, 0, 1, 1], [0, 0, 0, 0]), answers([0, 0, 1, 1], [0, 1, 0, 1]))
    assert few.mean == 0.5
    assert not few.beyond_chance  # two classes; before, the interval of equal gains was empty


@pytest.mark.slow
@pytest.mark.parametrize("n_classes", [4, 8, 20])
def test_the_interval_of_the_gain_holds_for_other_classes(n_classes):
    """Classes differ in what they gain; queries of a class fail together. 95 % of intervals hold.

    Over episodes of the same classes, as if their queries were independent, far fewer would.
    """
    rng = np.random.default_rng(0)
    truth, runs, covered, naive = 0.03, 1500, 0, 0
    for _ in range(runs):
        gains = rng.normal(truth, 0.05, n_classes)
        level = rng.uniform(0.5, 0.8, n_classes)
        classes = rng.integers(0, n_classes, 2000)
        before = rng.random(2000) < level[classes]
        after = rng.random(2000) < (level + gains)[classes]
        gain = paired_gain(answers(classes, before), answers(classes, after))
        covered += abs(gain.mean - truth) <= gain.interval
        difference = after.astype(float) - before
        naive += abs(difference.mean() - truth) <= 1.96 * difference.std() / math.sqrt(2000)
    assert 0.935 <= covered / runs <= 0.965
    assert naive / runs < 0.9


def noise():
    """Labels that mean nothing: there is nothing to learn for other classes."""
    rng = np.random.default_rng(0)
    texts = {" ".join(rng.choice(WORDS[:13], 5)) for _ in range(60)}
    return past_of(
        [Example(f"kind {i % 10}", text) for i, text in enumerate(sorted(texts))], names_mean=False
    )


def test_what_is_not_shown_to_help_is_not_written_and_is_written_at_once_where_asked_for(
    tmp_path, monkeypatch
):
    """Two novel classes show nothing, whatever the gain; validation prefers a later moment."""
    monkeypatch.setenv(SETTING, "f32")  # the same vectors on every processor
    base, out = write_folder(tmp_path / "base"), tmp_path / "out"
    reports = []
    recipe = Recipe(
        episodes=20, validate_every=5, n_validation=60, learning_rate=0.1, head_rate=0.1, warmup=0.0
    )
    past = past_of(
        Example(f"about {word}", f"{word} {word} {one} {other}")
        for word in WORDS[4:13]
        for one in WORDS[:4]
        for other in WORDS[:4]
    )
    scenario = Scenario(3, 1, 1)
    settings = {"kind": "map", "encoder": base, "recipe": recipe, "scenario": scenario}
    trained = train_flat(past, out, only_if_better=True, **settings)
    assert trained.outcome.best_episode > 0
    assert trained.folder is None
    assert not trained.gain.beyond_chance
    assert "nothing is written: the gain" in str(trained)
    assert "only_if_better=False" in trained.reason
    assert not out.exists()
    again = train_flat(past, out, on_report=reports.append, **settings)
    assert again.folder == out
    assert "not shown to be better: the gain" in str(again)
    assert again.gain == trained.gain
    assert reports == []  # the state was kept: nothing is trained again
    assert not (tmp_path / "out.run").exists()
    assert load_encoder(out).encode(["pay bill"]).shape == (1, 16)


def test_a_run_whose_best_moment_is_its_beginning_writes_nothing(tmp_path):
    base, out = write_folder(tmp_path / "base"), tmp_path / "out"
    recipe = replace(QUICK, learning_rate=1e-9)  # no step is long enough to change an answer
    settings = {"kind": "map", "encoder": base, "recipe": recipe, "scenario": SCENARIO}
    trained = train_flat(noise(), out, only_if_better=True, novel=0.4, **settings)
    assert trained.outcome.best_episode == 0
    assert trained.folder is None
    assert "nothing is written: no moment was better than the beginning" in str(trained)
    assert [path.name for path in tmp_path.iterdir()] == ["base"]
