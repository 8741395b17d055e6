"""Texts, tables and arrays of files and folders: what a document is, round trips, progress."""

import codecs
import csv
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources import documents, refused, write

from protolabel.progress import Meter
from protolabel.readers import (
    read_documents,
    source_size,
)
from protolabel.words.text import has_visible_text


def test_a_text_file_is_one_document(tmp_path):
    path = write(tmp_path / "letter.txt", "Dear Sir,\r\n\r\nline two\n")
    (document,) = documents(path)
    assert (document.id, document.text) == ("letter.txt", "Dear Sir,\r\n\r\nline two\n")
    assert document.source == str(path)
    assert document.embedding is None


@pytest.mark.parametrize(
    ("content", "reason"), [("", "the file is empty"), (" \n", "the text is blank")]
)
def test_a_file_without_words_says_what_it_is(tmp_path, content, reason):
    (document,) = documents(write(tmp_path / "letter.txt", content))
    assert reason in document.unreadable


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
