"""Documents of equal vectors are answered together where the same is refused for them."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel.label_space.person_statements.refused_by_key import alike_parts

A, B = frozenset({1}), frozenset({2})


@pytest.mark.parametrize(
    ("vectors", "refused", "parts"),
    [
        ("abab", "", ["abab"]),
        ("abab", "1-1-", ["abab"]),
        ("abab", "1--2", ["ab", "ab"]),
        ("aaa", "1-1", ["a", "a", "a"]),
        ("abcdef", "", ["abcd", "ef"]),
        ("abcdef", "1-----", ["abcd", "ef"]),
        ("", "", []),
    ],
)
def test_a_part_holds_no_equal_vectors_with_other_refusals(vectors, refused, parts):
    keys = {"1": A, "2": B, "-": frozenset[int]()}
    matrix = np.array([[ord(one)] for one in vectors], np.float32).reshape(-1, 1)
    slices = alike_parts(matrix, [keys[one] for one in refused], 4)
    assert [vectors[part] for part in slices if vectors[part]] == parts
