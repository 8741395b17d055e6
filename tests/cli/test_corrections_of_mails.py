"""A mail that teaches by its attachments alone is decided on, too, by whatever name it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail, write_mailbox
from own_service import served

from protolabel import LabelSpace, read_documents

BILL = "please pay 99 EUR for the chairs of this month and the table"
JOB = "I apply for a post as driver of your company now"
TWO = Mail("short", attachments=(("a.txt", BILL), ("b.txt", JOB)))
LONG = " ".join(f"word{n}" for n in range(60))
SPACE, MACHINE = "s.space", ("invoice", "label space")
WAYS = ("key", "id", "source", "path")


@pytest.fixture(params=["in/two.eml", "in/box.mbox/2"])
def mail(request, tmp_path, monkeypatch):
    """The source of a mail that was labelled, beside one with the same text of its own."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "a post as cook"], ["invoice", "job"])
        space.answer_log.remember("text")
    Path("in").mkdir()
    Path("in/two.eml").write_text(TWO.lines())
    other = Mail("short", attachments=(("c.txt", BILL + " and chairs"),))
    write_mailbox("in/box.mbox", [other, TWO])
    call("label", SPACE, "in")
    return request.param


def names(source: str) -> dict[str, str]:
    """What a document is called, by the way of naming it."""
    (row,) = [row for row in listed() if row["source"] == source]
    return {**{way: str(row[way]) for way in WAYS[:3]}, "path": str(Path(source).resolve())}


def listed() -> list[dict[str, object]]:
    rows = records("review", SPACE, "--list", "--all", "--json")
    return [row for row in rows if "key" in row]


def decided() -> dict[object, tuple[object, object]]:
    """The label of each document of no attachment, and who gave it."""
    return {
        row["source"]: (row["label"], row["by"])
        for row in listed()
        if not str(row["source"]).endswith(".txt")
    }


@pytest.mark.parametrize("way", WAYS)
def test_the_answer_to_the_mail_itself_follows_the_correction(mail, way):
    before = decided()
    done = call("correct", SPACE, names(mail)[way], "--to", "refund", "--new")
    assert decided() == {**before, mail: ("refund", "person")}
    words = "its attachments are examples (2/a.txt, 3/b.txt), and its own text is none"
    place = str(Path(mail).resolve()) if way == "path" else mail
    assert done.stderr.startswith(f"{place}: {words}")
    call("undo", SPACE)
    assert decided() == before
    call("redo", SPACE)
    assert decided()[mail] == ("refund", "person")


@pytest.mark.parametrize("way", WAYS)
def test_the_answer_to_the_mail_itself_is_refused_where_the_mail_is_not_of_that_class(mail, way):
    before = decided()
    call("correct", SPACE, names(mail)[way], "--not", before[mail][0])
    assert decided() == {**before, mail: (None, "nobody")}


def test_a_correction_that_makes_no_example_counts_for_the_mail(mail):
    name = names(mail)["key"]
    with LabelSpace(SPACE, background=False) as space:
        space.correct(name, "refund")
        assert space.answer_log.reconsider() > 0
    assert decided()[mail] == MACHINE
    call("correct", SPACE, name, "--to", "refund")
    assert decided()[mail] == ("refund", "person")


@pytest.mark.parametrize("way", WAYS[:3])
def test_so_it_does_in_python_and_over_the_service(mail, way):
    name = names(mail)[way]
    with LabelSpace(SPACE, background=False) as space:
        space.correct(name, "refund")
    assert decided()[mail] == ("refund", "person")
    call("undo", SPACE)
    assert decided()[mail] == MACHINE
    with served(Path(SPACE)) as ask:
        assert ask("POST", "/correct", {"document": name, "to": "refund"}).status_code == 200
    assert decided()[mail] == ("refund", "person")


@pytest.mark.parametrize(
    ("text", "within", "expected"),
    [
        ("short", LONG, "its attachments are examples (2/f.eml, 2/f.eml/2/a.txt), and its own"),
        ("short", "short", "its attachments are examples (2/f.eml/2/a.txt), and its own text is"),
        (LONG, LONG, "its own text and 2 attachments"),
        (LONG, "short", "its own text and 1 attachment"),
    ],
)
def test_of_a_mail_that_forwards_another_one_sentence_says_what_becomes_an_example(
    text, within, expected, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    LabelSpace.create(SPACE, encoder="hashing").close()
    forwarded = Mail(within, attachments=(("a.txt", BILL),)).lines()
    Path("m.eml").write_text(Mail(text, attachments=(("f.eml", forwarded),)).lines())
    done = call("correct", SPACE, "m.eml", "--to", "invoice", "--new")
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"m.eml: {expected}")


def test_a_mail_that_a_program_sent_is_decided_on_by_its_key(tmp_path, monkeypatch):
    """It is remembered by another key than that of its path here."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/two.eml").write_text(TWO.lines())
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "a post as cook"], ["invoice", "job"])
        list(space.label_many(replace(one, folder="") for one in read_documents("in/two.eml")))
        space.answer_log.write()
    call("correct", SPACE, names("in/two.eml")["key"], "--to", "refund", "--new")
    assert decided()["in/two.eml"] == ("refund", "person")
