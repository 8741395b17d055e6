"""Groups of what is shared, against the connected components of SciPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from protolabel.copies.equality import groups_of
from protolabel.copies.joined_groups import groups_by_numbers, joined_groups


def components(digests: list[list[str]]) -> list[int]:
    """The groups of documents: components of the graph of documents and what they have."""
    names = sorted({name for own in digests for name in own})
    place = {name: len(digests) + i for i, name in enumerate(names)}
    edges = [(i, place[name]) for i, own in enumerate(digests) for name in own]
    rows, columns = zip(*edges, strict=True) if edges else ((), ())
    size = len(digests) + len(names)
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][: len(digests)].tolist()
    order = list(dict.fromkeys(labels))
    return [order.index(one) for one in labels]


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.tuples(*[st.integers(0, 12)] * width), min_size=1, max_size=30)
    )
)
def test_documents_that_share_a_number_or_a_digest_are_a_group(documents):
    digests = [
        [f"{place} {number}" for place, number in enumerate(document) if number]
        for document in documents
    ]
    columns = np.array(documents, np.uint64).T
    assert joined_groups(list(columns)).tolist() == components(digests)
    assert groups_of(digests).tolist() == components(digests)


def test_a_long_chain_is_one_group():
    links = np.arange(1, 2001, dtype=np.uint64)
    assert not joined_groups([(links + 1) // np.uint64(2), links // np.uint64(2) + 1]).any()
    assert joined_groups([np.zeros(3, np.uint64)]).tolist() == [0, 1, 2]
    order = np.random.default_rng(0).permutation(5000)
    pairs, ends = np.arange(4999), np.concatenate([order[:-1], order[1:]])
    assert not groups_by_numbers(ends, np.concatenate([pairs, pairs]), 5000).any()


def test_no_documents_and_documents_without_anything_are_no_groups_of_several():
    assert groups_of([]).tolist() == []
    assert groups_of([(), ("a", "a"), ()]).tolist() == [0, 1, 2]
