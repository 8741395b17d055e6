"""What the encoder that training begins with has learned judges no run."""

from __future__ import annotations

import json

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from training_tools import train_flat

from protolabel import Example
from protolabel.errors import InputError
from protolabel.training import Network, Recipe, Scenario, SplitPlan, past_of
from protolabel.training.plan import planned

QUICK = Recipe(episodes=2, validate_every=2, n_validation=2, learning_rate=0.01, warmup=0.0)
SCENARIO = Scenario(2, 1, 1)
LETTERS = WORDS[:13]


def documents(names, each: int = 4, seed: int = 0) -> list[Example]:
    """Sentences of ten letters and words, of which no two are alike."""
    rng = np.random.default_rng(seed)
    return [
        Example(name, " ".join(rng.choice(LETTERS, 10)), f"{seed}{name}{i}")
        for name in names for i in range(each)
    ]  # fmt: skip


EARLY = [f"early {letter}" for letter in LETTERS[:8]]
LATE = [f"late {letter}" for letter in LETTERS[:8]]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """An encoder that has learned the early classes."""
    path = tmp_path_factory.mktemp("encoders")
    settings = {"kind": "map", "recipe": QUICK, "scenario": SCENARIO}
    base = write_folder(path / "base")
    train_flat(past_of(documents(EARLY)), path / "trained", encoder=base, **settings)
    return path / "trained"


def plan_of(pasts, encoder, split, scenario=None, unlabelled=()):
    network = Network("map", encoder)
    return planned(pasts, unlabelled, network, split, scenario=scenario, recipe=QUICK)


def judging(plan) -> set[str]:
    """The documents of classes that are validated or reported on."""
    return {
        document
        for past, split in zip(plan.pasts, plan.splits, strict=True)
        for document, k in zip(past.documents, past.labels, strict=True)
        if k in split.valid or k in split.novel
    }


@pytest.mark.parametrize("kind", ["map", "transformer"])
def test_classes_that_the_encoder_has_learned_are_not_novel_for_the_next_run(
    tmp_path, encoder, kind
):
    spelt_otherwise = [name.upper() for name in EARLY[:4]]
    past = past_of(documents([*spelt_otherwise, *EARLY[4:], *LATE], seed=1))
    settings = {"kind": kind, "recipe": QUICK, "scenario": SCENARIO, "encoder": encoder}
    trained = train_flat(past, tmp_path / "out", valid=0.25, novel=0.5, **settings)
    assert set(trained.valid) | set(trained.novel) <= set(LATE)
    assert (len(trained.valid), len(trained.novel)) == (2, 4)  # shares of the eight that are new
    assert {*spelt_otherwise, *EARLY[4:]} < set(trained.base)
    assert any("has learned 8 of 16 classes" in note for note in trained.notes)
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert set(record["classes"]["earlier"]) == set(EARLY)


def test_classes_that_an_encoder_was_only_reported_on_may_judge_the_next_run(tmp_path):
    settings = {"kind": "map", "recipe": QUICK, "scenario": SCENARIO}
    past, base = past_of(documents(EARLY)), write_folder(tmp_path / "base")
    first = train_flat(past, tmp_path / "a", encoder=base, novel=0.5, **settings)
    plan = plan_of([past], tmp_path / "a", SplitPlan(0.5, 0.5))
    assert set(plan.names("valid")) | set(plan.names("novel")) == set(first.novel)


@pytest.mark.parametrize("scenario", [None, {"n_shot": 2}, Scenario(2, (1, 2), 2)])
def test_documents_that_the_encoder_has_learned_from_judge_no_run(encoder, scenario):
    """The classes have other names now, and a document of two of them is written otherwise."""
    texts = [e.text or "" for e in documents(EARLY)]
    mixed = [Example(name, text) for name, text in zip(LATE, texts[::4], strict=True)]
    mixed += [Example(LATE[0], texts[1].upper()), Example(LATE[1], texts[2] + " !")]
    alone = [Example("of old ones", text) for text in texts[3::4]]
    alone += documents(["of old ones"], 2, seed=3)  # too few new ones for an episode
    past = past_of([*mixed, *alone, *documents(LATE, 12, seed=1)])
    plan = plan_of([past], encoder, SplitPlan(0.3, 0.6), scenario)
    assert len(judging(plan)) == 12 * 7
    assert judging(plan) <= {e.text for e in documents(LATE, 12, seed=1)}
    assert "of old ones" in plan.names("base")
    assert any("left out, the encoder that training begins with" in note for note in plan.notes)


def test_a_class_of_two_pasts_that_the_encoder_has_learned_is_learned_from_in_both(encoder):
    pasts = [past_of(documents([*EARLY, *LATE], seed=seed)) for seed in (1, 2)]
    plan = plan_of(pasts, encoder, SplitPlan(0.3, 0.3))
    assert set(EARLY) <= set(plan.names("base"))
    assert len(plan.names("valid")) == len(plan.names("novel")) == 2


def test_a_run_without_new_classes_says_what_to_do(encoder):
    """Nothing could tell whether it helps."""
    some = [*EARLY, *LATE[:3]]
    for names, split in ((EARLY, SplitPlan()), (some, SplitPlan(0.2, 0.4))):
        with pytest.raises(InputError, match=r"8 of which the encoder .* has learned.*to fix it"):
            plan_of([past_of(documents(names, seed=1))], encoder, split)
    assert (
        len(plan_of([past_of(documents(some, seed=1))], encoder, SplitPlan()).names("valid")) == 2
    )
    with pytest.raises(InputError, match=f"the novel class '{EARLY[2]}', which the encoder"):
        past = past_of(documents([*EARLY, *LATE], seed=1))
        plan_of([past], encoder, SplitPlan(0.2, [LATE[0], EARLY[2]]))
