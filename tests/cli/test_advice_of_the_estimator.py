"""The advice of the estimator about what X is works when done to the letter."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from advice import Cases, Desk

from protolabel import PrototypicalClassifier

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("give a list of texts, or an array of a row for each document")
def a_set_of_texts(d: Desk) -> None:
    texts = {"pay bill", "my work"}
    d.raised(lambda: PrototypicalClassifier(encoder="hashing").fit(texts, ["a", "b"]))
    with warnings.catch_warnings(action="ignore"):
        PrototypicalClassifier(encoder="hashing").fit(list(texts), ["a", "b"])
        PrototypicalClassifier().fit(np.eye(2), ["a", "b"])


@CASES.of(
    "leave out the examples without one",
    "choose other labels (an unknown_label is one), or convert them to strings",
)
def labels_that_cannot_be_held(d: Desk) -> None:
    vectors, labels = np.eye(4), np.array(["a", "b", "a", None], object)
    d.raised(lambda: PrototypicalClassifier().fit(vectors, labels))
    is_labelled = np.array([label is not None for label in labels])
    PrototypicalClassifier().fit(vectors[is_labelled], labels[is_labelled])
    large = np.array([2**63, 2**63 + 1] * 2, np.uint64)
    with warnings.catch_warnings(action="ignore"):  # too few examples for a threshold
        d.raised(
            lambda: PrototypicalClassifier(abstain="auto").fit(vectors, large).predict(vectors)
        )
        for labels, unknown in ((large, 0), (large.astype(str), "none")):
            classifier = PrototypicalClassifier(abstain="auto", unknown_label=unknown)
            classifier.fit(vectors, labels).predict(vectors)
