"""The advice of errors about inputs, outputs and answers works when done to the letter."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from advice import Cases, Desk, documents, examples
from commands import call, records

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.run_file import read_run

CASES = Cases()
ROOT = Path(__file__).parents[2]
TABLE = "text,label\nplease pay,invoice\nmy papers,cv\n"


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


# -- what is labelled -----------------------------------------------------------------------------


@CASES.of("protolabel label {} --text 'some text'", "protolabel {} --text {}")
def no_document(d: Desk) -> None:
    assert "invoice" in d.obeyed(d.refused("label", d.space))
    assert "invoice" in d.obeyed(d.refused("label", d.space, 'it\'s "to" pay $HOME'))


@CASES.of("leave one out")
def two_rankings(d: Desk) -> None:
    d.refused("label", d.space, "--text", "pay", "--prototypes", "--settle")
    for option in ("--prototypes", "--settle"):
        call("label", d.space, "--text", "pay", option)


@CASES.of("leave it out", "leave one of them out", "leave one of the two out")
def inputs_that_overlap(d: Desk) -> None:
    letter = d.file("in/letter.txt", "pay")
    d.refused("label", d.space, letter, d.space)
    d.refused("label", d.space, letter, letter)
    d.refused("label", d.space, letter, letter.parent)
    call("label", d.space, letter)


@CASES.of("{}; or {}", "add --skip-bad to go on past it")
def bad_document_among_others(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    d.file("in/2.txt", "\x00\x01")
    zeros = d.file("zeros.jsonl", json.dumps({"embedding": [0.0] * 256}))
    for source in (d.folder / "in", zeros):
        d.refused("label", d.space, source)
        call("label", d.space, source, "--skip-bad", code=6)


@CASES.of("add --skip-bad --resume to go on past it")
def bad_document_before_others_in_a_file_of_answers(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    d.file("in/2.txt", "\x00\x01")
    d.file("in/3.txt", "my papers")
    label = ("label", d.space, d.folder / "in")
    for name in ("a.csv", "a.jsonl", "a.xlsx"):
        remedy = d.refused(*label, "--out", d.folder / name)
        assert "add --skip-bad --resume to go on past it" in remedy
        call(*label, "--out", d.folder / name, "--skip-bad", "--resume", code=6)
        lines = d.folder / (".a.xlsx.lines.jsonl" if name == "a.xlsx" else name)
        assert "3.txt" in lines.read_text()


@CASES.of("add --skip-bad to go on past it")
def a_table_whose_fields_have_other_names(d: Desk) -> None:
    csv = d.file("a.csv", "subject,words\ncv,my papers\n")
    rows = d.file("a.jsonl", '{"subject": "cv", "words": "my papers"}\n')
    for table in (csv, rows):
        for command in ("import", "label"):
            remedy = d.refused(command, d.space, table, "--text-field", "word")
            assert remedy.startswith("say which field is the text field (--text-field)")
            assert "--skip-bad" not in remedy  # no row has that field
        call("import", d.space, table, "--text-field", "words", "--label-field", "subject")
    rows.write_text('{"text": "x", "label": "cv"}\n{"label": "cv"}\n')
    assert "--skip-bad" in d.refused("import", d.space, rows)  # another row has it
    call("import", d.space, rows, "--skip-bad", code=6)


@CASES.of("look at what is there: `ls {}`", "did you mean {}?")
def missing_input(d: Desk) -> None:
    d.in_a_shell(d.refused("label", d.space, "zzzz"), "ls")
    d.file("letter.txt", "pay")
    (near,) = d.refused("label", d.space, "leter.txt").split("mean ")[1:]
    call("label", d.space, near.rstrip("?"))


@CASES.of("name files or folders, or pipe documents into the command")
def closed_input(d: Desk) -> None:
    from protolabel.cli.reading import ReadingFlags
    from protolabel.cli.reading import documents as read

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", None)
        d.raised(lambda: read(("-",), (), ReadingFlags(), lambda step: None))
    call("label", d.space, "-", stdin="pay\n")
    call("label", d.space, d.file("letter.txt", "pay"))


@CASES.of("remove the link: `rm {}`")
def link_to_nothing(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    (d.folder / "in" / "my link").symlink_to(d.folder / "nowhere")
    d.in_a_shell(d.refused("label", d.space, "in"), "rm")
    call("label", d.space, "in")


@CASES.of("fill it or leave it out (hidden files, links to folders and blank lines do not count)")
def empty_input(d: Desk) -> None:
    folder = d.folder / "in"
    folder.mkdir()
    d.refused("label", d.space, folder)
    d.file("in/1.txt", "pay")
    call("label", d.space, folder)


@CASES.of("move it out of the folder")
def pipe_in_a_folder(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    os.mkfifo("in/pipe")
    d.refused("label", d.space, "in")
    os.rename("in/pipe", "pipe")
    call("label", d.space, "in")


@CASES.of("leave the format out", "give a path", "`iconv -l` lists the usual names")
def formats_that_do_not_fit(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    d.refused("label", d.space, letter, "--format", "folder")
    call("label", d.space, letter)
    d.refused("label", d.space, "-", "--format", "image", stdin=b"\x89PNG")
    d.refused("label", d.space, letter, "--encoding", "klingon")
    d.in_a_shell("iconv -l", "iconv")
    call("label", d.space, letter, "--encoding", "latin-1")


# -- answers --------------------------------------------------------------------------------------


@CASES.of("--out {}", "add --out FILE", "add --resume and --out FILE")
def options_of_answers(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    remedy = d.refused("label", d.space, letter, "--out", "day.docx")
    call("label", d.space, letter, *remedy.split())
    d.refused("label", d.space, letter, "--resume")
    call("label", d.space, letter, "--resume", "--out", "FILE")
    d.refused("label", d.space, letter, "--again", "all")
    call("label", d.space, letter, "--again", "all", "--resume", "--out", "FILE")


@CASES.of(
    "add --resume to answer only what is new in the inputs, or give another file",
    "give --out another file, or repeat the command that began this one",
    "give --out another file, or answer all: `{}`",
    "bring that file back, or give --out another file",
    "give --out another file",
)
def answers_that_are_there(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    command = ("label", d.space, letter, "--out", "day.jsonl")
    call(*command)
    d.refused(*command)
    call(*command, "--resume")
    call(*command[:-1], "other.jsonl")
    d.refused(*command, "--resume", "--top", 2)
    call(*command, "--resume")
    side = Path("day.jsonl.run.json")
    side.rename("aside")
    d.refused(*command, "--resume")
    Path("aside").rename(side)
    call(*command, "--resume")
    side.write_text("{}")
    d.refused(*command, "--resume")
    call(*command[:-1], "third.jsonl")
    tomorrow = d.file("tomorrow.txt", "pay again")
    for door in (["label", d.space, tomorrow, "--resume"], ["stream", d.space, tomorrow]):
        out = f"of {door[0]}.jsonl"
        call(*command[:-1], out)
        d.obeyed(d.refused(*door, "--out", out))  # before, a part of a command
        assert len(Path(out).read_text().splitlines()) == 2


@CASES.of(
    "give --out a file in it, such as {}",
    "leave --out out: answers then go to the standard output",
)
def outputs_that_are_no_files(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    (d.folder / "out").mkdir()
    remedy = d.refused("label", d.space, letter, "--out", "out")
    call("label", d.space, letter, "--out", remedy.partition("such as ")[2])
    d.refused("label", d.space, letter, "--out", "/dev/null")
    call("label", d.space, letter)


@CASES.of("write to another file")
def output_that_is_an_input(d: Desk) -> None:
    table = d.file("t.csv", TABLE)
    d.refused("label", d.space, table, "--out", table, "--resume")
    call("label", d.space, table, "--out", "other.csv")


@CASES.of("give --out another file, and work in spreadsheets on a copy")
def answers_from_a_spreadsheet(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    call("label", d.space, letter, "--out", "day.csv")
    answers = Path("day.csv")
    answers.write_text(answers.read_text("utf-8-sig").replace(",", ";"))
    d.refused("label", d.space, letter, "--out", "day.csv", "--resume")
    call("label", d.space, letter, "--out", "another.csv")


@CASES.of("wait until it has ended, or give --out another file")
def answers_of_another_run(d: Desk) -> None:
    letter = d.file("letter.txt", "pay")
    command = ("label", d.space, letter, "--resume", "--out", "day.jsonl")
    call(*command)
    with AnswersFile(Path("day.jsonl"), read_run(Path("day.jsonl")), resume=True):
        d.refused(*command)
        call(*command[:-1], "other.jsonl")
    call(*command)


# -- examples and evaluation ----------------------------------------------------------------------


@CASES.of("`protolabel import` takes the labels of the file")
def table_of_other_labels(d: Desk) -> None:
    table = d.file("t.csv", TABLE)
    d.refused("add", d.space, "invoice", table)
    call("import", d.space, table)


@CASES.of("leave that label out to use those in the file")
def table_of_other_labels_in_python(d: Desk) -> None:
    table = d.file("t.csv", TABLE)
    d.raised(lambda: examples(table, label="invoice"))
    assert len(examples(table)) == 2


@CASES.of(
    "give a folder per label, a table with a label in each row, or the label of all "
    "(`protolabel add` takes it)"
)
def examples_without_a_label(d: Desk) -> None:
    letter = d.file("in/cv/letter.txt", "my papers")
    d.refused("import", d.space, letter)
    call("import", d.space, "in")
    call("import", d.space, d.file("t.csv", TABLE))
    call("add", d.space, "cv", letter)


@CASES.of(
    "move it into the folder of its class; or, where all files are of one class: "
    "`protolabel add SPACE CLASS {}`",
    "move it into the folder of its label, or give label= for all files",
    "move the table out of the folder, or correct the label",
)
def folders_of_examples(d: Desk) -> None:
    d.file("in/cv/1.txt", "my papers")
    d.file("in/2.txt", "more papers")
    for nested in ((), ("--nested",)):
        d.refused("import", d.space, "in", *nested)
    d.raised(lambda: examples("in"))
    assert len(examples("in", label="cv")) == 2
    os.rename("in/2.txt", "in/cv/2.txt")
    call("import", d.space, "in")
    table = d.file("in/cv/t.jsonl", '{"text": "pay", "label": "invoice"}\n')
    d.refused("import", d.space, "in")
    table.write_text('{"text": "third paper", "label": "cv"}\n')
    call("import", d.space, "in", "--skip-known")


@CASES.of(
    "`protolabel describe SPACE {}` takes the descriptions; then move it out of the folder",
    "move it out of the folder, and give LabelSpace.describe what it says",
)
def descriptions_beside_folders_of_examples(d: Desk) -> None:
    """So it is with the folder new_class of the examples."""
    shutil.copytree(ROOT / "examples" / "new_class", "new class")
    d.raised(lambda: examples("new class"))
    remedy = d.refused("import", d.space, "new class")
    d.obeyed(remedy.replace("SPACE", str(d.space)))
    os.rename("new class/description.json", "description.json")
    call("import", d.space, "new class")
    (record,) = records("show", d.space, "product_recall", "--json")
    assert len(record["members"]) == 2
    one = d.refused("import", d.space, "new class/product_recall")
    d.obeyed(one.replace("SPACE", str(d.space)).replace("CLASS", "product_recall"))


@CASES.of(
    "say which field is the {} field ({}), or rename it to {}",
    "say which one is the {} field ({}_field=)",
)
def fields_without_a_usual_name(d: Desk) -> None:
    """At the command line the same advice names --text-field: see test_messages.py."""
    table = d.file("t.csv", "words,kind\npay,invoice\n")
    d.raised(lambda: documents(table))
    assert documents(table, text_field="words")
    assert documents(d.file("u.csv", "text,kind\npay,invoice\n"))
    table.write_text("body,content\npay,invoice\n")
    d.raised(lambda: documents(table))
    assert documents(table, text_field="body")


@CASES.of(
    "add examples, or evaluate it on labelled documents: protolabel evaluate --space SPACE DATA",
    "rename labels or classes so that they agree: protolabel rename SPACE OLD NEW",
    "give other documents, or judge it on its own examples: protolabel evaluate --space SPACE",
    "protolabel evaluate DATA, or protolabel evaluate --space SPACE",
)
def evaluation_of_a_space(d: Desk) -> None:
    few = d.folder / "few.space"
    call("init", few, "--encoder", "hashing")
    for label, text in (("invoice", "please pay the bill"), ("cv", "I apply")):
        call("add", few, label, "--text", text)
    remedy = d.refused("evaluate", "--space", few)
    d.file("DATA", "text,label\nplease transfer it,invoice\nwork for you,cv\n")
    Path("DATA").rename("DATA.csv")
    d.obeyed(remedy.replace("DATA", "DATA.csv"))
    other = d.file("other.csv", "text,label\nplease pay it,bill\n")
    remedy = d.refused("evaluate", "--space", few, other)
    d.obeyed(remedy.replace("OLD", "invoice").replace("NEW", "bill"))
    call("evaluate", "--space", few, other)
    same = d.file("same.csv", "text,label\nplease pay the bill,bill\n")
    remedy = d.refused("evaluate", "--space", few, same)
    for n in range(12):
        call("add", few, ("bill", "cv")[n % 2], "--text", f"number {n}")
    d.obeyed(remedy)
    remedy = d.refused("evaluate")
    d.obeyed(remedy.rpartition(", or ")[2].replace("SPACE", f"'{few}'"))


ROWS = "".join(f"text {n} of {n % 3},{'abc'[n % 3]}\n" for n in range(36))


@CASES.of(
    "lower shots= or query=, give more, or leave such classes out with skip_small=True",
    "lower shots= or query=, give more that are no copies, count copies too with keep_copies=True, "
    "or leave such classes out with skip_small=True",
    "lower ways= to {} or less, or give data of more classes",
    "give data of more classes",
    "add with_names=True or descriptions=, or leave the 0 out",
    "leave them out",
    "write it to another folder",
    "give {} a folder outside of {}",
)
def evaluation_of_data(d: Desk) -> None:
    """The same errors are raised in Python, where their parameters have these names."""
    data = d.file("in/rows.csv", "text,label\n" + ROWS + "alone,d\n")
    least = ("--encoder", "hashing", "--episodes", 5, "--draws", 2)
    command: tuple[object, ...] = ("evaluate", data, *least)
    small = d.refused(*command)
    assert "lower --shots or --query, give more, or" in small
    d.met.append(small.replace("--shots", "shots=").replace("--query", "query=").replace(
        "--skip-small", "skip_small=True"))  # fmt: skip
    copies = d.file("in/copies.csv", "text,label\n" + ROWS + "alone,d\nalone!,d\n" * 9)
    small = d.refused("evaluate", copies, *least).replace("--keep-copies", "keep_copies=True")
    d.met.append(small.replace("--shots", "shots=").replace("--query", "query=").replace(
        "--skip-small", "skip_small=True"))  # fmt: skip
    call("evaluate", copies, *least, "--keep-copies")
    command = (*command, "--skip-small")
    call(*command)
    remedy = d.refused(*command, "--ways", 9)
    d.met.append(remedy.replace("--ways", "ways="))
    call(*command, "--ways", remedy.split("to ")[1].split()[0])
    one = d.file("one.csv", "text,label\n" + "".join(f"text {n},a\n" for n in range(12)))
    d.refused("evaluate", one, *least)
    remedy = d.refused(*command, "--shots", "0,1")
    d.met.append(remedy.replace("--with-names", "with_names=True").replace(
        "--descriptions", "descriptions="))  # fmt: skip
    call(*command, "--shots", "0,1", "--with-names")
    call(*command, "--shots", "1")
    d.refused(*command, "--more", 2)
    d.refused(*command, "--report", "in")
    call(*command, "--report", "report")
    d.refused(*command, "--report", d.file("taken"))


@CASES.of("protolabel describe {} {}")
def descriptions_in_the_place_of_examples(d: Desk) -> None:
    path = d.file("descriptions.json", json.dumps({"invoice": "a bill", "cv": "an application"}))
    assert "described" in d.obeyed(d.refused("import", d.space, path))
