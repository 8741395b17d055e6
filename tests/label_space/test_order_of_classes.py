"""Answers follow from what classes hold, not from the order in which classes were added.

The same examples are added in other orders of the classes. Some texts stand under two classes, and
some are near copies of each other. What counts is all that an answer is made of.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from protolabel import Document, Example, LabelSpace, PrototypicalClassifier
from protolabel.arithmetic.calibration import Calibration

LETTERS = [
    "please pay attention to my work and to all my studies of the last years in Vienna",
    "the heating in our meeting room makes a loud noise since Monday and nobody can work there now",
    "your order of three chairs left our house today and will be with you on Friday before noon",
]
WORDS = [f"w{i}" for i in range(300)]
RNG = random.Random(1)
OWN_WORDS = [RNG.sample(WORDS, 6) for _ in range(24)]


def text_of(k: int) -> str:
    return " ".join(RNG.sample(OWN_WORDS[k], 3) + RNG.sample(WORDS, 6))


EXAMPLES = {k: [Example(f"class {k:02}", text_of(k)) for _ in range(6)] for k in range(24)}
QUERIES = [Document(str(i), text_of(i % 24)) for i in range(16)]
SHARED = {
    "nothing": [],
    "three texts under two classes": [
        Example(f"class {k:02}", letter) for i, letter in enumerate(LETTERS) for k in (i, i + 1)
    ],
    "near copies under three classes": [
        Example(f"class {k:02}", f"{letter}, letter {number}")
        for i, letter in enumerate(LETTERS)
        for number, k in enumerate((i, i + 1, i + 2))
    ],
}


def space_of(classes: list[int], shared: str, labels: str = "one") -> LabelSpace:
    """A label space whose classes were added in this order, with its fits."""
    space = LabelSpace.create(encoder="hashing", background=False, names_mean=False, labels=labels)
    for k in classes:
        space.add([*EXAMPLES[k], *(one for one in SHARED[shared] if one.label == f"class {k:02}")])
    space.settle()
    assert space.view().lacking == ()
    return space


def probabilities(space: LabelSpace) -> np.ndarray:
    answers = space.label_many(QUERIES, alternatives=24, evidence=0)
    return np.array(
        [
            [one.probability for one in sorted(a.alternatives, key=lambda c: c.label)]
            for a in answers
        ]
    )


@pytest.mark.parametrize("labels", ["one", "several"])
@pytest.mark.parametrize("shared", SHARED)
def test_answers_do_not_depend_on_the_order_of_the_classes(shared, labels):
    with space_of([0, 1, 2, 3, 4], shared, labels) as space:
        expected = probabilities(space)
        for order in ([4, 3, 2, 1, 0], [1, 3, 0, 4, 2]):
            with space_of(order, shared, labels) as other:
                np.testing.assert_allclose(probabilities(other), expected, atol=2e-5)


def test_strangers_are_drawn_in_any_order_of_the_classes():
    """Of 24 classes two are left out at a time: which two stand together is no matter of order."""
    curves = []
    for order in (range(24), reversed(range(24))):
        with space_of(list(order), "near copies under three classes") as space:
            calibration = space.view().calibration
            assert isinstance(calibration, Calibration)
            assert calibration.belonging is not None
            curves.append((calibration.belonging.slope, calibration.belonging.offset))
            curves.append((calibration.threshold, calibration.temperature))
    assert curves[0] == pytest.approx(curves[2], rel=1e-4)
    assert curves[1] == pytest.approx(curves[3], rel=1e-4)


@pytest.mark.parametrize("shared", SHARED)
def test_an_estimator_that_is_saved_and_loaded_has_the_probabilities_of_its_label_space(
    tmp_path, shared
):
    """An estimator has its classes by name, and the label space by age."""
    texts = [query.text for query in QUERIES]
    with space_of([3, 1, 0, 4, 2], shared) as space:
        classifier = PrototypicalClassifier.from_label_space(space, encoder="hashing")
        expected = classifier.predict_proba(texts)
        np.testing.assert_allclose(expected, probabilities(space), atol=2e-5)
    classifier.save(tmp_path / "saved.space")
    loaded = PrototypicalClassifier.load(tmp_path / "saved.space", encoder="hashing")
    np.testing.assert_allclose(loaded.predict_proba(texts), expected, atol=2e-5)
