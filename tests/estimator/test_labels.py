"""Labels of an estimator come back as they are, or are refused by a sentence."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel import PrototypicalClassifier
from protolabel.errors import InputError
from protolabel.estimator.labels import joined_labels

X = np.random.default_rng(0).normal(size=(24, 8))
THIRDS = np.repeat([0, 1, 2], 8)
LARGE = THIRDS.astype(np.uint64) + np.uint64(2**63)


def labels_of(*values: object) -> np.ndarray:
    labels = np.empty(24, object)
    labels[:] = [values[k % len(values)] for k in THIRDS]
    return labels


@pytest.mark.parametrize(
    "y", [labels_of("a", 1), labels_of("a", 2.5, "b"), labels_of(b"a", "b")], ids=str
)
def test_labels_of_several_kinds_are_refused_by_a_sentence(y):
    """Before, a bare TypeError compared them."""
    for estimator in (PrototypicalClassifier(), PrototypicalClassifier().fit(X, THIRDS)):
        with pytest.raises(InputError, match="expected labels of one kind") as caught:
            estimator.partial_fit(X, y)
        assert "y.astype(str)" in str(caught.value)
        estimator.fit(X, y.astype(str))  # the advice, to the letter


def test_an_example_without_a_label_is_refused_by_a_sentence():
    y = labels_of("a", "b", None)
    with pytest.raises(InputError, match="leave out the examples without one"):
        PrototypicalClassifier().fit(X, y)
    is_labelled = np.array([label is not None for label in y])
    PrototypicalClassifier().fit(X[is_labelled], y[is_labelled])


def test_dates_beside_numbers_are_refused_by_a_sentence():
    dates = np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "datetime64[D]")[THIRDS]
    with pytest.raises(InputError, match="dates and numbers"):
        PrototypicalClassifier().fit(X, THIRDS).partial_fit(X, dates)


def test_large_numbers_come_back_whole_with_a_label_for_what_is_declined():
    """Before, they were rounded to floating-point numbers, which were no labels of the user."""
    estimator = PrototypicalClassifier(abstain="auto", unknown_label=7).fit(X, LARGE)
    labels = estimator.predict(X)
    assert labels.dtype == np.uint64
    assert set(labels.tolist()) <= {7, *LARGE.tolist()}
    with pytest.raises(InputError, match="the labels -1 and") as caught:
        PrototypicalClassifier(abstain="auto").fit(X, LARGE).predict(X)
    assert "an unknown_label is one" in str(caught.value)


def test_large_numbers_come_back_whole_from_several_calls():
    estimator = PrototypicalClassifier().partial_fit(X, THIRDS).partial_fit(X[:8], LARGE[-8:])
    assert estimator.classes_.tolist() == [0, 1, 2, 2**63 + 2]


def test_few_examples_of_many_classes_are_no_reason_for_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PrototypicalClassifier().fit(X[:20], np.arange(20))
        PrototypicalClassifier().fit(X[:20], [f"class {k}" for k in range(20)])


WHOLE = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
    st.lists(st.integers(0, 2**64 - 1), min_size=1),
)


@given(WHOLE, WHOLE)
def test_whole_numbers_are_joined_exactly_or_refused(first, second):
    both = [*first, *second]
    if min(both) < 0 and max(both) >= 2**63:
        with pytest.raises(InputError, match=r"below 2\*\*63"):
            joined_labels([first, second])
    else:
        assert joined_labels([first, second]).tolist() == both
