"""What an encoder has learned from goes with it: as a name, a path, an object, or when moved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import WORDS, random_tensors, write_folder
from learned import note_learned

from protolabel import Example, LabelSpace, load_encoder
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.plan import Plan

N = 24
WAYS: dict[str, Callable[[Path], object]] = {
    "str": str,
    "path": lambda folder: folder,
    "object": load_encoder,
}


def batch() -> list[Example]:
    rng = np.random.default_rng(0)
    return [Example(f"class {i % 4}", " ".join(rng.choice(WORDS, 6)), id=str(i)) for i in range(N)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "encoder")


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """Other weights, which have learned from all examples."""
    folder = write_folder(tmp_path / "trained", tensors=random_tensors("bert", seed=1))
    return note_learned(folder, [str(e.text) for e in batch()])


@pytest.mark.parametrize("way", WAYS)
def test_a_comparison_knows_what_the_other_encoder_has_learned_from(folder, trained, way):
    with LabelSpace.create(encoder=str(folder), names_mean=False, background=False) as space:
        space.add(batch())
        result = space.compare(WAYS[way](trained))
        assert (result.n, result.learned) == (0, N)
        outcome = space.reencode(WAYS[way](trained), only_if_better=True)
        assert outcome.change is None
        assert "have learned from" in outcome.reason or "has learned from" in outcome.reason


@pytest.mark.parametrize("way", WAYS)
def test_an_evaluation_leaves_out_what_the_encoder_has_learned_from(trained, way):
    rng = np.random.default_rng(1)
    new = [Example(f"class {i % 4}", " ".join(rng.choice(WORDS, 7))) for i in range(40)]
    result = evaluate([*batch(), *new], encoder=WAYS[way](trained), plan=Plan(episodes=2, draws=2))
    left_out = "left out, the encoder has learned from them or near copies of them"
    assert f"{left_out}: {N} of {N + 40} documents" in result.notes


@pytest.mark.parametrize("way", WAYS)
def test_a_space_opened_with_the_encoder_from_its_new_place_knows_too(tmp_path, trained, way):
    path = str(tmp_path / "a.space")
    with LabelSpace.create(path, encoder=str(trained), names_mean=False, background=False) as space:
        space.add(batch())
    moved = tmp_path / "elsewhere"
    shutil.move(trained, moved)
    with LabelSpace(path, encoder=WAYS[way](moved), background=False) as space:
        space.settle()
        calibration = space.view().unrefined().calibration
        assert isinstance(calibration, Shortage)
        assert "has learned from" in calibration.reason


def test_a_calibration_made_while_the_folder_was_away_is_made_again(tmp_path, trained):
    path = str(tmp_path / "a.space")
    with LabelSpace.create(path, encoder=str(trained), names_mean=False, background=False) as space:
        space.add(batch())
    away = tmp_path / "away"
    shutil.move(trained, away)
    with LabelSpace(path, background=False) as space:
        space.settle()
        assert isinstance(space.view().unrefined().calibration, Calibration)
    shutil.move(away, trained)
    with LabelSpace(path, background=False) as space:
        space.settle()
        assert isinstance(space.view().unrefined().calibration, Shortage)
