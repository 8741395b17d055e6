"""Texts as X: which forms are a column of texts, which encoder reads them, what is declined."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from fakes import WordEncoder
from sklearn.feature_extraction.text import TfidfVectorizer
from spaces import four_classes

from protolabel import PrototypicalClassifier
from protolabel.errors import InputError, MissingPackageError

TEXTS = ["pay bill", "pay pay", "cv work", "cv", "ship box", "box box"]
LABELS = ["bill", "bill", "job", "job", "parcel", "parcel"]
SERIES = pd.Series(TEXTS, index=list("abcdef"), name="text")


@pytest.mark.parametrize(
    "x",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.array(TEXTS, object)[:, None],
        SERIES,
        SERIES.to_frame(),
        SERIES.astype("string"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_column_of_texts_in_any_form(x):
    estimator = PrototypicalClassifier(WordEncoder()).fit(x, LABELS)
    assert estimator.predict(x).tolist() == LABELS
    assert estimator.predict(TEXTS[:1] if not hasattr(x, "columns") else x[:1]).tolist() == ["bill"]


def test_a_table_of_one_column_gives_its_name():
    estimator = PrototypicalClassifier(WordEncoder()).fit(SERIES.to_frame(), LABELS)
    assert estimator.feature_names_in_.tolist() == ["text"]
    assert estimator.n_features_in_ == 1


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ("pay", "X is one text"),
        (["pay", None, "cv", "cv", "cv", "cv"], "document 1: None, of type NoneType"),
        (["pay", float("nan"), "cv", "cv", "cv", "cv"], "document 1: nan"),
        (["pay", " ", "cv", "cv", "cv", "cv"], "document 1: the text is blank"),
        (pd.DataFrame({"n": range(6), "text": TEXTS}), r"text columns text.*X\['text'\]"),
    ],
)
def test_what_is_no_column_of_texts_is_refused(x, message):
    with pytest.raises(InputError, match=message):
        PrototypicalClassifier(WordEncoder()).fit(x, LABELS)


def test_any_encoder_is_taken_as_a_label_space_takes_it():
    tfidf = TfidfVectorizer().fit([*TEXTS, "please pay the invoice", "send the package to london"])
    vectors = tfidf.transform(TEXTS).toarray()
    encoder = WordEncoder()
    encoder.encode = lambda texts: np.asarray(tfidf.transform(texts).toarray(), np.float32)
    encoder.dim = vectors.shape[1]
    estimator = PrototypicalClassifier(encoder).fit(TEXTS, LABELS)
    on_vectors = PrototypicalClassifier().fit(vectors, LABELS)
    np.testing.assert_allclose(
        estimator.predict_proba(TEXTS), on_vectors.predict_proba(vectors), rtol=1e-6
    )


def test_the_default_encoder_reads_texts_and_is_loaded_when_they_come():
    estimator = PrototypicalClassifier()
    assert estimator.encoder is None
    estimator.fit(["please pay the invoice", "the parcel was shipped"], ["bill", "parcel"])
    assert estimator.predict(["the amount is due", "my package is late"]).tolist() == [
        "bill",
        "parcel",
    ]
    assert estimator.prototypes_.shape == (2, 384)


def test_texts_for_vectors_are_described_by_the_encoder_of_the_vectors():
    encoder = WordEncoder()
    x = encoder.encode(TEXTS)
    both = {"descriptions": {"job": "work"}, "kappa": 2.0}
    by_text = PrototypicalClassifier(WordEncoder(), **both).fit(TEXTS, LABELS)
    by_vector = PrototypicalClassifier(WordEncoder(), **both).fit(x, LABELS)
    np.testing.assert_array_equal(by_text.prototypes_, by_vector.prototypes_)
    with pytest.raises(InputError, match="8 dimensions, and X of 3 columns"):
        PrototypicalClassifier(WordEncoder(), **both).fit(np.eye(3), ["bill", "job", "parcel"])


def test_a_threshold_declines_what_is_far_from_every_class():
    examples = four_classes()
    texts, labels = [e.text for e in examples], [e.label for e in examples]
    always = PrototypicalClassifier(WordEncoder()).fit(texts, labels)
    some = PrototypicalClassifier(WordEncoder(), abstain="auto").fit(texts, labels)
    stranger = ["x y z w"]  # words that the encoder counts into one corner
    assert always.predict(stranger)[0] in "abcd"
    assert some.set_params(abstain=0.99).predict(stranger).tolist() == ["none of these"]
    some.set_params(unknown_label="?", abstain="auto")
    predicted = some.predict(texts)
    assert set(predicted) <= {*"abcd", "?"}
    answered = predicted != "?"
    assert (predicted[answered] == always.predict(texts)[answered]).all()
    np.testing.assert_array_equal(some.predict_proba(texts), always.predict_proba(texts))
    with pytest.raises(InputError, match="which is a class"):
        some.set_params(unknown_label="a").predict(texts)
    with pytest.raises(InputError, match="a string, as the classes are"):
        some.set_params(unknown_label=-1).predict(texts)


def test_what_the_encoder_cannot_read_is_declined_where_declining_is_asked_for():
    estimator = PrototypicalClassifier(abstain=-1.0)
    estimator.fit(["please pay the invoice", "the parcel was shipped"], ["bill", "parcel"])
    unreadable = "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e04\u0e23\u0e31\u0e1a"  # Thai
    assert estimator.predict(["pay", unreadable]).tolist() == ["bill", "none of these"]
    assert estimator.set_params(abstain=None).predict([unreadable])[0] in ("bill", "parcel")


def test_a_threshold_that_cannot_be_fitted_is_said():
    with pytest.warns(UserWarning, match="declines nothing: a threshold needs 3 classes"):
        estimator = PrototypicalClassifier(abstain="auto").fit(np.eye(2), [0, 1])
    assert estimator.predict(np.eye(2)).tolist() == [0, 1]


@pytest.mark.parametrize("name", ["abstain", "kappa"])
@pytest.mark.parametrize("value", ["off", "none", "AUTO", " auto ", "0.5", True, [0.5]])
def test_words_that_only_a_label_space_knows_are_refused(name, value):
    x, y = np.eye(3), [0, 1, 2]
    with pytest.raises(InputError, match=f"{name}=.*'auto' or a number"):
        PrototypicalClassifier(**{name: value}).fit(x, y)
    if name == "abstain":
        with pytest.raises(InputError, match="abstain="):
            PrototypicalClassifier(abstain=0.5).fit(x, y).set_params(abstain=value).predict(x)


def test_numbers_have_minus_one_for_what_is_declined():
    x = np.repeat(np.eye(4), 5, axis=0) + np.random.default_rng(0).normal(0, 0.1, (20, 4))
    estimator = PrototypicalClassifier(abstain=0.9).fit(x, np.repeat([3, 1, 4, 2], 5))
    assert estimator.predict([[1, 0, 0, 0], [1, 1, 1, 1]]).tolist() == [3, -1]


def test_without_scikit_learn_the_error_names_the_extra():
    script = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'sklearn' else find(name)\n"
        "import protolabel\n"
        "try:\n    protolabel.PrototypicalClassifier()\n"
        "except protolabel.ProtolabelError as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert MissingPackageError.__name__ in done.stdout, done.stderr
    assert "pip install 'protolabel[sklearn]'" in done.stdout


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([], "X holds no document; expected at least one"),
        ((), "X holds no document"),
        ([None], "document 0: None, of type NoneType; expected a text"),
        ([b"pay"], "document 0: bytes of length 3.*decode it"),
        ([{"text": "pay"}], "document 0: .*dict"),
        (None, "X is None, of type NoneType; expected a list"),
        (5, "X is 5, of type int"),
        ({"a": "pay"}, "X is .*of type dict"),
        ({"pay"}, "X is .*of type set"),
        ((text for text in ["pay"]), "X is .*of type generator"),
        ([[1.0, 2.0], [1.0]], "X has rows of 1 to 2 values; expected rows of one length"),
        (np.array([["2024-01-01"] * 4], dtype="M8[D]"), "X holds dates or times"),
    ],
)
def test_what_is_no_column_and_no_matrix_is_named(x, message):
    """Whatever the estimator was fitted with; dates would pass as numbers."""
    vectors = np.eye(4), ["a", "b", "a", "b"]
    texts = ["pay bill", "my work"], ["a", "b"]
    for encoder, data in ((None, vectors), ("hashing", texts)):
        model = PrototypicalClassifier(encoder=encoder)
        with warnings.catch_warnings(action="ignore"):  # too few for a threshold
            model.fit(*data)
        for method in (model.predict, model.predict_proba, model.decision_function):
            with pytest.raises(InputError, match=message):
                method(x)
        with pytest.raises(InputError, match=message):
            model.fit(x, ["a"])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("size", [1e300, -1e300, 1e39])
def test_numbers_beyond_float32_are_refused_without_a_warning(metric, size):
    model = PrototypicalClassifier(metric=metric)
    with pytest.raises(ValueError, match="too large for dtype"):
        model.fit(np.eye(4) * size, ["a", "b", "a", "b"])


@pytest.mark.parametrize("nothing", [[], (), np.array([], dtype=str), np.array([], dtype=object)])
def test_no_document_is_said_to_be_none(nothing) -> None:
    classifier = PrototypicalClassifier("hashing").fit(["pay", "apply"], ["bill", "job"])
    with pytest.raises(InputError, match="X holds no document"):
        classifier.predict(nothing)
