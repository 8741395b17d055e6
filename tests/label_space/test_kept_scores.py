"""A label space calibrates after changes as one that calibrates from nothing."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic import kept_scores
from protolabel.arithmetic.calibration import Calibration
from protolabel.encoders import PrecomputedEncoder
from protolabel.label_space.fits.stored_sums import SUMS
from protolabel.label_space.session import session_of
from protolabel.store import Fit

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
    """The other one is closed after each change, and what is left of the one before is removed."""
    with filled(tmp_path / "open.space") as space:
        filled(tmp_path / "closed.space").close()
        for change in CHANGES.values():
            change(space)
            space.settle(refined=False)
            remove_sums(tmp_path / "closed.space")
            with LabelSpace(tmp_path / "closed.space", background=False) as other:
                change(other)
                other.settle(refined=False)
                assert session_of(other).kept_scores.updates == 0
                assert_same(space, other)


def test_a_process_that_opens_a_space_calibrates_from_the_sums_of_an_earlier_one(
    tmp_path, of_all_sizes
):
    """One of two files loses the sums each time, so that it is calibrated from nothing."""
    path, bare, updates = tmp_path / "one.space", tmp_path / "bare.space", []
    for name in (path, bare):
        filled(name).close()
    for change in CHANGES.values():
        remove_sums(bare)
        with (
            LabelSpace(path, background=False) as space,
            LabelSpace(bare, background=False) as other,
        ):
            for one in (space, other):
                change(one)
                one.settle(refined=False)
            updates.append(session_of(space).kept_scores.updates)
            assert session_of(other).kept_scores.updates == 0
            assert_same(space, other)
    assert updates == [0, 1, 1, 1, 0, 0]  # the second change is the first to find sums


def test_sums_of_another_space_lead_to_no_other_calibration(tmp_path, of_all_sizes):
    """The class of the same key has other examples there, and queries are others."""
    path, foreign = tmp_path / "one.space", tmp_path / "foreign.space"
    filled(path).close()
    with LabelSpace.create(foreign, encoder=PrecomputedEncoder(DIM), background=False) as other:
        other.add([one for label in range(CLASSES) for one in examples(label, 3, EACH)])
        other.settle(refined=False)
        other.add(examples(1, 60, 1))
        other.settle(refined=False)
        sums = session_of(other).store.rows.newest_fit(SUMS)
    with LabelSpace(path, background=False) as space, filled(tmp_path / "bare.space") as bare:
        session_of(space).store.rows.keep_fit(sums)
        for one in (space, bare):
            one.add(examples(2, 50, 1))
            one.settle(refined=False)
        assert session_of(space).kept_scores.updates == 1
        assert_same(space, bare)


SPOILED: dict[str, tuple[dict[str, object], dict[int, float]]] = {
    "of another code": ({"code": 1}, {}),
    "of another kappa": ({"kappa": 7.0}, {}),
    "no size": ({"queries": None}, {}),
    "another size": ({"pairs": 3}, {}),
    "no sharpness": ({"sharpness": -1.0}, {}),
    "half a curve": ({"belonging": {"slope": 1.0}}, {}),
    "a class that is not there": ({}, {7: 99}),
    "a query that is not there": ({}, {10: -1}),
    "keys in another order": ({}, {0: 0}),
    "a sum without end": ({}, {8: np.inf}),
}


@pytest.mark.parametrize("name", SPOILED)
def test_sums_that_cannot_be_count_as_absent(tmp_path, of_all_sizes, name):
    header, numbers = SPOILED[name]
    with filled(tmp_path / "one.space") as space:
        space.add(examples(2, 50, 1))
        space.settle(refined=False)
        rows = session_of(space).store.rows
        fit = rows.newest_fit(SUMS)
        body = bytearray(fit.body)
        for array, number in numbers.items():
            kind, shape = layout(fit.header)[array]
            start = sum(np.dtype(k).itemsize * np.prod(s) for k, s in layout(fit.header)[:array])
            np.frombuffer(body, kind, np.prod(shape), int(start))[-1] = number
        rows.keep_fit(Fit(SUMS, fit.basis, {**fit.header, **header}, bytes(body)), alone=True)
    with LabelSpace(tmp_path / "one.space", background=False) as space:
        space.add(examples(3, 50, 1))
        space.settle(refined=False)
        assert session_of(space).kept_scores.updates == 0
        assert isinstance(space.view().calibration, Calibration)


def layout(header) -> list[tuple[str, tuple[int, ...]]]:
    """Type and shape of each array of sums, as docs/label-space-format.md says it."""
    k, m, p = header["classes"], header["queries"], header["pairs"]
    return [
        ("<i8", (k,)), ("<u8", (k,)), ("<f4", (k, DIM)), ("<f4", (k,)), ("<u8", (m,)),
        ("<u8", (m,)), ("<f4", (m,)), ("<i4", (m,)), ("<f8", (m,)), ("<f8", (m, 20)),
        ("<i4", (p,)), ("<i4", (p,)), ("<f4", (p,)),
    ]  # fmt: skip


def remove_sums(path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM fits WHERE kind = ?", (SUMS,))
    db.close()


def assert_same(space: LabelSpace, other: LabelSpace) -> None:
    one, two = space.view().calibration, other.view().calibration
    assert isinstance(one, Calibration)
    assert isinstance(two, Calibration)
    assert one.temperature == pytest.approx(two.temperature, rel=2e-6)
    assert one.threshold == pytest.approx(two.threshold, rel=1e-6)
    assert outcome(space) == outcome(other)
