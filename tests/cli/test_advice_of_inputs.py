"""The advice of errors about inputs, outputs and answers works when done to the letter."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
from advice import Cases, Desk, documents, examples
from commands import call
from pictures import drawn

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.run_file import read_run

CASES = Cases()
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


@CASES.of("fill it or leave it out (hidden files and blank lines do not count)")
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
    remedy = d.refused("label", d.space, letter, "--out", "day.xlsx")
    call("label", d.space, letter, *remedy.split())
    d.refused("label", d.space, letter, "--resume")
    call("label", d.space, letter, "--resume", "--out", "FILE")
    d.refused("label", d.space, letter, "--again", "all")
    call("label", d.space, letter, "--again", "all", "--resume", "--out", "FILE")


@CASES.of(
    "add --resume to answer only what is new in the inputs, or give another file",
    "give --out another file, or repeat the command that began this one",
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
    "move it into the folder of its label, or say the label of all files",
    "move the table out of the folder, or correct the label",
)
def folders_of_examples(d: Desk) -> None:
    d.file("in/cv/1.txt", "my papers")
    d.file("in/2.txt", "more papers")
    d.refused("import", d.space, "in")
    os.rename("in/2.txt", "in/cv/2.txt")
    call("import", d.space, "in")
    table = d.file("in/cv/t.jsonl", '{"text": "pay", "label": "invoice"}\n')
    d.refused("import", d.space, "in")
    table.write_text('{"text": "third paper", "label": "cv"}\n')
    call("import", d.space, "in", "--skip-known")


@CASES.of(
    "say which field is the {} field ({}_field=), or rename it to {}",
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
    command = ("evaluate", data, *least)
    small = d.refused(*command)
    assert "lower --shots or --query, give more, or" in small
    d.met.append(small.replace("--shots", "shots=").replace("--query", "query=").replace(
        "--skip-small", "skip_small=True"))  # fmt: skip
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


# -- files of documents ---------------------------------------------------------------------------


@CASES.of(
    "mend that line",
    "if the file is one JSON array, give it the suffix .json; else put each object on a line of "
    "its own",
    "write the file again",
    "write the file again with a JSON library",
)
def damaged_json(d: Desk) -> None:
    rows = d.file("r.jsonl", '{"text": "one"}\n{"text": }\n')
    d.refused("label", d.space, rows)
    rows.write_text('{"text": "one"}\n{"text": "two"}\n')
    assert len(documents(rows)) == 2
    rows.write_text('[{"text": "one"},\n{"text": "two"}]')
    d.refused("label", d.space, rows)
    rows.rename("r.json")
    assert len(documents("r.json")) == 2
    array = d.file("a.json", '[{"text": "one"}')
    d.refused("label", d.space, array)
    array.write_text('[{"text": }]')
    d.refused("label", d.space, array)
    array.write_text(json.dumps([{"text": "one"}]))
    assert len(documents(array)) == 1


@CASES.of(
    "write labels as its keys", "mend that line", "remove one, or join the two descriptions",
    "write the file again with a JSON library",
)  # fmt: skip
def damaged_descriptions(d: Desk) -> None:
    words = d.file("words.json", '["a bill"]')
    d.refused("describe", d.space, words)
    words.write_text('{"invoice": }')
    d.refused("describe", d.space, words)
    words.write_text('{"invoice": "a bill", "invoice": "a demand"}')
    d.refused("describe", d.space, words)
    words.write_text("[" * 100_000)
    d.refused("describe", d.space, words)
    words.write_text('{"invoice": "a bill, a demand"}')
    call("describe", d.space, words)


@CASES.of(
    "remove it, or give its text", "remove it or replace it with U+FFFD",
    "give the row a label, or remove it", "put quotes around it: {}", "write {} there",
    "give it another id, or none",
)  # fmt: skip
def rows_of_the_wrong_kind(d: Desk) -> None:
    bad = [
        {"text": " ", "label": "a"}, {"text": "x\x00", "label": "a"}, {"text": "x", "label": None},
        {"text": "x", "label": 1.5}, {"text": 3, "label": "a"}, {"text": ["x"], "label": "a"},
        {"text": "x", "label": "a", "id": "1"},
    ]  # fmt: skip
    good = [
        {"text": "x", "label": "a"}, {"text": "x\ufffd", "label": "a"}, {"text": "x", "label": "b"},
        {"text": "x", "label": "1.5"}, {"text": "3", "label": "a"}, {"text": "x", "label": "a"},
        {"text": "x", "label": "a", "id": "2"},
    ]  # fmt: skip
    table = d.file("rows.jsonl")
    for row in bad:
        lines = [{"text": "first", "label": "a", "id": "1"}, row]
        table.write_text("\n".join(map(json.dumps, lines)))
        d.refused("import", d.space, table)
    table.write_text("\n".join(map(json.dumps, good)))
    assert len(examples(table)) == len(good)


@CASES.of(
    "give the embedding as [0.1, -0.2, ...], or leave the field out",
    "write numbers without quotes",
    "make all embeddings with the same encoder", "encode that document again",
    "write it with numpy.save(path, array.astype('float32'))",
)  # fmt: skip
def embeddings_of_the_wrong_kind(d: Desk) -> None:
    table = d.file("rows.jsonl")
    for bad in ("x", ["1", "2"], [1e999, 1.0], [1.0]):
        rows = [{"text": "a", "embedding": [1.0, 2.0]}, {"text": "b", "embedding": bad}]
        table.write_text("\n".join(map(json.dumps, rows)))
        d.raised(lambda: documents(table))
    rows[1] = {"text": "b", "embedding": [0.1, -0.2]}
    table.write_text("\n".join(map(json.dumps, rows)))
    assert len(documents(table)) == 2
    path = d.folder / "v.npy"
    np.save(path, np.zeros(3, dtype=int))
    remedy = d.raised(lambda: documents(path))
    array = np.eye(3)
    eval(remedy.partition("with ")[2], {"numpy": np, "path": path, "array": array})
    assert len(documents(path)) == 3


@CASES.of(
    "quote fields that hold {}, quotes or line breaks", "rename one of them",
    "look for a quote that is never closed, or split the record",
    'write " inside a quoted field as "", and close every quote', "split it",
)  # fmt: skip
def damaged_tables(d: Desk) -> None:
    table = d.file("t.csv", "text,label\na, b,c\n")
    d.refused("import", d.space, table)
    table.write_text('text,label\n"a, b",c\n')
    assert len(examples(table)) == 1
    table.write_text("text,text\na,b\n")
    d.refused("label", d.space, table)
    table.write_text('text,label\n"a" b",c\n')
    d.refused("import", d.space, table)
    table.write_text('text,label\n"a"" b",c\n')
    assert len(examples(table)) == 1
    table.write_text('text,label\n"a,c\n' + "b,c\n" * 400)
    d.raised(lambda: examples(table, max_bytes=1000))
    letter = d.file("long.txt", "word " * 300)
    d.raised(lambda: documents(letter, max_bytes=1000))
    letter.write_text("word " * 150)
    assert len(documents(letter, max_bytes=1000)) == 1


@CASES.of(
    "say the encoding that it is really in (encoding=), or convert it, as with "
    "`iconv -f {} -t UTF-8 {} > {}`",
    "say the encoding that it is really in (encoding=), or save it again as UTF-8",
    "extract the text of a binary file first; for UTF-16 or UTF-32 without a byte order mark, say "
    "the encoding (encoding=)",
)
def text_in_another_encoding(d: Desk) -> None:
    words = "zażółć gęślą jaźń"
    letter = d.file("a letter.txt", words.encode("cp1250"))
    remedy = d.raised(lambda: documents(letter))
    assert documents(letter, encoding="cp1250")[0].text == words
    d.in_a_shell(remedy.replace("WINDOWS-1252", "CP1250"), "iconv")
    assert documents(d.folder / "a letter.utf8.txt")[0].text == words
    d.raised(lambda: documents(letter, encoding="utf-16"))
    wide = d.file("wide.txt", words.encode("utf-16-le"))
    d.raised(lambda: documents(wide))
    assert documents(wide, encoding="utf-16-le")[0].text == words


@CASES.of(
    "give the table by its path, or put the images into the lines in base64",
    "move the image there, or the table to the images", "convert it to PNG",
    "encode the bytes of the file in base64",
)  # fmt: skip
def images_of_tables(d: Desk) -> None:
    picture = drawn("png", 1)
    d.file("in/p.png", picture)
    line = json.dumps({"image": "p.png"})
    d.refused("label", d.space, "-", stdin=line)
    table = d.file("t.jsonl", json.dumps({"image": "../other/p.png"}))
    d.file("other/p.png", picture)
    d.raised(lambda: documents(table))
    assert documents(d.file("in/t.jsonl", line))[0].image == picture
    address = "data:image/png;base64,"
    for bad in (address + "%%%", address + base64.b64encode(b"GIF89a").decode()):
        table.write_text(json.dumps({"image": bad}))
        d.raised(lambda: documents(table))
    table.write_text(json.dumps({"image": address + base64.b64encode(picture).decode()}))
    assert documents(table)[0].image == picture


@CASES.of("give the table by its own path, or move it out of the folder")
def vectors_among_documents(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    np.save("in/v.npy", np.eye(2, dtype=np.float32))
    d.raised(lambda: documents("in"))
    assert len(documents("in/v.npy")) == 2
    os.rename("in/v.npy", "v.npy")
    assert len(documents("in")) == 1
