"""The focus of queries on passages near a description, against loops in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arithmetic.passage_focus import MOST_DESCRIPTIONS, focused
from protolabel.arithmetic.passages import BEGINNINGS, Pooling, pool_passages
from protolabel.beginnings import Beginnings
from protolabel.types import Encoded

Parts = tuple[np.ndarray, np.ndarray]  # passages and beginnings
DIM = 5
sizes = st.lists(st.lists(st.integers(1, 300), max_size=6), min_size=1, max_size=5)
seeds = st.integers(0, 2**32 - 1)


def units(n, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def documents(
    lengths: list[list[int]], seed: int, n_beginnings: int = len(BEGINNINGS)
) -> tuple[Encoded, list[Parts | None]]:
    """Documents as an encoder returns them, and the parts of each that is split."""
    each: list[Parts | None] = []
    vectors, none = [], np.empty((0, DIM), np.float32)
    rows, owner, weights = [none], [], [none[:, 0]]
    starts, begun, shares = [none], [], [none[:, 0]]
    for i, own in enumerate(lengths):
        m = len(own) if len(own) > 1 else 0
        random = units(1 + m + n_beginnings, seed + i)
        if not m:
            vectors.append(random[0])
            each.append(None)
            continue
        parts = random[1 : 1 + m], random[1 + m :]
        pooling: Pooling = "beginnings" if n_beginnings else "mean"
        pooled = pool_passages(parts[0], np.array(own), parts[1], pooling=pooling)
        vectors.append(pooled.embedding)
        each.append(parts)
        rows.append(parts[0])
        owner += [i] * m
        weights.append(pooled.weights)
        starts.append(parts[1])
        begun += [i] * n_beginnings
        shares.append(np.full(n_beginnings, pooled.beginning, np.float32))
    beginnings = Beginnings(
        np.concatenate(starts), np.array(begun, np.int64), np.concatenate(shares)
    )
    encoded = Encoded(
        np.stack(vectors),
        np.concatenate(rows),
        np.array(owner, np.int64),
        np.zeros((len(owner), 2), np.int64),
        passage_weights=np.concatenate(weights),
        beginnings=beginnings if begun else None,
    )
    return encoded, each


def length(vector):
    return math.sqrt(sum(x * x for x in vector))


def summed(weights, vectors):
    return [sum(w * float(v[j]) for w, v in zip(weights, vectors, strict=True)) for j in range(DIM)]


def nearest(vector, names):
    return max(
        sum(float(a) * float(b) for a, b in zip(vector, name, strict=True)) for name in names
    )


def by_hand(tokens, passages, starts, names):
    """The rule as the decision says it: both parts reweighted, in shares of 0.7 and 0.3."""
    weights, before = [], 0
    for tokens_here, passage in zip(tokens, passages, strict=True):
        place = 1 / (1 + before / 128) if len(starts) else 1.0
        weights.append(tokens_here * place * math.exp(10 * nearest(passage, names)))
        before += tokens_here
    whole = summed(weights, passages)
    whole = [x / length(whole) for x in whole]
    if len(starts):
        views = [passages[0], *starts]
        begun = summed([math.exp(10 * nearest(view, names)) for view in views], views)
        whole = [0.7 * a + 0.3 * b / length(begun) for a, b in zip(whole, begun, strict=True)]
    return [x / length(whole) for x in whole]


@given(sizes, seeds, st.sampled_from([0, 1, 3]), st.integers(1, 4))
def test_a_focused_document_is_the_formula(lengths, seed, n_beginnings, n_names):
    encoded, each = documents(lengths, seed, n_beginnings)
    names = units(n_names, seed + 99)
    result = focused(encoded, names)
    for i, parts in enumerate(each):
        if parts is None:
            assert result.embeddings[i].tobytes() == encoded.embeddings[i].tobytes()
            continue
        expected = by_hand(lengths[i], *parts, names)
        np.testing.assert_allclose(result.embeddings[i], expected, atol=2e-4)
        assert length(result.embeddings[i].tolist()) == pytest.approx(1, abs=1e-5)


@given(sizes, seeds)
def test_each_document_is_focused_by_itself_and_the_order_of_names_does_not_matter(lengths, seed):
    encoded, _ = documents(lengths, seed)
    names = units(3, seed + 99)
    together = focused(encoded, names)
    alone = [focused(encoded.take(slice(i, i + 1)), names) for i in range(len(lengths))]
    assert Encoded.join(alone, DIM).embeddings.tobytes() == together.embeddings.tobytes()
    other = focused(encoded, names[::-1])
    np.testing.assert_allclose(other.embeddings, together.embeddings, atol=1e-6)


@given(sizes, seeds)
def test_a_focused_document_is_the_sum_of_its_passages_where_it_has_no_beginnings(lengths, seed):
    result = focused(documents(lengths, seed, 0)[0], units(3, seed + 99))
    for i in set(result.passage_owner.tolist()):
        own = result.passage_owner == i
        total = summed(result.passage_weights[own].tolist(), result.passage_embeddings[own])
        np.testing.assert_allclose(result.embeddings[i], total, atol=2e-5)


def test_descriptions_that_are_alike_change_nothing():
    """All passages are as near: the rule of the encoder is left."""
    encoded, _ = documents([[50, 200, 90]], 7)
    axis = np.zeros((1, DIM), np.float32)
    np.testing.assert_allclose(focused(encoded, axis).embeddings, encoded.embeddings, atol=1e-5)


def test_without_descriptions_or_weights_a_document_stays_as_it_is():
    encoded, _ = documents([[50, 200]], 3)
    assert focused(encoded, np.empty((0, DIM), np.float32)) is encoded
    unweighed = Encoded(
        encoded.embeddings, encoded.passage_embeddings, encoded.passage_owner, encoded.passage_spans
    )
    assert focused(unweighed, units(2, 1)) is unweighed


def test_passages_that_cancel_leave_the_document_as_it_is():
    v = units(1, 5)[0]
    pooled = pool_passages(np.stack([v, -v]), np.array([9, 9]), pooling="mean")
    encoded = Encoded(
        pooled.embedding[None], np.stack([v, -v]), np.zeros(2, np.int64),
        np.zeros((2, 2), np.int64), passage_weights=np.ones(2, np.float32),
    )  # fmt: skip
    across = units(1, 6)
    across -= (across @ v) * v  # as near to one as to the other
    assert focused(encoded, across).embeddings == pytest.approx(pooled.embedding[None])


def test_descriptions_beyond_the_first_ones_do_not_count():
    encoded, _ = documents([[50, 200, 90]], 4)
    names = np.repeat(units(1, 8), MOST_DESCRIPTIONS, axis=0)
    more = np.concatenate([names, encoded.passage_embeddings[1:2]])
    first = focused(encoded, names).embeddings
    assert focused(encoded, more).embeddings.tobytes() == first.tobytes()
    assert np.abs(focused(encoded, more[1:]).embeddings - first).max() > 1e-3


def test_many_passages_and_names_are_compared_some_at_a_time(monkeypatch):
    encoded, _ = documents([[7] * 40], 11)
    names = units(9, 12)
    expected = focused(encoded, names).embeddings
    monkeypatch.setattr("protolabel.arithmetic.passage_focus.CELLS", 20)
    np.testing.assert_allclose(focused(encoded, names).embeddings, expected, atol=1e-6)
