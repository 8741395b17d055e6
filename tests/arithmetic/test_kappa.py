"""kappa against plain loops, in a world whose kappa is known, and where nothing can be told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.kappa import HIGHEST, LOWEST, PRIOR_WEIGHT
from protolabel.arithmetic.kappa import estimate_kappa as estimate_of
from protolabel.arithmetic.support import Support


def estimate_kappa(*support):
    return estimate_of(Support.of(*support))


def by_loops(embeddings, labels, descriptions, described):
    """The formulas of the docstring, one number at a time."""
    members = {}
    for x, k in zip(embeddings.tolist(), labels.tolist(), strict=True):
        members.setdefault(k, []).append(x)
    dim = descriptions.shape[1]
    means = {k: [sum(x[j] for x in v) / len(v) for j in range(dim)] for k, v in members.items()}
    pairs = sum(len(v) - 1 for v in members.values())
    classes = [k for k in means if described[k]]
    if pairs < 3 or len(classes) < 3:
        return None
    inside = sum(
        (x[j] - means[k][j]) ** 2 for k, v in members.items() for x in v for j in range(dim)
    )
    within = inside / pairs
    gaps = {k: [means[k][j] - float(descriptions[k][j]) for j in range(dim)] for k in classes}
    offset = [sum(g[j] for g in gaps.values()) / len(gaps) for j in range(dim)]
    spread = sum((g[j] - offset[j]) ** 2 for g in gaps.values() for j in range(dim))
    spread /= len(classes) - 1
    if within <= 1e-12 or spread <= 1e-12:
        return None
    between = spread - within * sum(1 / len(members[k]) for k in classes) / len(classes)
    ratio = within / max(between, within / HIGHEST)
    size = min(pairs, len(classes))
    return min(max(math.exp(size * math.log(ratio) / (size + PRIOR_WEIGHT)), LOWEST), HIGHEST)


def world(rng, classes, counts, s, t, dim=64):
    """Gaussian classes about their descriptions, all moved by one offset; kappa is (s / t)^2."""
    descriptions = rng.normal(size=(classes, dim))
    means = descriptions + t * rng.normal(size=(classes, dim)) + rng.normal(size=dim)
    labels = np.repeat(np.arange(classes), counts)
    embeddings = means[labels] + s * rng.normal(size=(len(labels), dim))
    return embeddings.astype(np.float32), labels, descriptions.astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.lists(st.integers(0, 5), min_size=1, max_size=8), st.booleans()
)
def test_agrees_with_loops(seed, counts, all_described):
    rng = np.random.default_rng(seed)
    embeddings, labels, descriptions = world(rng, len(counts), counts, 0.7, 1.0, dim=5)
    described = np.ones(len(counts), bool) if all_described else rng.random(len(counts)) < 0.7
    got = estimate_kappa(embeddings, labels, descriptions, described)
    want = by_loops(embeddings, labels, descriptions, described)
    assert (got is None) == (want is None)
    if got is not None:
        assert got == pytest.approx(want, rel=1e-3)


@pytest.mark.parametrize(("s", "t"), [(1.0, 1.0), (2.0, 1.0), (1.0, 1.6)])
@pytest.mark.parametrize("n", [2, 5, 20])
def test_finds_the_kappa_of_a_known_world(s, t, n):
    embeddings, labels, descriptions = world(np.random.default_rng(n), 60, [n] * 60, s, t)
    estimate = estimate_kappa(embeddings, labels, descriptions, np.ones(60, bool))
    assert estimate == pytest.approx((s / t) ** 2, rel=0.15)


def test_does_not_depend_on_how_many_examples_there_are():
    counts = [0, 1, 2, 3, 5, 10] * 10
    embeddings, labels, descriptions = world(np.random.default_rng(0), 60, counts, 1.0, 1.0)
    estimate = estimate_kappa(embeddings, labels, descriptions, np.ones(60, bool))
    assert estimate == pytest.approx(1.0, rel=0.15)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_and_a_common_move_of_the_descriptions_change_nothing(seed):
    rng = np.random.default_rng(seed)
    embeddings, labels, descriptions = world(rng, 6, [3] * 6, 1.0, 1.0, dim=8)
    described = np.ones(6, bool)
    first = estimate_kappa(embeddings, labels, descriptions, described)
    order = rng.permutation(len(labels))
    moved = (descriptions + rng.normal(size=8)).astype(np.float32)
    again = estimate_kappa(embeddings[order], labels[order], moved, described)
    assert again == pytest.approx(first, rel=1e-3)


@pytest.mark.parametrize("counts", [[1] * 20, [0] * 5, [9], [4, 4], [2, 2, 1]])
def test_says_none_where_the_data_cannot_tell(counts):
    embeddings, labels, descriptions = world(np.random.default_rng(1), len(counts), counts, 1, 1)
    assert estimate_kappa(embeddings, labels, descriptions, np.ones(len(counts), bool)) is None


def test_says_none_for_copies_of_one_document_and_without_descriptions():
    embeddings, labels, descriptions = world(np.random.default_rng(1), 5, [3] * 5, 1, 1)
    nothing = np.zeros(5, bool)
    assert estimate_kappa(embeddings, labels, descriptions, nothing) is None
    same = np.repeat(embeddings[::3], 3, axis=0)
    assert estimate_kappa(same, labels, descriptions, ~nothing) is None


def test_stays_within_its_bounds():
    rng = np.random.default_rng(2)
    embeddings, labels, descriptions = world(rng, 80, [10] * 80, 1.0, 1e-3)
    high = estimate_kappa(embeddings, labels, descriptions, np.ones(80, bool))
    embeddings, labels, descriptions = world(rng, 80, [10] * 80, 1e-2, 1.0)
    low = estimate_kappa(embeddings, labels, descriptions, np.ones(80, bool))
    assert high <= HIGHEST
    assert low == LOWEST


@pytest.mark.parametrize(
    ("labels", "described"),
    [([0, 1, 3], 3), ([0, -1, 2], 3), ([0, 1], 3), ([0, 1, 2], 2)],
)
def test_refuses_shapes_that_do_not_agree(labels, described):
    x = np.eye(3, dtype=np.float32)
    with pytest.raises(ValueError, match="expected"):
        estimate_kappa(x, np.array(labels), x, np.ones(described, bool))
    with pytest.raises(ValueError, match="expected"):
        estimate_kappa(x[:, :2], np.arange(3), x, np.ones(3, bool))


def test_documents_that_the_encoder_has_learned_from_do_not_count():
    """As if they were not there; with nothing else there is no estimate."""
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(4), 6)
    centres = rng.normal(size=(4, 8))
    rows = (centres[labels] + rng.normal(size=(24, 8))).astype("f4")
    words = (centres + 0.5 * rng.normal(size=(4, 8))).astype("f4")
    learned = np.arange(24) % 2 == 0
    rows[learned] = centres[labels[learned]]  # an encoder that knows them draws them together
    described = np.ones(4, bool)
    support = Support.of(rows, labels, words, described, learned=learned)
    others = Support.of(rows[~learned], labels[~learned], words, described)
    assert estimate_of(support) == estimate_of(others)
    everything = Support.of(rows, labels, words, described, learned=np.ones(24, bool))
    assert estimate_of(everything) is None
