"""Advice of `protolabel evaluate --truth`, done to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from mailboxes import Mail, mailbox

from protolabel import Document, LabelSpace
from protolabel.evaluation.of_truth import evaluate_answers
from protolabel.evaluation.truth import truth_of
from protolabel.readers.truth import read_named_labels

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def inbox(d: Desk) -> Path:
    """A folder of two letters, one of which stands in a folder of its own."""
    d.file("inbox/1.txt", "please pay the sum of June")
    return d.file("inbox/may/2.txt", "I apply for work in May").parents[1]


def truth(d: Desk, *rows: str, header: str = "id,label") -> Path:
    return d.file("truth.csv", "\n".join((header, *rows)))


def measured(d: Desk, table: Path, *options: object) -> str:
    args = ("evaluate", "--space", d.space, inbox(d), "--truth", table, *options)
    return call(*args).stdout


@CASES.of("add --truth FILE", "leave the documents out: their answers are in the file")
def answers_without_their_truth(d: Desk) -> None:
    folder, table = inbox(d), truth(d, "1.txt,invoice")
    call("label", d.space, folder, "--out", "answers.csv")
    d.refused("evaluate", "--answers", "answers.csv")
    d.refused("evaluate", "--answers", "answers.csv", "--truth", table, folder)
    assert "of 1 document" in call("evaluate", "--answers", "answers.csv", "--truth", table).stdout


@CASES.of("name the documents", "leave it out of the documents")
def truth_without_documents(d: Desk) -> None:
    table = truth(d, "1.txt,invoice")
    d.refused("evaluate", "--space", d.space, "--truth", table)
    d.refused("evaluate", "--space", d.space, inbox(d), table, "--truth", table)
    assert "of 1 document" in measured(d, table)


@CASES.of("say which column has them: id_field=")
def names_in_another_column(d: Desk) -> None:
    table = truth(d, "17,1.txt,invoice", header="id,letter,label")
    rows = read_named_labels(str(table))
    d.raised(lambda: truth_of([Document("1.txt", "please pay")], rows))
    assert "--id-field" in d.refused("evaluate", "--space", d.space, inbox(d), "--truth", table)
    assert "of 1 document" in measured(d, table, "--id-field", "letter")


def answers(d: Desk) -> Path:
    """Answers of several labels a document, in no table of protolabel's own."""
    rows = ('{"id": "1", "label": ["invoice", "cv"]}', '{"id": "2", "label": ["cv"]}')
    return d.file("answers.jsonl", "\n".join(rows))


@CASES.of(
    "give label_separator={}; if it is the name of one class, {}",
    "add --label-separator {}; if it is the name of one class, {}",
    "write the labels without brackets and quotes, with a mark between them, and "
    "give label_separator= that mark; if it is the name of one class, {}",
    "write the labels without brackets and quotes, with a mark between them, and "
    "add --label-separator with that mark; if it is the name of one class, {}",
)
def labels_that_list_others(d: Desk) -> None:
    table = truth(d, "1,cv#invoice", "2,cv")
    args = ("evaluate", "--answers", answers(d), "--truth", table)
    remedy = d.refused(*args)
    assert "add --label-separator '#'; if it is the name of one class, add --space SPACE" in remedy
    assert "100.0 %" in call(*args, "--label-separator", "#").stdout
    call("add", d.space, "cv#invoice", "--text", "all of it")
    call("set", d.space, "labels", "several")
    assert "100.0 %" not in call(*args, "--space", d.space).stdout
    rows = read_named_labels(str(table))
    answer_rows = read_named_labels(str(answers(d)))
    d.raised(lambda: evaluate_answers(answer_rows, rows))
    with LabelSpace(d.space) as space:
        assert evaluate_answers(answer_rows, rows, space=space).shares
    rows = read_named_labels(str(table), label_separator="#")
    assert evaluate_answers(answer_rows, rows).shares["micro F1, over all labels"].share == 1
    truth(d, '1,"{cv,invoice}"', "2,cv")
    assert "and add --label-separator with that mark" in d.refused(*args)
    rows = read_named_labels(str(table))
    d.raised(lambda: evaluate_answers(answer_rows, rows))
    truth(d, '1,"cv,invoice"', "2,cv")
    assert "100.0 %" in call(*args, "--label-separator", ",").stdout
    rows = read_named_labels(str(table), label_separator=",")
    assert evaluate_answers(answer_rows, rows).shares["micro F1, over all labels"].share == 1


def test_a_label_of_both_sides_may_list_others_where_documents_have_several(desk: Desk) -> None:
    """Where no document has several, it is the name of one class."""
    rows = ['{"id": "1", "label": ["cv", "invoice"]}', '{"id": "2", "label": "cv#invoice"}']
    table = truth(desk, "2,cv#invoice", "1,cv")
    args = ("evaluate", "--truth", table, "--answers")
    several = desk.file("a.jsonl", "\n".join(rows))
    assert "lists 'cv' and 'invoice'" in call(*args, several, code=2).stderr
    rows[0] = '{"id": "1", "label": "cv"}'
    assert "right for 100.0 %" in call(*args, desk.file("b.jsonl", "\n".join(rows))).stdout


def test_what_stands_in_a_list_of_truth_lists_no_others(desk: Desk) -> None:
    rows = ['{"id": "1", "label": ["R&D"]}', '{"id": "2", "label": ["R", "D"]}']
    table = desk.file("t.jsonl", "\n".join(rows))
    assert "100.0 %" in call("evaluate", "--truth", table, "--answers", table).stdout


def settled(d: Desk, labels: str) -> Path:
    """A label space of a class whose name has the mark between labels, and a table of its truth."""
    space = d.folder / f"{labels}.space"
    call("init", space, "--encoder", "hashing", "--labels", labels)
    call("add", space, "Hinz; Kunz", *(f"--text=please pay {n}" for n in ("one", "two", "three")))
    if labels == "several":
        call("add", space, "cv", *(f"--text=I apply {n}" for n in ("one", "two", "three")))
    return space


@CASES.of(
    "label the documents again into a file of JSON lines (out=)",
    "label the documents again into a file of JSON lines: "
    "`protolabel label SPACE DOCUMENTS --out FILE.jsonl`",
)
def a_class_whose_name_has_the_mark_between_labels(d: Desk) -> None:
    document = d.file("1.txt", "please pay one")
    table = truth(d, '1.txt,"Hinz; Kunz"')
    args = ("evaluate", "--truth", table, "--answers")
    one, several = settled(d, "one"), settled(d, "several")
    call("label", one, document, "--out", "one.csv")
    call("label", several, document, "--out", "several.csv")
    assert "add --space SPACE; where documents have several labels" in d.refused(*args, "one.csv")
    assert "right for 100.0 %" in call(*args, "one.csv", "--space", one).stdout
    assert "--out FILE.jsonl`" in d.refused(*args, "several.csv")
    d.refused(*args, "several.csv", "--space", several)
    answers = read_named_labels("several.csv")
    rows = read_named_labels(str(table))
    d.raised(lambda: evaluate_answers(answers, rows))
    with LabelSpace(several) as space:
        d.raised(lambda: evaluate_answers(answers, rows, space=space))
    call("label", several, document, "--out", "again.jsonl")
    for options in ((), ("--space", several)):
        assert "100.0 %" in call(*args, "again.jsonl", *options).stdout


def test_a_label_of_no_class_that_looks_like_a_list_has_a_way_on(desk: Desk) -> None:
    call("set", desk.space, "labels", "several")
    args = ("evaluate", "--space", desk.space, inbox(desk), "--truth", desk.folder / "truth.csv")
    truth(desk, "1.txt,invoice", "2.txt,invoice/cv")
    remedy = desk.refused(*args)
    assert "which the label space lacks, write 'none of these' in its place" in remedy
    truth(desk, "1.txt,invoice", "2.txt,none of these")
    assert "micro F1" in call(*args).stdout


@CASES.of("correct one of the rows, or remove it", "fill it in, or remove the row")
def rows_that_say_two_things_or_nothing(d: Desk) -> None:
    args = ("evaluate", "--space", d.space, inbox(d), "--truth", d.folder / "truth.csv")
    truth(d, "1.txt,invoice", "inbox/1.txt,cv")
    d.refused(*args)
    truth(d, "1.txt,invoice", ",cv")
    d.refused(*args)
    assert "of 1 document" in measured(d, truth(d, "1.txt,invoice"))


@CASES.of("write the path of the file there")
def a_name_that_two_files_have(d: Desk) -> None:
    d.file("inbox/june/2.txt", "your bill of the other month")
    d.refused("evaluate", "--space", d.space, inbox(d), "--truth", truth(d, "2.txt,cv"))
    assert "of 1 document" in measured(d, truth(d, "may/2.txt,cv"))


@CASES.of("write the name of the row there, such as {}")
def an_id_that_two_rows_have(d: Desk) -> None:
    rows = d.file("new.csv", "id,text\n7,please pay the sum of June\n7,I apply for work in May\n")
    args = ("evaluate", "--space", d.space, rows.name, "--truth")
    d.refused(*args, truth(d, "7,invoice"))
    assert "of 1 document" in call(*args, truth(d, "new.csv:2,invoice")).stdout


@CASES.of(
    "label the documents again into another file (out=), which has one line for each: lines of "
    "documents that are gone have the names of others"
)
def a_name_that_two_answers_have(d: Desk) -> None:
    june, may = "please pay the sum of June", "I apply for work in May"
    named = {
        "new.csv": (lambda *texts: "\n".join(("text", *texts, "")), "new.csv:2"),
        "m.mbox": (lambda *texts: mailbox(map(Mail, texts)), "m.mbox/1"),
    }
    for name, (table, first) in named.items():
        for texts in ([june, may], [may]):
            d.file(name, table(*texts))
            call("label", d.space, name, "--out", f"{name}.jsonl", "--resume")
        args = ("evaluate", "--truth", truth(d, f"{first},cv"), "--answers")
        answers = read_named_labels(str(d.folder / f"{name}.jsonl"))
        rows = read_named_labels(str(d.folder / "truth.csv"))
        d.raised(lambda answers=answers, rows=rows: truth_of(answers, rows))
        assert "(--out)" in d.refused(*args, f"{name}.jsonl")
        call("label", d.space, name, "--out", f"fresh-{name}.jsonl")
        assert "of 1 document" in call(*args, f"fresh-{name}.jsonl").stdout


@CASES.of("give each document an id of its own")
def documents_of_one_name(d: Desk) -> None:
    rows = read_named_labels(str(truth(d, "7,cv")))
    texts = "please pay the sum of June", "I apply for work in May"
    d.raised(lambda: truth_of([Document("7", text) for text in texts], rows))
    documents = [Document(str(n), text) for n, text in enumerate(texts, 6)]
    assert truth_of(documents, rows).labels == (None, ("cv",))


@CASES.of("leave one of them there")
def several_labels_where_there_is_one(d: Desk) -> None:
    table = d.file("truth.jsonl", '{"id": "1.txt", "label": ["invoice", "cv"]}')
    d.refused("evaluate", "--space", d.space, inbox(d), "--truth", table)
    d.file("truth.jsonl", '{"id": "1.txt", "label": ["invoice"]}')
    assert "of 1 document" in measured(d, table)


@CASES.of("give it as CSV, Excel, Parquet or JSON lines")
def a_text_in_the_place_of_a_table(d: Desk) -> None:
    words = d.file("truth.txt", "1.txt is an invoice")
    d.refused("evaluate", "--space", d.space, inbox(d), "--truth", words)
    assert "of 1 document" in measured(d, truth(d, "1.txt,invoice"))


@CASES.of(
    "label the documents again with the column of their ids (id_field=), into another file: these "
    "answers name rows of a table"
)
def answers_that_name_rows(d: Desk) -> None:
    documents = d.file(
        "new.csv", "ticket,text\nT1,please pay the sum of June\nT2,I apply for work in May\n"
    )
    table = truth(d, "T1,invoice", "T2,cv", header="ticket,label")
    args = ("evaluate", "--truth", table, "--id-field", "ticket", "--answers")
    call("label", d.space, documents, "--out", "a.csv")
    answers = read_named_labels(str(d.folder / "a.csv"))
    rows = read_named_labels(str(table), id_field="ticket")
    d.raised(lambda: truth_of(answers, rows))
    assert "(--id-field), into another file" in d.refused(*args, "a.csv")
    call("label", d.space, documents, "--id-field", "ticket", "--out", "b.csv")
    assert "of 2 documents" in call(*args, "b.csv").stdout
