"""Label sets are those of two libraries of conformal prediction on the same probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from crepes import ConformalClassifier
from mapie.classification import SplitConformalClassifier
from sklearn.base import BaseEstimator, ClassifierMixin

from protolabel.arithmetic.conformal import set_rule
from protolabel.arithmetic.scored_queries import ScoredQueries

CLASSES = 6
COVERAGES = (0.8, 0.9, 0.95)


class FixedShares(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities are its features."""

    def fit(self, x, y):
        self.classes_ = np.arange(CLASSES)
        return self

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.asarray(x).argmax(axis=1)


def world(queries, seed=0):
    """Return probabilities of queries with their classes, and of 500 new documents."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(CLASSES, 0.7), queries)
    labels = np.array([rng.choice(CLASSES, p=share) for share in shares])
    return shares, labels, rng.dirichlet(np.full(CLASSES, 0.7), 500)


def queries_of(shares, labels, classes):
    own = shares[np.arange(len(labels)), labels]
    nothing = np.empty(0)
    return ScoredQueries(
        np.zeros(len(labels)), shares.max(axis=1), own, shares.argmax(axis=1) == labels, classes,
        nothing, nothing, np.empty(0, np.int64),
    )  # fmt: skip


@pytest.mark.parametrize("coverage", COVERAGES)
def test_sets_with_a_yardstick_of_each_class_are_those_of_crepes(coverage):
    shares, labels, new = world(400)
    rule = set_rule(queries_of(shares, labels, labels), CLASSES, coverage)
    oracle = ConformalClassifier()
    oracle.fit(1 - shares[np.arange(400), labels], bins=labels)
    assert rule.own.all()
    for k in range(CLASSES):
        values = oracle.predict_p(1 - new[:, [k]], bins=np.full(500, k), smoothing=False)
        expected = values[:, 0] > 1 - coverage + 1e-9
        np.testing.assert_array_equal(new[:, k] >= rule.least[k], expected)


@pytest.mark.parametrize("coverage", COVERAGES)
def test_sets_with_one_yardstick_are_those_of_crepes_and_mapie(coverage):
    queries = 150
    shares, labels, new = world(queries, seed=1)
    apart = np.arange(queries)  # one query a class: too few for a yardstick of its own
    rule = set_rule(queries_of(shares, labels, apart), queries, coverage)
    assert not rule.own.any()
    members = new >= rule.least[0]
    one = ConformalClassifier()
    one.fit(1 - shares[np.arange(queries), labels])
    expected = one.predict_p(1 - new, smoothing=False) > 1 - coverage + 1e-9
    np.testing.assert_array_equal(members, expected)
    two = SplitConformalClassifier(
        FixedShares().fit(shares, labels),
        confidence_level=coverage,
        conformity_score="lac",
        prefit=True,
    )
    two.conformalize(shares, labels)
    np.testing.assert_array_equal(members, two.predict_set(new)[1][:, :, 0])
