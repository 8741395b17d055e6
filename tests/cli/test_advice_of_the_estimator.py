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
