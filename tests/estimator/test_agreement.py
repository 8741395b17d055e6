"""The estimator and a label space with the same examples give the same answers, and files of each
other.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from estimator_spaces import DESCRIPTIONS, QUERIES, agree, space_of
from fakes import WordEncoder
from passage_words import PassageWords
from spaces import four_classes

from protolabel import Document, Example, LabelSpace, PrototypicalClassifier
from protolabel.errors import EncoderMismatchError, InputError, SpaceExistsError


@pytest.mark.parametrize("abstain", [None, "auto", 0.8])
@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("kappa", ["auto", 0.7])
def test_answers_are_those_of_a_label_space(abstain, refine, kappa):
    examples = four_classes()
    estimator = PrototypicalClassifier(
        WordEncoder(), descriptions=DESCRIPTIONS, kappa=kappa, refine=refine, abstain=abstain
    ).fit([e.text for e in examples], [e.label for e in examples])
    threshold = "none" if abstain is None else abstain
    with space_of(examples, refine=refine, kappa=kappa, threshold=threshold) as space:
        agree(estimator, space, QUERIES)
        assert estimator.kappa_ == pytest.approx(space.settings.kappa)
        assert estimator.calibration_.accuracy == space.view().calibration.accuracy


def test_answers_by_distance_are_those_of_a_label_space():
    examples = four_classes()
    estimator = PrototypicalClassifier(
        WordEncoder(), metric="euclidean", descriptions=DESCRIPTIONS, abstain="auto"
    ).fit([e.text for e in examples], [e.label for e in examples])
    with space_of(examples, "euclidean") as space:
        agree(estimator, space, QUERIES)


def test_copies_of_a_document_count_once_in_the_calibration_as_in_a_label_space():
    examples = [Example(e.label, e.text.upper() if n else e.text) for e in four_classes()
                for n in range(2)]  # fmt: skip
    estimator = PrototypicalClassifier(
        WordEncoder(), descriptions=DESCRIPTIONS, abstain="auto"
    ).fit([e.text for e in examples], [e.label for e in examples])
    with space_of(examples) as space:
        agree(estimator, space, QUERIES)
        assert estimator.calibration_.n == space.view().calibration.n


def test_groups_count_as_one_document():
    """Near copies: apart they vouch for each other, as one document they do not."""
    rng = np.random.default_rng(1)
    documents = rng.normal(size=(30, 6))
    x = np.repeat(documents, 2, axis=0) + rng.normal(0, 0.01, (60, 6))
    y, groups = np.repeat(np.arange(30) % 3, 2), np.repeat(np.arange(30), 2)
    apart = PrototypicalClassifier(refine=False).fit(x, y).calibration_
    together = PrototypicalClassifier(refine=False).fit(x, y, groups=groups).calibration_
    assert (apart.n, together.n) == (60, 30)
    assert together.accuracy < apart.accuracy


@pytest.mark.parametrize(
    "missing", [None, float("nan"), np.float32("nan"), np.datetime64("NaT"), np.ma.masked, "NA"]
)
def test_rows_without_a_group_are_documents_of_their_own(missing):
    """A column of groups with gaps, as tables of pandas have it."""
    if isinstance(missing, str):
        missing = pytest.importorskip("pandas").NA
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(60, 6)), np.repeat(np.arange(3), 20)
    apart = PrototypicalClassifier(refine=False).fit(x, y).calibration_
    none = PrototypicalClassifier(refine=False).fit(x, y, groups=[missing] * 60).calibration_
    assert none == apart
    half = [n // 4 if n % 2 else missing for n in range(60)]  # each group has two rows
    estimator = PrototypicalClassifier(refine=False).fit(x, y, groups=half)
    assert estimator.calibration_.n == 30 + 15


def test_an_estimator_becomes_a_label_space_that_answers_alike(tmp_path: Path):
    examples = four_classes()
    estimator = PrototypicalClassifier("hashing", descriptions=DESCRIPTIONS, abstain="auto").fit(
        [e.text for e in examples], [e.label for e in examples]
    )
    with estimator.to_label_space(tmp_path / "a.space") as space:
        space.settle()
        agree(estimator, space, QUERIES)
        assert space.check() == [] or {f.kind for f in space.check()} == {"duplicate"}
        assert [c.name for c in space.classes()] == ["a", "b", "c", "d", "e"]
        assert space.show("e")[0].description == "box box sign"
        space.add("something else entirely", "f")  # it reads texts by its own encoder
        assert space.label("something else entirely").label == "f"
    with pytest.raises(SpaceExistsError):
        estimator.save(tmp_path / "a.space")


def test_a_label_space_becomes_an_estimator_that_answers_alike(tmp_path: Path):
    with LabelSpace.create(tmp_path / "b.space", encoder="hashing", background=False) as space:
        space.add(four_classes())
        space.describe("zebra", "black and white")
        space.retire("b")
        space.settle()
        before = space.version
        for origin in (space, tmp_path / "b.space", str(tmp_path / "b.space")):
            estimator = PrototypicalClassifier.from_label_space(origin)
            assert estimator.abstain == "auto"
            agree(estimator, space, QUERIES)
        assert space.version == before
        estimator.save(tmp_path / "c.space")
    with LabelSpace(tmp_path / "c.space", background=False) as back:
        back.settle()
        agree(estimator, back, QUERIES)


def test_of_equal_classes_a_loaded_space_still_prefers_the_older_one(tmp_path: Path):
    with LabelSpace.create(
        tmp_path / "d.space", encoder=WordEncoder(), names_mean=False, background=False
    ) as space:
        space.add(["pay", "pay"], ["z", "a"])
        estimator = PrototypicalClassifier.from_label_space(space)
        assert estimator.predict(["pay"]).tolist() == [space.label("pay").label] == ["z"]


@pytest.mark.parametrize(
    "labels",
    [["x", "y", "z"], [10, 9, -1], [-1.0, 1.0, 2.0], [True, False, True]],
    ids=["words", "whole", "numbers", "booleans"],
)
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_saved_and_loaded_vectors_answer_and_go_on_alike(tmp_path, labels, metric):
    rng = np.random.default_rng(2)
    places = np.arange(30) % 3
    x = np.eye(3)[places] * 2 + rng.normal(0, 0.7, (30, 3))
    y = np.array(labels)[places]
    described = {labels[1]: [0.1, 1.0, 0.2]}
    abstain = -0.5 if metric == "cosine" else -9.0
    estimator = PrototypicalClassifier(metric=metric, descriptions=described, abstain=abstain)
    estimator.fit(x[:20], y[:20]).save(tmp_path / "v.space")
    loaded = PrototypicalClassifier.load(tmp_path / "v.space")
    assert loaded.classes_.dtype.kind == estimator.classes_.dtype.kind
    assert (loaded.abstain, loaded.n_features_in_) == (abstain, 3)
    loaded.set_params(abstain=None)
    estimator.set_params(abstain=None)
    for _ in range(2):
        assert loaded.predict(x).tolist() == estimator.predict(x).tolist()
        np.testing.assert_allclose(loaded.predict_proba(x), estimator.predict_proba(x), atol=1e-5)
        np.testing.assert_allclose(loaded.prototypes_, estimator.prototypes_, atol=1e-6)
        loaded.partial_fit(x[20:], y[20:])
        estimator.partial_fit(x[20:], y[20:])


def test_a_label_that_is_no_name_is_refused_before_a_file_is_made(tmp_path: Path):
    estimator = PrototypicalClassifier().fit(np.eye(3), ["a ", "b", "c"])
    with pytest.raises(InputError, match="the label 'a '"):
        estimator.save(tmp_path / "n.space")
    assert list(tmp_path.iterdir()) == []


def test_another_encoder_is_refused():
    encoder = WordEncoder("one")
    estimator = PrototypicalClassifier(encoder).fit(["pay", "cv", "box"], list("abc"))
    encoder.fingerprint = WordEncoder("two").fingerprint  # something else came in its place
    stored = pickle.loads(pickle.dumps(estimator))
    with pytest.raises(EncoderMismatchError, match="fit again"):
        stored.predict(["pay"])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_long_texts_have_the_answers_of_a_label_space(metric):
    """Queries are weighed by the descriptions and examples are not, here as there."""
    long = ["box ship\n" * 9 + "secret sign\n", "cv work\n" * 7 + "pay bill\n", "pay box"]
    examples = [*four_classes(), Example("a", long[0]), Example("c", long[1])]
    estimator = PrototypicalClassifier(
        PassageWords(), descriptions=DESCRIPTIONS, metric=metric, abstain="auto"
    ).fit([e.text for e in examples], [e.label for e in examples])
    with space_of(examples, metric, encoder=PassageWords()) as space:
        agree(estimator, space, long)
        first = space.label(long[0]).alternatives[0].score
        vector = PassageWords().encode_documents(long[:1]).embeddings[0]
        assert space.label(Document("d", embedding=vector)).alternatives[0].score != first
