"""Examples in any order and any portions give one state; new classes may come at any time."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import PrototypicalClassifier
from protolabel.errors import InputError

RNG = np.random.default_rng(4)
Y = np.array([0, 1, 2, 3] * 6)
X = np.eye(4)[Y] + RNG.normal(0, 0.6, (24, 4))
X[5] = X[1]  # one document twice in a class
X[6] = X[1]  # and under another label
QUERIES = RNG.normal(size=(20, 4))
WHOLE = {
    metric: PrototypicalClassifier(metric=metric, descriptions={1: [0, 1, 0, 1]}).fit(X, Y)
    for metric in ("cosine", "euclidean")
}


@settings(max_examples=12, deadline=None)
@given(
    order=st.permutations(range(24)),
    cuts=st.sets(st.integers(1, 23), max_size=4),
    metric=st.sampled_from(["cosine", "euclidean"]),
    looks=st.booleans(),
)
def test_any_order_and_any_portions_equal_one_fit(order, cuts, metric, looks):
    estimator = PrototypicalClassifier(metric=metric, descriptions={1: [0, 1, 0, 1]})
    for rows in np.split(np.array(order), sorted(cuts)):
        estimator.partial_fit(X[rows], Y[rows])
        if looks:
            estimator.predict(QUERIES)
    whole = WHOLE[metric]
    assert estimator.classes_.tolist() == whole.classes_.tolist()
    np.testing.assert_array_equal(estimator.prototypes_, whole.prototypes_)
    np.testing.assert_array_equal(estimator.predict_proba(QUERIES), whole.predict_proba(QUERIES))
    assert estimator.calibration_ == whole.calibration_


def test_a_new_class_appears_and_moves_no_other_prototype():
    estimator = PrototypicalClassifier(refine=False).partial_fit(X[Y < 2], Y[Y < 2])
    before = estimator.prototypes_
    estimator.partial_fit(X[Y == 3], Y[Y == 3])
    assert estimator.classes_.tolist() == [0, 1, 3]
    np.testing.assert_array_equal(estimator.prototypes_[:2], before)
    assert estimator.predict([[0.0, 0.0, 0.0, 1.0]]).tolist() == [3]
    estimator.partial_fit([[0.0, 0.0, 1.0, 0.0]], [-5])  # sorted before the others
    assert estimator.classes_.tolist() == [-5, 0, 1, 3]
    assert estimator.predict(np.eye(4)).tolist() == [0, 1, -5, 3]


def test_a_longer_name_of_a_new_class_is_not_cut_off():
    estimator = PrototypicalClassifier("hashing").partial_fit(["pay the bill"], ["a"])
    estimator.partial_fit(["ship the box"], ["a class with a long name"])
    assert estimator.predict(["ship the box"]).tolist() == ["a class with a long name"]


def test_a_class_without_evidence_is_never_an_answer():
    estimator = PrototypicalClassifier().partial_fit(X, Y, classes=[0, 1, 2, 3, 9])
    assert estimator.classes_.tolist() == [0, 1, 2, 3, 9]
    assert (estimator.predict_proba(X)[:, 4] == 0).all()
    assert (estimator.decision_function(X)[:, 4] == -np.inf).all()


def test_a_described_class_is_an_answer_without_examples():
    estimator = PrototypicalClassifier(
        WordEncoder(), descriptions={"parcel": "ship box", "job": "cv work"}, kappa=1.0
    ).fit(["pay bill"], ["bill"])
    assert estimator.predict(["box", "cv", "bill"]).tolist() == ["parcel", "job", "bill"]


def test_descriptions_may_change_between_portions():
    estimator = PrototypicalClassifier(WordEncoder(), descriptions={"a": "pay"}, kappa=1.0)
    estimator.partial_fit(["bill", "cv"], ["a", "b"])
    estimator.set_params(descriptions={"a": "secret"}).partial_fit(["cv"], ["b"])
    whole = PrototypicalClassifier(WordEncoder(), descriptions={"a": "secret"}, kappa=1.0)
    whole.fit(["bill", "cv", "cv"], ["a", "b", "b"])
    np.testing.assert_array_equal(estimator.prototypes_, whole.prototypes_)


def test_fit_forgets_and_partial_fit_does_not():
    estimator = PrototypicalClassifier().fit(X, Y)
    estimator.fit(X[Y < 2], Y[Y < 2])
    assert estimator.classes_.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (["pay"], [1], "X holds texts.*vectors, as"),
        (X[:1], ["a"], "labels that are numbers and strings"),
    ],
)
def test_a_refused_portion_changes_nothing(x, y, message):
    estimator = PrototypicalClassifier().fit(X, Y)
    before = estimator.predict_proba(QUERIES)
    with pytest.raises(InputError, match=message):
        estimator.partial_fit(x, y)
    np.testing.assert_array_equal(estimator.predict_proba(QUERIES), before)


def test_another_metric_between_portions_is_refused():
    estimator = PrototypicalClassifier().fit(X, Y).set_params(metric="euclidean")
    with pytest.raises(InputError, match="the same metric"):
        estimator.partial_fit(X, Y)


def test_the_same_group_in_two_portions_is_one_document():
    groups = np.arange(24) % 12
    whole = PrototypicalClassifier(refine=False).fit(X, Y, groups=groups)
    portions = PrototypicalClassifier(refine=False)
    portions.partial_fit(X[12:], Y[12:], groups=groups[12:])
    portions.partial_fit(X[:12], Y[:12], groups=groups[:12])
    assert portions.calibration_ == whole.calibration_
