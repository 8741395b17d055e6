"""A label space calibrates after changes as one that calibrates from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic import kept_scores
from protolabel.arithmetic.calibration import Calibration
from protolabel.encoders import PrecomputedEncoder

DIM, CLASSES, EACH = 5, 6, 6
MEANS = np.random.default_rng(1).normal(size=(CLASSES + 1, DIM))


def examples(label: int, start: int, n: int) -> list[Example]:
    return [
        Example(f"class {label}", embedding=near(label, number))
        for number in range(start, start + n)
    ]


def near(label: int, number: int) -> np.ndarray:
    noise = np.random.default_rng([label, number]).normal(size=DIM)
    return (MEANS[label] + 0.7 * noise).astype(np.float32)


QUERIES = [Document("q", embedding=near(label, 100)) for label in range(CLASSES + 1)]
CHANGES = {
    "add an example": lambda space: space.add(examples(2, 50, 1)),
    "add a class": lambda space: space.add(examples(CLASSES, 0, EACH)),
    "retire a class": lambda space: space.retire("class 1"),
    "undo that": lambda space: space.undo(),
    "not of a class": lambda space: space.add(
        [Example("class 3", embedding=near(4, 70), negative=True)]
    ),
    "rename a class": lambda space: space.rename("class 0", "another name"),
}


@pytest.fixture
def of_all_sizes(monkeypatch):
    """Keep scores of small label spaces too, whatever share of them changes."""
    monkeypatch.setattr(kept_scores, "LEAST_CELLS", 0)
    monkeypatch.setattr(kept_scores, "MOST_CHANGED", 2.0)


def filled(path) -> LabelSpace:
    space = LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False)
    space.add([one for label in range(CLASSES) for one in examples(label, 0, EACH)])
    space.settle(refined=False)
    return space


def outcome(space: LabelSpace) -> list[tuple[str | None, float, float]]:
    return [
        (answer.label, round(answer.score, 4), round(answer.probability, 4))
        for answer in space.label_many(QUERIES)
    ]


def test_calibrations_after_changes_are_those_of_a_space_that_is_opened_anew(
    tmp_path, of_all_sizes
):
    """The other one is closed after each change, so that nothing is left of the one before."""
    with filled(tmp_path / "open.space") as space:
        filled(tmp_path / "closed.space").close()
        for change in CHANGES.values():
            change(space)
            space.settle(refined=False)
            with LabelSpace(tmp_path / "closed.space", background=False) as other:
                change(other)
                other.settle(refined=False)
                one, two = space.view().calibration, other.view().calibration
                assert isinstance(one, Calibration)
                assert isinstance(two, Calibration)
                assert one.temperature == pytest.approx(two.temperature, rel=2e-6)
                assert one.threshold == pytest.approx(two.threshold, rel=1e-6)
                assert outcome(space) == outcome(other)
