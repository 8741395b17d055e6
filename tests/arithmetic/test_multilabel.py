"""Chances of each label by itself: against plain loops, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge as SklearnRidge

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.leave_one_out import document_scores
from protolabel.arithmetic.logistic import fit_logistic
from protolabel.arithmetic.multilabel import (
    LabelModel,
    best_threshold,
    fit_labels,
    quality_of,
)
from protolabel.arithmetic.ridge import CONSTANT, RIDGE, NegativeRows, fit_ridge
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit


def labelled(
    seed: int,
    n: int,
    dim: int = 6,
    classes: int = 4,
    *,
    described: bool = True,
    noise: float = 0.5,
    new: int = 0,
):
    """Return a support of n documents of one or two labels, and its matrix of members.

    With ``new`` so many documents more are returned, which the support does not hold.
    """
    total = n + new
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, dim))
    members = np.zeros((total, classes), np.bool_)
    for row in members:
        row[rng.permutation(classes)[: rng.integers(1, 3)]] = True
    errors = noise * rng.normal(size=(total, dim))
    vectors = unit((members @ centres + errors).astype(np.float32))
    rows, labels = np.nonzero(members[:n])
    support = Support.of(
        vectors[rows], labels, unit(centres.astype(np.float32)),
        np.full(classes, described), groups=rows,
    )  # fmt: skip
    return support, vectors, members


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(4, 12), described=st.booleans())
def test_margins_without_a_document_are_those_of_regressions_that_never_had_it(seed, n, described):
    support, vectors, members = labelled(seed, n, described=described)
    fitted = fit_ridge(support, np.arange(n))
    assert fitted is not None
    extra = support.classes.descriptions if described else np.empty((0, 6), np.float32)
    cases = np.concatenate([vectors, extra]).astype(np.float64)
    length = np.sqrt((cases**2).sum(axis=1).mean())
    cases = np.column_stack([cases / length, np.full(len(cases), CONSTANT)])
    targets = np.concatenate([members, np.eye(4, dtype=bool)[: len(extra)]]).astype(float)
    for i in range(n):
        rest = np.delete(np.arange(len(cases)), i)
        other = SklearnRidge(alpha=RIDGE, fit_intercept=False, solver="cholesky")
        other.fit(cases[rest], targets[rest])
        np.testing.assert_allclose(fitted.without[i], other.predict(cases[i : i + 1])[0], atol=1e-6)
    whole = SklearnRidge(alpha=RIDGE, fit_intercept=False, solver="cholesky").fit(cases, targets)
    margins = fitted.model.margins(vectors)
    np.testing.assert_allclose(margins, whole.predict(cases[:n]), atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(4, 12))
def test_negatives_are_rows_of_the_regression_of_their_class_alone(seed, n):
    support, vectors, _ = labelled(seed, n)
    members = np.zeros((n, 4))
    members[support.groups, support.labels] = 1.0
    rng = np.random.default_rng(seed)
    negatives = NegativeRows(
        unit(rng.normal(size=(3, 6)).astype(np.float32)), np.array([1, 1, 3], np.int64)
    )
    fitted, plain = (fit_ridge(support, np.arange(n), one) for one in (negatives, None))
    assert fitted is not None
    assert plain is not None
    np.testing.assert_allclose(fitted.without[:, [0, 2]], plain.without[:, [0, 2]], atol=1e-9)
    cases = np.concatenate([vectors, support.classes.descriptions]).astype(np.float64)
    length = np.sqrt((cases**2).sum(axis=1).mean())
    targets = np.concatenate([members, np.eye(4)])
    for k in (1, 3):
        own = negatives.vectors[negatives.columns == k]
        rows = np.concatenate([cases, own]) / length
        rows = np.column_stack([rows, np.full(len(rows), CONSTANT)])
        column = np.append(targets[:, k], np.zeros(len(own)))
        for i in range(n):
            rest = np.delete(np.arange(len(rows)), i)
            other = SklearnRidge(alpha=RIDGE, fit_intercept=False, solver="cholesky")
            other.fit(rows[rest], column[rest])
            expected = other.predict(rows[i : i + 1])[0]
            assert fitted.without[i, k] == pytest.approx(expected, abs=1e-6)
        whole = SklearnRidge(alpha=RIDGE, fit_intercept=False, solver="cholesky").fit(rows, column)
        margins = fitted.model.margins(vectors)[:, k]
        np.testing.assert_allclose(margins, whole.predict(rows[:n]), atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 10))
def test_scores_without_a_document_are_those_of_prototypes_that_never_had_it(seed, n):
    support, vectors, members = labelled(seed, n)
    documents = document_scores(support)
    np.testing.assert_array_equal(documents.members, members)
    whole = LinearModel.of_classes(support.classes, support.kappa, "cosine").scores(vectors)
    for i in range(n):
        for k in range(4):
            if not members[i, k]:
                assert documents.scores[i, k] == pytest.approx(whole[i, k], abs=1e-6)
                continue
            others = [j for j in range(n) if members[j, k] and j != i]
            description = support.classes.descriptions[k].astype(float)
            centre = description + sum(vectors[j].astype(float) for j in [*others, i])
            if others:  # the mean of the others in the place of the mean of all
                scale = (len(others) + 1) / len(others)
                rest = description + scale * sum(vectors[j].astype(float) for j in others)
                expected = vectors[i] @ rest / np.linalg.norm(centre)
            else:
                expected = vectors[i] @ description / np.linalg.norm(description)
            assert documents.scores[i, k] == pytest.approx(expected, abs=1e-5)


def test_near_copies_are_left_out_together():
    support, vectors, members = labelled(1, 8)
    rows, _ = np.nonzero(members)
    twice = Support.of(
        np.concatenate([support.embeddings, support.embeddings]),
        np.concatenate([support.labels, support.labels]),
        support.classes.descriptions, support.classes.described,
        groups=np.concatenate([rows, rows]),
    )  # fmt: skip
    once, again = fit_ridge(support, np.arange(8)), fit_ridge(twice, np.arange(8))
    assert once is not None
    assert again is not None
    np.testing.assert_allclose(again.without, once.without, atol=1e-9)
    assert len(document_scores(twice).rows) == 8
    own = document_scores(twice).scores[members]
    with_copies = LinearModel.of_classes(twice.classes, 1.0, "cosine").scores(vectors)[members]
    assert (own < with_copies).mean() > 0.9  # else each would meet its own copy


def test_too_little_data_has_no_chances_and_a_reason():
    support, _, _ = labelled(0, 6)
    shortage = fit_labels(support)
    assert isinstance(shortage, Shortage)
    assert "has 6 and" in shortage.reason
    alone = Support.of(
        np.eye(12, dtype=np.float32), np.zeros(12, np.int64), np.zeros((1, 12), np.float32),
        np.zeros(1, np.bool_),
    )  # fmt: skip
    shortage = fit_labels(alone)  # one class: nobody ever says "not this"
    assert isinstance(shortage, Shortage)


def test_chances_hold_on_new_documents_and_beat_half():
    support, _, _ = labelled(3, 200, dim=20, classes=6)
    model = fit_labels(support)
    assert isinstance(model, LabelModel)
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(6, 20))  # those of ``labelled``
    rng = np.random.default_rng(4)
    members = np.zeros((3000, 6), np.bool_)
    for row in members:
        row[rng.permutation(6)[: rng.integers(1, 3)]] = True
    vectors = unit((members @ centres + 0.5 * rng.normal(size=(3000, 20))).astype(np.float32))
    scores = LinearModel.of_classes(support.classes, 1.0, "cosine").scores(vectors)
    chances = model.probabilities(vectors, scores)
    for low in np.arange(0.0, 1.0, 0.25):
        inside = (chances >= low) & (chances < low + 0.25)
        if inside.sum() > 200:
            assert abs(chances[inside].mean() - members[inside].mean()) < 0.06
    quality = quality_of(chances >= model.threshold, members)
    assert quality.micro_f1 > 0.85
    assert abs(quality.micro_f1 - model.quality.micro_f1) < 0.07


def test_what_is_said_of_the_labels_is_no_better_than_what_new_documents_get():
    """The curve and the threshold must not be judged by the documents that they follow from."""
    excess = []
    for seed in range(40):
        support, vectors, members = labelled(
            seed, 15, dim=30, classes=6, described=False, noise=1.0, new=100
        )
        model = fit_labels(support)
        assert isinstance(model, LabelModel)
        scores = LinearModel.of_classes(support.classes, 1.0, "cosine").scores(vectors[15:])
        chances = model.probabilities(vectors[15:], scores)
        new = quality_of(chances >= model.threshold, members[15:])
        excess.append(model.quality.micro_f1 - new.micro_f1)
    assert abs(np.mean(excess)) < 0.025


def test_chances_of_one_document_do_not_depend_on_the_others():
    support, vectors, _ = labelled(5, 30)
    model = fit_labels(support)
    assert isinstance(model, LabelModel)
    scores = LinearModel.of_classes(support.classes, 1.0, "cosine").scores(vectors)
    many = model.probabilities(vectors, scores)
    for i in range(30):
        one = model.probabilities(vectors[i : i + 1], scores[i : i + 1])
        np.testing.assert_array_equal(one[0], many[i])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=30))
def test_the_threshold_is_the_best_cut_by_brute_force(cases):
    chances = np.array([c / 8 for c, _ in cases])
    members = np.array([m for _, m in cases])
    assume(members.any())
    threshold = best_threshold(chances, members)

    def f1(cut: float) -> float:
        answers = chances >= cut
        return 2 * (answers & members).sum() / max(answers.sum() + members.sum(), 1)

    best = max(f1(c) for c in chances)
    assert threshold <= 0.5
    lowest = min(c for c in chances if f1(c) == pytest.approx(best)) if best else 0.0
    assert f1(threshold) == pytest.approx(best) or lowest >= 0.5


def test_cases_that_are_apart_are_not_certain():
    features = np.array([[0.0], [0.1], [0.9], [1.0]])
    slope, offset = fit_logistic(features, np.array([False, False, True, True]))
    chances = 1 / (1 + np.exp(-(slope * features[:, 0] + offset)))
    assert 0.05 < chances[0] < chances[1] < 0.5 < chances[2] < chances[3] < 0.95


def test_no_score_makes_a_label_less_likely():
    for seed in range(20):
        model = fit_labels(labelled(seed, 24, dim=40, classes=5)[0])
        assert isinstance(model, LabelModel)
        assert min(model.coefficients[:3]) >= 0.0


def test_qualities_are_those_of_scikit_learn():
    from sklearn.metrics import accuracy_score, f1_score

    rng = np.random.default_rng(0)
    answers, members = rng.random((40, 5)) < 0.4, rng.random((40, 5)) < 0.4
    quality = quality_of(answers, members)
    assert quality.micro_f1 == pytest.approx(f1_score(members, answers, average="micro"))
    assert quality.macro_f1 == pytest.approx(f1_score(members, answers, average="macro"))
    assert quality.subset == pytest.approx(accuracy_score(members, answers))
