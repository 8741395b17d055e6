"""Near copies are no new documents: not of an evaluation, nor of what a label space holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import WordEncoder
from letters import letters, signed

from protolabel import LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.plan import Plan


def test_near_copies_in_labelled_data_change_no_figure():
    plan = Plan(ways=(2,), shots=(1, 3), episodes=40, draws=3)
    once = evaluate(letters(), encoder=WordEncoder(), plan=plan)
    twice = evaluate([*letters(), *signed(letters())], encoder=WordEncoder(), plan=plan)
    assert twice.curve == once.curve
    assert twice.episodes == once.episodes
    assert once.examples == twice.examples == 48
    assert (
        "left out, near copies of another document of the class: 48 of 96 documents" in twice.notes
    )
    assert not any("copies" in note for note in once.notes)


def test_a_near_copy_under_another_class_is_no_contradiction():
    other = replace(signed(letters())[0], label="cv")
    notes = evaluate(
        [*letters(), other], encoder=WordEncoder(), plan=Plan(ways=(2,), episodes=5)
    ).notes
    assert not any("under more than one class" in note for note in notes)


def test_near_copies_of_its_examples_do_not_judge_a_label_space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(letters(6))
        fresh = letters(6, seed=1)
        judged = evaluate_space_on(space, [*fresh, *signed(letters(6)), *signed(fresh)])
        assert judged.examples == 48
        assert "left out, near copies of examples of the label space: 24 documents" in judged.notes
        alone = evaluate_space_on(space, fresh)
        for name in ("best class right", "answered"):
            width = [one.shares[name].high - one.shares[name].low for one in (alone, judged)]
            assert width[1] > 0.9 * width[0]
        with pytest.raises(InputError, match="all of which the label space or its encoder knows"):
            evaluate_space_on(space, signed(letters(6)))


def test_a_plan_may_keep_what_published_protocols_keep():
    """The figures are then those of all documents, and the notes say so."""
    plan = Plan(ways=(2,), shots=(1, 3), episodes=40, draws=3)
    data = [*letters(), *signed(letters()), letters()[0]]
    kept = evaluate(data, encoder=WordEncoder(), plan=replace(plan, keep_copies=True))
    assert kept.examples == len(data) == 97
    assert kept.settings["keep_copies"] is True
    assert "kept, near copies of another document of the class: 48 of 97 documents" in kept.notes
    assert "kept, copies of another document of the class: 1 of 97 documents" in kept.notes
    assert any("every document is kept (keep_copies=True)" in note for note in kept.notes)
    default = evaluate(data, encoder=WordEncoder(), plan=plan)
    assert default.settings["keep_copies"] is False
    assert default.examples == 48
    assert kept.curve[0].queries > default.curve[0].queries
    without = evaluate(letters(), encoder=WordEncoder(), plan=replace(plan, keep_copies=True))
    assert not any("kept" in note for note in without.notes)


def test_a_class_that_is_too_small_without_its_near_copies_says_so():
    """Before: "class 'bill' has 2 documents ... give more", to somebody who had given 14."""
    few = [example for example in letters() if example.label != "bill"]
    bills = [example for example in letters() if example.label == "bill"][:2]
    signatures = ("With regards", "Yours", "See you", "Bye", "Till then", "Best")
    copies = [replace(one, text=f"{one.text} {end}", id="") for one in bills for end in signatures]
    plan = Plan(ways=(2,), shots=(1, 5), episodes=5, draws=2)
    with pytest.raises(InputError) as refusal:
        evaluate([*few, *bills, *copies], encoder=WordEncoder(), plan=plan)
    assert "class 'bill' has 2 documents, besides 12 copies or near copies" in str(refusal.value)
    assert "keep_copies=True" in str(refusal.value)
    kept = replace(plan, keep_copies=True)
    evaluate([*few, *bills, *copies], encoder=WordEncoder(), plan=kept)
    evaluate([*few, *bills, *copies], encoder=WordEncoder(), plan=replace(plan, skip_small=True))
    with pytest.raises(InputError, match="give more, or leave such classes out"):
        evaluate([*few, *bills], encoder=WordEncoder(), plan=plan)
