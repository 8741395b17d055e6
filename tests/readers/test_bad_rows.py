"""Rows of tables and arrays that cannot be used: where, what, and what to do."""

import os

import numpy as np
import pytest
from sources import documents, refused, write

from protolabel import read_annotations, read_documents


@pytest.mark.parametrize(
    ("line", "got", "expected", "remedy"),
    [
        ('{"text": "x"', "not JSON at column 13", "one JSON object per line", "mend"),
        ("{", "not JSON at column 2", "one JSON object per line", "suffix .json"),
        ('{"text": "x"} {"text": "y"}', "at column 15 (Extra data)", "per line", "mend"),
        ("[" * 100_000, "JSON that cannot be read", "one JSON object", "own"),
        ('{"text": ' + "9" * 5000 + "}", "JSON that cannot be read", "one JSON object", "mend"),
        ('["x"]', "the line is a list (list of length 1)", "an object", "object"),
        ("3", "the line is a number (3)", "an object", "object"),
        ('{"title": "x", "n": 1}',
         "no text field among its fields ('title', 'n')",
         "a field 'text' or 'body'", "text field"),
        ("{}", "among its fields (none)", "a field", "text field"),
        ('{"text": null}', "'text' is null", "with words in it", "give its text"),
        ('{"text": 12}', "'text' is a number (12)", "a string", '"12"'),
        ('{"text": ["x"]}', "'text' is a list", "a string", "a string"),
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
        ('{"embedding": [1, "2"]}', "a string at position 1 (str", "numbers", "quotes"),
        ('{"embedding": [true]}', "true or false at position 0", "numbers", "quotes"),
        ('{"embedding": [[1]]}', "a list at position 0", "numbers", "quotes"),
        ('{"embedding": []}', "an empty list", "a list of numbers", "leave"),
        ('{"embedding": "0.1"}', "'embedding' is a string", "a list of numbers", "leave"),
        ('{"text": "x", "label": "a", "label": "b"}',
         "the key 'label' stands there twice", "each key once", "remove one"),
        ('{"text": "x", "t\\u0065xt": "y"}', "the key 'text' stands there twice", "once", "remove"),
    ],
)  # fmt: skip
def test_json_lines_that_cannot_be_used(tmp_path, line, got, expected, remedy):
    path = write(tmp_path / "a.jsonl", '{"text": "fine"}\n\n' + line + "\n")
    error = refused(lambda: documents(path), got=got, expected=expected, remedy=remedy)
    assert error.got.startswith(f"{path}:3: ")
    assert len(str(error)) < 1000


def test_an_object_with_a_key_twice_costs_no_other_of_its_array(tmp_path):
    path = write(
        tmp_path / "a.json", '[{"text": "one"}, {"text": "x", "text": "y"}, {"text": "z"}]'
    )
    bad = []
    assert [d.text for d in read_documents(path, on_unreadable=bad.append)] == ["one", "z"]
    assert [u.source for u in bad] == [f"{path}:item 2"]


def test_an_annotation_with_a_key_twice_is_named(tmp_path):
    rows = ['{"text": "pay", "label": ["a"]}', '{"text": "pay", "label": ["a"], "label": ["b"]}']
    path = write(tmp_path / "a.jsonl", "\n".join(rows))
    refused(
        lambda: read_annotations(path),
        got=f"{path}:2: the key 'label' stands there twice",
        remedy="remove one",
    )


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
        ("text,id\nx,1\ny\n", 3, "1 field", "2, as in the header", "quote"),
        ("text,id\nx,1\ny, z,1\n", 3, "3 fields", "2, as in the header", "quote"),
        ('text,id\nx,1\n"y,2\nz,3\n', 3, "unexpected end of data", "doubled", "close"),
        ('text,id\nx,1\n"y"z,2\n', 3, "expected after", "doubled", "twice"),
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
