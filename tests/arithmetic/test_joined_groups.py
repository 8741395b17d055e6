"""Groups by columns of numbers, against the groups of digests that say the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.joined_groups import joined_groups
from protolabel.equality import groups_of


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.tuples(*[st.integers(0, 12)] * width), min_size=1, max_size=30)
    )
)
def test_documents_that_share_a_number_are_a_group(documents):
    digests = [
        [f"{place} {number}" for place, number in enumerate(document) if number]
        for document in documents
    ]
    columns = np.array(documents, np.uint64).T
    assert joined_groups(list(columns)).tolist() == groups_of(digests).tolist()


def test_a_long_chain_is_one_group():
    links = np.arange(1, 2001, dtype=np.uint64)
    assert not joined_groups([(links + 1) // np.uint64(2), links // np.uint64(2) + 1]).any()
    assert joined_groups([np.zeros(3, np.uint64)]).tolist() == [0, 1, 2]
