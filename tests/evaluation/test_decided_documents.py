"""Documents that people corrected are left out: what is left was chosen by being right.

Texts and labels are drawn at random, so that every right answer is right by chance.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from spelt_numbers import spelt

from protolabel import Document, Example, LabelSpace
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.risk_of_space import risk_of_space, risk_on
from protolabel.evaluation.sentences import curve_text, headline
from protolabel.evaluation.strangers_in_stream import strangers_in

CLASSES = [f"group {spelt(k)}" for k in range(4)]
WORDS = [spelt(n) for n in range(400)]
REST = "the other documents are mostly those that were answered right"
HARDER = "Such documents are harder than new ones"


def text(n: int) -> str:
    """A text of 14 words, which hardly any other one has."""
    return " ".join(random.Random(n).sample(WORDS, 14))


def labelled(start: int, n: int) -> list[Example]:
    return [
        Example(CLASSES[random.Random(i).randrange(4)], text(i), id=f"d{i}", source=f"in/{i}.txt")
        for i in range(start, start + n)
    ]


DOCUMENTS = labelled(1000, 40)


@pytest.fixture
def space():
    with LabelSpace.create(encoder="hashing", background=False) as one:
        one.add([replace(e, label=CLASSES[i % 4]) for i, e in enumerate(labelled(0, 40))])
        one.configure(threshold="none")
        yield one


def documents(examples: list[Example]) -> list[Document]:
    return [Document(e.id, e.text, source=e.source) for e in examples]


def correct_wrong_answers(space: LabelSpace) -> list[Example]:
    """Label the documents, and correct what is wrong, as people do; return what they corrected."""
    answers = list(space.label_many(documents(DOCUMENTS)))
    space.answer_log.write()
    wrong = [e for e, answer in zip(DOCUMENTS, answers, strict=True) if answer.label != e.label]
    assert 0 < len(wrong) < len(DOCUMENTS)
    for example in wrong:
        space.correct(documents([example])[0], example.label)
    return wrong


def test_what_is_left_is_no_sample_of_new_documents(space):
    """Before, this told of 100 % right answers, where one in four is right by chance."""
    n_wrong = len(correct_wrong_answers(space))
    judged = evaluate_space_on(space, DOCUMENTS)
    assert judged.decided == n_wrong
    assert any(f"people decided on {n_wrong} of the documents" in n for n in judged.notes)
    assert any(REST in note for note in judged.notes)
    assert "that nobody has decided on (no figure for new documents)" in headline(judged)


def test_new_documents_are_judged_without_a_word(space):
    correct_wrong_answers(space)
    judged = evaluate_space_on(space, labelled(5000, 40))
    assert judged.decided == 0
    assert not any(REST in note for note in judged.notes)
    assert "no figure" not in headline(judged)


def test_a_near_copy_of_a_corrected_document_was_chosen_with_it(space):
    wrong = correct_wrong_answers(space)
    copies = [replace(e, text=f"{e.text} hello", source="", id="") for e in wrong]
    judged = evaluate_space_on(space, [*copies, *labelled(5000, 40)])
    assert judged.decided == len(wrong)


def test_an_undone_correction_chooses_nothing(space):
    before = space.version
    correct_wrong_answers(space)
    space.return_to(before)
    judged = evaluate_space_on(space, DOCUMENTS)
    assert judged.decided == 0
    assert judged.shares["best class right"].n == len(DOCUMENTS)


def test_examples_that_nobody_was_answered_about_choose_nothing(space):
    space.add(DOCUMENTS[:10])
    assert evaluate_space_on(space, DOCUMENTS).decided == 0


def test_examples_that_were_added_after_their_answers_were_chosen(space):
    """Whoever adds what was answered wrong, and nothing else, decides as a correction does."""
    list(space.label_many(documents(DOCUMENTS)))
    space.answer_log.write()
    space.add(DOCUMENTS[:10])
    assert evaluate_space_on(space, DOCUMENTS).decided == 10


def test_its_own_examples_from_corrections_are_harder_than_new_documents(space):
    assert evaluate_space(space).decided == 0
    n_wrong = len(correct_wrong_answers(space))
    judged = evaluate_space(space)
    assert judged.decided == n_wrong
    assert any(HARDER in note for note in judged.notes)
    assert "chosen as these were" in curve_text(judged)
    assert risk_of_space(space).decided == n_wrong


def test_risk_and_strangers_of_the_same_documents_say_so_too(space):
    n_wrong = len(correct_wrong_answers(space))
    risk = risk_on(space, DOCUMENTS)
    assert risk.decided == n_wrong
    assert any(REST in note for note in risk.notes)
    estimate = strangers_in(space, documents(DOCUMENTS))
    assert estimate.decided == n_wrong
    assert any(REST in note for note in estimate.notes)
