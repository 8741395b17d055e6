"""A set of documents in k copies says no more than the set: the same intervals, all else scaled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from letters import letters, signed

from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration, calibrate
from protolabel.arithmetic.comparison import compare
from protolabel.arithmetic.conflicts import confused_pairs
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.risk import Cases, risk_point
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.risk_of_space import risk_on
from protolabel.open_world.conflicts import find_conflicts


def shouted(several: list[Example]) -> list[Example]:
    """Return equal documents: the same texts in capitals."""
    return [replace(e, text=(e.text or "").upper(), id="") for e in several]


COPIES = {
    "equal": lambda several: [*several, *shouted(several), *shouted(several)],
    "near": lambda several: [*several, *signed(several)],
}
FEW_RIGHT = {"bill": "cv", "cv": "cv", "nda": "nda", "box": "box"}


def fresh() -> list[Example]:
    """Return new documents, some of them under a wrong class and some under an unknown one."""
    several = letters(6, seed=1)
    wrong = [replace(e, label=FEW_RIGHT[e.label]) if i % 3 == 0 else e
             for i, e in enumerate(several)]  # fmt: skip
    return [*wrong, *(replace(e, label="else") for e in letters(1, seed=2))]


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder="hashing:64", background=False) as own:
        own.add(letters(6))
        yield own


@pytest.mark.parametrize("kind", COPIES)
def test_copies_of_held_out_documents_narrow_no_interval_of_a_risk(space, kind):
    once, often = risk_on(space, fresh()), risk_on(space, COPIES[kind](fresh()))
    for least in (0.0, 0.2, 0.4):
        one, more = (
            min(report.points, key=lambda point: abs(point.least_chance - least))
            for report in (once, often)
        )
        if kind == "equal":
            assert (more.low, more.high, more.bound) == pytest.approx(
                (one.low, one.high, one.bound), abs=1e-9
            )
        assert more.bound - more.risk > 0.9 * (one.bound - one.risk)


def test_strangers_under_one_label_widen_the_interval_and_a_note_says_why(space):
    """Of one label, 0 to 100 % was all that was said, and not why."""
    of_classes = letters(6, seed=1)
    strangers = [replace(e, label="oos", text=f"{e.text} elsewhere") for e in letters(3, seed=2)]
    kinds = [replace(e, label=f"kind {i}") for i, e in enumerate(strangers)]
    one, several = (risk_on(space, [*of_classes, *some]) for some in (strangers, kinds))
    assert one.points[0].high - one.points[0].low > several.points[0].high - several.points[0].low
    sentence = "strangers have 1 label"
    assert sentence in " ".join(one.notes)
    assert sentence not in " ".join(several.notes)
    assert "label of its own" not in " ".join(several.notes)


def test_copies_of_held_out_documents_without_a_wrong_answer_count_once(space):
    several = letters(6, seed=1)
    once, often = risk_on(space, several), risk_on(space, COPIES["equal"](several))
    bounds = [[p.bound for p in report.points if p.risk == 0][-1] for report in (once, often)]
    assert bounds[1] == pytest.approx(bounds[0], abs=1e-9)


@pytest.mark.parametrize("kind", COPIES)
def test_copies_of_documents_narrow_no_interval_of_a_class(space, kind):
    once, often = (evaluate_space_on(space, some) for some in (fresh(), COPIES[kind](fresh())))
    assert once.confusion is not None
    assert often.confusion is not None
    rows = {row.label: row for row in often.confusion.rows}
    for row in once.confusion.rows:
        assert rows[row.label].documents == row.documents
        assert rows[row.label].n > row.n
        if kind == "equal":
            same = pytest.approx(row.low), pytest.approx(row.high)
            assert (rows[row.label].low, rows[row.label].high) == same


def test_a_held_out_document_under_two_labels_is_one_case(space):
    several = letters(6, seed=1)
    twice = [*several, *(replace(e, label="nda") for e in several if e.label == "cv")]
    whole = risk_on(space, twice).points[0]
    again = risk_on(space, COPIES["equal"](twice)).points[0]
    assert whole.n == 30
    assert (again.low, again.high) == pytest.approx((whole.low, whole.high), abs=1e-9)


@pytest.mark.parametrize("wrong", [0, 3])
def test_cases_of_one_document_count_as_one(wrong):
    """Ten documents twice each, in two classes, are worth ten cases and not twenty."""
    n = 10
    once = Cases(
        np.full(n, 0.9), np.arange(n) < wrong, np.full(n, 1 / n), np.arange(n),
        np.zeros(n, bool), np.arange(n),
    )  # fmt: skip
    twice = Cases(*(
        np.tile(getattr(once, name), 2) / (2 if name == "weights" else 1)
        for name in ("chances", "wrong", "weights", "clusters", "strangers", "groups")
    ))  # fmt: skip
    twice = replace(twice, wrong=twice.wrong > 0, strangers=np.zeros(2 * n, bool))
    one, two = risk_point(once, 0.0), risk_point(twice, 0.0)
    assert (two.low, two.high, two.bound) == pytest.approx((one.low, one.high, one.bound))


def test_copies_of_own_examples_change_no_figure_of_an_evaluation():
    results = []
    for several in (letters(6), COPIES["near"](letters(6))):
        with LabelSpace.create(encoder="hashing:64", background=False, names_mean=False) as own:
            own.configure(kappa=0, refine=False)
            own.add(several)
            results.append(evaluate_space(own, draws=3))
            assert find_conflicts(own).documents == 24
    one, two = (result.shares["leave-one-out, prototypes"] for result in results)
    assert two.n == one.n == 24
    assert results[0].confusion is not None
    assert results[1].confusion is not None
    assert [r.documents for r in results[1].confusion.rows] == [6] * 4
    assert [p.queries for p in results[1].curve] == [p.queries for p in results[0].curve]


def test_a_label_space_of_copies_alone_is_evaluated_without_a_query():
    with LabelSpace.create(encoder="hashing:64", background=False, names_mean=False) as own:
        own.add(shouted([*own_copies("cv"), *own_copies("nda")]))
        result = evaluate_space(own, draws=3)
    assert result.shares["leave-one-out, prototypes"].n == 0
    assert result.curve == ()


def own_copies(label: str) -> list[Example]:
    return [Example(label, f"{label} letter" + " " * i, id=f"{label}{i}") for i in range(3)]


def support(
    seed: int, *, both: bool, each: int = 12, shared: int = 12, means: tuple[int, ...] = (0, 1, 2)
) -> Support:
    """Return three classes, which lie around the axes ``means``.

    ``both``: the first ``shared`` documents of the first stand under the second too.
    """
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), each)
    x = unit(
        (np.eye(3, 6)[np.array(means)][labels] + 0.3 * rng.normal(size=(len(labels), 6))).astype(
            "f4"
        )
    )
    groups = np.arange(len(labels))
    if both:
        x, groups = np.concatenate([x, x[:shared]]), np.concatenate([groups, groups[:shared]])
        labels = np.concatenate([labels, np.ones(shared, np.int64)])
    none = np.zeros((3, 6), np.float32)
    whole = Support.of(x, labels, none, np.zeros(3, bool))
    return replace(whole, groups=groups, copies=groups)


def test_a_simulated_document_under_two_labels_is_one_case():
    calibration = calibrate(simulate(support(1, both=True)))
    assert isinstance(calibration, Calibration)
    assert calibration.queries is not None
    assert len(calibration.queries.best_scores) == calibration.n == 36
    assert len(calibration.queries.stranger_best_scores) <= 36


def test_a_document_under_two_labels_is_one_in_a_comparison_of_encoders():
    names = ("old", "new")
    both = [support(seed, both=True) for seed in (1, 2)]
    assert compare(*both, names, own_kappa=False).n == 36


def test_classes_that_share_documents_are_not_compared_by_those():
    """Two classes of 12 documents that cannot be told apart; 6 of the first are in the second."""
    alike = support(1, both=True, shared=6, means=(0, 0, 2))
    (pair,) = confused_pairs(simulate(alike))
    assert (pair.first, pair.second, pair.documents) == (0, 1, 18)


def test_answers_of_two_encoders_are_paired_whichever_near_copy_stands_for_a_document():
    """Each side has its own first copy of a document, in the order of its own vectors."""
    rng = np.random.default_rng(0)
    labels, groups = np.tile(np.repeat(np.arange(3), 10), 2), np.tile(np.arange(30), 2)
    sides, right = [], []
    for _ in range(2):
        x = unit((np.eye(3, 6)[labels] + 0.6 * rng.normal(size=(60, 6))).astype("f4"))
        whole = Support.of(x, labels, np.zeros((3, 6), np.float32), np.zeros(3, bool))
        sides.append(replace(whole, groups=groups))
        simulation = simulate(sides[-1])
        right.append(dict(zip(simulation.groups.tolist(), simulation.right.tolist(), strict=True)))
    result = compare(*sides, ("old", "new"), own_kappa=False)
    assert result.n == 30
    assert result.only_old == sum(right[0][g] and not right[1][g] for g in range(30)) > 0
    assert result.only_new == sum(right[1][g] and not right[0][g] for g in range(30)) > 0
