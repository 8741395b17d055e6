"""The advice of errors about files of documents works when done to the letter."""

from __future__ import annotations

import base64
import gzip
import json
import os

import numpy as np
import pytest
from advice import Cases, Desk, documents, examples
from commands import call
from pictures import drawn

CASES = Cases()
TABLE = "text,label\nplease pay,invoice\nmy papers,cv\n"


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


# -- files of documents ---------------------------------------------------------------------------


@CASES.of(
    "mend that line",
    "if the file is one JSON array, give it the suffix .json; else put each object on a line of "
    "its own",
    "write the file again",
    "write the file again with a JSON library",
    "remove one of them; several labels are a list under one key",
)
def damaged_json(d: Desk) -> None:
    twice = d.file("twice.jsonl", '{"text": "pay one", "label": "invoice", "label": "cv"}\n')
    d.refused("import", d.space, twice)
    twice.write_text('{"text": "pay one", "label": "invoice"}\n')
    call("import", d.space, twice)
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


@CASES.of("put quotes around the number, as it stands there")
def numbers_that_no_float_holds(d: Desk) -> None:
    row = {"text": '"x"', "label": '"a"', "id": '"1"'}
    for field in row:
        for number in ("1e400", "-1e400", "NaN", "Infinity"):
            for name, form in (("r.jsonl", "{}"), ("r.json", "[{}]")):
                line = {**row, field: number}
                words = "{" + ", ".join(f'"{key}": {value}' for key, value in line.items()) + "}"
                table = d.file(name, form.format(words))
                d.raised(lambda: examples(table))  # noqa: B023 - called at once
                table.write_text(form.format(words).replace(f": {number}", f': "{number}"'))
                assert [getattr(e, field) for e in examples(table)] == [number]


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
    "write a quote inside a quoted field twice, and close every quote", "split it",
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
    "correct line {}, since the other letters are in UTF-8, or drop what is not, as with "
    "`iconv -f {} -t UTF-8 {} > {}`",
    "correct line {}, since the other letters are in UTF-8, or drop what is not, as with "
    "`iconv -f {} -t UTF-8 FILE | protolabel ... -`",
)
def text_in_utf8_with_a_bad_byte(d: Desk) -> None:
    letter = d.file("a letter.txt", "Grüße für Bärbel\n".encode() + b"Gr\xdf\n")
    remedy = d.raised(lambda: documents(letter))
    d.in_a_shell(remedy, "iconv")
    (document,) = documents(d.folder / "a letter.utf8.txt")
    assert document.text.splitlines() == ["Grüße für Bärbel", "Gr"]
    assert remedy.startswith("correct line 2,")
    remedy = d.refused("label", d.space, "-", stdin=letter.read_bytes())
    pipe = remedy.replace("FILE", "'a letter.txt'").replace("| protolabel ... -", "> good.txt")
    d.in_a_shell(pipe, "iconv")
    call("label", d.space, "-", stdin=(d.folder / "good.txt").read_bytes())
    d.file("a letter.txt", "Grüße für Bärbel\nGrß\n")
    assert documents(letter)[0].text.splitlines() == ["Grüße für Bärbel", "Grß"]


@CASES.of(
    "say the encoding that it is really in (encoding=), or convert it, as with "
    "`{} {} | iconv -f {} -t UTF-8 > {}`",
    "correct line {}, since the other letters are in UTF-8, or drop what is not, as with "
    "`{} {} | iconv -f {} -t UTF-8 > {}`",
)
def compressed_text_in_another_encoding(d: Desk) -> None:
    words = "zażółć gęślą jaźń"
    letter = d.file("a letter.txt.gz", gzip.compress(words.encode("cp1250")))
    remedy = d.raised(lambda: documents(letter))
    d.in_a_shell(remedy.replace("WINDOWS-1252", "CP1250"), "gzip")
    assert documents(d.folder / "a letter.utf8.txt")[0].text == words
    letter = d.file("b.txt.gz", gzip.compress("Grüße für Bärbel\n".encode() + b"Gr\xdf\n"))
    d.in_a_shell(d.raised(lambda: documents(letter)), "gzip")
    (document,) = documents(d.folder / "b.utf8.txt")
    assert document.text.splitlines() == ["Grüße für Bärbel", "Gr"]


@CASES.of("leave it out, or give its text")
def file_of_music(d: Desk) -> None:
    tune = d.file("in/tune.mp3", b"ID3\4\0\0\0\0\2\1TIT2\0\0\0\x0f\0\0\3Monday\0\xff\xfb\x90d")
    d.file("in/a.txt", "please pay the bill")
    assert "not a document that protolabel reads" in call("label", d.space, tune, code=2).stderr
    d.refused("label", d.space, tune)
    d.raised(lambda: documents(tune))
    call("label", d.space, "--text", "a song about Monday")
    tune.unlink()
    call("label", d.space, "in")


@CASES.of(
    "rename it to .csv or .jsonl if it is a table, or to .txt if it is one document",
    "rename it to .html if it is one document; if it shows a table, open it in a spreadsheet "
    "program and save it as .csv",
)
def names_of_several_documents(d: Desk) -> None:
    for content, suffix, n in (
        (TABLE, "csv", 2), ('{"text": "pay"}\n' * 3, "jsonl", 3), ("please pay", "txt", 1),
        ("<html><body><p>please pay</p></body></html>", "html", 1),
    ):  # fmt: skip
        file = d.file("in/a.xlsx", content)
        d.refused("label", d.space, "in")
        file.rename(d.folder / f"a.{suffix}")
        assert len(documents(f"a.{suffix}")) == n


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
