"""Equal documents are one: whatever is left out, dealt out or counted is the document, whole."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Example, LabelSpace, read_examples
from protolabel.arithmetic.calibration import Calibration, calibrate
from protolabel.arithmetic.cross_fit import cross_fit, parts_of
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit

DEMO = Path(__file__).parents[2] / "examples"


@st.composite
def supports(draw, *, copies: int = 3, labels: int = 2):
    """Documents with up to so many copies under up to so many labels, in any order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    classes = draw(st.integers(2, 4))
    metric = draw(st.sampled_from(["cosine", "euclidean"]))
    rows, owners, groups = [], [], []
    for group in range(draw(st.integers(1, 10))):
        vector = rng.normal(size=3)
        for _ in range(int(rng.integers(1, labels + 1))):
            label = int(rng.integers(classes))
            for _ in range(int(rng.integers(1, copies + 1))):
                rows.append(vector)
                owners.append(label)
                groups.append(group)
    order = rng.permutation(len(rows))
    vectors, descriptions = (
        unit(v.astype("f4")) if metric == "cosine" else v.astype("f4")
        for v in (np.array(rows), rng.normal(size=(classes, 3)))
    )
    return Support.of(
        vectors[order],
        np.array(owners)[order],
        descriptions,
        rng.random(classes) < 0.6,
        kappa=draw(st.sampled_from([0.0, 0.7, 2.0])),
        metric=metric,
        groups=np.array(groups)[order],
    )


def left_out(support: Support, row: int) -> list[float]:
    """Scores of one example against classes made without its document, by the definition."""
    x = support.embeddings[row].astype(float)
    scores = []
    for k in range(support.n_classes):
        inside = [i for i in range(len(support.labels)) if support.labels[i] == k]
        stay = [i for i in inside if support.groups[i] != support.groups[row]]
        described = bool(support.classes.described[k])
        weight = support.kappa if described else 0.0
        g = support.classes.descriptions[k].astype(float)
        if weight == 0.0 and not stay:
            scores.append(-math.inf)
            continue
        if stay:  # the product a new document meets, and the length of the prototype as it is
            n = len(inside)
            product = weight * float(g @ x)
            product += sum(float(support.embeddings[i].astype(float) @ x) for i in stay) * (
                n / len(stay)
            )
            product /= weight + n
            left = weight * g + sum(support.embeddings[i].astype(float) for i in stay) * (
                n / len(stay)
            )
            left /= weight + n
            centre = weight * g + sum(support.embeddings[i].astype(float) for i in inside)
            centre /= weight + n
        else:
            product, centre, left = float(g @ x), g, g
        length = float(centre @ centre) ** 0.5
        if support.metric == "cosine":
            scores.append(product / length)
        else:
            scores.append(-sum((a - b) ** 2 for a, b in zip(x, left, strict=True)))
    return scores


@settings(max_examples=80, deadline=None)
@given(supports())
def test_leave_one_out_leaves_out_all_copies_of_every_label(support):
    simulation = simulate(support)
    expected = []
    for row in support.documents():
        own = support.labels[row]
        others = (support.labels == own) & (support.groups != support.groups[row])
        if others.any():
            expected.append(row)
    assert sorted(simulation.rows.tolist()) == expected
    for query, row in enumerate(simulation.rows):
        assert simulation.labels[query] == support.labels[row]
        np.testing.assert_allclose(simulation.scores[query], left_out(support, row), atol=3e-5)
    # a stranger belongs to none of the classes that it is scored against
    for score, row in zip(simulation.strangers, simulation.stranger_rows, strict=True):
        own = set(support.labels[support.groups == support.groups[row]].tolist())
        scores = left_out(support, row)
        assert score == pytest.approx(
            max(s for k, s in enumerate(scores) if k not in own), abs=3e-5
        )


@settings(max_examples=40, deadline=None)
@given(supports(copies=1, labels=1), st.integers(2, 5))
def test_a_space_imported_again_is_calibrated_as_once(once, times):
    """Exactly so where a description weighs in proportion: eq. 3 is then the same prototype."""
    many = Support.of(
        np.repeat(once.embeddings, times, axis=0),
        np.repeat(once.labels, times),
        once.classes.descriptions,
        once.classes.described,
        kappa=times * once.kappa,
        metric=once.metric,
    )
    first, again = simulate(once), simulate(many)
    np.testing.assert_allclose(again.scores, first.scores, atol=3e-5)
    assert again.labels.tolist() == first.labels.tolist()
    np.testing.assert_allclose(again.strangers, first.strangers, atol=3e-5)
    one, two = calibrate(first), calibrate(again)
    assert isinstance(one, Calibration) == isinstance(two, Calibration)
    if isinstance(one, Calibration):
        assert (one.n, one.threshold) == (two.n, pytest.approx(two.threshold, abs=1e-4))
    assert estimate_kappa(many) == estimate_kappa(once)


@settings(max_examples=60, deadline=None)
@given(supports())
def test_a_document_is_dealt_to_one_part_with_all_its_copies(support):
    parts = parts_of(support)
    for group in set(support.groups.tolist()):
        assert len(set(parts[support.groups == group].tolist())) == 1
    for part in range(4):
        for k in set(support.labels.tolist()):
            inside = support.labels == k
            assert (parts[inside] != part).any()  # something is left of each class


def test_labels_without_meaning_are_not_learned_from_copies():
    """Forty random documents of four classes, each there twice: the held-out half gives nothing."""
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(40, 16)).astype("f4"))
    labels = rng.integers(0, 4, 40)
    none = np.zeros((4, 16), np.float32), np.zeros(4, bool)
    twice = Support.of(np.repeat(vectors, 2, axis=0), np.repeat(labels, 2), *none)
    for simulation in (simulate(twice), cross_fit(twice).linear):
        assert len(simulation.labels) == 40
        assert simulation.right.mean() < 0.5


def test_a_document_under_two_labels_is_right_under_one_at_most():
    vectors = np.eye(8, dtype="f4")[[0, 1, 2, 3, 4, 5, 6, 7, 0]]
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    support = Support.of(vectors, labels, np.zeros((2, 8), "f4"), np.zeros(2, bool))
    simulation = simulate(support)
    both = np.flatnonzero(simulation.groups == simulation.groups[0])
    assert simulation.labels[both].tolist() == [0, 1]
    assert simulation.right[both].sum() <= 1
    np.testing.assert_array_equal(*simulation.scores[both])


def demo_space(times: int) -> LabelSpace:
    space = LabelSpace.create(encoder="hashing", background=False)
    space.describe(json.loads((DEMO / "descriptions.json").read_text(encoding="utf-8")))
    examples = list(read_examples(DEMO / "classes"))
    for turn in range(times):
        space.add([
            Example(e.label, (e.text or "").upper() if turn else e.text, id=f"{i} {turn}")
            for i, e in enumerate(examples)
        ])  # fmt: skip
    space.settle()
    return space


@pytest.mark.parametrize("times", [2, 5])
def test_the_demo_imported_again_is_as_sure_as_once(times):
    """Prototypes move a little, since a description weighs less beside more examples."""
    with demo_space(1) as one, demo_space(times) as many:
        assert many.settings.kappa == one.settings.kappa
        for head in (lambda v: v, lambda v: v.unrefined()):
            first, again = head(one.view()).calibration, head(many.view()).calibration
            assert again.n == first.n
            assert again.accuracy == pytest.approx(first.accuracy, abs=2.5 / first.n)
            assert again.threshold == pytest.approx(first.threshold, abs=0.02)
            assert again.temperature == pytest.approx(first.temperature, rel=0.1)


def test_texts_that_differ_in_case_and_white_space_are_one_document():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        words = ("pay", "bill", "cv", "work", "secret", "sign", "ship", "box")
        texts = [f"{words[i]} {words[(i + k) % 8]}" for i in range(8) for k in (1, 2, 3)]
        examples = [Example(f"c{i % 3}", text) for i, text in enumerate(texts)]
        space.add(examples)
        space.settle()
        before = space.view().unrefined().calibration
        space.add([Example(e.label, f"  {(e.text or '').upper()}\n") for e in examples])
        space.settle()
        assert space.view().unrefined().calibration.n == before.n == 24
