"""Vectors that differ in rounding alone are one document wherever evidence is counted."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel import Example, LabelSpace, PrototypicalClassifier
from protolabel.arithmetic.calibration import Calibration
from protolabel.encoders import PrecomputedEncoder
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.label_space.fits.fit_support import read_support

N, DIM, TIMES = 12, 32, 6


@pytest.fixture(scope="module")
def originals():
    return np.random.default_rng(0).normal(size=(N, DIM))


def examples(originals, size, seed=1):
    """Twelve vectors under labels of pure chance, six times each."""
    rng = np.random.default_rng(seed)
    return [
        Example("abc"[i % 3], embedding=(row * (1 + size * rng.normal(size=DIM))).astype("f4"))
        for _ in range(TIMES)
        for i, row in enumerate(originals)
    ]


@pytest.mark.parametrize("size", [1e-7, 1e-5, 5e-4])
def test_labels_of_chance_are_right_no_oftener_by_copies(originals, size):
    """Twelve documents have a calibration of twelve, however often each came."""
    encoder = PrecomputedEncoder(DIM)
    with LabelSpace.create(encoder=encoder, background=False, names_mean=False) as space:
        change = space.add(examples(originals, size))
        space.settle()
        calibration = space.info().calibration
        assert isinstance(calibration, Calibration)
        assert (calibration.n, calibration.accuracy) == (N, pytest.approx(1 / 3))
        assert change.detail["known"] + change.detail["near_copies"] == N * (TIMES - 1)
        view = space.view()
        support = read_support(view.rows, view.prototypes).support
        assert len(set(support.groups.tolist())) == len(set(support.copies.tolist())) == N
        with pytest.raises(InputError, match="all of which the label space or its encoder knows"):
            evaluate_space_on(space, examples(originals, size, seed=2))


def test_an_estimator_counts_them_as_a_label_space_does(originals):
    """Given as groups or not, the same probabilities come."""
    some = examples(originals, 1e-6)
    rows, labels = np.stack([e.embedding for e in some]), [e.label for e in some]
    names = np.tile(np.arange(N), TIMES)
    alone = PrototypicalClassifier(encoder=None).fit(rows, labels)
    grouped = PrototypicalClassifier(encoder=None).fit(rows, labels, groups=names)
    queries = np.random.default_rng(3).normal(size=(20, DIM)).astype("f4")
    assert np.allclose(alone.predict_proba(queries), grouped.predict_proba(queries))
    assert alone.calibration_.n == N


def test_an_import_whose_vectors_are_all_here_counts_none_of_them_anew(originals):
    """Also where it brings something else: here a class without examples."""
    with LabelSpace.create(encoder=PrecomputedEncoder(DIM), background=False) as space:
        space.add(examples(originals, 0.0)[:6])
        records = list(space.view().export())
        assert space.import_records(records, skip_known=True).detail["known"] == 6
        more = [
            *records,
            {"label": "d", "description": None, "description_from": "none", "retired": False},
        ]
        detail = space.import_records(more, skip_known=True).detail
        assert (detail["known"], detail["near_copies"]) == (6, 0)
