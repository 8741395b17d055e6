"""What an encoder has learned from is no evidence for it: in a label space, from end to end."""

from __future__ import annotations

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from training_tools import train_flat

from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import Shortage
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.training import Recipe, Scenario, past_of

QUICK = Recipe(episodes=2, validate_every=2, n_validation=2, learning_rate=0.01, warmup=0.0)


def documents(n: int, seed: int) -> list[Example]:
    """``n`` sentences of each of eight classes, told apart by a word of their own."""
    rng = np.random.default_rng(seed)
    return [
        Example(f"about {word}", " ".join([word, *rng.choice(WORDS[:13], 7)]), f"{seed}{word}{i}")
        for word in WORDS[:8] for i in range(n)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The encoder as it was, and one that has learned from eight sentences of each class."""
    path = tmp_path_factory.mktemp("encoders")
    base = write_folder(path / "base")
    settings = {"kind": "map", "encoder": base, "recipe": QUICK, "scenario": Scenario(2, 1, 1)}
    train_flat(past_of(documents(8, 0)), path / "trained", **settings)
    return base, path / "trained"


def space_on(encoder, examples) -> LabelSpace:
    space = LabelSpace.create(encoder=str(encoder), background=False)
    space.add(examples)
    space.settle()
    return space


def test_a_label_space_does_not_calibrate_on_what_its_encoder_has_learned_from(folders):
    base, trained = folders
    shouted = [Example(e.label, (e.text or "").upper(), e.id) for e in documents(8, 0)]
    with space_on(base, documents(8, 0)) as space:
        assert not isinstance(space.view().calibration, Shortage)
    for examples in (documents(8, 0), shouted):
        with space_on(trained, examples) as space:
            assert isinstance(space.view().calibration, Shortage)
            assert space.label(documents(1, 5)[0].text).probability is None
    with space_on(trained, [*documents(8, 0), *documents(8, 1)]) as space:
        assert not isinstance(space.view().calibration, Shortage)


def test_two_encoders_are_compared_on_what_neither_has_learned_from(folders):
    base, trained = folders
    with space_on(base, [*documents(8, 0), *documents(4, 1)]) as space:
        comparison = space.compare(str(trained))
        assert comparison.n == 32
        result = space.reencode(str(trained), only_if_better=True)
        assert result.comparison == comparison
    with space_on(base, documents(8, 0)) as space:
        result = space.reencode(str(trained), only_if_better=True)
        assert (result.change, result.comparison.n) == (None, 0)


def test_an_evaluation_leaves_out_what_the_encoder_has_learned_from(folders):
    _, trained = folders
    with space_on(trained, [*documents(8, 0), *documents(6, 1)]) as space:
        evaluation = evaluate_space(space, draws=3)
        assert evaluation.shares["leave-one-out, prototypes"].n == 48
    with space_on(trained, documents(8, 0)) as space:
        evaluation = evaluate_space(space, draws=3)
        assert evaluation.shares["leave-one-out, prototypes"].n == 0
        assert any("learned from 64 of the 64 examples" in note for note in evaluation.notes)
