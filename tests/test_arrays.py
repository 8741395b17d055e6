"""Whole ranges one after the other, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel.arrays import ranges


@pytest.mark.parametrize(
    ("starts", "counts"), [([3, 7], [2, 3]), ([5, 0, 9], [0, 4, 1]), ([], []), ([2], [0])]
)
def test_ranges_are_those_of_a_loop(starts, counts):
    expected = [n for start, count in zip(starts, counts, strict=True)
                for n in range(start, start + count)]  # fmt: skip
    result = ranges(np.array(starts, np.int64), np.array(counts, np.int64))
    assert result.dtype == np.int64
    assert result.tolist() == expected
