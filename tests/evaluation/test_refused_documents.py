"""Documents of which a person has said what they are not, in an evaluation on others."""

from __future__ import annotations

import pytest
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on

REFUSED = "ship box 4 sign secret pay home"
OTHERS = [Example("bill", "bill pay early"), Example("cv", "study hard work")]


@pytest.fixture
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        for label, words in {"bill": "pay bill", "cv": "cv work"}.items():
            space.add([f"{words} {word}" for word in ("one", "two", "three", "four")], label)
        yield space


def test_a_document_that_is_refused_for_every_class_counts_as_wrong_and_in_no_row(space):
    space.refute(Document("d", REFUSED), ["bill", "cv"])
    same_vector = " ".join(reversed(REFUSED.split()))  # another text, so not left out
    assert space.label(same_vector).alternatives == ()
    result = evaluate_space_on(space, [*OTHERS, Example("bill", same_vector)])
    right = sum(space.label(e.text).alternatives[0].label == e.label for e in OTHERS)
    best = result.shares["best class right"]
    assert (best.n, best.share) == (3, pytest.approx(right / 3))
    assert result.confusion is not None
    assert sum(row.n for row in result.confusion.rows) == 2
    assert any(note.endswith("in no row of the table: 1 document") for note in result.notes)


def test_negative_examples_and_their_near_copies_are_known_and_left_out(space):
    space.refute(Document("d", REFUSED), ["bill", "cv"])
    copies = [Example("bill", REFUSED), Example("cv", f"{REFUSED.upper()}!")]
    result = evaluate_space_on(space, [*OTHERS, *copies, Example("cv", REFUSED.replace("4", "5"))])
    assert result.examples == 2
    assert "left out, negative examples of the label space: 1 document" in " ".join(result.notes)
    assert "near copies of examples of the label space" in " ".join(result.notes)
    with pytest.raises(InputError, match="all of which the label space or its encoder knows"):
        evaluate_space_on(space, copies)
