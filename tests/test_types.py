"""``Encoded``: its operations against plain loops, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.arrays import unit
from protolabel.beginnings import Beginnings
from protolabel.errors import EncoderError
from protolabel.types import Encoded


def encoded(passages: list[int], seed: int = 0) -> Encoded:
    """Documents with so many passages each; every vector and span is different."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(len(passages)), passages)
    rows = rng.normal(size=(len(passages) + len(owner), 3)).astype(np.float32)
    spans = rng.integers(0, 99, (len(owner), 2))
    begun = np.repeat(np.arange(len(passages)), [n % 3 for n in passages])
    starts = rng.normal(size=(len(begun), 3)).astype(np.float32)
    return Encoded(
        rows[: len(passages)],
        rows[len(passages) :],
        owner,
        spans,
        passage_weights=rng.random(len(owner), np.float32),
        beginnings=Beginnings(starts, begun, np.float32(begun) + seed) if len(begun) else None,
    )


def as_lists(one: Encoded) -> list[object]:
    """Each document with its passages and beginnings, by loops."""
    weights = np.empty(0) if one.passage_weights is None else one.passage_weights
    begun = []
    if (starts := one.beginnings) is not None:
        rows = starts.embeddings.tolist()
        begun = list(zip(rows, starts.weights.tolist(), starts.owner.tolist(), strict=True))
    return [
        (
            row.tolist(),
            [
                (p.tolist(), span.tolist(), weight.item())
                for p, span, weight, owner in zip(
                    one.passage_embeddings,
                    one.passage_spans,
                    weights,
                    one.passage_owner,
                    strict=True,
                )
                if owner == i
            ],
            [(vector, weight) for vector, weight, owner in begun if owner == i],
        )
        for i, row in enumerate(one.embeddings)
    ]


COUNTS = st.lists(st.integers(0, 3), max_size=8)


@given(COUNTS, st.integers(-9, 9), st.integers(-9, 9))
def test_take_is_the_slice_of_the_documents(counts, start, stop):
    one = encoded(counts)
    assert as_lists(one.take(slice(start, stop))) == as_lists(one)[start:stop]


@given(st.lists(COUNTS, max_size=4))
def test_join_is_the_documents_in_order(parts):
    pieces = [encoded(counts, seed) for seed, counts in enumerate(parts)]
    joined = Encoded.join(pieces, 3)
    assert as_lists(joined) == [document for piece in pieces for document in as_lists(piece)]
    assert joined.embeddings.shape[1] == joined.passage_embeddings.shape[1] == 3


def test_unit_vectors_of_any_length_and_none_of_zeros():
    rows = np.array([[3e30, 4e30], [3e-30, 4e-30], [0, 0]], np.float32)
    assert unit(rows) == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8], [0, 0]]))
    one = encoded([2, 0]).unit()
    for vectors in (one.embeddings, one.passage_embeddings):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rows", "passages", "owner", "spans"),
    [
        ((2,), (0, 2), [], (0, 2)),
        ((2, 3), (0, 2), [], (0, 2)),
        ((2, 3), (1, 3), [], (1, 2)),
        ((2, 3), (1, 3), [0], (1, 3)),
        ((2, 3), (1, 3), [2], (1, 2)),
        ((2, 3), (1, 3), [-1], (1, 2)),
        ((2, 3), (2, 3), [1, 0], (2, 2)),
    ],
)
def test_shapes_and_owners_that_do_not_agree_are_refused(rows, passages, owner, spans):
    zeros = np.zeros(rows, np.float32), np.zeros(passages, np.float32)
    with pytest.raises(EncoderError, match="expected"):
        Encoded(*zeros, np.array(owner, np.int64), np.zeros(spans, np.int64))


@pytest.mark.parametrize(("owner", "weights"), [([0], [1, 1]), ([1, 0], [1, 1]), ([0, 1], [1])])
def test_beginnings_that_do_not_agree_are_refused(owner, weights):
    with pytest.raises(EncoderError, match="ascending"):
        Beginnings(
            np.zeros((2, 3), np.float32), np.array(owner, np.int64), np.array(weights, np.float32)
        )


@given(COUNTS, st.integers(0, 3))
def test_documents_among_others_keep_their_passages_and_beginnings(counts, more):
    one, n = encoded(counts), len(counts) + more
    rows = sorted(np.random.default_rng(more).permutation(n)[: len(counts)].tolist())
    lists = as_lists(one.among(rows, n))
    assert [lists[row] for row in rows] == as_lists(one)
    assert all(lists[i] == ([0, 0, 0], [], []) for i in set(range(n)) - set(rows))
