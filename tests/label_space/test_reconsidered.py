"""Decisions that are taken back: what a person said is not the label space's word afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import WORDS, WordEncoder
from stored import connection_of

from protolabel import Document, LabelSpace
from protolabel.label_space.session import session_of
from protolabel.open_world.accepting import accept
from protolabel.open_world.discovery import discover

BILL = f"{WORDS[0]} {WORDS[0]} new"
STRANGE = [f"{f'{WORDS[4]} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]


@pytest.fixture
def mail(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:3]:
            space.add([f"{label} {label} {n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        answer(space)
        yield space


def answer(space: LabelSpace) -> None:
    list(space.label_many(Document(f"d{n}", text) for n, text in enumerate([BILL, *STRANGE])))
    space.answer_log.write(1.0)


def memory(space: LabelSpace) -> tuple[list[tuple[object, ...]], set[tuple[bytes, int]]]:
    log = session_of(space).store.answers
    rows: list[tuple[object, ...]] = [
        (r.document, r.label, r.probability, r.version, r.at, r.person) for r in log.rows()
    ]
    return rows, log.refusals()


def label_of(space: LabelSpace, text: str = BILL) -> tuple[str | None, str]:
    (one,) = [one for one in space.answer_log.documents() if one.text == text]
    return one.label, one.by


def correct(space: LabelSpace) -> None:
    space.correct(Document("x", BILL), WORDS[1])


def correct_twice(space: LabelSpace) -> None:
    correct(space)
    space.correct(Document("x", BILL), WORDS[2])


def correct_what_is_so_already(space: LabelSpace) -> None:
    space.add(BILL, WORDS[1])
    correct(space)


def move(space: LabelSpace) -> None:
    space.add(BILL, WORDS[0])
    (example,) = [one for one in space.show(WORDS[0])[1] if one.text == BILL]
    space.move(example.id, WORDS[1])


def accept_suggestions(space: LabelSpace) -> None:
    space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    assert space.answer_log.accept(space.answer_log.suggestions()).suggestions


def accept_as_examples(space: LabelSpace) -> None:
    space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    space.answer_log.accept(space.answer_log.suggestions(), as_examples=True)


def dismiss(space: LabelSpace) -> None:
    space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    space.answer_log.dismiss(space.answer_log.suggestions())


def discovered(space: LabelSpace) -> None:
    accept(space, discover(space).proposals[0], "strange", "what is strange")


def in_the_inbox(space: LabelSpace) -> None:
    keys = [one.key for one in space.answer_log.documents() if one.text in STRANGE]
    space.inbox.decide(dict.fromkeys(keys, "other"))


def refute(space: LabelSpace) -> None:
    correct(space)
    space.refute(Document("x", BILL), WORDS[2])


DECISIONS = [
    correct, correct_twice, correct_what_is_so_already, move, accept_suggestions,
    accept_as_examples, dismiss, discovered, in_the_inbox, refute,
]  # fmt: skip


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
    rows, refusals = memory(mail)
    assert rows == before[0]
    assert refusals == before[1] or decide is refute  # *not this* is in force again


@pytest.mark.parametrize("decide", DECISIONS)
def test_a_decision_that_was_undone_before_is_there_again_after_a_redo(mail, decide):
    version = mail.version
    decide(mail)
    decided, n = memory(mail), mail.version - version
    for _ in range(n):
        mail.undo()
    mail.answer_log.reconsider()
    for _ in range(n):
        mail.redo()
    if decide in {correct_what_is_so_already, accept_suggestions, dismiss}:  # no change decided
        assert not any(person for *_, person in memory(mail)[0])
    else:
        assert memory(mail) == decided


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
    with connection_of(session_of(mail).store).transaction("IMMEDIATE") as db:
        db.execute("UPDATE answers SET probability = 0.7 WHERE person")  # as a calibration gives
    mail.answer_log.reconsider()
    assert {label_of(mail, text) for text in STRANGE} == {("strange", "label space")}


def test_the_note_of_a_change_says_it_where_nothing_else_does(mail):
    before = label_of(mail)
    correct_twice(mail)
    forget_notes(mail, "own:")
    mail.answer_log.reconsider()
    assert label_of(mail) == before


def forget_notes(space: LabelSpace, *prefixes: str) -> None:
    with connection_of(session_of(space).store).transaction("IMMEDIATE") as db:
        for prefix in prefixes or ("own:", "decided:"):
            db.execute("DELETE FROM meta WHERE key GLOB ?", (f"{prefix}*",))


def ways_to_leave() -> list[Callable[[LabelSpace], object]]:
    return [
        lambda space: space.answer_log.forget(),
        lambda space: space.answer_log.forget([one.key for one in space.answer_log.documents()]),
        lambda space: space.answer_log.remember("answers", most=1),
    ]


@pytest.mark.parametrize("leave", ways_to_leave())
def test_nothing_is_kept_of_documents_that_leave(mail, leave):
    in_the_inbox(mail)
    sql = "SELECT count(*) FROM meta WHERE key GLOB 'own:*'"
    with connection_of(session_of(mail).store).reading() as db:
        assert db.execute(sql).fetchone() == (6,)
    leave(mail)
    with connection_of(session_of(mail).store).reading() as db:
        assert db.execute(sql).fetchone()[0] == len(mail.answer_log)
    assert len(mail.answer_log) <= 1
