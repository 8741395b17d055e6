"""An encoder is judged by the vectors that a label space will have, however long documents are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from encoder_folders import WORDS, write_folder
from training_tools import train_flat

from protolabel import Example
from protolabel.arrays import unit
from protolabel.encoders import load_encoder
from protolabel.errors import InputError
from protolabel.training import Network, Recipe, Scenario, past_of
from protolabel.training.adaptation_run import Adaptation, AdaptationRun
from protolabel.training.data.past import Past

torch.set_num_threads(1)

RNG = np.random.default_rng(0)
CLASSES = [word for word in WORDS[:6] for _ in range(6)]
LONG = [" ".join([*RNG.choice(WORDS[:13], 30), *[label] * 9]) for label in CLASSES]
QUICK = Recipe(episodes=2, validate_every=2, n_validation=2, learning_rate=0.01, warmup=0.0)


def past_without_words(texts: list[str]) -> Past:
    names = list(dict.fromkeys(CLASSES))
    labels = np.array([names.index(one) for one in CLASSES])
    return Past(texts, labels, names, [None] * len(names))


def test_held_out_examples_are_scored_as_the_label_space_scores_them(tmp_path):
    """Classes that only their ends tell apart: four tokens would know nothing of them."""
    base = write_folder(tmp_path / "base")
    past = past_without_words(LONG)
    held_out = np.arange(0, len(LONG), 3)
    adaptation = Adaptation(past, base, "all", 4, QUICK, 1.0)
    run = AdaptationRun(adaptation, held_out)
    assert run.shortened == len(LONG)
    _, unseen = run.scored(run.learner)
    vectors = unit(load_encoder(base, precision="f32").encode(LONG))
    kept = np.setdiff1d(np.arange(len(LONG)), held_out)
    means = [vectors[kept][past.labels[kept] == k].mean(axis=0) for k in range(6)]
    expected = vectors[held_out] @ unit(np.array(means, np.float32)).T
    np.testing.assert_allclose(unseen.scores, expected, atol=0.02)  # bfloat16 where there is some


def test_training_judges_whole_documents_and_says_how_many_are_longer(tmp_path):
    """By their first four tokens all are equal, and every other answer would be wrong."""
    texts = [f"pay bill {text}" for text in LONG]
    examples = [Example(k, t, str(i)) for i, (k, t) in enumerate(zip(CLASSES, texts, strict=True))]
    settings = {"encoder": write_folder(tmp_path / "base"), "kind": "transformer", "max_tokens": 4}
    scenario = Scenario(2, 1, 2)
    trained = train_flat(
        past_of(examples), tmp_path / "out", recipe=QUICK, scenario=scenario, valid=0.4, **settings
    )
    assert trained.shortened == len(texts)
    assert "36 documents longer than what is learned from each" in str(trained)
    assert trained.before.mean > 0.6


@pytest.mark.parametrize("kind", ["map", "conv4"])
def test_tokens_for_what_learns_from_none_are_refused(kind):
    with pytest.raises(InputError, match=f"max_tokens for the kind {kind}, on which it has no"):
        Network(kind=kind, max_tokens=512).fitted(images=kind == "conv4")
