"""Equal documents: folded texts, equal vectors, and the groups that they form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.copies.equality import (
    document_digests,
    equal_documents,
    folded,
    groups_of,
    text_digest,
    vector_digest,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pay  the\tbill", "pay the bill"),
        (" pay the bill\n", "PAY THE BILL"),
        ("cafe\u0301", "caf\u00e9"),
        ("STRASSE", "stra\u00dfe"),
        ("pay\u00a0the bill", "pay the bill"),
    ],
)
def test_texts_are_equal_after_folding_case_and_white_space(one, other):
    assert folded(one) == folded(other)
    assert text_digest(one) == text_digest(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_fold_as_others_do(text):
    """As a text with one letter that is not plain, which goes the longer way."""
    assert folded(f"{text} \u00e9") == f"{folded(text)} \u00e9".strip()


def test_other_words_make_another_document():
    assert text_digest("pay the bill") != text_digest("pay the bills")
    assert text_digest("ab") != text_digest("a b")


def test_zero_has_no_sign_in_a_vector():
    assert vector_digest([0.0, 1.0]) == vector_digest(np.array([-0.0, 1.0]))


def test_an_equal_text_or_an_equal_vector_makes_a_group():
    texts = ["a b", None, "A  B", "c", "d"]
    vectors = np.array([[1, 0], [0, 1], [1, 1], [1, 1], [0, 2]], dtype=np.float32)
    assert equal_documents(texts, vectors).tolist() == [0, 1, 0, 0, 2]
    assert equal_documents(texts, None).tolist() == [0, 1, 0, 2, 3]
    assert equal_documents(None, vectors[:0]).tolist() == []


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=3), max_size=12))
def test_groups_are_the_connected_parts_of_shared_digests(digests):
    n = len(digests)
    reached = [[i == j or bool(digests[i] & digests[j]) for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                reached[i][j] = reached[i][j] or (reached[i][k] and reached[k][j])
    groups = groups_of(digests)
    for i in range(n):
        for j in range(n):
            assert (groups[i] == groups[j]) == reached[i][j]
    first = [groups.tolist().index(g) for g in sorted(set(groups.tolist()))]
    assert first == sorted(first)


def test_a_document_has_a_digest_of_each_of_its_parts():
    assert len(document_digests("a", None, [1.0])) == 2
    assert document_digests() == ()
