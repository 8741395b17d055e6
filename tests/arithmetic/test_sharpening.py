"""Descriptions that unlabelled documents sharpen, beside plain loops."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic import sharpening
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.negatives import REFUTED, Losses, with_refusals
from protolabel.arithmetic.sharpening import sharpened
from protolabel.arrays import unit


def totals(rng: np.random.Generator, n_classes: int, dim: int) -> ClassTotals:
    counts = rng.integers(0, 3, n_classes)
    described = rng.random(n_classes) < 0.8
    sums = np.stack([unit(rng.normal(size=(n, dim))).sum(axis=0) for n in counts])
    own = np.where(described[:, None], unit(rng.normal(size=(n_classes, dim))), np.float32(0))
    return ClassTotals(counts, sums.astype(np.float64), own, described)


def by_loops(classes: ClassTotals, kappa: float, documents, labels, losses=None):
    """The formula of the docstring, number by number."""
    n_classes, dim = classes.sums.shape
    own = classes.descriptions.astype(float).tolist()
    now, weights = [list(row) for row in own], [0.0] * n_classes
    for _ in range(5):
        centres = []
        for k in range(n_classes):
            worth = kappa if classes.described[k] else 0.0
            row = [worth * g + s for g, s in zip(now[k], classes.sums[k], strict=True)]
            length = math.sqrt(sum(x * x for x in row))
            size = worth + classes.counts[k]
            centres.append([x / length for x in row] if size > 0 and length > 0 else None)
        weights, sums = [0.0] * n_classes, [[0.0] * dim for _ in range(n_classes)]
        for i, (document, label) in enumerate(zip(documents, labels, strict=True)):
            lost = [0.0] * n_classes if losses is None else losses[i]
            cosines = [
                None
                if c is None or lost[k] >= REFUTED
                else sum(a * b for a, b in zip(c, document, strict=True)) - lost[k]
                for k, c in enumerate(centres)
            ]
            if label >= 0:
                chances = [float(k == label) for k in range(n_classes)]
            elif all(c is None for c in cosines):
                continue
            else:
                powers = [0.0 if c is None else math.exp(30 * c) for c in cosines]
                chances = [p / sum(powers) for p in powers]
            for k, chance in enumerate(chances):
                weights[k] += chance
                sums[k] = [s + chance * x for s, x in zip(sums[k], document, strict=True)]
        for k in range(n_classes):
            if not classes.described[k]:
                weights[k] = 0.0
                continue
            share = 0.7 * weights[k] / (weights[k] + 5)
            mean = [s / weights[k] if weights[k] else 0.0 for s in sums[k]]
            row = [(1 - share) * g + share * m for g, m in zip(own[k], mean, strict=True)]
            length = math.sqrt(sum(x * x for x in row))
            now[k] = [x / length for x in row]
    return now, weights


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 12), st.floats(0.1, 8))
def test_descriptions_move_as_plain_loops_say(seed, n_classes, n, kappa):
    rng = np.random.default_rng(seed)
    classes = totals(rng, n_classes, 4)
    documents = unit(rng.normal(size=(n, 4)))
    labels = np.where(rng.random(n) < 0.2, rng.integers(0, n_classes, n), -1)
    if not (classes.described | (classes.counts > 0)).any():
        labels[:] = -1
    result = sharpened(classes, kappa, documents, labels)
    vectors, weights = by_loops(classes, kappa, documents.astype(float).tolist(), labels.tolist())
    np.testing.assert_allclose(result.vectors, vectors, atol=2e-5)
    np.testing.assert_allclose(result.documents, weights, atol=2e-5)


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 12))
def test_what_documents_lose_by_negative_examples_counts(seed, n_classes, n):
    rng = np.random.default_rng(seed)
    classes = totals(rng, n_classes, 4)
    documents, labels = unit(rng.normal(size=(n, 4))), np.full(n, -1)
    lost = np.where(rng.random((n, n_classes)) < 0.3, rng.random((n, n_classes)), 0.0)
    pairs = np.nonzero(lost)
    refused = [set(np.flatnonzero(rng.random(n_classes) < 0.3).tolist()) for _ in range(n)]
    losses = with_refusals(Losses(*pairs, lost[pairs].astype(np.float32)), refused)
    for i, columns in enumerate(refused):
        lost[i, list(columns)] = REFUTED
    result = sharpened(classes, 1.0, documents, labels, losses)
    vectors, weights = by_loops(
        classes, 1.0, documents.astype(float).tolist(), labels.tolist(), lost.tolist()
    )
    np.testing.assert_allclose(result.vectors, vectors, atol=2e-5)
    np.testing.assert_allclose(result.documents, weights, atol=2e-5)


def test_parts_of_the_documents_are_summed(monkeypatch):
    rng = np.random.default_rng(3)
    classes, documents = totals(rng, 4, 8), unit(rng.normal(size=(50, 8)))
    labels = np.full(50, -1)
    whole = sharpened(classes, 1.0, documents, labels)
    monkeypatch.setattr(sharpening, "CELLS_AT_ONCE", 28)  # seven documents at a time
    parts = sharpened(classes, 1.0, documents, labels)
    np.testing.assert_allclose(parts.vectors, whole.vectors, atol=1e-6)


def test_the_more_examples_the_less_a_prototype_moves():
    """Kappa stays the weight of a description, whatever sharpened it."""
    from protolabel.arithmetic.prototypes import prototypes

    rng = np.random.default_rng(5)
    own, documents = unit(rng.normal(size=(3, 8))), unit(rng.normal(size=(40, 8)))
    moved = []
    for count in (0, 1, 5, 20):
        sums = count * unit(rng.normal(size=(3, 8))).astype(np.float64)
        classes = ClassTotals(np.full(3, count), sums, own, np.ones(3, bool))
        result = sharpened(classes, 1.0, documents, np.full(40, -1))
        after = ClassTotals(classes.counts, sums, result.vectors, classes.described)
        difference = prototypes(after, 1.0) - prototypes(classes, 1.0)
        moved.append(float(np.linalg.norm(difference, axis=1).max()))
    assert moved == sorted(moved, reverse=True)
