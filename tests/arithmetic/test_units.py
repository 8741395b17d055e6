"""The same data in another unit: scores change with it, and nothing that they mean does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration, calibrate
from protolabel.arithmetic.comparison import compare
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.evaluation.all_classes import every_class
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.learning_curve import own_curve

SEEDS = st.integers(0, 2**32 - 1)
UNITS = st.integers(-8, 8).map(lambda power: 2.0**power)  # exact in floating point


def support(seed: int, scale: float) -> Support:
    """Four Gaussian classes, five examples each, in a euclidean space."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, 5))
    labels = np.repeat(np.arange(4), 5)
    rows = centres[labels] + 0.8 * rng.normal(size=(20, 5))
    words = centres + 0.5 * rng.normal(size=(4, 5))
    return Support.of(
        (scale * rows).astype("f4"),
        labels,
        (scale * words).astype("f4"),
        np.arange(4) != 1,
        kappa=0.8,
        metric="euclidean",
    )


@settings(max_examples=40, deadline=None)
@given(SEEDS, UNITS)
def test_scores_go_with_the_square_of_the_unit_and_probabilities_stay(seed, scale):
    one, other = support(seed, 1.0), support(seed, scale)
    first, again = simulate(one), simulate(other)
    np.testing.assert_allclose(again.scores, scale**2 * first.scores, rtol=1e-4, atol=1e-4)
    before, after = calibrate(first), calibrate(again)
    assert isinstance(before, Calibration)
    assert isinstance(after, Calibration)
    assert after.accuracy == before.accuracy
    assert after.temperature == pytest.approx(scale**2 * before.temperature, rel=1e-3)
    assert after.threshold == pytest.approx(scale**2 * before.threshold, rel=1e-4)
    np.testing.assert_allclose(
        after.probability(again.scores), before.probability(first.scores), atol=1e-3
    )


@settings(max_examples=25, deadline=None)
@given(SEEDS, UNITS)
def test_kappa_the_refinement_and_comparisons_have_no_unit(seed, scale):
    one, other = support(seed, 1.0), support(seed, scale)
    assert estimate_kappa(other) == pytest.approx(estimate_kappa(one), rel=1e-4)
    directions = [replace(side, metric="cosine") for side in (one, other)]
    first, again = (refine(side) for side in directions)
    np.testing.assert_allclose(again.weights, first.weights, rtol=2e-2, atol=2e-2)
    before, after = (cross_fit(side).linear for side in directions)
    assert (before.answers == after.answers).mean() > 0.9  # but for where the solver ends
    result = compare(one, other, ("a", "b"), own_kappa=True)
    assert (result.only_old, result.only_new, result.n) == (0, 0, 20)
    curves = [own_curve(s, sizes=[0, 1, 3], draws=2).right for s in (one, other)]
    np.testing.assert_array_equal(*curves)
    shares = [
        every_class(LabelledVectors(s.embeddings, s.labels, "abcd", s.classes.descriptions),
                    sizes=[0, 2], draws=2, metric="euclidean")
        for s in (one, other)
    ]  # fmt: skip
    assert [r.prototypes.mean for r in shares[0]] == [r.prototypes.mean for r in shares[1]]


@settings(max_examples=25, deadline=None)
@given(SEEDS, UNITS, st.sampled_from(["cosine", "euclidean"]))
def test_the_nearest_class_has_no_unit(seed, scale, metric):
    one, other = support(seed, 1.0), support(seed, scale)
    answers = [
        LinearModel.of_classes(s.classes, s.kappa, metric).scores(s.embeddings).argmax(axis=1)
        for s in (one, other)
    ]
    np.testing.assert_array_equal(*answers)


def test_a_label_space_in_another_unit_gives_the_same_answers_and_probabilities():
    one = support(3, 1.0)
    queries = np.random.default_rng(4).normal(size=(30, 5)).astype("f4")
    answers = []
    for scale in (1.0, 16.0, 1 / 16):
        with LabelSpace.create(
            encoder="precomputed:5", metric="euclidean", names_mean=False, background=False
        ) as space:
            space.add([
                Example(f"c{k}", embedding=np.float32(scale) * x, id=str(i))
                for i, (x, k) in enumerate(zip(one.embeddings, one.labels.tolist(), strict=True))
            ])  # fmt: skip
            space.settle()
            documents = [Document(str(i), embedding=np.float32(scale) * q)
                         for i, q in enumerate(queries)]  # fmt: skip
            answers.append(list(space.label_many(documents)))
    for other in answers[1:]:
        for first, again in zip(answers[0], other, strict=True):
            assert again.label == first.label
            assert again.alternatives[0].label == first.alternatives[0].label
            assert again.probability == pytest.approx(first.probability, abs=1e-3)
