"""An encoder has learned from the same documents, however it is given."""

from __future__ import annotations

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from learned import note_learned

from protolabel import Example, LabelSpace, PrototypicalClassifier
from protolabel.arithmetic.calibration import Shortage
from protolabel.encoders import load_encoder
from protolabel.encoders.folder import DOCUMENTS_FILE
from protolabel.encoders.provenance import provenance_of

RNG = np.random.default_rng(0)
LABELS = [word for word in WORDS[:6] for _ in range(4)]
TEXTS = [" ".join([label, *RNG.choice(WORDS[:13], 6)]) for label in LABELS]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of an encoder that has learned from all the texts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return note_learned(write_folder(tmp_path / "encoder"), TEXTS)


FORMS = {
    "a path": str,
    "an object": load_encoder,
    "a static one's name": lambda folder: f"static:{folder}",
    "a static object": lambda folder: load_encoder(f"static:{folder}"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_estimator_does_not_calibrate_on_what_the_encoder_has_learned_from(folder, form):
    fitted = PrototypicalClassifier(form(folder)).fit(TEXTS, LABELS)
    assert isinstance(fitted.calibration_, Shortage)
    assert "learned from 24 of 24" in str(fitted.calibration_)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_label_space_does_not_calibrate_on_it_either(folder, form):
    with LabelSpace.create(encoder=form(folder), background=False) as space:
        space.add(Example(k, text) for k, text in zip(LABELS, TEXTS, strict=True))
        space.settle()
        assert isinstance(space.view().calibration, Shortage)
    assert len(provenance_of(form(folder)).documents.digests) >= len(TEXTS)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_where_the_folder_is_damaged_every_example_counts_as_learned_from(folder, form):
    (folder / DOCUMENTS_FILE).write_bytes(b"")
    fitted = PrototypicalClassifier(form(folder)).fit(TEXTS, LABELS)
    assert isinstance(fitted.calibration_, Shortage)
