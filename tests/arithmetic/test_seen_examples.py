"""Examples that the encoder has learned from: what calibration makes of them, and how a label space
knows which they are. The flattery is made here, by drawing examples towards their classes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import LetterEncoder, WordEncoder
from spaces import fill

from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.seen_examples import Allowance, calibrated, measure_allowance
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import unit
from protolabel.label_space.fits.learned_examples import (
    LEARNED,
    learned_in_force,
    note_of,
    setting_of,
)

CLASSES, EACH, DIM, NOISE = 12, 16, 24, 2.0
ALLOWANCE = Allowance(own=-0.1, others=0.04, temperature=1.3)


def world(seed: int, pulled: float):
    """Unit vectors of examples (classes x each) and of as many unseen documents, and labels. Of the
    way to the class's centre the examples are drawn the share ``pulled``.
    """
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(CLASSES, DIM)) / np.sqrt(DIM) * 1.6
    labels = np.repeat(np.arange(CLASSES), EACH)
    drawn = [centres[labels] + NOISE * rng.normal(size=(len(labels), DIM)) / np.sqrt(DIM) * 1.6
             for _ in range(3)]  # fmt: skip
    drawn[0] += pulled * (centres[labels] - drawn[0])
    return [unit(one.astype(np.float32)) for one in drawn], labels


def scored(examples, labels, unseen, unseen_labels=None):
    """Simulated queries of the examples, and unseen documents against the same prototypes."""
    sums = np.zeros((CLASSES, DIM))
    np.add.at(sums, labels, examples)
    none = np.zeros((CLASSES, DIM), np.float32), np.zeros(CLASSES, bool)
    learned = simulate(Support.of(examples, labels, *none))
    scores = unseen @ unit(sums.astype(np.float32)).T
    own = labels if unseen_labels is None else unseen_labels
    return learned, Simulation.of_queries(scores, own, np.arange(len(own)))


def alike():
    """A pair from before learning, in which seen and unseen examples are the same."""
    (examples, _, _), labels = world(9, pulled=0.0)
    (learned, _) = scored(examples, labels, examples)
    return learned, learned


@pytest.mark.parametrize("seed", range(5))
def test_unseen_documents_are_taken_for_what_they_are(seed):
    """Fitted on some unseen documents, the correction serves others that nothing was fitted on."""
    (examples, validation, fresh), labels = world(seed, pulled=0.5)
    every = np.ones(len(labels), bool)
    learned, unseen = scored(examples, labels, validation)
    _, queries = scored(examples, labels, fresh)
    allowance = measure_allowance([alike()], [(learned, unseen)])
    plain, allowed = calibrate(learned), calibrated(learned, None, allowance, every)
    truth = calibrate(queries)
    best, right = queries.scores.max(axis=1), queries.own > queries.rival

    def off(calibration: Calibration) -> float:
        return abs(float(calibration.probability(queries.scores).max(axis=1).mean() - right.mean()))

    assert np.log(allowed.temperature / truth.temperature) ** 2 < (
        np.log(plain.temperature / truth.temperature) ** 2
    )
    assert off(allowed) < off(plain)
    assert (best < plain.threshold).mean() > 0.2  # what is to be mended
    assert (best < allowed.threshold).mean() < 0.5 * (best < plain.threshold).mean()


def test_what_has_not_learned_is_left_nearly_as_it_is():
    (examples, validation, _), labels = world(0, pulled=0.0)
    pair = scored(examples, labels, validation)
    allowance = measure_allowance([alike()], [pair])
    assert -0.05 <= allowance.own <= 0 <= allowance.others <= 0.05
    assert 1 <= allowance.temperature < 1.15
    assert measure_allowance([pair], [pair]) == Allowance()


def test_it_is_taken_off_those_examples_alone_that_were_learned_from():
    (examples, _, _), labels = world(1, pulled=0.3)
    learned, _ = scored(examples, labels, examples)
    which = np.arange(len(labels)) % 3 == 0
    by_hand = learned.scores.astype(float)
    for row, example in enumerate(learned.rows):
        if which[example]:
            for k in range(CLASSES):
                by_hand[row, k] += ALLOWANCE.own if k == labels[example] else ALLOWANCE.others
    mine = calibrated(learned, None, ALLOWANCE, which)
    own = by_hand[np.arange(len(labels)), labels]
    others = np.where(np.eye(CLASSES, dtype=bool)[labels], -np.inf, by_hand).max(axis=1)
    assert mine.accuracy == (own > others).mean()
    best = np.maximum(own, others)
    np.testing.assert_allclose(mine.own, np.quantile(best, np.linspace(0, 1, 101)), atol=1e-6)
    warmer = ALLOWANCE.temperature ** (which.sum() / len(labels))
    assert mine.temperature == pytest.approx(temperature_of(learned) * warmer)


@pytest.mark.parametrize("has_allowance", [True, False])
def test_without_it_nothing_is_changed(has_allowance):
    (examples, _, _), labels = world(2, pulled=0.3)
    learned, _ = scored(examples, labels, examples)
    none = np.zeros(len(labels), bool)
    assert calibrated(learned, None, ALLOWANCE if has_allowance else None, none) == calibrate(
        learned
    )


def test_where_no_allowance_was_measured_what_was_learned_from_is_left_out():
    (examples, _, _), labels = world(2, pulled=0.3)
    learned, _ = scored(examples, labels, examples)
    which = np.arange(len(labels)) % 3 > 0
    rest = calibrated(learned, None, None, which)
    assert rest == calibrate(learned.of_rows(~which))
    assert rest.n == (~which).sum()
    refused = calibrated(learned, None, None, np.arange(len(labels)) > 5)
    assert isinstance(refused, Shortage)
    assert f"learned from {len(labels) - 6} of {len(labels)} examples" in refused.reason


def test_too_few_tell_nothing():
    (examples, validation, _), labels = world(3, pulled=0.3)
    learned, unseen = scored(examples, labels, validation)
    few = unseen.of_rows(np.arange(len(labels)) < 9)
    none = learned.of_rows(np.zeros(len(labels), bool))
    assert measure_allowance([alike()], [(learned, few)]) is None
    assert measure_allowance([alike()], [(none, unseen)]) is None
    assert measure_allowance([alike()], [(learned, few), (none, few)]) is not None


def test_it_is_what_came_by_learning_that_is_measured():
    """By hand: pooled means, but the temperature of seen examples each pair's own."""
    pairs = {}
    for when, pulled in (("before", 0.0), ("after", 0.5)):
        pairs[when] = []
        for seed in (4, 5):
            (examples, validation, _), labels = world(seed, pulled)
            pairs[when].append(scored(examples, labels, validation[::2], labels[::2]))
    allowance = measure_allowance(pairs["before"], pairs["after"])
    gaps = {}
    for when, (one, other) in pairs.items():
        own, rival, warmth = ([], []), ([], []), []
        for pair in (one, other):
            for side, simulation in enumerate(pair):
                for row, label in zip(simulation.scores, simulation.labels, strict=True):
                    own[side].append(float(row[label]))
                    rival[side].append(max(float(v) for k, v in enumerate(row) if k != label))
            warmth.append(np.log(temperature_of(pair[0])))
        both = Simulation.of_queries(*(
            np.concatenate([getattr(p[1], name) for p in (one, other)])
            for name in ("scores", "labels", "rows")
        ))  # fmt: skip
        gaps[when] = (
            np.mean(own[1]) - np.mean(own[0]), np.mean(rival[1]) - np.mean(rival[0]),
            np.log(temperature_of(both)) - np.mean(warmth),
        )  # fmt: skip
    own, others, warmth = np.subtract(gaps["after"], gaps["before"])
    assert own < -0.1
    assert allowance.own == pytest.approx(own, abs=1e-6)
    assert allowance.others == pytest.approx(max(0, others), abs=1e-6)
    assert np.log(allowance.temperature) == pytest.approx(max(0, warmth), abs=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"own": -0.1},
        *(
            ALLOWANCE.values() | one
            for one in (
                {"own": "x"},
                {"own": np.nan},
                {"own": 0.1},
                {"others": -1},
                {"temperature": 0},
            )
        ),
    ],
)
def test_what_is_no_measurement_is_none(values):
    assert Allowance.of(values) is None
    assert Allowance.of(ALLOWANCE.values()) == ALLOWANCE


def test_twice_learned():
    assert ALLOWANCE.after(ALLOWANCE) == Allowance(-0.2, 0.08, pytest.approx(1.69))


# -- in a label space -----------------------------------------------------------------------------


def folder_of(path: Path, note: object) -> str:
    path.mkdir()
    (path / "training.json").write_text(json.dumps({"learned": note}), encoding="utf-8")
    return str(path)


def in_force(space: LabelSpace) -> Allowance | None:
    return learned_in_force(space.view().rows, space.version)[0]


@pytest.fixture
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as label_space:
        fill(label_space)
        yield label_space


def test_it_is_in_force_with_the_encoder_that_learned_and_for_what_it_learned_from(space, tmp_path):
    rows, version = space.view().rows, space.version
    note = note_of(rows, version, ALLOWANCE)
    added = space.add([Example("invoice", "pay pay pay", id="late")]).version
    space.reencode(LetterEncoder(), encoder_name=folder_of(tmp_path / "a", note))
    assert in_force(space) == ALLOWANCE
    _, items = learned_in_force(rows, space.version)
    assert items.tolist() == rows.example_items(version).tolist()
    assert len(rows.example_items(added)) == len(items) + 1
    space.undo()
    assert in_force(space) is None
    space.redo()
    assert in_force(space) == ALLOWANCE
    again = note_of(rows, space.version, ALLOWANCE)
    assert Allowance.of(again) == ALLOWANCE.after(ALLOWANCE)
    space.reencode(WordEncoder())
    assert in_force(space) is None


def test_an_encoder_that_learned_elsewhere_says_nothing_here(space, tmp_path):
    rows = space.view().rows
    note = note_of(rows, space.version, ALLOWANCE)
    for wrong in (
        None, 7, [], {}, note | {"version": 1}, note | {"version": 99}, note | {"version": "3"},
        note | {"examples": "0" * 64}, note | {"own": None},
    ):  # fmt: skip
        assert setting_of(rows, wrong) == ""
    assert json.loads(setting_of(rows, note))["version"] == space.version
    space.reencode(LetterEncoder(), encoder_name=folder_of(tmp_path / "a", note | {"version": 1}))
    assert LEARNED not in rows.settings(space.version)


@pytest.mark.parametrize("text", ["[1, 2]", "{", '{"learned": 7}', "\x00"])
def test_a_file_of_that_name_by_other_hands_is_nothing_to_stop_at(space, tmp_path, text):
    (tmp_path / "training.json").write_text(text, encoding="utf-8")
    space.reencode(LetterEncoder(), encoder_name=str(tmp_path))
    assert space.info().encoder == str(tmp_path)
    assert in_force(space) is None


def test_what_was_retired_was_not_learned_from(space):
    rows = space.view().rows
    before = set(rows.example_items(space.version).tolist())
    gone = {row.item for row in rows.examples(rows.class_named("cv", space.version).key, 1 << 40)}
    assert gone
    space.retire("cv")
    assert set(rows.example_items(space.version).tolist()) == before - gone
    assert set(rows.example_items(space.version - 1).tolist()) == before


@pytest.mark.parametrize("later", [0, 2])
def test_answers_are_less_sure_of_what_was_learned_and_of_no_more(tmp_path, later):
    texts = [(k, f"{6 * 'abcd'[k]} {n * 'efgh'[n % 4]}")
             for k in range(4) for n in range(8)]  # fmt: skip
    answers = {}
    for has_allowance in (True, False):
        with LabelSpace.create(encoder=WordEncoder(), background=False) as one:
            one.add([Example(f"class {k}", text) for k, text in texts])
            one.configure(kappa=1.0)  # else it is estimated without what was learned from
            note = note_of(one.view().rows, one.version, ALLOWANCE) if has_allowance else None
            one.reencode(
                LetterEncoder(), encoder_name=folder_of(tmp_path / f"{has_allowance}", note)
            )
            if later:  # of each class, which the encoder has not learned from
                new = [(k, f"{5 * 'abcd'[k]} {n * 'hijk'[n]}") for k in range(4) for n in (1, 2)]
                one.add([Example(f"class {k}", text) for k, text in new])
            one.settle()
            answers[has_allowance] = [one.view().calibration, one.view().unrefined().calibration]
    for with_note, without in zip(answers[True], answers[False], strict=True):
        assert isinstance(with_note, Calibration)
        warmer = ALLOWANCE.temperature ** (8 / (8 + later))  # of each class's examples
        assert with_note.temperature == pytest.approx(without.temperature * warmer)
        assert with_note.accuracy <= without.accuracy
        assert with_note.own != without.own
