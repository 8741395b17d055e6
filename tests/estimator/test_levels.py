"""Classes under classes in the estimator: sums of probabilities, and answers by level."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from protolabel import Document, Example, LabelSpace, PrototypicalClassifier
from protolabel.errors import InputError

PARENTS = {"invoice": "money", "payslip": "money", "money": "papers", "cv": "people"}
RNG = np.random.default_rng(4)
CENTRES = {
    "invoice": [1.0, 0.16, 0, 0, 0, 0], "payslip": [1.0, -0.16, 0, 0, 0, 0],
    "cv": [0, 0, 1, 0, 0, 0], "letter": [0, 0, 0, 1, 0, 0], "recipe": [0, 0, 0, 0, 1, 0],
}  # fmt: skip


def drawn(n: int, rng: np.random.Generator = RNG) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors of five classes, two of which overlap, and their labels."""
    names = np.repeat(list(CENTRES), n)
    centres = np.array([CENTRES[name] for name in names])
    return (centres + 0.12 * rng.normal(size=centres.shape)).astype(np.float32), names


X, Y = drawn(20)
QUERIES, TRUE = drawn(60)


@pytest.fixture(scope="module")
def classifier() -> PrototypicalClassifier:
    return PrototypicalClassifier(abstain="auto", parents=PARENTS).fit(X, Y)


def column(classifier: PrototypicalClassifier, label: object) -> np.ndarray:
    place = classifier.level_classes_.tolist().index(label)
    return classifier.predict_level_proba(QUERIES)[:, place]


def test_probabilities_of_classes_sum_to_those_above(classifier):
    assert classifier.classes_.tolist() == sorted(CENTRES)
    assert classifier.level_classes_.tolist() == [*sorted(CENTRES), "money", "papers", "people"]
    sums = classifier.predict_level_proba(QUERIES)
    assert np.allclose(sums[:, :5], classifier.predict_proba(QUERIES), atol=1e-12)
    below = column(classifier, "invoice") + column(classifier, "payslip")
    assert np.allclose(column(classifier, "money"), below, atol=1e-12)
    assert np.array_equal(column(classifier, "papers"), column(classifier, "money"))
    tops = sum(column(classifier, name) for name in ("papers", "people", "letter", "recipe"))
    assert np.allclose(tops, 1.0, atol=1e-12)


def test_the_deepest_class_that_is_sure_enough_answers_where_it_may(classifier):
    answers = classifier.predict(QUERIES)
    assert {"money", "invoice", "payslip", "cv"} <= set(answers.tolist())
    unsure = answers == "money"
    assert set(TRUE[unsure]) <= {"invoice", "payslip"}
    assert column(classifier, "money")[unsure].min() >= 0.5
    assert classifier.predict_proba(QUERIES)[unsure].max() < 0.65
    always = clone(classifier).set_params(abstain=None).fit(X, Y)
    assert set(always.predict(QUERIES).tolist()) <= set(CENTRES)


def test_it_answers_as_a_label_space_does_and_comes_back_from_the_file(classifier, tmp_path):
    path = tmp_path / "a.space"
    classifier.save(path)
    with LabelSpace(path, background=False) as space:
        space.settle()
        answers = space.label_many([Document(str(i), embedding=q) for i, q in enumerate(QUERIES)])
        labels = [one.label or "none of these" for one in answers]
    assert classifier.predict(QUERIES).tolist() == labels
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = PrototypicalClassifier.load(path)
    assert loaded.parents == PARENTS
    assert loaded.classes_.tolist() == classifier.classes_.tolist()
    assert loaded.level_classes_.tolist() == classifier.level_classes_.tolist()
    assert loaded.predict(QUERIES).tolist() == labels
    sums = loaded.predict_level_proba(QUERIES)
    assert np.allclose(sums, classifier.predict_level_proba(QUERIES))
    loaded.save(tmp_path / "b.space")
    assert PrototypicalClassifier.load(tmp_path / "b.space").predict(QUERIES).tolist() == labels


def test_a_retired_class_above_is_passed_over_and_one_with_examples_is_a_class(
    classifier, tmp_path
):
    classifier.save(tmp_path / "a.space")
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        space.retire("money")
        loaded = PrototypicalClassifier.load(tmp_path / "a.space")
        assert loaded.parents == {"invoice": "papers", "payslip": "papers", "cv": "people"}
    own = PrototypicalClassifier(parents={"invoice": "letter"}).fit(X, Y)
    assert own.level_classes_.tolist() == own.classes_.tolist()
    proba, sums = own.predict_proba(QUERIES), own.predict_level_proba(QUERIES)
    place = {name: i for i, name in enumerate(own.classes_.tolist())}
    assert np.allclose(
        sums[:, place["letter"]], proba[:, place["letter"]] + proba[:, place["invoice"]]
    )


def test_labels_may_be_numbers_and_come_in_parts(tmp_path):
    number = {name: i for i, name in enumerate(CENTRES)}
    labels = np.array([number[name] for name in Y])
    parents = {0: 10, 1: np.int64(10), 77: 10}  # 77 may come
    whole = PrototypicalClassifier(abstain="auto", parents=parents).fit(X, labels)
    parts = PrototypicalClassifier(abstain="auto", parents=parents)
    for start in (0, 30, 60):
        parts.partial_fit(X[start : start + 30], labels[start : start + 30])
    parts.partial_fit(X[90:], labels[90:])
    assert whole.level_classes_.tolist() == [0, 1, 2, 3, 4, 10]
    assert parts.predict(QUERIES).tolist() == whole.predict(QUERIES).tolist()
    assert 10 in whole.predict(QUERIES)
    whole.save(tmp_path / "a.space")
    loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.parents == {0: 10, 1: 10, 77: 10}
    assert loaded.predict(QUERIES).tolist() == whole.predict(QUERIES).tolist()


def test_a_file_keeps_the_parents_of_classes_that_are_still_to_come(tmp_path):
    parents = PARENTS | {"letter": "post", "post": "papers", "telegram": "wire", "wire": "post"}
    there = np.isin(Y, ["cv", "recipe", "payslip"])
    first = PrototypicalClassifier(abstain="auto", parents=parents).fit(X[there], Y[there])
    first.save(tmp_path / "a.space")
    loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.parents == parents
    loaded.save(tmp_path / "b.space")
    twice = PrototypicalClassifier.load(tmp_path / "b.space")
    for one in (first, loaded, twice):
        one.partial_fit(X[~there], Y[~there])
        assert one.level_classes_.tolist() == first.level_classes_.tolist()
        assert np.allclose(one.predict_level_proba(QUERIES), first.predict_level_proba(QUERIES))
        assert one.predict(QUERIES).tolist() == first.predict(QUERIES).tolist()
    anew = clone(twice).fit(X, Y)
    assert anew.level_classes_.tolist() == [*sorted(CENTRES), "money", "papers", "people", "post"]


def test_a_class_that_the_file_has_got_since_stands_where_it_stands_there(tmp_path):
    there = Y != "invoice"
    first = PrototypicalClassifier(abstain="auto", parents={"invoice": "money", "memo": "letter"})
    first.fit(X[there], Y[there]).save(tmp_path / "a.space")
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        space.add([Example("invoice", embedding=row) for row in X[~there]])
        loaded = PrototypicalClassifier.load(space)
        assert loaded.parents == {"memo": "letter"}
        names = [f"c{i}" for i in range(7)]
        space.nest(dict(zip(["letter", *names], names, strict=False)), new=True)
        assert space.show("letter")[0].parent == "c0"
        loaded = PrototypicalClassifier.load(space)  # no level is left for the memo
        assert loaded.parents == dict(zip(["letter", *names[:-1]], names, strict=False))
        assert set(loaded.predict(X)) <= set(CENTRES)


def test_a_file_without_a_word_of_classes_to_come_is_loaded(classifier, tmp_path):
    classifier.save(tmp_path / "a.space")  # as an earlier version has written it
    assert PrototypicalClassifier.load(tmp_path / "a.space").parents == PARENTS


def test_without_a_calibration_the_nearest_class_answers():
    few = PrototypicalClassifier(abstain=-1.0, parents=PARENTS).fit(X[[0, 20]], Y[[0, 20]])
    assert set(few.predict(QUERIES).tolist()) == {"invoice", "payslip"}


@pytest.mark.parametrize(
    ("parents", "reason"),
    [
        (["money"], "parents of type list"),
        ({"invoice": 1}, "parents with 1; expected a string"),
        ({"invoice": "invoice"}, "'invoice' under itself"),
        ({"invoice": "a", "a": "b", "b": "a"}, "under itself"),
        ({f"c{i}": f"c{i + 1}" for i in range(12)}, "more than 8 levels"),
    ],
)
def test_parents_that_cannot_be_are_refused(parents, reason):
    with pytest.raises(InputError, match=reason):
        PrototypicalClassifier(parents=parents).fit(X, Y)


def test_what_is_declined_has_a_label_of_no_level():
    classifier = PrototypicalClassifier(abstain="auto", parents=PARENTS, unknown_label="money")
    with pytest.raises(InputError, match="'money', which is a class"):
        classifier.fit(X, Y).predict(QUERIES)


def test_a_label_space_that_declines_nothing_is_said_to_answer_by_level(classifier, tmp_path):
    classifier.save(tmp_path / "a.space")
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        space.configure(threshold="none")
    with pytest.warns(UserWarning, match="classes under others and the threshold none"):
        PrototypicalClassifier.load(tmp_path / "a.space")
