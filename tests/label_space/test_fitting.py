"""Fits after changes: prototypes at once, refinement later, kappa logged, stale fits never used."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from spaces import four_classes

from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.nearness import SPREAD
from protolabel.label_space.changes import Tune
from protolabel.label_space.session import session_of
from protolabel.label_space.undo import redo_target, undo_target
from protolabel.types import Change


@pytest.fixture
def rich(tmp_path: Path) -> LabelSpace:
    label_space = LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False)
    label_space.add(four_classes())
    yield label_space
    label_space.close()


def test_prototypes_answer_until_the_refinement_is_there(rich):
    rich.configure(kappa=1.0)
    assert rich.label("pay").head == "prototypes"
    rich.settle()
    assert rich.label("pay").head == "refined"
    rich.add("pay", "a")
    assert rich.label("pay").head == "prototypes"
    rich.settle()
    assert rich.label("pay").head == "refined"
    assert rich.view().unrefined().label("pay").head == "prototypes"


def test_what_moves_no_prototype_keeps_the_fits(rich):
    rich.settle()
    before = rich.label("pay bill")
    rich.rename("a", "A")
    after = rich.label("pay bill")
    assert (after.head, after.score, after.probability) == (
        before.head,
        before.score,
        before.probability,
    )
    assert after.label == "A"


def test_a_class_of_few_examples_has_a_lower_fitted_threshold(rich):
    """By hand: in proportion to 1 / sqrt(1 + r / n), n the examples and kappa for a description."""
    rich.configure(kappa=0.5, refine=False)
    rich.add("ship ship", "newcomer")
    rich.describe("newcomer", "ship")
    rich.settle()
    fitted = rich.info().calibration.threshold
    sizes = dict.fromkeys("abcd", 6.5) | {"newcomer": 1.5}
    common = (1 + SPREAD / 6.5) ** -0.5  # of the classes that the threshold was fitted on
    answers = [rich.label(word) for word in WORDS]
    assert {a.alternatives[0].label for a in answers} >= {"newcomer", "a"}
    for answer in answers:
        expected = fitted * (1 + SPREAD / sizes[answer.alternatives[0].label]) ** -0.5 / common
        assert answer.threshold == pytest.approx(expected, rel=1e-9)
        assert (answer.label is None) == (answer.score < answer.threshold)
    rich.configure(threshold=0.3)
    assert {rich.label(word).threshold for word in WORDS} == {0.3}


def test_refined_scores_allow_for_few_examples_and_have_one_threshold(rich):
    rich.add("ship ship", "newcomer")
    rich.settle()
    fitted = rich.info().calibration.threshold
    assert {rich.label(word).threshold for word in WORDS} == {fitted}


def test_refinement_can_be_turned_off(rich):
    rich.configure(refine=False)
    rich.settle()
    assert rich.label("pay").head == "prototypes"
    assert isinstance(rich.view().calibration, Calibration)


def test_both_heads_are_calibrated(rich):
    rich.settle()
    assert isinstance(rich.view().calibration, Calibration)
    assert isinstance(rich.view().unrefined().calibration, Calibration)


def test_what_fits_are_made_from_can_be_read_as_of_an_earlier_version(rich):
    rich.describe("a", "bill bill")
    view = rich.view()
    version, keys = view.version, view.prototypes.keys

    def read():
        return [*view.rows.training_set(version, 20), *view.rows.class_arrays(keys, version)]

    before = read()
    rich.retire("a")
    rich.add("secret", "b")
    rich.merge(["b", "c"], "b")
    for then, now in zip(before, read(), strict=True):
        np.testing.assert_array_equal(then, now)


def test_settling_twice_changes_nothing(rich):
    rich.settle()
    version, head = rich.version, rich.view().head.weights
    rich.settle()
    assert rich.version == version
    np.testing.assert_array_equal(rich.view().head.weights, head)


def test_fits_survive_reopening(rich):
    rich.settle()
    answer = rich.label("pay bill cv")
    rich.close()
    with LabelSpace(rich.path, encoder=WordEncoder(), background=False) as again:
        assert again.label("pay bill cv") == answer


def test_the_background_gets_there_by_itself(tmp_path):
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder()) as space:
        space.add(four_classes())
        end = time.monotonic() + 60
        while space.view().head.head != "refined":
            assert time.monotonic() < end
            time.sleep(0.01)
        assert isinstance(space.view().calibration, Calibration)


def test_kappa_tuned_is_logged_and_passed_over_by_undo(rich):
    before = list(rich.view().export())
    rich.describe(dict.fromkeys("abcd", "box ship"))  # words that say nothing
    rich.add(four_classes(np.random.default_rng(1), each=8))
    rich.settle()
    rows = rich.view().prototypes.weights
    kinds = [c.kind for c in rich.history()]
    assert kinds[0] == "tune"
    assert rich.settings.kappa != 1.0
    rich.undo()
    assert rich.settings.kappa == 1.0
    assert kinds.count("tune") == 1
    rich.undo()
    assert list(rich.view().export()) == before
    rich.redo()
    rich.redo()
    np.testing.assert_array_equal(rich.view().prototypes.weights, rows)


def test_a_kappa_that_was_set_is_left_alone(rich):
    rich.configure(kappa=2.5)
    rich.describe(dict.fromkeys("abcd", "box ship"))
    rich.settle()
    assert rich.settings.kappa == 2.5
    rich.configure(kappa="auto")
    assert rich.settings.kappa_auto


def test_an_estimate_that_comes_late_does_not_overrule_a_person(rich):
    rich.configure(kappa=2.5)
    version = rich.version
    session_of(rich).tune(Tune(1.2, rich.view().embedder.encoding))
    assert (rich.settings.kappa, rich.version) == (2.5, version)
    rich.configure(kappa="auto")
    session_of(rich).tune(Tune(1.2, rich.view().embedder.encoding))
    assert rich.settings.kappa == 1.2


def test_an_estimate_that_another_process_has_taken_up_is_no_change(rich):
    """Before, the history said "kappa 0.646402 -> 0.646402, estimated"."""
    tune = Tune(1.2, rich.view().embedder.encoding)
    assert session_of(rich).tune(tune)
    version = rich.version
    assert not session_of(rich).tune(tune)
    assert (rich.settings.kappa, rich.version) == (1.2, version)


def test_too_little_data_says_what_is_missing():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add("pay", "a")
        space.settle()
        calibration = space.view().calibration
    assert isinstance(calibration, Shortage)
    assert "needs" in calibration.reason


def change(version: int, kind: str) -> Change:
    return Change(version, kind, "", "", "")


@pytest.mark.parametrize(
    ("kinds", "undone", "redone"),
    [
        ("create add", 2, None),
        ("create add rename", 3, None),
        ("create add rename undo", 2, 4),
        ("create add rename undo undo", None, 5),
        ("create add rename undo undo redo", 2, 4),
        ("create add rename undo add", 5, None),
        ("create add tune", 2, None),
        ("create add tune undo", None, 4),
        ("create add undo redo", 2, None),
        ("create add return", 3, None),
    ],
)
def test_what_undo_and_redo_are_about(kinds, undone, redone):
    log = [change(n, kind) for n, kind in enumerate(kinds.split(), start=1)][::-1]
    for target, expected in ((undo_target, undone), (redo_target, redone)):
        if expected is None:
            with pytest.raises(Exception, match="nothing to"):
                target(log)
        else:
            assert target(log).version == expected


def test_euclidean_spaces_are_calibrated_on_the_squared_distance_and_not_refined():
    with LabelSpace.create(encoder=WordEncoder(), metric="euclidean", background=False) as space:
        space.add(four_classes())
        space.settle()
        view = space.view()
        answer = space.label("pay pay bill")
        assert view.head.head == "prototypes"
        assert isinstance(view.calibration, Calibration)
        assert min(view.calibration.own) <= answer.score <= 0.0
        assert answer.probability is not None


def test_advice_on_a_missing_calibration_names_all_that_it_needs(tmp_path):
    space = LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False)
    with space:
        space.add("pay", "a")
        space.add("ship", "b")
        space.settle()
        reason = space.view().calibration.reason
        assert space.label("pay").head == "refined"
        assert reason == space.view().unrefined().calibration.reason
        assert "3 classes" in reason


def test_two_threads_that_keep_the_same_fit_do_not_disturb_each_other(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from protolabel.store import open_store
    from protolabel.store.records import Fit

    path = tmp_path / "a.space"
    LabelSpace.create(path, encoder=WordEncoder(), background=False).close()
    store = open_store(str(path))
    fit = Fit("kappa", 1, {"value": 1.0}, b"")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.rows.keep_fit(fit), range(64)))
    assert store.rows.fit("kappa", 1) == fit
    store.close()
