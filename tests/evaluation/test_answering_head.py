"""The figures of a label space are of the head that answers, over one number of documents."""

from __future__ import annotations

from collections import Counter

import pytest
from letters import letters, signed

from protolabel import Example, LabelSpace
from protolabel.arithmetic import refinement
from protolabel.arithmetic.calibration import Calibration
from protolabel.evaluation.of_own_examples import PROTOTYPES, evaluate_space
from protolabel.evaluation.sentences import headline


def contradicted() -> list[Example]:
    """Return letters with near copies, and one of them under a second class."""
    several = letters(6)
    return [*several, *signed(several[:5]), Example("nda", several[0].text or "", "again")]


@pytest.mark.parametrize("refine", [True, False])
def test_headline_classes_and_info_speak_of_the_head_that_answers_over_one_n(refine):
    """Before: the headline and the classes were the prototypes', n counted a text twice."""
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(contradicted())
        space.configure(refine=refine)
        space.settle()
        evaluation, calibration = evaluate_space(space, draws=2), space.info().calibration
        assert space.info().head == ("refined" if refine else "prototypes")
    assert isinstance(calibration, Calibration)
    table = evaluation.confusion
    assert table is not None
    n = sum(row.n for row in table.rows)
    right = sum(Counter(pair.truth == pair.answer for _ in range(pair.count))[True]
                for pair in table.pairs)  # fmt: skip
    assert n == calibration.n == 24
    assert right / n == pytest.approx(calibration.accuracy)
    sentence = headline(evaluation)
    assert f"{100 * calibration.accuracy:.1f} % (" in sentence
    assert "of its 24 documents" in sentence
    assert ("refined weights" in sentence) == refine
    assert table.about in sentence


def test_no_figure_of_a_label_space_is_impossible_for_its_n():
    """Before, 17 documents could be right by 83.3 %, which is 15 of 18."""
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(contradicted())
        space.settle()
        calibration = space.info().calibration
    assert isinstance(calibration, Calibration)
    hits = calibration.accuracy * calibration.n
    assert hits == pytest.approx(round(hits))


def test_notes_say_what_counts_and_no_example_reads_as_if_it_were_ignored():
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add([*contradicted(), Example("alone", "something else entirely")])
        notes = " ".join(evaluate_space(space, draws=2).notes)
    assert "count with it as one document: 6" in notes
    assert "not measured, a single document: alone" in notes
    assert "left out" not in notes


def test_an_evaluation_speaks_of_prototypes_where_all_examples_are_too_many_to_refine(monkeypatch):
    """Before: three quarters of them were few enough, so refined weights were measured."""
    examples, names = letters(6), {one.label for one in letters(6)}  # each name is a row, too
    cells = (len(examples) + len(names)) * len(names)
    monkeypatch.setattr(refinement, "MOST_CELLS", cells - 1)
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(examples)
        space.settle()
        assert space.info().head == "prototypes"
        evaluation = evaluate_space(space, draws=2)
    assert list(evaluation.shares) == [PROTOTYPES]
    assert "refined weights" not in headline(evaluation)
