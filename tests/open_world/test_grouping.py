"""Groups of documents: what belongs to one, with classes that say how near that is and without."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from partitions import partition, points

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.support import Support
from protolabel.open_world import cells, grouping
from protolabel.open_world.cells import cells_of
from protolabel.open_world.grouping import MergedDocuments, moments_of

DIM = 24
LEAST = 5


def near(means: np.ndarray, y: np.ndarray, seed: int, apart: float = 0.5) -> np.ndarray:
    """Documents about the means of their classes, of length 1."""
    x = means[y] + apart * np.random.default_rng(seed).normal(size=(len(y), DIM)) / np.sqrt(DIM)
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def means(classes: int, seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(classes, DIM))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def support(x: np.ndarray, y: np.ndarray) -> Support:
    classes = int(y.max(initial=-1)) + 1
    return Support.of(x, y, np.zeros((classes, DIM), np.float32), np.zeros(classes, np.bool_))


NOTHING = support(np.empty((0, DIM), np.float32), np.empty(0, np.int64))


def grouped(x: np.ndarray, examples: Support, least: int) -> tuple[np.ndarray, Moments]:
    return MergedDocuments.of(x, examples).groups(least)


def taught(apart: float = 0.5) -> Support:
    y = np.repeat(np.arange(6), 5)
    return support(near(means(6, 1), y, 2, apart), y)


@pytest.mark.parametrize("examples", [NOTHING, taught()], ids=["nothing is known", "taught"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_documents_changes_no_group(examples, seed):
    x = near(means(5), np.repeat(np.arange(5), 9), seed)
    order = np.random.default_rng(seed).permutation(len(x))
    labels = np.empty(len(x), np.int64)
    labels[order] = grouped(x[order], examples, LEAST)[0]
    assert partition(labels) == partition(grouped(x, examples, LEAST)[0])


@pytest.mark.parametrize("examples", [NOTHING, taught()], ids=["nothing is known", "taught"])
def test_the_classes_are_found_and_the_moments_are_of_their_documents(examples):
    y = np.repeat(np.arange(7), [30, 25, 20, 15, 12, 10, 8])
    x = near(means(7), y, 3)
    labels, moments = grouped(x, examples, LEAST)
    assert labels.tolist() == y.tolist()
    np.testing.assert_allclose(moments.sums[2], x[y == 2].sum(axis=0), rtol=1e-4)
    assert moments.counts.tolist() == [30, 25, 20, 15, 12, 10, 8]


def test_a_document_beside_a_group_goes_to_it_and_a_stranger_to_none():
    """On its way to a known class: merged, then too far for that but within reach, then neither."""
    both, third = means(2), means(6, 1)[0]
    x = near(both, np.repeat([0, 1], 12), 4)
    kinds = []
    for t in np.linspace(0.0, 6.0, 16):
        beside = both[0] + t * third
        beside = (beside / np.linalg.norm(beside)).astype(np.float32)[None]
        labels, _ = grouped(np.concatenate([x, beside]), taught(), LEAST)
        alone, _ = grouped(np.concatenate([x, beside]), taught(), 1)
        kinds.append((bool(alone[-1] == alone[0]), int(labels[-1] == labels[0])))
    assert list(dict.fromkeys(kinds)) == [(True, 1), (False, 1), (False, 0)]


@pytest.mark.parametrize("examples", [NOTHING, taught()], ids=["nothing is known", "taught"])
def test_documents_that_are_like_no_other_are_no_group(examples):
    """Each lies in a direction of its own, which counts for little: weighted, they lie together."""
    y = np.repeat(np.arange(4), 40)
    wide = np.zeros((len(y) + 12, DIM + 12), np.float32)
    wide[: len(y), :DIM] = near(means(4), y, 8)
    wide[len(y) :, DIM:] = np.eye(12)
    wider = np.zeros((len(examples.embeddings), DIM + 12), np.float32)
    wider[:, :DIM] = examples.embeddings
    classes = np.zeros((examples.n_classes, DIM + 12), np.float32)
    support_wide = Support.of(
        wider, examples.labels, classes, np.zeros(examples.n_classes, np.bool_)
    )
    labels, _ = grouped(wide, support_wide, LEAST)
    assert partition(labels[: len(y)]) == partition(y)
    assert labels[len(y) :].tolist() == [-1] * 12


def test_without_classes_documents_of_no_group_are_in_one_only_within_its_reach():
    """What leaves a group must be farther away than what may come to one."""
    y = np.repeat(np.arange(4), 20)
    x = np.zeros((len(y) + 3, DIM + 1), np.float32)
    x[:-3, :DIM] = near(means(4), y, 8)
    nothing = Support.of(x[:0], y[:0], x[:0], np.empty(0, np.bool_))
    between = []
    for t in np.linspace(0.0, 1.0, 41):
        x[-3:, :DIM], x[-3:, DIM] = np.sqrt(1 - t) * x[:20, :DIM].mean(axis=0), np.sqrt(t)
        merged = MergedDocuments.of(x, nothing)
        labels, moments = merged.groups(LEAST)
        far = Moments.of_each(x[-1:]).distances(moments)[0].min()
        if (merged.labels == merged.labels[-1]).sum() == 3:  # a group of their own, too small
            between.append(merged.limits.reach <= far < merged.limits.hold)
            assert (labels[-1] >= 0) == (far < merged.limits.reach)
    assert any(between)


def test_without_classes_no_distance_is_asked_for():
    """Near or far, of two classes or of twenty: the pool itself says how many groups."""
    for apart in (0.3, 0.6):
        for classes in (2, 20):
            y = np.repeat(np.arange(classes), 25)
            labels, _ = grouped(near(means(classes), y, 5, apart), NOTHING, LEAST)
            assert partition(labels) == partition(y), (apart, classes)


@pytest.mark.parametrize("examples", [NOTHING, taught()], ids=["nothing is known", "taught"])
def test_many_documents_are_grouped_as_few_are(examples, monkeypatch):
    y = np.repeat(np.arange(4), [60, 50, 40, 30])
    x = near(means(4), y, 6)
    whole, _ = grouped(x, examples, LEAST)
    assert cells_of(x, examples) is None
    monkeypatch.setattr(cells, "MOST_WHOLE", 100)
    monkeypatch.setattr(cells, "CELLS", 40)
    monkeypatch.setattr(cells, "CHUNK", 64)
    monkeypatch.setattr(grouping, "CHUNK", 64)
    heard, filed = [], []
    cell_of = cells_of(x, examples, heard.append)
    labels, moments = MergedDocuments.of(x, examples, cell_of).groups(LEAST, filed.append)
    assert labels.tolist() == whole.tolist() == y.tolist()
    assert moments.counts.tolist() == [60, 50, 40, 30]
    for steps in (heard, filed):
        done = [step.done for step in steps]
        assert done == sorted(done)
        assert steps[-1].done == steps[-1].total


def test_kinds_that_come_in_turn_are_grouped_as_in_any_order(monkeypatch):
    """Every second row was in the sample, so that three kinds were in none, and lost."""
    y = np.where(np.arange(240) % 2 == 0, 0, 1 + np.arange(240) // 2 % 3)
    x = near(means(4), y, 6)
    monkeypatch.setattr(cells, "MOST_SAMPLED", 120)
    labels, _ = grouped(x, NOTHING, LEAST)
    assert partition(labels) == partition(y)


@pytest.mark.parametrize("examples", [NOTHING, taught()], ids=["nothing is known", "taught"])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_too_few_documents_are_no_group(examples, n):
    x = near(means(1), np.zeros(n, np.int64), 7)
    labels, moments = grouped(x, examples, LEAST)
    assert labels.tolist() == [-1] * n
    assert len(moments.counts) == 0


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_groups_of_another_least_size_are_those_of_a_grouping_anew(seed, least):
    """Merging takes long, and is done once."""
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(30, 6)) + 3.0 * np.eye(6)[rng.integers(0, 6, 30)]).astype(
        np.float32
    )
    support = Support.of(np.zeros((0, 6), np.float32), np.zeros(0, np.int64),
                         np.zeros((1, 6), np.float32), np.zeros(1, np.bool_))  # fmt: skip
    merged = MergedDocuments.of(vectors, support)
    merged.groups(3)
    labels, moments = merged.groups(least)
    again, others = grouped(vectors, support, least)
    np.testing.assert_array_equal(labels, again)
    np.testing.assert_array_equal(moments.counts, others.counts)
    assert (moments.counts >= least).all()


def test_moments_are_those_of_weighted_vectors_where_there_are_directions(monkeypatch):
    x, labels = points(9, 30, DIM), np.arange(30) % 4 - 1
    directions = Directions.of(x)
    monkeypatch.setattr(grouping, "CHUNK", 7)
    for ours, vectors in (
        (moments_of(x, labels, 3), x),
        (moments_of(x, labels, 3, directions), directions.weighted(x)),
    ):
        expected = Moments.of(vectors, labels, 3)
        for name in ("counts", "sums", "squares"):
            np.testing.assert_allclose(getattr(ours, name), getattr(expected, name), rtol=1e-5)


def bags(subject: int, n: int) -> np.ndarray:
    """Documents of fourteen words each, of the thirty that a subject has."""
    words = np.random.default_rng(subject).normal(size=(30, 64))
    rng = np.random.default_rng(1000 + subject)
    x = np.stack([words[rng.integers(0, 30, 14)].sum(axis=0) for _ in range(n)])
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def taught_by_bags() -> Support:
    x, y = np.concatenate([bags(k, 10) for k in range(6)]), np.repeat(np.arange(6), 10)
    return Support.of(x, y, np.zeros((6, 64), np.float32), np.zeros(6, np.bool_))


@pytest.mark.parametrize("n", [20, 100, 400])
def test_one_new_class_is_one_group_however_many_documents_it_has(n):
    """Weighted by what its own documents differ in, it was cut into more the more there were."""
    labels, moments = grouped(bags(50, n), taught_by_bags(), LEAST)
    assert len(moments.counts) == 1
    assert (labels == 0).mean() > 0.9


def test_a_class_of_many_documents_does_not_part_those_of_few():
    y = np.repeat([0, 1, 2], [200, 30, 30])
    x = np.concatenate([bags(50, 200), bags(51, 30), bags(52, 30)])
    labels, moments = grouped(x, taught_by_bags(), LEAST)
    assert len(moments.counts) == 3
    assert partition(labels[labels >= 0]) == partition(y[labels >= 0])


def test_where_no_class_is_known_a_class_keeps_its_documents_however_many_it_has():
    """Half of them lie farther from it than two documents of the pool do, and left it."""
    y = np.repeat([0, 1, 2], [1500, 8, 40])
    labels = grouped(near(means(3), y, 0), NOTHING, LEAST)[0]
    assert (labels[y == 0] == 0).mean() > 0.98
