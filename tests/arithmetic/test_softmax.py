"""Shares of a few scores of large matrices, compared with SciPy's softmax of whole rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax as scipy_softmax

from protolabel.arithmetic.softmax import shares_of


@pytest.mark.parametrize("classes", [3, 700, 40_000])
def test_shares_of_some_scores_are_those_of_whole_rows_also_of_one_class_twice(
    classes: int,
) -> None:
    random = np.random.default_rng(classes)
    scores = random.normal(size=(60, classes)).astype(np.float32)
    scores[3, 1:] = -np.inf  # classes without a prototype
    rows = random.permutation(60)[:50]
    own = random.integers(classes, size=50)
    best = scores[rows].argmax(axis=1)
    own[:10] = best[:10]  # the best class is the own one
    columns = np.stack([best, own], axis=1)
    of = np.take_along_axis(scores[rows], columns, axis=1)
    whole = scipy_softmax(scores[rows].astype(np.float64) / 0.3, axis=1)
    expected = np.take_along_axis(whole, columns, axis=1)
    np.testing.assert_allclose(shares_of(scores, rows, of, 0.3), expected, rtol=2e-5)


def test_shares_of_no_rows_are_none() -> None:
    none = np.empty(0, np.int64)
    shares = shares_of(np.ones((4, 3), np.float32), none, np.empty((0, 2), np.float32), 1.0)
    assert shares.shape == (0, 2)
