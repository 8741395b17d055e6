"""A label space with remembered letters, what a person may decide, and what is remembered then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fakes import WORDS, WordEncoder

from protolabel import Document, LabelSpace
from protolabel.label_space.changes import Correct
from protolabel.label_space.session import session_of
from protolabel.open_world.accepting import accept
from protolabel.open_world.discovery import discover
from protolabel.types import Example

BILL = f"{WORDS[0]} {WORDS[0]} new"
LETTER = f"{WORDS[1]} {WORDS[1]} new"
STRANGE = [f"{f'{WORDS[4]} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]


@contextmanager
def mail_space(path: Path) -> Iterator[LabelSpace]:
    """Yield an open label space of three classes, in which six of eight documents are none."""
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:3]:
            space.add([f"{label} {label} {n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        answer(space)
        yield space


def answer(space: LabelSpace) -> None:
    """Answer all documents, once more or for the first time."""
    texts = [BILL, LETTER, *STRANGE]
    list(space.label_many(Document(f"d{n}", text) for n, text in enumerate(texts)))
    space.answer_log.write(1.0)


def memory(space: LabelSpace) -> tuple[list[tuple[object, ...]], set[tuple[bytes, int]]]:
    """Return what is remembered: each document's judgement, and the classes that were refused."""
    log = session_of(space).store.answers
    rows: list[tuple[object, ...]] = [
        (r.document, r.class_key, r.probability, r.version, r.at, r.person) for r in log.rows()
    ]
    return rows, log.refusals()


def label_of(space: LabelSpace, text: str = BILL) -> tuple[str | None, str]:
    """Return the label of a document, and who gave it."""
    (one,) = [one for one in space.answer_log.documents() if one.text == text]
    return one.label, one.by


def key_of(space: LabelSpace, text: str = BILL) -> str:
    return next(one.key for one in space.answer_log.documents() if one.text == text)


def correct(space: LabelSpace) -> None:
    space.correct(Document("x", BILL), WORDS[1])


def correct_to_a_new_class(space: LabelSpace) -> None:
    space.correct(Document("x", BILL), "other")


def commit(space: LabelSpace) -> None:
    space.commit(Correct((Example(WORDS[1], BILL),)))


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
    """Say that the label space's own answer is wrong, and not which class is right."""
    space.refute(Document("x", BILL), WORDS[0])


def refute_another_class(space: LabelSpace) -> None:
    space.refute(Document("x", BILL), WORDS[2])


def refute_what_was_corrected(space: LabelSpace) -> None:
    correct(space)
    space.refute(Document("x", BILL), WORDS[1])


def refute_then_correct(space: LabelSpace) -> None:
    refute(space)
    correct(space)


WITH_A_CHANGE = [
    correct, correct_to_a_new_class, commit, correct_twice, move, accept_as_examples, discovered,
    in_the_inbox, refute, refute_another_class, refute_what_was_corrected, refute_then_correct,
    correct_what_is_so_already,
]  # fmt: skip
WITHOUT_A_CHANGE = [accept_suggestions, dismiss]  # of the label space
DECISIONS = [*WITH_A_CHANGE, *WITHOUT_A_CHANGE]
