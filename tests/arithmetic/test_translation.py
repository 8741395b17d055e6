"""Euclidean distances do not depend on where the origin lies: offsets change no answer.

The oracle is integer arithmetic, which rounds nothing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration, calibrate
from protolabel.arithmetic.class_totals import ClassVectors
from protolabel.arithmetic.fixed_point import to_fixed
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.scores import LinearModel, similarities
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support

OFFSETS = st.sampled_from([0, 3, 1_000, 65_536, 1_000_000, -1_000_000])
SCALES = st.sampled_from([2.0**-8, 1.0, 2.0**8])


@st.composite
def worlds(draw):
    """Whole numbers: examples of each class, and queries, all of a spread of a few units."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dim, classes = draw(st.integers(1, 6)), draw(st.integers(2, 12))
    examples = [rng.integers(-3, 4, (rng.integers(1, 4), dim)) for _ in range(classes)]
    return examples, rng.integers(-3, 4, (5, dim))


def moved(points, offset: int, scale: float) -> np.ndarray:
    """Points around another origin, in another unit; exact in float32."""
    vectors = (scale * (np.asarray(points) + offset)).astype("f4")
    assert (vectors.astype(float) / scale - offset == points).all()
    return vectors


def head_of(examples, offset: int, scale: float) -> Snapshot:
    rows = (moved(points, offset, scale) for points in examples)
    empty = Snapshot(1, 1, "f", dim=examples[0].shape[1], metric="euclidean", kappa=1.0)
    return empty.filled(
        ClassVectors(k + 1, f"c{k}", len(x), to_fixed(x).sum(axis=0), None)
        for k, x in enumerate(rows)
    )


def distance(point, members) -> Fraction:
    """The squared distance of a point to the mean of members, exactly."""
    means = [Fraction(int(total), len(members)) for total in members.sum(axis=0)]
    return sum(((int(x) - m) ** 2 for x, m in zip(point, means, strict=True)), Fraction(0))


@settings(max_examples=60, deadline=None)
@given(worlds(), OFFSETS, SCALES)
def test_an_offset_of_all_vectors_changes_no_answer_and_no_score_is_above_zero(
    world, offset, scale
):
    examples, points = world
    head = head_of(examples, offset, scale)
    queries = moved(points, offset, scale)
    for part in (slice(0, 5), slice(2, 3)):
        scores = head.scores(queries[part])
        assert (scores <= 0).all()
        ranking = head.ranking(queries[part], scores, len(examples))
        for row, point in enumerate(points[part]):
            exact = [distance(point, members) for members in examples]
            expected = [-float(d) * scale**2 for d in exact]
            np.testing.assert_allclose(scores[row], expected, rtol=1e-3, atol=1e-5 * scale**2)
            ranked = ranking.columns[row].tolist()
            assert exact[ranked[0]] == pytest.approx(min(exact), rel=1e-7, abs=1e-7)
            whole = [k for k in ranked if len(examples[k]) != 3]  # whose means float32 holds
            assert whole == sorted(whole, key=lambda k, e=exact: (e[k], k))
            np.testing.assert_allclose(
                ranking.scores[row], [expected[k] for k in ranked], rtol=1e-5, atol=1e-6 * scale**2
            )


@settings(max_examples=40, deadline=None)
@given(worlds(), OFFSETS, SCALES)
def test_an_offset_changes_no_distance_to_a_single_example(world, offset, scale):
    examples, points = world
    members = np.concatenate(examples)
    scores = similarities(moved(points, offset, scale), moved(members, offset, scale), "euclidean")
    expected = -(scale**2) * ((points[:, None, :] - members[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(scores, expected, rtol=1e-3)
    assert (scores <= 0).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), OFFSETS)
def test_an_offset_changes_neither_leave_one_out_nor_calibration_nor_kappa(seed, offset):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(4), 5)
    centres = rng.integers(-3, 4, (4, 4))
    words = centres + rng.integers(-1, 2, (4, 4))
    rows = centres[labels] + rng.integers(-2, 3, (20, 4))

    def support(offset: int) -> Support:
        return Support.of(
            moved(rows, offset, 1.0), labels, moved(words, offset, 1.0), np.arange(4) != 1,
            kappa=0.75, metric="euclidean", groups=np.arange(20),
        )  # fmt: skip

    here, there = support(0), support(offset)
    first, again = simulate(here), simulate(there)
    np.testing.assert_allclose(again.scores, first.scores, rtol=2e-3, atol=1e-5)
    assert (again.scores <= 0).all()
    before, after = calibrate(first), calibrate(again)
    if isinstance(before, Calibration):
        assert after.threshold == pytest.approx(before.threshold, rel=1e-2, abs=1e-4)
    assert estimate_kappa(there) == pytest.approx(estimate_kappa(here), rel=1e-3)
    described = replace(here.classes, counts=np.zeros(4, np.int64), sums=0 * here.classes.sums)
    model = LinearModel.of_classes(described, 1.0, "euclidean")
    assert model.scores(here.embeddings)[0, 1] == -np.inf  # neither example nor description


def test_far_from_the_origin_the_nearest_class_answers():
    def at(*numbers: int) -> np.ndarray:
        return np.array(numbers, np.float32)

    with LabelSpace.create(encoder="precomputed:2", metric="euclidean", background=False) as space:
        space.add([Example("even", embedding=at(20000, 20000)),
                   Example("odd", embedding=at(20003, 20001))])  # fmt: skip
        for point, ranked in {
            (20003, 20001): [("odd", 0.0), ("even", -10.0)],
            (20001, 20000): [("even", -1.0), ("odd", -5.0)],
        }.items():
            answer = space.label(Document("q", embedding=at(*point)))
            assert [(a.label, a.score) for a in answer.alternatives] == ranked
            assert answer.evidence.examples[0].score == ranked[0][1]
