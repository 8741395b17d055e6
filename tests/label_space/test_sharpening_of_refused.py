"""Sharpening never teaches a class documents of which a person has said that they are not of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from spelt_numbers import spelt

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import Refute
from protolabel.label_space.session import session_of

BILL, WORK, ODD, ODDER = WORDS[0], WORDS[1], WORDS[5], WORDS[6]
WHISPERS = [Document(f"w{n}", f"{BILL} {ODD} {ODDER} x{spelt(n)}") for n in range(12)]
LATER = [Document(f"l{n}", f"{BILL} {ODD} {ODDER} y{spelt(n)}") for n in range(12)]


@pytest.fixture
def space() -> Iterator[LabelSpace]:
    """Two classes that are only described, and documents that are answered 'bill'."""
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe({"bill": BILL, "work": WORK})
        space.configure(kappa=1)
        list(space.label_many(WHISPERS))
        yield space


def drawn(space: LabelSpace, label: str = "bill") -> float:
    """Return how far the description of a class leans towards the words of the odd documents."""
    view = space.view()
    row = view.rows.class_named(label, view.version)
    vector = view.rows.description_embedding(row.key, view.version)
    return float(vector @ WordEncoder().encode([f"{ODD} {ODDER}"])[0])


def test_documents_that_nobody_refused_draw_the_description(space):
    space.sharpen()
    assert drawn(space) > 0.3


def test_refused_documents_move_the_description_by_nothing(space):
    plain = drawn(space)
    for document in WHISPERS:
        space.refute(document, "bill")
    space.sharpen()
    assert drawn(space) == pytest.approx(plain, abs=1e-6)


def test_what_is_like_refused_documents_counts_as_little_as_in_answers(space):
    """The label space answers these by another class since then, and sharpening overrules none."""
    for document in WHISPERS:
        space.refute(document, "bill")
    answers = [answer.label for answer in space.label_many(LATER)]
    assert "bill" not in answers
    space.sharpen()
    assert drawn(space) < 0.1
    assert "bill" not in [answer.label for answer in space.view().label_many(LATER)]


def test_a_refusal_holds_for_near_copies(space):
    texts = [f"dear customer {n}, {BILL} {ODD} {ODDER} and so on" for n in range(8)]
    space.refute(Document("first", texts[0]), "bill")
    space.answer_log.forget()
    plain = drawn(space)
    list(space.label_many([Document(f"c{n}", text) for n, text in enumerate(texts[1:])]))
    list(space.label_many([Document("own", "something else")]))
    space.sharpen()
    assert drawn(space) == pytest.approx(plain, abs=1e-6)


def test_a_refusal_of_a_document_that_became_no_example_counts(space):
    """Such as the short text of a mail, which is refused with the mail's attachment."""
    plain = drawn(space)
    session = session_of(space)
    session.answer_queue.write()
    decisions = {row.document.hex(): ["bill"] for row in session.store.answers.rows()}
    attachment = Example("bill", f"{WORK} {WORK} {WORK}", negative=True)
    space.commit(Refute((attachment,), decisions))
    space.sharpen()
    assert drawn(space) == pytest.approx(plain, abs=1e-6)


def test_a_document_that_is_of_no_class_moves_none(space):
    plain = drawn(space), drawn(space, "work")
    for document in WHISPERS:
        space.refute(document, ["bill", "work"])
    space.sharpen()
    assert (drawn(space), drawn(space, "work")) == pytest.approx(plain, abs=1e-6)


def test_a_refused_class_is_refused_with_those_under_it(space):
    space.nest("bill", "money", new=True)
    plain = drawn(space)
    for document in WHISPERS:
        space.refute(document, "money")
    space.sharpen()
    assert drawn(space) == pytest.approx(plain, abs=1e-6)


def test_a_second_run_beside_refusals_changes_nothing(space):
    for document in WHISPERS[:6]:
        space.refute(document, "bill")
    list(space.label_many(LATER))
    space.sharpen()
    version, weights = space.version, space.view().prototypes.weights
    assert space.sharpen().version == version
    np.testing.assert_array_equal(space.view().prototypes.weights, weights)


def decide(space: LabelSpace, label: str | None, ids: str) -> None:
    """Let a person say which class remembered documents have; None for none of them."""
    view, session = space.view(), session_of(space)
    session.answer_queue.write()
    key = None if label is None else view.rows.class_named(label, view.version).key
    rows = [row for row in session.store.answers.rows() if row.id[0] == ids]
    judged = [replace(row, class_key=key, person=True) for row in rows]
    session.store.answers.judge(judged, [])


def test_a_document_of_a_class_that_is_retired_moves_no_other(space):
    """A person has said that it is of that class, so it is of none of the others."""
    plain = drawn(space)
    space.describe("whisper", f"{ODD} {ODDER}")
    decide(space, "whisper", "w")
    space.retire("whisper")
    space.label(Document("other", f"{WORK} {WORK}"))
    assert space.sharpen().detail["documents"] == 1
    assert drawn(space) == pytest.approx(plain, abs=1e-6)
    space.unretire("whisper")
    assert space.sharpen().detail["documents"] == 1 + len(WHISPERS)


@pytest.mark.parametrize("retired", [True, False])
def test_near_copies_of_what_is_of_no_class_that_can_answer_move_none(space, retired):
    space.answer_log.forget()
    space.answer_log.remember("text")
    plain = drawn(space)
    letter = f"dear customer {{}}, our winter {BILL} of {ODD} with {ODDER} and all of the rest"
    texts = [letter.format(n) for n in range(8)]
    list(space.label_many([Document("judged", texts[0]), Document("other", f"{WORK} {WORK}")]))
    space.describe("whisper", f"{ODD} {ODDER}")
    decide(space, "whisper" if retired else None, "j")
    space.retire("whisper")
    list(space.label_many([Document(f"c{n}", text) for n, text in enumerate(texts[1:])]))
    space.sharpen()
    assert drawn(space) == pytest.approx(plain, abs=1e-6)
