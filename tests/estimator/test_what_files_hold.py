"""What a label space file keeps of an estimator; what it loses is said: groups, types of labels."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from protolabel import Example, LabelSpace, PrototypicalClassifier
from protolabel.errors import InputError

RNG = np.random.default_rng(0)
CENTRES = RNG.normal(size=(3, 8))
PLACES = np.repeat([0, 1, 2], 8)
X = (CENTRES[PLACES] + 0.3 * RNG.normal(size=(24, 8))).astype(np.float32)
LABELS = {
    "int": [10, 20, 30],
    "float": [1.0, 2.0, 30.0],
    "bool": [False, True, True],
    "str": ["a", "b", "c"],
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("change", ["add", "rename"])
def test_labels_that_lose_their_type_do_so_with_a_warning(kind, change, tmp_path):
    labels = np.array(LABELS[kind])[PLACES]
    PrototypicalClassifier().fit(X, labels).save(tmp_path / "a.space")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.predict(X).tolist() == labels.tolist()
    first = str(LABELS[kind][0])
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        if change == "add":
            space.add([Example("other", embedding=-X[i]) for i in range(3)])
        else:
            space.rename(first, f"0{first}")
    if kind == "str":
        assert "c" in PrototypicalClassifier.load(tmp_path / "a.space").predict(X)
        return
    other = "other" if change == "add" else f"0{first}"
    with pytest.warns(UserWarning, match=rf"of type {kind}.*\('{other}'\): all labels are strings"):
        loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.classes_.dtype.kind == "U"
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        if change == "add":
            space.retire("other")
        else:
            space.rename(other, first)
    assert PrototypicalClassifier.load(tmp_path / "a.space").predict(X).tolist() == labels.tolist()


@pytest.mark.parametrize("largest", [2**63, 2**64 - 1])
def test_whole_numbers_beyond_64_bits_with_a_sign_are_not_saved(largest, tmp_path):
    """Beside others they are rounded, and two classes may become one."""
    labels = np.array([5, largest - 1, largest], np.uint64)[PLACES]
    classifier = PrototypicalClassifier().fit(X, labels)
    assert classifier.predict(X).tolist() == labels.tolist()
    with pytest.raises(InputError, match=f"the label {largest}|the label {largest - 1}"):
        classifier.save(tmp_path / "a.space")
    assert not (tmp_path / "a.space").exists()
    texts = PrototypicalClassifier().fit(X, labels.astype(str))  # as the error says
    texts.save(tmp_path / "a.space")
    loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.predict(X).tolist() == [str(label) for label in labels]


def test_saving_says_that_groups_are_not_in_the_file(tmp_path):
    labels = np.array(LABELS["int"])[PLACES]
    grouped = PrototypicalClassifier().fit(X, labels, groups=np.arange(24) // 2)
    with pytest.warns(UserWarning, match="24 examples share a group") as caught:
        grouped.save(tmp_path / "a.space")
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="24 examples share a group") as caught:
        grouped.to_label_space(tmp_path / "b.space").close()
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone = PrototypicalClassifier().fit(X, labels, groups=np.arange(24))
        alone.save(tmp_path / "c.space")
        PrototypicalClassifier().fit(X, labels).save(tmp_path / "d.space")


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [("str", "?"), ("int", -2), ("int", np.int64(-2)), ("float", -1.5), ("str", np.str_("?"))],
)
def test_the_label_of_what_is_declined_comes_back(kind, unknown, tmp_path):
    labels = np.array(LABELS[kind])[PLACES]
    classifier = PrototypicalClassifier(abstain=0.99, unknown_label=unknown).fit(X, labels)
    answers = classifier.predict(-X).tolist()
    assert answers == [unknown] * len(X)
    classifier.save(tmp_path / "a.space")
    loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.unknown_label == unknown
    assert loaded.predict(-X).tolist() == answers
    loaded.save(tmp_path / "b.space")  # and once more
    assert PrototypicalClassifier.load(tmp_path / "b.space").unknown_label == unknown


def test_the_label_of_what_is_declined_is_the_usual_one_where_labels_have_become_strings(tmp_path):
    labels = np.array(LABELS["int"])[PLACES]
    classifier = PrototypicalClassifier(abstain=0.99, unknown_label=-2).fit(X, labels)
    classifier.save(tmp_path / "a.space")
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        space.rename("10", "ten")
    with pytest.warns(UserWarning, match="all labels are strings"):
        loaded = PrototypicalClassifier.load(tmp_path / "a.space")
    assert loaded.predict(-X).tolist() == ["none of these"] * len(X)


def test_a_label_of_what_is_declined_that_no_file_can_hold_is_refused(tmp_path):
    classifier = PrototypicalClassifier(unknown_label=object()).fit(X, PLACES)
    with pytest.raises(InputError, match="expected a string or a number"):
        classifier.save(tmp_path / "a.space")
    assert not (tmp_path / "a.space").exists()
