"""Fits in the store: used as soon as they are there, never out of place, checked when read."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from mounts import read_only
from other_processes import opened
from spaces import four_classes
from stored import connection_of, damage

from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.label_space.fits.fit_plan import missing_fits
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.fits.stored_fits import OF_PROTOTYPES, REFINEMENT, stored_fits
from protolabel.store import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four classes, kappa as it was set, and no fits."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
        space.configure(kappa=1.0)
        space.add(four_classes())
    return where


def lock(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_slow_fit_does_not_take_the_place_of_a_newer_one(path):
    with opened(path) as slow, opened(path) as quick:
        view = slow.view()
        fit_support = read_support(view.rows, view.prototypes)
        quick.add("ship box", "d")
        quick.settle()
        list(missing_fits(view, fit_support, refined=True))
    with opened(path) as space:
        assert space.view().lacking == ()
        assert space.label("ship").head == "refined"


def test_settle_fits_the_version_that_came_while_it_was_fitting(path):
    with opened(path) as space:
        steps: list[object] = []

        def progress(step) -> None:
            if not steps:
                space.add("ship box", "d")
            steps.append(step)

        space.settle(progress=progress)
        assert steps
        assert space.view().lacking == ()
        assert space.label("ship").space_version == space.version == 4


def test_the_calibration_is_used_before_the_refinement_is_there(path):
    with opened(path) as space, opened(path) as reader:
        during: list[tuple[str, object, object]] = []

        def progress(step) -> None:
            for looker in (space, reader):
                answer = looker.label("pay")
                during.append((answer.head, answer.probability, answer.threshold))

        space.settle(progress=progress)
    assert all(head == "prototypes" for head, _, _ in during)
    assert all(p is not None and t is not None for _, p, t in during)


def test_settling_for_prototypes_fits_no_refinement(path):
    with opened(path) as space:
        space.settle(refined=False)
        assert space.view().lacking == ("refinement",)
        assert space.view().fit_seconds > 0
        assert space.label("pay").probability is not None
        space.settle()
        assert space.view().fit_seconds == 0


def test_a_reader_s_own_fits_do_not_hide_newer_ones_in_the_file(path):
    with opened(path) as reader, opened(path) as writer:
        other = lock(path)
        reader.settle()  # in memory alone
        other.execute("ROLLBACK")
        assert reader.label("pay").head == "refined"
        writer.add("ship box", "d")
        assert reader.label("pay").head == "prototypes"
        writer.settle()
        assert reader.label("pay").head == "refined"
        assert reader.label("pay") == writer.label("pay")
        other.close()


def test_looking_does_not_wait_for_a_lock_that_another_process_holds(path):
    other = lock(path)
    with opened(path) as space:
        space.settle()
        answer = space.label("pay bill")
    other.execute("ROLLBACK")
    other.close()
    assert answer.head == "refined"
    assert answer.probability is not None
    with opened(path) as again:
        assert again.view().lacking == ("calibration", "refinement")  # nothing was written
        again.settle()
        assert again.label("pay bill") == answer


def test_looking_needs_no_room_on_the_disk(path):
    with opened(path) as space:
        db = connection_of(space).db
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        space.settle()
        assert space.label("pay bill").head == "refined"


def test_kappa_that_cannot_be_written_leaves_looking_as_it_is(path):
    with opened(path) as space:
        space.configure(kappa="auto")
        space.describe(dict.fromkeys("abcd", "box ship"))  # words that say nothing
    other = lock(path)
    with opened(path) as space:
        version = space.version
        space.settle()
        assert (space.version, space.view().lacking) == (version, ())
    other.execute("ROLLBACK")
    other.close()


def test_a_reader_of_a_folder_for_reading_only_answers_with_probabilities(path):
    with opened(path) as space:
        space.settle()
        expected = space.label("pay bill")
        space.add("ship", "d")
        space.undo()
    with read_only(path.parent), opened(path) as space:
        space.settle()
        assert space.label("pay bill") == replace(expected, space_version=5)


def test_fits_made_from_damaged_sums_are_not_used_after_the_repair(path):
    with opened(path) as space:
        space.settle()
        truth = [space.label(word) for word in WORDS]
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM fits")
        (total,) = db.execute("SELECT total FROM sums WHERE class = 1").fetchone()
        sums = np.frombuffer(total, "<i8")[::-1].astype("<i8").tobytes()
        db.execute("UPDATE sums SET total = ? WHERE class = 1", (sums,))
    db.close()
    with opened(path) as space:
        space.settle()
        store = open_store(str(path))
        damage(store, repair=True)
        store.close()
        space.settle()
        version = space.version
        assert [space.label(word) for word in WORDS] == [
            replace(answer, space_version=version) for answer in truth
        ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0.0),
        ("temperature", -1.0),
        ("temperature", "0.1"),
        ("temperature", None),
        ("threshold", math.nan),
        ("threshold", math.inf),
        ("threshold", True),
        ("accuracy", 1.5),
        ("n", 0),
        ("n", 2.5),
        ("own", []),
        ("own", list(range(101, 0, -1))),
        ("stranger", [0.0] * 100 + ["x"]),
        ("nearness", 2.0),
        ("reach", None),
        ("reach", {"classes": 3, "others": 2, "learned": False}),
        ("reach", {"classes": 5, "others": -1, "learned": False}),
    ],
)
def test_a_calibration_that_cannot_be_is_made_anew(path, name, value):
    with opened(path) as space:
        space.settle()
        truth = space.view().unrefined().calibration
        assert isinstance(truth, Calibration)
        rows, basis = space.view().rows, space.view().prototypes.basis
        fit = rows.fit(OF_PROTOTYPES, basis)
        assert fit is not None
        values = dict(cast(dict[str, object], fit.header["values"])) | {name: value}
        rows.keep_fit(replace(fit, header=dict(fit.header) | {"values": values}))
    with opened(path) as space:
        assert "calibration" in space.view().lacking
        space.settle()
        assert space.view().unrefined().calibration == truth


def test_fits_of_other_code_and_refinements_that_cannot_be_count_as_absent(path):
    with opened(path) as space:
        space.settle()
        rows, snapshot = space.view().rows, space.view().prototypes
        calibration, weights = (rows.fit(k, snapshot.basis) for k in (OF_PROTOTYPES, REFINEMENT))
        assert calibration is not None
        assert weights is not None
        rows.keep_fit(replace(calibration, header=dict(calibration.header) | {"code": 1}))
        body = np.full(4, np.nan, "<f4").tobytes() + weights.body[16:]
        rows.keep_fit(replace(weights, body=body))
        fits = stored_fits(rows, snapshot, modes=True)
        assert (fits.calibration, fits.refined) == (None, None)


def test_refined_scores_advise_the_threshold_that_prototypes_do(tmp_path):
    """The advice stays the same once refined scores are there."""
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as space:
        space.add([one for one in four_classes() if one.label in "ab"])
        space.settle()
        view = space.view()
        assert space.label("pay").head == "refined"
        support = read_support(view.rows, view.prototypes).support
    simulation = simulate(support)
    nearest = np.median(simulation.own), np.median(simulation.rival)
    assert isinstance(view.calibration, Shortage)
    assert view.calibration.midway == pytest.approx(np.mean(nearest), abs=0.005)


def test_a_shortage_is_kept_with_its_reason(tmp_path):
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as space:
        space.add("pay", "a")
        space.settle()
        reason = space.view().calibration
    with opened(tmp_path / "b.space") as space:
        assert isinstance(space.view().calibration, Shortage)
        assert space.view().calibration == reason
