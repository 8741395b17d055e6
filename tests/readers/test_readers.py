"""Readers: real files, folders and pipes; every refusal says where, what, and what to do."""

import codecs
import csv
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.progress import Meter
from protolabel.readers import (
    read_descriptions,
    read_documents,
    read_examples,
    source_size,
)
from protolabel.text import has_visible_text

SRC = Path(__file__).parents[2] / "src"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(call, *, got, expected="", remedy=""):
    """The call raises an InputError whose three parts hold these words."""
    with pytest.raises(InputError) as caught:
        call()
    assert got in caught.value.got
    assert expected in caught.value.expected
    assert remedy in caught.value.remedy
    assert caught.value.got
    assert caught.value.expected
    return caught.value


def documents(path, **options):
    return list(read_documents(path, **options))


def examples(path, **options):
    return list(read_examples(path, **options))


# -- documents ----------------------------------------------------------------------------------


def test_a_text_file_is_one_document(tmp_path):
    path = write(tmp_path / "letter.txt", "Dear Sir,\r\n\r\nline two\n")
    (document,) = documents(path)
    assert (document.id, document.text) == ("letter.txt", "Dear Sir,\r\n\r\nline two\n")
    assert document.source == str(path)
    assert document.embedding is None


def test_a_file_without_a_known_suffix_is_text(tmp_path):
    assert documents(write(tmp_path / "NOTE", "hello"))[0].text == "hello"


def test_lines_on_request(tmp_path):
    path = write(tmp_path / "listing.txt", "one\r\n\n  \ntwo\nthree")
    rows = documents(path, fmt="lines")
    assert [(d.id, d.text) for d in rows] == [
        ("listing.txt:1", "one"),
        ("listing.txt:4", "two"),
        ("listing.txt:5", "three"),
    ]
    assert rows[1].source == f"{path}:4"


def test_a_folder_is_read_in_the_order_of_its_paths_without_hidden_files(tmp_path):
    for name in ("b.txt", "a/2.md", "a/1.txt", "a.txt", ".hidden", ".git/config", "c/d/e"):
        write(tmp_path / name, name)
    rows = documents(tmp_path)
    assert [d.id for d in rows] == ["a.txt", "a/1.txt", "a/2.md", "b.txt", "c/d/e"]
    assert all(d.text == d.id for d in rows)
    assert [d.id for d in rows] == sorted(d.id for d in rows)


def test_jsonl_with_text_embedding_and_ids(tmp_path):
    rows = [
        {"text": "one", "id": "x"},
        {"text": "two", "embedding": [1, 2.5]},
        {"embedding": [0.5, -1], "id": 7, "text": None},
    ]
    path = write(tmp_path / "in.jsonl", "\n\n".join(json.dumps(r) for r in rows))
    one, two, three = documents(path)
    assert (one.id, one.text, one.embedding) == ("x", "one", None)
    assert (two.id, two.source) == ("in.jsonl:3", f"{path}:3")
    assert two.embedding.dtype == np.float32
    assert two.embedding.tolist() == [1.0, 2.5]
    assert (three.id, three.text) == ("7", None)


def test_other_field_names(tmp_path):
    path = write(tmp_path / "in.ndjson", '{"body": "b", "key": "k", "text": 3}\n')
    (document,) = documents(path, text_field="body", id_field="key")
    assert (document.id, document.text) == ("k", "b")


def test_csv_with_quoted_line_breaks_counts_real_lines(tmp_path):
    path = write(tmp_path / "t.csv", 'id,text\r\n,"one\r\n""two"", three"\r\n\r\nz,four\r\n')
    one, four = documents(path)
    assert (one.id, one.text) == ("t.csv:2", 'one\r\n"two", three')
    assert (four.id, four.source) == ("z", f"{path}:5")


@pytest.mark.parametrize(("name", "mark"), [("t.tsv", "\t"), ("t.tab", "\t"), ("t.csv", ";")])
def test_tables_with_other_delimiters(tmp_path, name, mark):
    path = write(tmp_path / name, f'"text"{mark}id\n"a, b; c"{mark}1\n')
    assert [(d.id, d.text) for d in documents(path)] == [("1", "a, b; c")]


def test_csv_fields_longer_than_the_csv_module_takes_by_default(tmp_path):
    path = write(tmp_path / "t.csv", "text\n" + "a" * 200_000)
    assert len(documents(path)[0].text) == 200_000


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", ">f4"])
def test_npy_rows(tmp_path, dtype):
    table = np.arange(12, dtype=dtype).reshape(4, 3)
    np.save(tmp_path / "e.npy", table)
    rows = documents(tmp_path / "e.npy")
    assert [d.id for d in rows] == ["0", "1", "2", "3"]
    assert all(d.embedding.dtype == np.float32 and d.embedding.base is None for d in rows)
    np.testing.assert_array_equal([d.embedding for d in rows], table)


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", "Zażółć"), ("a.jsonl", '{"text": "Zażółć"}'), ("a.csv", "text\nZażółć\n")],
)
def test_utf8_with_or_without_byte_order_mark(tmp_path, bom, name, content):
    path = write(tmp_path / name, bom + content.encode())
    assert documents(path)[0].text == "Zażółć"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_with_byte_order_mark_is_read_as_a_text(tmp_path, encoding):
    path = write(tmp_path / "a.txt", "\ufeffgrüße".encode(encoding))
    assert documents(path)[0].text == "grüße"


def test_a_stream_yields_before_it_meets_a_bad_line(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"text": "one"}\n{"text": 2}\n')
    stream = read_documents(path)
    assert next(stream).text == "one"
    refused(lambda: next(stream), got=f"{path}:2: 'text' is a number (2)", remedy='"2"')


def test_ids_of_documents_may_repeat(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"text": "a", "id": "x"}\n' * 2)
    assert [d.id for d in documents(path)] == ["x", "x"]


# -- round trips --------------------------------------------------------------------------------

# What UTF-8 can hold, without NUL, and with at least one character that can be seen.
texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1).filter(
    has_visible_text
)
lenient = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@lenient
@given(rows=st.lists(texts, min_size=1, max_size=8), escaped=st.booleans())
def test_jsonl_round_trip(tmp_path, rows, escaped):
    lines = [
        json.dumps({"text": t, "id": str(i)}, ensure_ascii=escaped) for i, t in enumerate(rows)
    ]
    path = write(tmp_path / "r.jsonl", "\n".join(lines))
    assert [d.text for d in read_documents(path)] == rows
    assert [d.id for d in read_documents(path)] == [str(i) for i in range(len(rows))]


@lenient
@given(rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=8), tabs=st.booleans())
def test_csv_round_trip(tmp_path, rows, tabs):
    path = tmp_path / ("r.tsv" if tabs else "r.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_ALL)
        writer.writerows([("note", "text"), *rows])
    assert [d.text for d in read_documents(path)] == [text for _, text in rows]


# -- progress -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["f.txt", "f.jsonl", "f.csv", "f.npy", "folder"])
def test_progress_reaches_the_size_of_the_source(tmp_path, name):
    source = tmp_path / name
    if name == "folder":
        write(source / "a.txt", "één")
        write(source / "deep" / "b.txt", "twee")
    elif name == "f.npy":
        np.save(source, np.ones((5, 4)))
    else:
        body = {"f.txt": "a\n", "f.jsonl": '{"text": "é"}\n' * 3, "f.csv": 'text\n"a\nb"\n'}
        write(source, codecs.BOM_UTF8 + body[name].encode())
    progress = Meter("bytes read", source_size(source))
    counts = [progress.done for _ in read_documents(source, progress=progress)]
    assert counts == sorted(counts)
    assert progress.done == progress.total > 0


def test_one_progress_adds_up_several_sources(tmp_path):
    paths = [write(tmp_path / f"{i}.txt", "x" * 10) for i in range(4)]
    progress = Meter("bytes read", sum(source_size(p) for p in paths))
    shares = []
    for path in paths:
        documents(path, progress=progress)
        shares.append(progress.done / progress.total)
    assert shares == [0.25, 0.5, 0.75, 1.0]


# -- standard input and pipes -------------------------------------------------------------------

SCRIPT = """
import sys, json
from protolabel.errors import InputError
from protolabel.readers import *
options = json.loads(sys.argv[1])
try:
    print(json.dumps(source_size("-")))
    for d in read_documents("-", **options):
        print(json.dumps([d.id, d.text]), flush=True)
except InputError as error:
    print("InputError", error)
    sys.exit(error.exit_code)
"""


def command(**options):
    return [sys.executable, "-c", SCRIPT, json.dumps(options)]


def piped(data, **options):
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run(command(**options), input=data, capture_output=True, env=env, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"one\n\ntwo", [["stdin:1", "one"], ["stdin:3", "two"]]),
        (b'\n \n{"text": "one"}\n', [["stdin:3", "one"]]),
        (b'\xef\xbb\xbf{"text": "one", "id": "a"}', [["a", "one"]]),
        (b"", []),
        (b"\n\n", []),
    ],
)
def test_stdin_is_jsonl_or_lines(data, texts):
    code, lines = piped(data)
    assert code == 0
    assert lines[0] == "null"
    assert [json.loads(line) for line in lines[1:]] == texts


def test_stdin_in_a_format_that_is_given():
    assert piped(b"text\na\n", fmt="csv") == (0, ["null", '["stdin:2", "a"]'])
    assert piped(b"a\nb\n", fmt="text") == (0, ["null", '["stdin", "a\\nb\\n"]'])
    code, lines = piped(b"a\n", fmt="npy")
    assert code == 2
    assert "stdin: format 'npy'" in lines[-1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"text": "a"}\n{"text": ""}\n', "stdin:2: 'text' is empty"),
        (b"%PDF-1.7 ...", "stdin:1: a PDF file"),
        (b"\xc3\xa9\nna\xefve\n", "stdin:2: byte 0xEF at byte 5 is not UTF-8"),
    ],
)
def test_stdin_refusals(data, message):
    code, lines = piped(data)
    assert code == 2
    assert lines[-1].startswith(f"InputError {message}")


def test_a_redirected_file_has_a_size(tmp_path):
    path = write(tmp_path / "in", "one\ntwo\n")
    with path.open("rb") as file:
        env = {**os.environ, "PYTHONPATH": str(SRC)}
        done = subprocess.run(command(), stdin=file, capture_output=True, env=env, check=True)
    assert done.stdout.splitlines()[0] == b"8"


def test_stdin_answers_before_the_pipe_closes():
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command(), stdin=pipe, stdout=pipe, env=env) as process:
        assert process.stdout.readline() == b"null\n"
        process.stdin.write(b"one\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == ["stdin:1", "one"]
        process.stdin.close()
        process.wait(timeout=20)


def test_a_named_pipe_is_read_like_stdin(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text('{"text": "one"}\n'))
    writer.start()
    assert source_size(path) is None
    assert [(d.id, d.text) for d in read_documents(path)] == [("fifo:1", "one")]
    writer.join()


# -- examples -----------------------------------------------------------------------------------


def test_a_folder_of_folders_is_a_label_per_folder(tmp_path):
    for name in ("invoice/1.txt", "invoice/old/2.txt", "lease notice/1.txt", ".git/x"):
        write(tmp_path / name, name)
    rows = examples(tmp_path)
    assert [(e.label, e.text, e.id) for e in rows] == [
        ("invoice", "invoice/1.txt", ""),
        ("invoice", "invoice/old/2.txt", ""),
        ("lease notice", "lease notice/1.txt", ""),
    ]
    assert rows[0].source == str(tmp_path / "invoice/1.txt")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "words"),
        ("folder/sub/a.txt", "words"),
        ("a.jsonl", '{"text": "words"}'),
        ("a.jsonl", '{"text": "words", "label": " memo "}'),
        ("a.csv", "text\nwords\n"),
    ],
)
def test_a_label_for_the_whole_source(tmp_path, name, content):
    write(tmp_path / name, content)
    (example,) = examples(tmp_path / name.split("/")[0], label="memo")
    assert (example.label, example.text) == ("memo", "words")


def test_labels_in_a_table(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"text":"t","label":"A","id":"1","embedding":[1]}\n')
    (example,) = examples(path)
    assert (example.label, example.text, example.id) == ("A", "t", "1")
    assert example.embedding.tolist() == [1.0]
    path = write(tmp_path / "a.csv", "text,kind,id\nt,  12 ,\nu,B,9\n")
    assert [(e.label, e.id) for e in examples(path, label_field="kind")] == [("12", ""), ("B", "9")]


def test_embeddings_as_examples(tmp_path):
    np.save(tmp_path / "e.npy", np.eye(3))
    assert [e.label for e in examples(tmp_path / "e.npy", label="A")] == ["A"] * 3


def test_labels_are_compared_in_normal_form(tmp_path):
    assert clean_name(" Ku\u0308ndigung\n", "x") == "Kündigung"


@pytest.mark.parametrize(
    ("label", "got", "remedy"),
    [
        ("", "the label is empty", "name"),
        (" \t", "the label is empty", "name"),
        ("a" * 201, "201 characters", "short"),
        ("a\tb", "U+0009", "remove"),
        ("a\x9fb", "U+009F", "remove"),
        ("a\u2028b", "U+2028", "remove"),
        (1.5, "'label' is a number with a fraction (1.5)", 'quotes around it: "1.5"'),
        (None, "'label' is null", "give the row a label, or remove it"),
        (["a"], "'label' is a list (['a'])", "one label"),
        ({"a": 1}, "'label' is an object", "one label"),
    ],
)
def test_labels_that_cannot_be_used(tmp_path, label, got, remedy):
    path = write(tmp_path / "a.jsonl", json.dumps({"text": "t", "label": label}))
    error = refused(lambda: examples(path), got=got, remedy=remedy)
    assert error.got.startswith(f"{path}:1: ")
    assert error.exit_code == 2


def test_a_label_of_200_characters_is_the_longest():
    assert clean_name("é" * 200, "x") == "é" * 200


def test_examples_without_a_label(tmp_path):
    for name, content in (
        ("a.txt", "words"),
        ("a.jsonl", '{"text": "x", "kind": "y"}'),
        ("a.csv", "text,kind\nx,y\n"),
    ):
        path = write(tmp_path / name, content)
        error = refused(lambda path=path: examples(path), got=str(path), expected="label")
        assert error.remedy
    assert "'text', 'kind'" in error.got
    np.save(tmp_path / "e.npy", np.eye(2))
    refused(lambda: examples(tmp_path / "e.npy"), got="without a label", remedy="the label of all")


def test_a_label_that_contradicts_the_row(tmp_path):
    path = write(tmp_path / "a.csv", "text,label\nx,A\ny,B\n")
    refused(lambda: examples(path, label="A"), got=f"{path}:3: labelled 'B'", expected="'A'")


def test_an_id_that_stands_there_twice(tmp_path):
    rows = [{"text": "t", "label": "A", "id": i} for i in ("x", "y", "x")]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    refused(lambda: examples(path), got=f"{path}:3: the id 'x' again", expected=f"{path}:1")


def test_a_file_beside_the_folders_of_examples(tmp_path):
    write(tmp_path / "a/1.txt", "x")
    stray = write(tmp_path / "b.txt", "x")
    refused(lambda: examples(tmp_path), got=f"{stray}: a file beside", remedy="move it")


def test_an_empty_folder_of_a_class(tmp_path):
    write(tmp_path / "a/1.txt", "x")
    (tmp_path / "b").mkdir()
    refused(lambda: examples(tmp_path), got=f"{tmp_path / 'b'}: no documents", expected="one")


# -- descriptions -------------------------------------------------------------------------------


def test_descriptions(tmp_path):
    path = write(tmp_path / "d.json", codecs.BOM_UTF8 + b'{"B": "second", " A ": "first"}')
    assert list(read_descriptions(path).items()) == [("B", "second"), ("A", "first")]


@pytest.mark.parametrize(
    ("content", "got", "expected"),
    [
        ('{"A": "x",\n "A": "y"}', "'A' stands there twice", "once"),
        ('{"A": "x", "A ": "y"}', "'A' stands there twice", "once"),
        ('{"A": "x"\n "B": "y"}', ":2: not JSON at column 2", "a JSON object"),
        ('["A"]', "['A']", "a JSON object"),
        ('{"A": 3}', "the description of 'A' is a number (3)", "a string"),
        ('{"A": " "}', "the description of 'A' is blank", "words"),
        ('{"": "x"}', "the label is empty", "200"),
        ("", ":1: not JSON at column 1", "a JSON object"),
        ("[" * 100_000, "JSON that cannot be read", "a JSON object"),
    ],
)
def test_descriptions_that_cannot_be_used(tmp_path, content, got, expected):
    path = write(tmp_path / "d.json", content)
    error = refused(lambda: read_descriptions(path), got=got, expected=expected)
    assert error.got.startswith(str(path))


def test_descriptions_from_a_folder(tmp_path):
    refused(lambda: read_descriptions(tmp_path), got="a folder", expected="JSON file")


# -- bad rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "got", "expected", "remedy"),
    [
        ('{"text": "x"', "not JSON at column 13", "one JSON object per line", "mend"),
        ("{", "not JSON at column 2", "one JSON object per line", "suffix .json"),
        ('{"text": "x"} {"text": "y"}', "at column 15 (Extra data)", "per line", "mend"),
        ("[" * 100_000, "JSON that cannot be read", "one JSON object", "own"),
        ('{"text": ' + "9" * 5000 + "}", "JSON that cannot be read", "one JSON object", "mend"),
        ('["x"]', "the line is a list (['x'])", "an object", "object"),
        ("3", "the line is a number (3)", "an object", "object"),
        ('{"title": "x", "n": 1}',
         "no text field among its fields ('title', 'n')",
         "a field 'text' or 'body'", "text field"),
        ("{}", "among its fields (none)", "a field", "text field"),
        ('{"text": null}', "no text field", "a field", "text field"),
        ('{"text": 12}', "'text' is a number (12)", "a string", '"12"'),
        ('{"text": ["x"]}', "'text' is a list", "a string", "a string"),
        ('{"text": ""}', "'text' is empty", "words", "remove it"),
        ('{"text": " \\n"}', "'text' is blank", "words", "remove it"),
        ('{"text": "\\ud800"}', "'text' holds U+D800", "UTF-8", "U+FFFD"),
        ('{"text": "a\\u0000"}', "'text' holds U+0000", "NUL", "remove"),
        ('{"text": "x", "id": 1.5}', "'id' is a number (1.5)", "a string", "quotes"),
        ('{"text": "x", "id": null}', "'id' is null", "a string", "string"),
        ('{"text": "x", "id": true}', "'id' is true or false", "a string", "quotes"),
        ('{"text": "x", "id": "\\udc00"}', "'id' holds U+DC00", "UTF-8", "remove"),
        ('{"embedding": [1, NaN]}', "nan at position 1", "finite", "encode"),
        ('{"embedding": [-Infinity]}', "-inf at position 0", "finite", "encode"),
        ('{"embedding": [1, 1e39]}', "inf at position 1", "float32", "encode"),
        ('{"embedding": [1, 1' + "0" * 400 + "]}", "inf at position 1", "float32", "encode"),
        ('{"embedding": [1, "2"]}', "a string at position 1 ('2')", "numbers", "quotes"),
        ('{"embedding": [true]}', "true or false at position 0", "numbers", "quotes"),
        ('{"embedding": [[1]]}', "a list at position 0", "numbers", "quotes"),
        ('{"embedding": []}', "an empty list", "a list of numbers", "leave"),
        ('{"embedding": "0.1"}', "'embedding' is a string", "a list of numbers", "leave"),
    ],
)  # fmt: skip
def test_json_lines_that_cannot_be_used(tmp_path, line, got, expected, remedy):
    path = write(tmp_path / "a.jsonl", '{"text": "fine"}\n\n' + line + "\n")
    error = refused(lambda: documents(path), got=got, expected=expected, remedy=remedy)
    assert error.got.startswith(f"{path}:3: ")
    assert len(str(error)) < 1000


def test_embeddings_of_two_sizes(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"embedding": [1, 2]}\n{"embedding": [1]}\n')
    refused(
        lambda: documents(path),
        got=f"{path}:2: an embedding of 1 numbers",
        expected=f"2, as in {path}:1",
        remedy="same encoder",
    )


@pytest.mark.parametrize(
    ("content", "line", "got", "expected", "remedy"),
    [
        ("title,id\nx,1\n", 1, "no text field among its fields ('title', 'id')", "'text'", "field"),
        ("text,text\nx,y\n", 1, "two columns named 'text'", "one", "rename"),
        ("text,id\nx,1\ny\n", 3, "1 fields", "2, as in the header", "quote"),
        ("text,id\nx,1\ny, z,1\n", 3, "3 fields", "2, as in the header", "quote"),
        ('text,id\n"a\nb",1\n"",2\n', 4, "'text' is empty", "words", "remove"),
        ('text,id\nx,1\n"y,2\nz,3\n', 3, "unexpected end of data", "doubled", "close"),
        ('text,id\nx,1\n"y"z,2\n', 3, "expected after", "doubled", '""'),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, content, line, got, expected, remedy):
    path = write(tmp_path / "a.csv", content)
    error = refused(lambda: documents(path), got=got, expected=expected, remedy=remedy)
    assert error.got.startswith(f"{path}:{line}: ")


def test_a_quote_that_is_never_closed_stops_at_the_limit(tmp_path):
    path = write(tmp_path / "a.csv", 'text\nfine\n"' + "line\n" * 10_000)
    refused(
        lambda: documents(path, max_bytes=1000),
        got=f"{path}:3: a record of more than 1,000 bytes",
        expected="1,000",
        remedy="never closed",
    )


@pytest.mark.parametrize(
    ("array", "got"),
    [
        (np.ones(3), "shape (3,)"),
        (np.ones((2, 2, 2)), "shape (2, 2, 2)"),
        (np.ones((2, 2), dtype=int), "int64"),
        (np.ones((2, 0)), "shape (2, 0)"),
        (np.array([["a"]]), "<U1"),
        (np.array([[None]]), "not a readable array"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), "row 1: the embedding holds nan at position 1"),
        (np.array([[1.0, 1e39]]), "row 0: the embedding holds inf at position 1"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path, array, got):
    np.save(tmp_path / "e.npy", array, allow_pickle=True)
    error = refused(lambda: documents(tmp_path / "e.npy"), got=got)
    assert str(tmp_path / "e.npy") in error.got
    assert error.remedy


def test_arrays_with_a_damaged_header(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    whole = (tmp_path / "a.npy").read_bytes()
    for old, new in ((b"'shape': (", b"'shap\n"), (b"'descr'", b"'des\0r'"), (b"3, 3", b"9**9")):
        (tmp_path / "a.npy").write_bytes(whole.replace(old, new))
        refused(lambda: documents(tmp_path / "a.npy"), got="not a readable array")


def test_arrays_that_are_none(tmp_path):
    for name, content in (("a.npy", b"hello"), ("b.npy", b""), ("c.npy", b"\x93NUMPY\x01\x00v")):
        path = write(tmp_path / name, content)
        refused(lambda path=path: documents(path), got=name, expected="2-D", remedy="numpy.save")
    np.save(tmp_path / "d.npy", np.ones((100, 8)))
    os.truncate(tmp_path / "d.npy", 500)
    refused(lambda: documents(tmp_path / "d.npy"), got="d.npy", remedy="numpy.save")
    np.savez(tmp_path / "e.npz", a=np.ones((2, 2)))
    os.rename(tmp_path / "e.npz", tmp_path / "e.npy")
    refused(lambda: documents(tmp_path / "e.npy"), got="zip archive")
    np.save(tmp_path / "f.npy", np.ones((0, 8)))
    refused(lambda: documents(tmp_path / "f.npy"), got="f.npy")


# -- bad bytes ----------------------------------------------------------------------------------

BINARY = [
    (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF file", "by its path"),
    (b"PK\x03\x04\x14\0\0\0", "a zip archive", "by its path"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office file", "save it as docx"),
    (b"{\\rtf1\\ansi hello}", "RTF", "by its path"),
    (b"\x1f\x8b\x08\0", "a gzip file", "by its path"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "OCR"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image", "OCR"),
    (b"II*\0\x08", "a TIFF image", "OCR"),
    (b"abc\0def", "byte 0x00 at byte 3", "binary"),
    (b"ab\n\xff", "byte 0xFF at byte 3 is not UTF-8", "iconv -f WINDOWS-1252"),
]


@pytest.mark.parametrize("name", ["scan.txt", "scan.jsonl", "scan.csv", "folder/scan"])
@pytest.mark.parametrize(("content", "got", "remedy"), BINARY)
def test_what_is_not_text(tmp_path, name, content, got, remedy):
    path = write(tmp_path / name, content)
    source = path.parent if name.startswith("folder") else path
    if source != path and "by its path" in remedy:
        return  # these have readers of their own: test_documents
    fmt = None if source != path else "text" if name.endswith(".txt") else "lines"
    error = refused(
        lambda: documents(source, fmt=fmt), got=got, expected="plain text in UTF-8", remedy=remedy
    )
    assert error.got.startswith(f"{path}:")


def test_damaged_utf8_says_line_and_offset(tmp_path):
    content = '{"text": "é"}\r\n{"text": "caf'.encode() + b'\xe9"}\r\n'
    path = write(tmp_path / "a b.jsonl", codecs.BOM_UTF8 + content)
    error = refused(lambda: documents(path), got=f"{path}:2: byte 0xE9 at byte 32 is not UTF-8")
    assert (codecs.BOM_UTF8 + content)[32] == 0xE9
    assert f"'{path}'" in error.remedy
    path = write(tmp_path / "c.txt", "é\ntwo ".encode() + b"\x81")
    refused(lambda: documents(path), got=f"{path}:2: byte 0x81 at byte 7")


def test_damaged_utf16(tmp_path):
    path = write(tmp_path / "t.txt", codecs.BOM_UTF16_LE + b"a\0b")
    refused(lambda: documents(path), got=f"{path}: text that is not in utf-16", remedy="UTF-8")


@pytest.mark.parametrize("content", ["", "  \n\t\n"])
def test_empty_texts(tmp_path, content):
    path = write(tmp_path / "a.txt", content)
    refused(lambda: documents(path), got=f"{path}: the text is", expected="words", remedy="remove")
    path = write(tmp_path / "a.jsonl", content)
    refused(lambda: documents(path), got=f"{path}: no documents", expected="one", remedy="fill")


@pytest.mark.parametrize("name", ["big.jsonl", "big.csv", "big.txt"])
def test_a_line_of_50_megabytes_is_refused_without_being_read(tmp_path, name):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b"text\n" if name.endswith("csv") else b"")
        for _ in range(50):
            file.write(b"x" * 10**6)
    tracemalloc.start()
    error = refused(
        lambda: documents(path),
        got="of more than 10,485,760 bytes",
        expected="at most 10,485,760",
        remedy="split it",
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.got.startswith(f"{path}:{2 if name.endswith('csv') else 1}: ")
    assert peak < 35e6


def test_the_limit_is_the_callers(tmp_path):
    path = write(tmp_path / "a.txt", "x" * 100)
    assert documents(path, max_bytes=100)
    refused(lambda: documents(path, max_bytes=99), got="more than 99", expected="at most 99")


def test_many_documents_take_the_memory_of_one(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps({"text": f"{i} " * 50}) + "\n" for i in range(20_000))
    tracemalloc.start()
    count = sum(1 for _ in read_documents(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert path.stat().st_size > 5e6
    assert peak < 1e6


# -- bad paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [read_documents, read_examples, read_descriptions, source_size])
def test_a_missing_file_is_refused_at_the_call_with_near_names(tmp_path, read):
    write(tmp_path / "inbox.jsonl", "x")
    path = tmp_path / "imbox.jsonl"
    refused(
        lambda: read(path),
        got=f"{path}: no such file",
        expected="a file",
        remedy=f"did you mean {tmp_path / 'inbox.jsonl'}?",
    )


def test_a_missing_folder_and_a_file_taken_for_one(tmp_path):
    refused(lambda: read_documents(tmp_path / "no" / "x.txt"), got="no such file", remedy="ls ")
    write(tmp_path / "a.txt", "x")
    refused(lambda: read_documents(tmp_path / "a.txt" / "b"), got="cannot be read (not a dir")
    refused(lambda: read_documents(""), got="no such file", remedy="ls .")
    refused(lambda: read_documents("a\0b"), got="a\\x00b", expected="name")


@pytest.mark.parametrize("inside", [False, True])
def test_unreadable_files(tmp_path, monkeypatch, inside):
    """Where the tests run as root no mode bits stop them: there the refusal is imitated."""
    path = write(tmp_path / "in" / "a.txt", "x")
    path.chmod(0)
    if os.access(path, os.R_OK):

        def deny(*_args, **_options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", deny)
    refused(
        lambda: documents(path.parent if inside else path),
        got=f"{path}: cannot be read (permission denied)",
        expected="readable",
        remedy="ls -ld",
    )


def test_an_unreadable_folder(tmp_path, monkeypatch):
    def deny(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.listdir", deny)
    refused(lambda: documents(tmp_path), got=f"{tmp_path}: cannot be read", remedy="ls -ld")


def test_empty_folders(tmp_path):
    write(tmp_path / ".hidden", "x")
    (tmp_path / "sub").mkdir()
    refused(lambda: documents(tmp_path), got="no documents in it", remedy="hidden")
    refused(lambda: examples(tmp_path), got="no documents in it", remedy="hidden")


def test_links(tmp_path):
    write(tmp_path / "a/1.txt", "x")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert [d.id for d in documents(tmp_path)] == ["a/1.txt"]
    loop = tmp_path / "a" / "up"
    loop.symlink_to(tmp_path)
    refused(lambda: documents(tmp_path), got=f"{loop}: a link to a folder", remedy="remove")
    refused(lambda: examples(tmp_path), got="a link to a folder that contains it")
    loop.unlink()
    (tmp_path / "self").symlink_to(tmp_path / "self")
    refused(lambda: documents(tmp_path / "self"), got="too many levels")
    (tmp_path / "self").unlink()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    refused(lambda: documents(tmp_path), got="a link to", remedy="remove the link")


def test_a_pipe_in_a_folder(tmp_path):
    os.mkfifo(tmp_path / "p")
    refused(lambda: documents(tmp_path), got="neither a file nor a folder", remedy="move it")


def test_a_table_of_embeddings_in_a_folder_of_documents(tmp_path):
    path = write(tmp_path / "e.npy", "x")
    refused(lambda: documents(tmp_path), got=f"{path}: a table", expected="one", remedy="own path")


def test_names_that_are_not_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(b"x")
    (document,) = documents(tmp_path)
    assert document.id == "caf\\xe9.txt"
    document.source.encode()


def test_formats_that_do_not_fit(tmp_path):
    path = write(tmp_path / "a.txt", "x")
    refused(lambda: read_documents(path, fmt="xml"), got="format 'xml'", expected="jsonl")
    refused(lambda: read_documents(path, fmt="folder"), got="not a folder", remedy="leave")
    refused(lambda: read_documents(tmp_path, fmt="csv"), got="a folder", remedy="leave")
    assert documents(tmp_path, fmt="folder")
