"""The estimator keeps scikit-learn's contract, alone and inside what scikit-learn composes."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from estimator_settings import SETTINGS
from fakes import WORDS, WordEncoder
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.datasets import load_iris, make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from protolabel import PrototypicalClassifier
from protolabel.errors import InputError

IRIS = load_iris()


@pytest.mark.filterwarnings("ignore:Skipping check")
@parametrize_with_checks(list(SETTINGS))
def test_scikit_learns_own_checks_pass(estimator, check):
    check(estimator)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_predict_decision_and_probability_agree(metric, refine, classes):
    x, y = make_blobs(120, n_features=6, centers=classes, cluster_std=4.0, random_state=1)
    estimator = PrototypicalClassifier(metric=metric, refine=refine).fit(x[:80], y[:80])
    queries = np.concatenate([x[80:], 10 * x[80:90], estimator.prototypes_])
    predicted, shares = estimator.predict(queries), estimator.predict_proba(queries)
    scores = estimator.decision_function(queries)
    columns = (scores > 0).astype(int) if classes == 2 else scores.argmax(axis=1)
    assert (estimator.classes_[columns] == predicted).all()
    assert (estimator.classes_[shares.argmax(axis=1)] == predicted).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)


def test_an_answer_does_not_depend_on_which_queries_come_together():
    x, y = make_blobs(60, n_features=9, centers=4, cluster_std=5.0, random_state=3)
    estimator = PrototypicalClassifier().fit(x, y)
    one_by_one = np.concatenate([estimator.predict_proba(row[None]) for row in x])
    np.testing.assert_allclose(estimator.predict_proba(x), one_by_one, rtol=1e-9, atol=0)


def test_it_works_in_a_pipeline_with_table_output():
    table = pd.DataFrame(IRIS.data, columns=IRIS.feature_names)
    pipeline = make_pipeline(StandardScaler(), PrototypicalClassifier()).set_output(
        transform="pandas"
    )
    assert pipeline.fit(table, IRIS.target_names[IRIS.target]).score(
        table, IRIS.target_names[IRIS.target]
    ) > 0.8  # fmt: skip
    assert list(pipeline[-1].feature_names_in_) == IRIS.feature_names
    assert pipeline[-1].n_features_in_ == 4


def test_grid_search_finds_a_weight_of_the_descriptions():
    """The descriptions are the truth, and the examples are noisy: a great weight is right."""
    rng = np.random.default_rng(0)
    centres = np.eye(5)
    y = np.tile(np.arange(5), 8)
    x = centres[y] + rng.normal(0, 1.0, (len(y), 5))
    search = GridSearchCV(
        PrototypicalClassifier(descriptions=dict(enumerate(centres)), refine=False),
        {"kappa": [0.0, 0.3, 30.0]},
        cv=4,
    ).fit(x, y)
    assert search.best_params_ == {"kappa": 30.0}
    assert search.best_estimator_.kappa_ == 30.0


def test_cross_validation_and_calibration_take_it():
    x, y = make_blobs(150, centers=3, cluster_std=2.0, random_state=0)
    assert cross_val_score(PrototypicalClassifier(metric="euclidean"), x, y, cv=3).mean() > 0.7
    shares = cross_val_predict(PrototypicalClassifier(), x, y == 1, cv=3, method="predict_proba")
    _, predicted = calibration_curve(y == 1, shares[:, 1], n_bins=4)
    assert ((predicted >= 0) & (predicted <= 1)).all()
    wrapped = CalibratedClassifierCV(PrototypicalClassifier(), cv=3).fit(x, y)
    np.testing.assert_allclose(wrapped.predict_proba(x).sum(axis=1), 1.0)


def test_a_clone_shares_the_encoder_and_copies_the_rest():
    encoder = WordEncoder()
    estimator = PrototypicalClassifier(encoder, kappa=2.0, descriptions={"a": "pay"})
    other = clone(estimator)
    assert other.encoder is encoder
    assert (other.kappa, other.descriptions) == (2.0, {"a": "pay"})
    assert other.descriptions is not estimator.descriptions
    with pytest.raises(NotFittedError):
        other.predict(["pay"])


def test_a_pickled_estimator_answers_alike_and_holds_no_loaded_encoder():
    """The default encoder's compiled network cannot be pickled; its name can."""
    texts = ["pay the bill", "the invoice is due", "ship the box", "send the parcel"]
    estimator = PrototypicalClassifier("hashing").fit(texts, ["bill", "bill", "box", "box"])
    stored = pickle.dumps(estimator)
    assert b"HashingEncoder" not in stored
    np.testing.assert_array_equal(
        pickle.loads(stored).predict_proba(texts), estimator.predict_proba(texts)
    )


def test_sample_weights_are_refused_by_name():
    x, y = make_blobs(20, random_state=0)
    with pytest.raises(TypeError, match="sample_weight"):
        PrototypicalClassifier().fit(x, y, sample_weight=np.ones(20))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"metric": "manhattan"}, "metric='manhattan'.*'cosine' or 'euclidean'"),
        ({"kappa": -1}, "kappa -1.*from 0 to"),
        ({"kappa": "much"}, "kappa='much'.*'auto' or a number"),
        ({"abstain": "often"}, "abstain='often'.*None, 'auto' or a number"),
        ({"refine": "yes"}, "refine='yes'.*True or False"),
        ({"descriptions": ["a"]}, "descriptions of type list"),
        ({"descriptions": {0: [1.0]}}, r"shape \(1,\).*vector of 2"),
        ({"descriptions": {0: [0.0, 0.0]}}, "a vector of zeros"),
        ({"descriptions": {"a": [1.0, 0.0]}}, "labels that are numbers and strings"),
        ({"descriptions": {0: "  "}}, "an empty description"),
    ],
)
def test_a_parameter_that_is_none_is_refused_by_name(parameters, message):
    x, y = make_blobs(20, random_state=0)
    with pytest.raises(InputError, match=message):
        PrototypicalClassifier(**parameters).fit(x, y)


def test_an_example_without_direction_counts_for_nothing_and_is_said():
    x, y = make_blobs(30, random_state=0)
    plain = PrototypicalClassifier().fit(x, y)
    with pytest.warns(UserWarning, match="2 of 32 examples have a vector of zeros"):
        more = PrototypicalClassifier().fit(np.vstack([x, np.zeros((2, 2))]), [*y, 0, 1])
    np.testing.assert_array_equal(plain.predict_proba(x), more.predict_proba(x))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(InputError, match="no class has an example with a direction"):
            PrototypicalClassifier().fit(np.zeros((3, 2)), [0, 1, 2])


def test_one_example_a_class_has_probabilities_that_rank():
    estimator = PrototypicalClassifier(metric="euclidean").fit([[0.0, 1.0], [4.0, 1.0]], ["a", "b"])
    scaled = PrototypicalClassifier(metric="euclidean").fit([[0.0, 8.0], [32.0, 8.0]], ["a", "b"])
    shares = estimator.predict_proba([[1.0, 1.0], [2.0, 1.0]])
    np.testing.assert_allclose(shares[1], [0.5, 0.5])
    assert shares[0, 0] > 0.5
    np.testing.assert_allclose(shares, scaled.predict_proba([[8.0, 8.0], [16.0, 8.0]]), rtol=1e-5)
    assert "needs 3 classes" in estimator.calibration_.reason


def test_the_words_of_the_test_encoder_are_classes():
    """Plain loops as the oracle: without descriptions the nearest mean direction wins."""
    rng = np.random.default_rng(5)
    texts = [" ".join(rng.choice(WORDS, 3)) for _ in range(40)]
    labels = [min(text.split()) for text in texts]
    estimator = PrototypicalClassifier(WordEncoder(), refine=False).fit(texts, labels)
    vectors = WordEncoder().encode(texts).astype(float)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for vector, answer in zip(vectors, estimator.predict(texts), strict=True):
        cosines = {}
        for label in sorted(set(labels)):
            rows = [v for v, own in zip(vectors, labels, strict=True) if own == label]
            centre = sum(rows) / len(rows)
            cosines[label] = float(vector @ centre) / float(np.linalg.norm(centre))
        assert cosines[answer] == pytest.approx(max(cosines.values()), abs=1e-6)
