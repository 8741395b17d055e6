"""An undo takes back what a person decided with a change, in the answer log too; a redo says it."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder
from stored import connection_of

from protolabel import Document, LabelSpace
from protolabel.label_space.changes import Correct, Undo
from protolabel.label_space.session import session_of
from protolabel.open_world.accepting import accept
from protolabel.open_world.discovery import discover
from protolabel.store.noted_decisions import ABOUT_ANSWERS, MOST_BYTES, NotedDecisions
from protolabel.types import Example

STRANGE = [f"{f'{WORDS[4]} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]


@pytest.fixture
def mail(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:3]:
            space.add([f"{label} {label} {n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        texts = [f"{WORDS[0]} {WORDS[0]} new", f"{WORDS[1]} {WORDS[1]} new", *STRANGE]
        list(space.label_many(Document(f"d{n}", text) for n, text in enumerate(texts)))
        space.answer_log.write(1.0)
        yield space


def key_of(space: LabelSpace, text: str) -> str:
    return next(one.key for one in space.answer_log.documents() if one.text == text)


def by_review(space: LabelSpace) -> None:
    space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
    space.answer_log.accept(space.answer_log.suggestions(), as_examples=True)


def by_discovery(space: LabelSpace) -> None:
    accept(space, discover(space).proposals[0], "strange", "what is strange")


WAYS = {
    "correct": lambda s: s.correct(Document("x", f"{WORDS[0]} {WORDS[0]} new"), "other"),
    "commit": lambda s: s.commit(Correct((Example(WORDS[1], f"{WORDS[0]} {WORDS[0]} new"),))),
    "inbox": lambda s: s.inbox.decide({key_of(s, t): "other" for t in STRANGE}),
    "review": by_review,
    "discovery": by_discovery,
}


def memory(space: LabelSpace) -> object:
    log = session_of(space).store.answers
    rows = [(r.document, r.label, r.probability, r.version, r.at, r.person) for r in log.rows()]
    return rows, log.refusals()


@pytest.mark.parametrize("back", ["undo", "commit", "return_to"])
@pytest.mark.parametrize("way", WAYS)
def test_after_undo_the_answer_log_says_what_it_said_before(mail, way, back):
    version, before = mail.version, memory(mail)
    WAYS[way](mail)
    decided, n = memory(mail), mail.version - version
    assert decided != before
    if back == "return_to":
        mail.return_to(version)
    else:
        for _ in range(n):
            mail.undo() if back == "undo" else mail.commit(Undo())
    assert memory(mail) == before
    if back == "undo":
        for _ in range(n):
            mail.redo()
    else:
        mail.undo()
    if back != "commit":
        assert memory(mail) == decided


def test_what_was_said_of_a_document_since_stays(mail):
    text = f"{WORDS[0]} {WORDS[0]} new"
    mail.correct(Document("x", text), WORDS[1])
    mail.correct(Document("x", text), WORDS[2])
    later = memory(mail)
    mail.rename(WORDS[2], "third")
    mail.undo()
    assert memory(mail) == later
    mail.undo()
    (one,) = [d for d in mail.answer_log.documents() if d.text == text]
    assert (one.label, one.by) == (WORDS[1], "person")


def test_nothing_of_a_forgotten_document_is_kept_for_an_undo(mail):
    text = f"{WORDS[0]} {WORDS[0]} new"
    key = key_of(mail, text)
    mail.correct(Document("x", text), "other")
    mail.answer_log.forget(key)
    mail.undo()
    assert key not in {one.key for one in mail.answer_log.documents()}
    with connection_of(session_of(mail).store).reading() as db:
        values = [value for (value,) in db.execute("SELECT value FROM meta")]
    assert not any(key in value for value in values)


def test_a_return_takes_back_the_decisions_of_more_than_200_changes(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        space.add([f"{label} {n}" for n in range(4) for label in WORDS[:2]], list(WORDS[:2]) * 4)
        texts = [f"{WORDS[0]} {WORDS[0]} x{n}" for n in range(230)]
        list(space.label_many(Document(f"d{n}", text) for n, text in enumerate(texts)))
        space.answer_log.write(1.0)
        version, before = space.version, memory(space)
        for text in texts:
            space.correct(Document("x", text), WORDS[1])
        change = space.return_to(version)
        assert memory(space) == before
        assert change.hints == ()


def test_a_change_that_goes_back_says_whose_decisions_it_cannot_take_back(mail):
    """They stayed as a person's without a word."""
    version = mail.version
    mail.correct(Document("x", f"{WORDS[0]} {WORDS[0]} new"), WORDS[1])
    mail.correct(Document("y", STRANGE[0]), WORDS[2])
    decided = memory(mail)
    fill_notes(mail)
    mail.configure(threshold=0.5)
    assert mail.preview.undo().change.hints == ()
    for change in (mail.preview.return_to(version).change, mail.return_to(version)):
        (hint,) = change.hints
        assert hint.startswith(
            "the decisions on remembered documents that were made with 2 changes stay as they are"
        )
        assert change.number("lost_decisions") == 2
    assert memory(mail) == decided
    assert "2 changes" in mail.undo().hints[0]
    mail.answer_log.reconsider()
    assert not any(person for *_, person in memory(mail)[0])


def fill_notes(space: LabelSpace) -> None:
    """Let the notes of all changes leave, as those of many decisions would."""
    with connection_of(session_of(space).store).transaction("IMMEDIATE") as db:
        NotedDecisions(ABOUT_ANSWERS).note(db, 10_000, f"[{' ' * MOST_BYTES}]")
