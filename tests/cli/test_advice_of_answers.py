"""The advice of errors about previews and remembered answers works to the letter."""

from __future__ import annotations

import sqlite3
from contextlib import chdir
from pathlib import Path

import pytest
from advice import Cases, Desk, documents
from commands import call, records
from fakes import LetterEncoder
from office_files import xlsx

from protolabel import LabelSpace
from protolabel.label_space.changes import Reencode

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def labelled(d: Desk) -> str:
    """Label a document that prefers a class which is new since; return its key."""
    file = d.file("inbox/a.txt", "second reminder: the amount is overdue")
    call("label", d.space, file)
    call("add", d.space, "reminder", "--text", "reminder: the amount is overdue")
    (one,) = records("review", d.space, "--json")
    return str(one["key"])


@CASES.of("list them with `protolabel review SPACE --all`")
def document_that_is_not_remembered(d: Desk) -> None:
    labelled(d)
    listed = d.obeyed(d.refused("forget", d.space, "--source", "nope"))
    key = listed.splitlines()[2].split()[0]
    call("forget", d.space, "--source", key)
    assert records("review", d.space, "--all", "--json") == []


@CASES.of("write {}, if per cent are meant")
def share_without_its_sign(d: Desk) -> None:
    share = d.refused("set", d.space, "strangers", "40").split()[1].strip(",")
    call("set", d.space, "strangers", share)
    assert records("info", d.space, "--json")[0]["settings"]["strangers"] == "0.4"


@CASES.of("name documents by --source; `protolabel review SPACE --all` lists them")
def nothing_to_forget(d: Desk) -> None:
    labelled(d)
    listed = d.obeyed(d.refused("forget", d.space))
    d.refused("forget", d.space, "--all", "--source", "x")
    call("forget", d.space, "--source", listed.splitlines()[2].split()[0])
    assert records("review", d.space, "--all", "--json") == []


@CASES.of("go to the folder of the other file; or, if you mean this file, name it by its path: {}")
def file_of_another_folder(d: Desk) -> None:
    for day in ("monday", "tuesday"):
        d.file(f"{day}/inbox/a.txt", f"the amount of {day}")
    with chdir(d.folder / "monday"):
        call("label", d.space, "inbox")
    with chdir(d.folder / "tuesday"):
        advice = d.refused("correct", d.space, "a.txt", "--to", "letter")
    with chdir(d.folder / "monday"):
        call("correct", d.space, "a.txt", "--to", "letter")
    with chdir(d.folder / "tuesday"):
        call("correct", d.space, advice.rpartition(": ")[2], "--to", "letter")
    (letter,) = records("show", d.space, "letter", "--json")
    texts = {member["text"] for member in letter["members"]}
    assert {"the amount of monday", "the amount of tuesday"} <= texts


@CASES.of("leave the others out; to have these answers, label the documents again")
def declined_documents_with_another_option(d: Desk) -> None:
    file = d.file("inbox/a.txt", "second reminder: the amount is overdue")
    call("label", d.space, file)
    call("set", d.space, "threshold", "0.999")
    d.refused("review", d.space, "--declined", "--all")
    (declined,) = records("review", d.space, "--declined", "--json")
    assert declined["answer"]["label"] is None
    call("label", d.space, file)
    assert records("review", d.space, "--declined", "--json") == []
    (remembered,) = records("review", d.space, "--all", "--json")
    assert remembered["label"] is None


@CASES.of("leave the others out; to give a document another class: `protolabel correct`")
def documents_decided_otherwise_with_another_option(d: Desk) -> None:
    file = d.file("inbox/a.txt", "second reminder: the amount is overdue")
    call("label", d.space, file)
    d.refused("review", d.space, "--decided", "--accept-all")
    call("review", d.space, "--decided")
    call("correct", d.space, file, "--to", "letter")
    (decided,) = records("review", d.space, "--all", "--json")
    assert (decided["label"], decided["by"]) == ("letter", "person")


@CASES.of("leave --all out")
def all_documents_with_an_option_about_suggestions(d: Desk) -> None:
    call("label", d.space, d.file("inbox/a.txt", "second reminder: the amount is overdue"))
    d.refused("review", d.space, "--all", "--reconsider")
    call("review", d.space, "--reconsider")


@CASES.of("leave the others out, if all decisions are to be taken back")
def reconsidering_some_documents_alone(d: Desk) -> None:
    file = d.file("inbox/a.txt", "second reminder: the amount is overdue")
    call("label", d.space, file)
    call("correct", d.space, file, "--to", "letter")
    for options in (
        ["--to", "letter"],
        ["--from", "letter"],
        ["--accept", "a.txt"],
        ["--as-examples"],
    ):
        d.refused("review", d.space, "--reconsider", *options)
    (decided,) = records("review", d.space, "--all", "--json")
    assert (decided["label"], decided["by"]) == ("letter", "person")
    call("review", d.space, "--reconsider")
    (decided,) = records("review", d.space, "--all", "--json")
    assert decided["by"] == "label space"


@CASES.of("leave --list out")
def deciding_while_only_listing(d: Desk) -> None:
    labelled(d)
    before = records("review", d.space, "--all", "--json")
    for option in ("--accept-all", "--dismiss-all", "--reconsider"):
        d.refused("review", d.space, "--list", option)
    assert records("review", d.space, "--all", "--json") == before
    call("review", d.space, "--accept-all")


@CASES.of("leave --as-examples out")
def examples_of_what_is_dismissed(d: Desk) -> None:
    labelled(d)
    d.refused("review", d.space, "--dismiss-all", "--as-examples")
    call("review", d.space, "--dismiss-all")


@CASES.of("list them with `protolabel review SPACE --list`")
def suggestion_that_is_not_there(d: Desk) -> None:
    labelled(d)
    listed = d.obeyed(d.refused("review", d.space, "--accept", "nope"))
    key = listed.splitlines()[-1].split()[0]
    call("review", d.space, "--accept", key)


@CASES.of("list them again: protolabel review SPACE --list")
def suggestion_that_is_out_of_date(d: Desk) -> None:
    labelled(d)
    with LabelSpace(d.space, background=False) as space:
        suggestions = space.answer_log.suggestions()
        space.answer_log.forget()
        d.raised(lambda: space.answer_log.accept(suggestions))
        space.answer_log.accept(space.answer_log.suggestions())


@CASES.of("add it from its file, or label it again after `protolabel set SPACE remember text`")
def text_that_is_not_remembered(d: Desk) -> None:
    labelled(d)
    d.obeyed(d.refused("review", d.space, "--accept-all", "--as-examples"))
    call("label", d.space, d.folder / "inbox/a.txt")
    call("add", d.space, "dunning", "--text", "second reminder: the amount is overdue")
    call("review", d.space, "--accept-all", "--as-examples")
    assert "second reminder" in call("show", d.space, "dunning").stdout


@CASES.of("leave --preview out: it changes no answer")
def preview_of_what_may_be_remembered(d: Desk) -> None:
    d.refused("set", d.space, "remember", "off", "--preview")
    call("set", d.space, "remember", "off")


@CASES.of("compare the two encoders instead: LabelSpace.compare(encoder)")
def preview_of_another_encoder(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        encoder = LetterEncoder()
        d.raised(lambda: space.preview(Reencode(encoder.fingerprint, "letters")))
        space.compare(encoder)


@CASES.of("end these processes, then forget again")
def reader_of_the_old_state(d: Desk) -> None:
    labelled(d)
    with LabelSpace(d.space, background=False) as space:
        reader = sqlite3.connect(d.space, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM answers").fetchone()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("protolabel.store.answer_rows.CLEANING_SECONDS", 0.05)
            d.raised(space.answer_log.forget)
        reader.close()
        assert space.answer_log.forget() == 0


def moved_row(d: Desk) -> Path:
    """Label a table, and put a row on top: the number of the first one is another document's."""
    table = d.file("g.csv", "text\nplease pay one\nI apply for work two\n")
    call("label", d.space, table, "--out", d.folder / "g.jsonl")
    return d.file("g.csv", "text\nSunny weather today\nplease pay one\nI apply for work two\n")


@CASES.of(
    "if another column was its text, name that one (--text-field); `protolabel label SPACE FILE` "
    "finds the document if it is still there; or add the text itself: "
    "`protolabel add SPACE CLASS --text TEXT`"
)
def row_whose_text_is_another_column(d: Desk) -> None:
    d.file("g.csv", "nr,text,details\n7,see there,please pay one\n8,see there,I apply for work\n")
    call("label", d.space, "g.csv", "--text-field", "details", "--id-field", "nr")
    d.refused("correct", d.space, "7", "--to", "letter")
    call("correct", d.space, "7", "--to", "letter", "--text-field", "details")
    assert "please pay one" in call("show", d.space, "letter").stdout


@CASES.of("say which field is the text field (--text-field), or rename it to 'text'")
def row_of_a_workbook_without_a_usual_column(d: Desk) -> None:
    rows = [["nr", "details"], ["7", "please pay one"], ["8", "I apply for work"]]
    book = d.file("w.xlsx", xlsx(Tickets=rows))
    field = ("--text-field", "details")
    call("label", d.space, book, *field, "--id-field", "nr")
    for name in ("7", f"{book}/Tickets:2", records("review", d.space, "--all", "--json")[0]["key"]):
        d.refused("correct", d.space, name, "--to", "letter")
        call("correct", d.space, name, "--to", "letter", *field)
    (letter,) = records("show", d.space, "letter", "--json")
    assert {one["text"] for one in letter["members"]} <= {"please pay one", "I apply for work"}


@CASES.of(
    "if another column was its text, name that one (--text-field); `protolabel label SPACE FILE` "
    "answers what stands there now, and then its numbers hold; or add the text itself: "
    "`protolabel add SPACE CLASS --text TEXT`"
)
def number_of_a_row_that_has_moved(d: Desk) -> None:
    table = moved_row(d)
    correct = ("correct", d.space, f"{table}:2", "--to", "refund", "--new")
    d.refused(*correct)
    call("label", d.space, table)
    call(*correct)
    assert "Sunny weather today" in call("show", d.space, "refund").stdout


@CASES.of("label the file again, which answers what stands there now; or give a Document(id, text)")
def number_of_a_row_that_has_moved_in_python(d: Desk) -> None:
    table = moved_row(d)
    with LabelSpace(d.space) as space:
        d.raised(lambda: space.correct(f"{table}:2", "cv"))
        list(space.label_many(documents(table)))
        space.correct(f"{table}:2", "cv")
        assert "Sunny weather today" in {example.text for example in space.show("cv")[1]}


@CASES.of(
    "label the file again, which finds the document if it is still there; or give a "
    "Document(id, text)"
)
def key_of_a_row_that_has_moved_in_python(d: Desk) -> None:
    table = d.file("g.csv", "text\nplease pay one\n")
    with LabelSpace(d.space) as space:
        list(space.label_many(documents(table)))
        (key,) = [one.key for one in space.answer_log.documents() if one.source == f"{table}:2"]
        moved_row(d)
        d.raised(lambda: space.correct(key, "cv"))
        list(space.label_many(documents(table)))
        space.correct(key, "cv")
        assert "please pay one" in {example.text for example in space.show("cv")[1]}
