"""An undo takes back what a person decided with a change, in the answer log too; a redo says it."""

from __future__ import annotations

import json

import pytest
from decided import BILL, LETTER, STRANGE, WITH_A_CHANGE, key_of, label_of, memory
from fakes import WORDS, WordEncoder
from fast_cases import crossed
from stored import connection_of

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import Undo
from protolabel.label_space.session import session_of
from protolabel.store.noted_decisions import ABOUT_ANSWERS, MOST_NOTE_BYTES, NotedDecisions


@pytest.mark.parametrize(
    ("decide", "back"), crossed(WITH_A_CHANGE, ["undo", "commit", "return_to"])
)
def test_after_undo_the_answer_log_says_what_it_said_before(mail, decide, back):
    version, before = mail.version, memory(mail)
    decide(mail)
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
    mail.correct(Document("x", BILL), WORDS[1])
    mail.correct(Document("x", BILL), WORDS[2])
    later = memory(mail)
    mail.rename(WORDS[2], "third")
    mail.undo()
    assert memory(mail) == later
    mail.undo()
    (one,) = [d for d in mail.answer_log.documents() if d.text == BILL]
    assert (one.label, one.by) == (WORDS[1], "person")


def notes_of(mail, key):
    with connection_of(mail).reading() as db:
        notes = [value for (value,) in db.execute("SELECT value FROM meta") if key in value]
    return [record for note in notes for record in json.loads(note)]


def test_no_answer_of_a_forgotten_document_is_kept_for_an_undo(mail):
    """What was refused for it is: the undo ends that."""
    key = key_of(mail)
    mail.correct(Document("x", BILL), "other")
    mail.answer_log.forget(key)
    ((name, before, after, refused, classes),) = [
        one for one in notes_of(mail, key) if one[0] == key
    ]
    assert (name, before, after, classes, len(refused)) == (key, None, None, None, 1)
    answers = session_of(mail).store.answers
    assert answers.refusals() == {(bytes.fromhex(key), refused[0])}
    mail.undo()
    assert answers.refusals() == set()
    assert key not in {one.key for one in mail.answer_log.documents()}
    mail.redo()
    assert answers.refusals() == {(bytes.fromhex(key), refused[0])}
    mail.answer_log.forget()
    assert notes_of(mail, key) == []


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
    mail.correct(Document("x", BILL), WORDS[1])
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


def correct_two(space: LabelSpace) -> None:
    space.correct(Document("x", BILL), WORDS[1])
    space.correct(Document("y", STRANGE[0]), WORDS[2])


@pytest.mark.parametrize("take_back", [
    lambda space: space.answer_log.reconsider(),
    lambda space: space.answer_log.forget(key_of(space, text) for text in (BILL, STRANGE[0])),
    lambda space: space.answer_log.remember("answers", most=1),
])  # fmt: skip
def test_where_no_decision_is_in_force_none_stays(mail, take_back):
    """It said that the decisions of two changes stay."""
    version = mail.version
    correct_two(mail)
    mail.correct(Document("x", LETTER), WORDS[2])
    fill_notes(mail)
    take_back(mail)
    decided = [one for one in mail.answer_log.documents() if one.by == "person"]
    assert mail.return_to(version).number("lost_decisions") == len(decided)


def test_of_two_decisions_on_one_document_one_stays(mail):
    version = mail.version
    mail.correct(Document("x", BILL), WORDS[1])
    mail.correct(Document("x", BILL), WORDS[2])
    fill_notes(mail)
    assert mail.return_to(version).number("lost_decisions") == 1


def test_what_is_noted_still_is_not_among_what_stays(mail):
    version = mail.version
    correct_two(mail)
    with connection_of(mail).transaction("IMMEDIATE") as db:
        NotedDecisions(ABOUT_ANSWERS).replace(db, version + 1, "")
    assert mail.preview.return_to(version).change.number("lost_decisions") == 1
    mail.answer_log.reconsider(key_of(mail))
    assert mail.return_to(version).number("lost_decisions") == 0


def test_a_label_that_an_undo_leads_back_to_and_no_further_stays(mail):
    version = mail.version
    mail.correct(Document("x", BILL), WORDS[1])
    with connection_of(mail).transaction("IMMEDIATE") as db:
        NotedDecisions(ABOUT_ANSWERS).replace(db, version + 1, "")
    mail.correct(Document("x", BILL), WORDS[2])
    assert mail.return_to(version).number("lost_decisions") == 1
    assert label_of(mail) == (WORDS[1], "person")


def fill_notes(space: LabelSpace) -> None:
    """Let the notes of all changes leave, as those of many decisions would."""
    with connection_of(space).transaction("IMMEDIATE") as db:
        NotedDecisions(ABOUT_ANSWERS).note(db, 10_000, f"[{' ' * MOST_NOTE_BYTES}]")


def test_a_correction_that_is_said_twice_is_taken_back_by_its_undo(mail):
    """The second one changed nothing, and yet the document stayed as it said."""
    before = memory(mail)
    version = mail.version
    for _ in range(2):
        mail.correct(Document("x", BILL), WORDS[1])
    assert mail.version == version + 1
    mail.undo()
    assert memory(mail) == before


@pytest.mark.parametrize("way", ["move", "correct", "relabel"])
def test_a_decision_by_the_name_of_an_example_that_stays_is_a_version_too(way):
    letter = Document("a", "please pay my CV as a driver")
    labels = "several" if way == "relabel" else "one"
    with LabelSpace.create(encoder="hashing", background=False, labels=labels) as space:
        space.add(["please pay invoice 17 of 250 EUR", "the amount due is 90 EUR"], "invoice")
        space.add(["I apply for work as a cook", "my CV as a driver"], "job")
        space.label(letter)
        space.add([Document("copy", letter.text)], "invoice")
        (example,) = (one.id for one in space.show("invoice")[1] if one.text == letter.text)

        def statement(methods):
            if way == "move":
                return methods.move([example], "invoice")
            return methods.correct(example, ["invoice"] if way == "relabel" else "invoice")

        def remembered():
            return [(one.label, one.by) for one in space.answer_log.documents()]

        before, version = remembered(), space.version
        assert before[0][0] != "invoice"
        assert [one.after.label for one in statement(space.preview).moved] == ["invoice"]
        statement(space)
        assert (remembered(), space.version) == ([("invoice", "person")], version + 1)
        statement(space)  # once more changes nothing
        assert space.version == version + 1
        assert space.undo().reverts == version + 1
        assert remembered() == before
        space.redo()
        assert remembered() == [("invoice", "person")]


@pytest.mark.parametrize("way", ["add", "import", "refute"])
def test_a_refusal_by_a_negative_example_that_is_here_is_a_version_and_can_be_undone(way):
    letter = Document("a", "please pay my CV as a driver")
    negative = Example("job", letter.text, negative=True)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["please pay invoice 17 of 250 EUR", "the amount due is 90 EUR"], "invoice")
        space.add(["I apply for work as a cook", "my CV as a driver"], "job")
        assert space.label(letter).label == "job"
        space.add(negative)
        space.answer_log.reconsider()  # the person refuses the class no longer

        def refusal(methods):
            if way == "refute":
                return methods.refute(letter, "job")
            if way == "add":
                return methods.add(negative)
            return methods.import_records(list(space.view().export()), skip_known=True)

        def remembered():
            return [(one.label, one.refused) for one in space.answer_log.documents()]

        before, version = remembered(), space.version
        assert before == [("job", ())]
        assert refusal(space).summary == "refused for documents: 'job'; no example changed"
        assert (remembered(), space.version) == ([(None, ("job",))], version + 1)
        refusal(space)  # once more changes nothing
        assert space.version == version + 1
        assert space.undo().reverts == version + 1
        assert remembered() == before
        space.redo()
        assert remembered() == [(None, ("job",))]
