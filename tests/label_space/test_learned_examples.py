"""What an encoder has learned from is no evidence: its calibration leaves those examples out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import LetterEncoder, WordEncoder
from learned import note_learned
from spaces import four_classes

from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.encoders.folder import TRAINING_FILE
from protolabel.encoders.provenance import LEARNED_FROM
from protolabel.label_space.fits.fit_support import read_support


def encoder_folder(folder: Path, texts: list[str]) -> Path:
    """A folder that says that its encoder has learned from these texts."""
    return note_learned(folder, texts)


def space_on(folder: Path, batch) -> LabelSpace:
    space = LabelSpace.create(
        encoder=WordEncoder(), encoder_name=str(folder), names_mean=False, background=False
    )
    space.add(batch)
    return space


def test_an_encoder_that_has_learned_from_all_examples_gives_no_calibration(tmp_path):
    batch = four_classes()
    folder = encoder_folder(tmp_path / "e", [f"  {e.text.upper()} " for e in batch])
    with space_on(folder, batch) as space:
        space.settle()
        for view in (space.view(), space.view().unrefined()):
            assert isinstance(view.calibration, Shortage)
            assert "the encoder has learned from" in view.calibration.reason
        answer = space.label("pay")
    assert answer.probability is None
    assert "the encoder has learned from" in answer.reason


def test_documents_that_the_encoder_has_learned_from_do_not_count(tmp_path):
    """Nor do equal ones: those whose words in another order are the same vector here."""
    batch = four_classes(np.random.default_rng(3), each=12)
    texts = [e.text for e in batch]
    learned = texts[::2]
    vectors = [sorted(text.split()) for text in texts]
    fresh = [vector not in vectors[::2] for vector in vectors]
    with space_on(encoder_folder(tmp_path / "e", learned), batch) as space:
        space.settle()
        mask = read_support(space.view().rows, space.view().prototypes).support.learned
        plain = space.view().unrefined().calibration
    assert mask.tolist() == [not one for one in fresh]
    assert isinstance(plain, Calibration)
    assert plain.n <= sum(fresh)
    with space_on(tmp_path / "nowhere", batch) as space:
        space.settle()
        assert space.view().unrefined().calibration.n > plain.n


def test_a_damaged_note_of_what_was_learned_counts_every_example_as_learned(tmp_path):
    batch = four_classes()
    folder = encoder_folder(tmp_path / "e", ["x"])
    (folder / TRAINING_FILE).write_text(json.dumps({LEARNED_FROM: {"sha256": "0"}}))
    with space_on(folder, batch) as space:
        space.settle()
        assert isinstance(space.view().unrefined().calibration, Shortage)


@pytest.mark.parametrize("each", [6, 12])
def test_an_encoder_without_a_note_is_calibrated_on_all(tmp_path, each):
    with space_on(tmp_path / "nowhere", four_classes(each=each)) as space:
        space.settle()
        assert isinstance(space.view().calibration, Calibration)


def test_a_comparison_leaves_out_what_either_encoder_has_learned_from(tmp_path):
    batch = four_classes(np.random.default_rng(3), each=12)
    texts = [e.text for e in batch]
    with space_on(tmp_path / "nowhere", batch) as space:
        everything = space.compare(LetterEncoder())
        assert (everything.learned, everything.n) == (0, len(dict.fromkeys(texts)))
    learned = set(texts[::2])
    with space_on(encoder_folder(tmp_path / "e", texts[::2]), batch) as space:
        some = space.compare(LetterEncoder())
    assert some.learned == sum(t in learned for t in texts)
    assert some.n == len(set(texts) - learned)


def test_an_encoder_that_has_learned_from_all_examples_is_not_taken_up_for_them(tmp_path):
    batch = four_classes()
    folder = encoder_folder(tmp_path / "e", [e.text for e in batch])
    with space_on(tmp_path / "nowhere", batch) as space:
        outcome = space.reencode(LetterEncoder(), encoder_name=str(folder), only_if_better=True)
        assert outcome.change is None
        assert "24 that an encoder has learned from do not count" in outcome.reason
