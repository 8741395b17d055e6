"""Fits in the background: what a view lacks is fitted, whoever made the change."""

from __future__ import annotations

import subprocess
import textwrap
import threading
import time
from pathlib import Path

import pytest
from fakes import WordEncoder
from prepared_commands import prepared_program
from spaces import four_classes

from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.label_space.fits import background, fitting
from protolabel.label_space.fits.background import Background

HELPERS = Path(__file__).parents[1] / "helpers"


def eventually(holds) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def unfitted(tmp_path: Path) -> Path:
    """A file with four classes and no fits."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add(four_classes())
    return path


def test_a_file_that_is_merely_opened_is_fitted(unfitted):
    with LabelSpace(unfitted, encoder=WordEncoder()) as space:
        eventually(lambda: not space.view().lacking)
        assert space.label("pay bill").head == "refined"
        assert space.label("pay bill").probability is not None


def test_another_process_s_change_is_fitted(unfitted):
    script = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[2])
        from fakes import WordEncoder
        from protolabel import LabelSpace
        with LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False) as space:
            space.add("ship box", "d")
    """)
    with LabelSpace(unfitted, encoder=WordEncoder()) as space:
        eventually(lambda: not space.view().lacking)
        before = space.version
        subprocess.run([prepared_program(), "-c", script, str(unfitted), str(HELPERS)], check=True)
        eventually(lambda: space.version > before and not space.view().lacking)
        assert isinstance(space.view().calibration, Calibration)


def test_a_fit_that_failed_is_tried_again(monkeypatch):
    monkeypatch.setattr(background, "FIRST_PAUSE", 0.01)
    attempts: list[int] = []

    def work(should_stop):
        attempts.append(1)
        if len(attempts) < 4:
            raise OSError("the disk is away")
        worker.want(None)

    worker = Background(work, enabled=True)
    worker.want(3)
    eventually(lambda: len(attempts) == 4)
    worker.close()


def test_a_newer_basis_overtakes_the_fit_of_an_older_one_and_the_same_does_not():
    begun, stopped, done = threading.Event(), threading.Event(), threading.Event()

    def work(should_stop):
        if begun.is_set():
            worker.want(None)
            done.set()
            return
        begun.set()
        worker.want(1)
        assert not should_stop()
        while not should_stop():
            time.sleep(0.001)
        stopped.set()

    worker = Background(work, enabled=True)
    worker.want(1)
    assert begun.wait(60)
    worker.want(2)
    assert stopped.wait(60)
    assert done.wait(60)
    worker.close()


def test_close_stops_the_work_and_nothing_begins_after_it():
    begun = threading.Event()

    def work(should_stop):
        begun.set()
        while not should_stop():
            time.sleep(0.001)

    worker = Background(work, enabled=True)
    worker.want(1)
    assert begun.wait(60)
    worker.close()
    threads = threading.active_count()
    worker.want(2)
    assert threading.active_count() == threads


def test_without_a_background_nothing_is_fitted_unless_asked(unfitted):
    with LabelSpace(unfitted, encoder=WordEncoder(), background=False) as space:
        threads = threading.active_count()
        assert space.view().lacking == ("calibration", "refinement")
        space.settle()
        assert space.view().lacking == ()
        assert threading.active_count() == threads


def test_a_program_that_leaves_a_label_space_open_ends_well(unfitted):
    script = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[2])
        from fakes import WordEncoder
        from protolabel import LabelSpace
        space = LabelSpace(sys.argv[1], encoder=WordEncoder())
        space.add("ship box", "d")
    """)
    for _ in range(4):
        subprocess.run([prepared_program(), "-c", script, str(unfitted), str(HELPERS)], check=True)


# -- what is asked right after a change --------------------------------------------------------


def test_what_is_asked_right_after_a_change_is_answered_by_the_fits_of_that_change():
    with LabelSpace.create(encoder=WordEncoder()) as space:
        for text, label in (["pay bill now", "c"], ["my work", "a"], ["ship box", "d"]):
            space.add(four_classes())
            space.add(text, label)
            at_once = space.label_many(["pay bill", "zzz qqq"]).collected()
            assert space.view().lacking == ()
            assert [a.head for a in at_once] == ["refined", "refined"]
            later = space.view().label_many(["pay bill", "zzz qqq"]).collected()
            assert [a.to_dict() for a in at_once] == [a.to_dict() for a in later]
            assert at_once[0].probability is not None


@pytest.mark.parametrize(
    "label",
    [
        lambda space: space.label("pay bill"),
        lambda space: space.label_many(["pay bill"]).collected()[0],
        lambda space: next(iter(space.label_each(["pay bill"]))),
    ],
    ids=["label", "label_many", "label_each"],
)
def test_a_long_refinement_is_not_waited_for_and_a_warning_says_so(unfitted, monkeypatch, label):
    monkeypatch.setattr(fitting, "UNASKED_SECONDS", 0.0)
    monkeypatch.setattr(Background, "want", lambda worker, basis: None)  # it takes for ever
    with LabelSpace(unfitted, encoder=WordEncoder()) as space:
        with pytest.warns(UserWarning, match="the prototypes answer") as warning:
            answer = label(space)
        assert (warning[0].filename, warning[0].lineno) == (__file__, label.__code__.co_firstlineno)
        assert answer.head == "prototypes"
        assert answer.probability is not None


def test_a_view_and_a_label_space_without_background_answer_from_what_is_fitted(unfitted):
    with LabelSpace(unfitted, encoder=WordEncoder(), background=False) as space:
        answers = [space.label("pay bill"), space.view().label("pay bill")]
        assert [a.probability for a in answers] == [None, None]
        assert all("LabelSpace.settle() calibrates it" in a.reason for a in answers)


def test_a_callback_of_a_fit_may_ask_for_answers(unfitted):
    labels = []
    with LabelSpace(unfitted, encoder=WordEncoder()) as space:
        space.settle(progress=lambda step: labels.append(space.label("pay bill").label))
        assert set(labels) <= {"c", "b", "a", "d"}
