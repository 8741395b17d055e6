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
