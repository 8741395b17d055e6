"""All classes at once, confusion and learning curves against plain loops and known laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from protolabel.arithmetic.intervals import wilson
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.support import Support
from protolabel.episodes.sampler import generator_of
from protolabel.evaluation.all_classes import drawn, every_class, sizes_for
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.learning_curve import own_curve


def world(seed=0, classes=6, each=9, d=5, spread=0.7, unit=True):
    """Embeddings, labels and descriptions of Gaussian classes."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=(classes, d))
    y = np.repeat(np.arange(classes), each)
    x = (middle[y] + spread * rng.normal(size=(len(y), d))).astype(np.float32)
    words = (middle + 0.5 * rng.normal(size=(classes, d))).astype(np.float32)
    if unit:
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        words /= np.linalg.norm(words, axis=1, keepdims=True)
    return x, y, words


def labelled(x, y, words=None):
    return LabelledVectors(x, y, [f"c{k}" for k in range(y.max() + 1)], words)


def nearest(query, members, words, kappa, metric):
    """Class of one query by equation 3, a number at a time. ``members``: vectors by class."""
    best, winner = -math.inf, None
    for k, rows in enumerate(members):
        weight = len(rows) + (kappa if words is not None else 0)
        if weight == 0:
            continue
        centre = []
        for axis in range(len(query)):
            total = sum(float(r[axis]) for r in rows)
            if words is not None:
                total += kappa * float(words[k][axis])
            centre.append(total / weight)
        if metric == "cosine":
            dot = sum(float(q) * c for q, c in zip(query, centre, strict=True))
            score = dot / math.sqrt(sum(c * c for c in centre))
        else:
            score = -sum((float(q) - c) ** 2 for q, c in zip(query, centre, strict=True))
        if score > best:
            best, winner = score, k
    return winner


# -- all classes at once ----------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("with_descriptions", [False, True])
def test_all_classes_are_the_plain_loops(metric, with_descriptions):
    x, y, words = world(unit=metric == "cosine")
    words = words if with_descriptions else None
    sizes = [0, 1, 3] if with_descriptions else [1, 3]
    result = every_class(
        labelled(x, y, words), sizes=sizes, draws=3, kappa=1.5, metric=metric, seed=4
    )
    for size in result:
        shares, pairs = [], []
        for number in range(3 if size.shot else 1):
            ranks = drawn(y, generator_of(4, number))
            members = [[x[i] for i in range(len(y)) if y[i] == k and ranks[i] < size.shot]
                       for k in range(6)]  # fmt: skip
            rest = [i for i in range(len(y)) if ranks[i] >= size.shot]
            answers = [nearest(x[i], members, words, 1.5, metric) for i in rest]
            shares.append(np.mean([a == y[i] for a, i in zip(answers, rest, strict=True)]))
            pairs += [(y[i], a) for a, i in zip(answers, rest, strict=True)]
        assert size.prototypes.mean == pytest.approx(np.mean(shares), abs=1e-12)
        assert size.queries == size.available == len(rest)
        assert size.prototypes.n == len(shares)
        if size.head == "prototypes":
            expected = confusion_matrix(*zip(*pairs, strict=True), labels=range(6))
            assert (size.confusion.matrix() == expected).all()
        assert (size.refined is None) == (metric == "euclidean" or size.shot == 0)
    assert 0.3 < result[-1].prototypes.mean < 1


def test_the_refined_accuracy_is_that_of_refine():
    x, y, words = world(1)
    (size,) = every_class(labelled(x, y, words), sizes=[3], draws=2, kappa=1.0)
    shares = []
    for number in range(2):
        ranks = drawn(y, generator_of(0, number))
        s, q = ranks < 3, ranks >= 3
        refined_head = refine(Support.of(x[s], y[s], words, np.ones(6, bool)))
        answers = (x[q] @ refined_head.weights.T + refined_head.biases).argmax(axis=1)
        shares.append((answers == y[q]).mean())
    assert size.refined.mean == pytest.approx(np.mean(shares))
    assert size.head == "refined"
    assert size.confusion.accuracy == pytest.approx(np.mean(shares))


def test_draws_are_nested_fair_and_seeded():
    y = np.tile(np.arange(3), 20)
    ranks = [drawn(y, generator_of(0, n)) for n in range(300)]
    for r in ranks[:5]:
        assert all(sorted(r[y == k]) == list(range(20)) for k in range(3))
    first = np.mean([r < 5 for r in ranks], axis=0)
    assert np.abs(first - 0.25).max() < 0.12
    assert (drawn(y, generator_of(0, 7)) == ranks[7]).all()


def test_queries_are_capped_by_a_seeded_subsample():
    x, y, _ = world(each=20)
    one, two = (every_class(labelled(x, y), sizes=[2], draws=3, most=30)[0] for _ in range(2))
    assert (one.queries, one.available) == (30, 108)
    assert one.prototypes == two.prototypes
    assert one.confusion.n == 90


def test_curve_sizes_leave_a_query():
    assert sizes_for(8, (1, 3), described=True) == [0, 1, 2, 3, 5]
    assert sizes_for(5, (1, 5), described=False) == [1, 2]


# -- confusion --------------------------------------------------------------------------------


def test_confusion_by_hand():
    confusion = Confusion(3)
    confusion.add(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), np.array([10, 11, 12, 13]))
    confusion.add(np.array([0, 2]), np.array([2, 0]), np.array([11, 14]))
    rows = confusion.table(["a", "b", "c"], top=1)
    assert [(r.label, r.accuracy, r.n, r.documents) for r in rows] == [
        ("c", 0.0, 1, 1),
        ("a", 0.25, 4, 3),
        ("b", 1.0, 1, 1),
    ]
    (worst,) = rows[1].confused
    assert (worst.label, worst.count, worst.documents) == ("b", 2, (11, 12))
    assert confusion.n == 6
    assert confusion.accuracy == pytest.approx(2 / 6)
    assert math.isnan(Confusion(2).accuracy)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
def test_confusion_is_scikit_learns(pairs):
    truth, answered = np.array(pairs).T
    confusion = Confusion(5)
    for part in np.array_split(np.arange(len(pairs)), 3):
        confusion.add(truth[part], answered[part], part)
    expected = confusion_matrix(truth, answered, labels=range(5))
    assert (confusion.matrix() == expected).all()
    rows = {r.label: r for r in confusion.table("abcde", top=5)}
    for k, name in enumerate("abcde"):
        if expected[k].sum() == 0:
            assert name not in rows
            continue
        assert rows[name].accuracy == pytest.approx(expected[k, k] / expected[k].sum())
        assert {m.label: m.count for m in rows[name].confused} == {
            "abcde"[j]: c for j, c in enumerate(expected[k]) if c and j != k
        }
    assert [r.accuracy for r in rows.values()] == sorted(r.accuracy for r in rows.values())


def test_wilson_holds_its_promise():
    from scipy.stats import binomtest

    for right, n in ((0, 9), (9, 9), (3, 7), (80, 100)):
        exact = binomtest(right, n).proportion_ci(method="wilson")
        assert wilson(right / n, n) == pytest.approx((exact.low, exact.high), abs=2e-4)
    assert wilson(0.5, 0) == (0.0, 1.0)


# -- a label space's own learning curve -------------------------------------------------------


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("kappa", [0.0, 1.3])
def test_own_curve_is_the_plain_loops(metric, kappa):
    x, y, words = world(2, classes=4, each=6, unit=metric == "cosine")
    keep = np.array([i for i in range(24) if not (y[i] == 3 and i > 18) and i not in (0, 1, 7)])
    x, y = x[keep], y[keep]  # classes of 4, 5, 6 and 1
    described = np.full(4, kappa > 0)
    sizes = [0, 1, 3, 5] if kappa else [1, 3, 5]
    curve = own_curve(
        Support.of(x, y, words, described, kappa=kappa, metric=metric),
        sizes=sizes,
        draws=2,
        seed=9,
    )
    assert curve.query.tolist() == [i for i in range(len(y)) if y[i] != 3]
    for number in range(2):
        ranks = drawn(y, generator_of(9, number))
        for place, k in enumerate(sizes):
            for at, i in enumerate(curve.query):
                members = []
                for c in range(4):
                    order = sorted((ranks[j], j) for j in range(len(y)) if y[j] == c and j != i)
                    if c == y[i]:  # the first k of the others
                        rows = [x[j] for _, j in order[:k]]
                        assert curve.support[place, at] == len(rows)
                    else:
                        rows = [x[j] for _, j in order[:k]]
                    members.append(rows)
                descriptions = words if kappa else None
                expected = nearest(x[i], members, descriptions, kappa, metric) == y[i]
                assert curve.right[number, place, at] == expected, (number, k, i)
    assert 0.2 < curve.right.mean() < 0.98


def test_own_curve_caps_its_queries():
    x, y, words = world(each=20)
    curve = own_curve(Support.of(x, y, words, np.ones(6, bool)), sizes=[1, 2], most=25)
    assert curve.right.shape == (10, 2, 25)
