"""Decisions that are taken back: what a person said is not the label space's word afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from decided import (
    BILL,
    DECISIONS,
    STRANGE,
    WITHOUT_A_CHANGE,
    answer,
    correct,
    correct_twice,
    correct_what_is_so_already,
    in_the_inbox,
    label_of,
    memory,
    refute,
    refute_another_class,
    refute_then_correct,
    refute_what_was_corrected,
)
from fakes import WORDS
from stored import connection_of

from protolabel import Document, LabelSpace
from protolabel.label_space.session import session_of


@pytest.mark.parametrize("decide", DECISIONS)
def test_reconsidered_documents_have_the_label_spaces_answers_again(mail, decide):
    version, before = mail.version, memory(mail)
    decide(mail)
    assert memory(mail) != before
    assert mail.answer_log.reconsider() > 0
    assert memory(mail) == before
    n = mail.version - version
    for _ in range(n):
        mail.undo()
    assert memory(mail) == before
    for _ in range(n):
        mail.redo()
    assert memory(mail) == before
    assert mail.answer_log.reconsider() == 0


@pytest.mark.parametrize("decide", DECISIONS)
def test_a_decision_that_is_undone_is_not_reconsidered_and_is_there_again_after_a_redo(
    mail, decide
):
    version = mail.version
    decide(mail)
    decided, n = memory(mail), mail.version - version
    for _ in range(n):
        mail.undo()
    assert (mail.answer_log.reconsider() > 0) == (decide in WITHOUT_A_CHANGE)
    for _ in range(n):
        mail.redo()
    if decide in WITHOUT_A_CHANGE:
        assert not any(person for *_, person in memory(mail)[0])
    else:
        assert memory(mail) == decided


def test_only_the_decisions_in_force_are_taken_back_once_and_for_all(mail):
    """A return to the first one, undone before another one was reconsidered, says it again."""
    correct(mail)
    version, first = mail.version, label_of(mail)
    mail.undo()
    mail.correct(Document("x", BILL), WORDS[2])
    assert mail.answer_log.reconsider() == 2  # the equal document is not remembered
    assert label_of(mail) == (WORDS[0], "label space")
    mail.return_to(version)
    assert label_of(mail) == first == (WORDS[1], "person")


def test_a_later_answer_than_not_this_stays_when_that_is_undone_or_reconsidered(mail):
    refute(mail)
    answer(mail)
    before, _ = memory(mail)
    assert before[-8][3] == mail.version  # answered since
    mail.undo()
    assert memory(mail)[0] == before
    mail.redo()
    assert memory(mail)[0] == before
    assert mail.answer_log.reconsider() == 1  # *not this* refuses the class still
    assert memory(mail) == (before, set())


def test_the_newest_answer_before_a_person_s_label_is_the_label_space_s(mail):
    """A document that was answered after *not this* is a person's again after an undo."""
    refute_what_was_corrected(mail)
    answer(mail)
    before, _ = memory(mail)
    mail.undo()
    assert label_of(mail) == (WORDS[1], "person")
    mail.answer_log.reconsider()
    assert memory(mail) == (before, set())


@pytest.mark.parametrize("decide", [refute_what_was_corrected, refute_then_correct])
def test_not_this_is_never_taken_for_the_label_space_s_answer(mail, decide):
    before = memory(mail)
    decide(mail)
    mail.undo()
    assert memory(mail) != before
    mail.answer_log.reconsider()
    assert memory(mail) == before


def test_a_class_that_was_refused_beside_the_label_may_be_suggested_again(mail):
    before = memory(mail)
    refute_another_class(mail)
    assert memory(mail)[0] == before[0]
    assert mail.answer_log.reconsider() == 1
    assert memory(mail) == before


def test_one_document_is_reconsidered_and_the_others_stay(mail):
    before = label_of(mail)
    correct(mail)
    in_the_inbox(mail)
    (key,) = [one.key for one in mail.answer_log.documents() if one.text == BILL]
    assert mail.answer_log.reconsider(key) == 1
    assert label_of(mail) == before == (WORDS[0], "label space")
    assert {label_of(mail, text) for text in STRANGE} == {("other", "person")}
    mail.undo()
    assert {label_of(mail, text) for text in STRANGE} == {(None, "label space")}


def test_a_decision_after_reconsidering_is_undone_to_the_label_spaces_answer(mail):
    correct(mail)
    mail.answer_log.reconsider()
    before = memory(mail)
    mail.correct(Document("x", BILL), WORDS[2])
    assert label_of(mail) == (WORDS[2], "person")
    mail.undo()
    assert memory(mail) == before


def test_an_answer_between_undo_and_redo_is_what_the_label_space_said(mail):
    correct(mail)
    mail.undo()
    answer(mail)
    before = memory(mail)
    mail.redo()
    assert label_of(mail) == (WORDS[1], "person")
    mail.answer_log.reconsider()
    assert memory(mail) == before


def test_a_person_s_label_ends_where_the_answer_before_it_is_not_known(mail):
    """Older programs noted nothing of decisions without a change."""
    correct_what_is_so_already(mail)
    forget_notes(mail)
    mail.answer_log.reconsider()
    assert label_of(mail) == (None, "label space")
    mail.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    mail.answer_log.accept(mail.answer_log.suggestions())
    forget_notes(mail)
    with connection_of(mail).transaction("IMMEDIATE") as db:
        db.execute("UPDATE answers SET probability = 0.7 WHERE person")  # as a calibration gives
    mail.answer_log.reconsider()
    assert {label_of(mail, text) for text in STRANGE} == {("strange", "label space")}


def test_the_note_of_a_change_says_it_where_nothing_else_does(mail):
    before = label_of(mail)
    correct_twice(mail)
    forget_notes(mail, "own:")
    mail.answer_log.reconsider()
    assert label_of(mail) == before


@pytest.mark.parametrize("decide", [refute, refute_then_correct, refute_what_was_corrected])
def test_the_notes_of_changes_lead_back_through_what_was_refused(mail, decide):
    before = memory(mail)
    decide(mail)
    forget_notes(mail, "own:")
    mail.answer_log.reconsider()
    assert memory(mail) == before


def test_a_person_s_label_is_never_noted_as_the_label_space_s(mail):
    """Older programs noted no answer of the label space's before the first decision."""
    before = memory(mail)
    correct(mail)
    forget_notes(mail, "own:")
    mail.correct(Document("x", BILL), WORDS[2])
    mail.answer_log.reconsider()
    assert memory(mail) == before


def test_a_decision_without_a_change_hides_no_note_of_an_earlier_change(mail):
    before = memory(mail)
    correct(mail)
    log = session_of(mail).store.answers
    judged = [replace(row, at="2026-03-03") for row in log.rows() if row.person]
    log.judge(judged, [])
    forget_notes(mail, "own:")
    mail.answer_log.reconsider()
    assert memory(mail) == before


def test_of_the_notes_of_changes_the_newest_that_fits_counts(mail):
    refute(mail)
    answer(mail)
    before, _ = memory(mail)
    correct(mail)
    forget_notes(mail, "own:")
    mail.answer_log.reconsider()
    assert memory(mail) == (before, set())


def forget_notes(space: LabelSpace, *prefixes: str) -> None:
    with connection_of(space).transaction("IMMEDIATE") as db:
        for prefix in prefixes or ("own:", "decided:"):
            db.execute("DELETE FROM meta WHERE key GLOB ?", (f"{prefix}*",))


def drop_damaged(space: LabelSpace) -> None:
    with connection_of(space).transaction("IMMEDIATE") as db:
        db.execute("UPDATE answers SET embedding = zeroblob(length(embedding)) WHERE person")
    assert space.check(repair=True)


def ways_to_leave() -> list[Callable[[LabelSpace], object]]:
    return [
        drop_damaged,
        lambda space: space.answer_log.forget(),
        lambda space: space.answer_log.forget([one.key for one in space.answer_log.documents()]),
        lambda space: space.answer_log.remember("answers", most=1),
    ]


@pytest.mark.parametrize("leave", ways_to_leave())
def test_nothing_is_kept_of_documents_that_leave(mail, leave):
    in_the_inbox(mail)
    sql = "SELECT count(*) FROM meta WHERE key GLOB 'own:*'"
    with connection_of(mail).reading() as db:
        assert db.execute(sql).fetchone() == (6,)
    leave(mail)
    decided = [one for one in mail.answer_log.documents() if one.by == "person"]
    with connection_of(mail).reading() as db:
        assert db.execute(sql).fetchone() == (len(decided),)
    assert len(decided) <= 1
