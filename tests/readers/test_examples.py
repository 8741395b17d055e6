"""Labelled examples and descriptions: labels from folders, tables and the caller."""

import codecs
import json

import numpy as np
import pytest
from sources import examples, refused, write

from protolabel.connectors.datasets import read_dataset
from protolabel.names import clean_name
from protolabel.readers import (
    read_descriptions,
    read_examples,
)


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
        (["a"], "'label' is a list (list of length 1)", "one label"),
        ({"a": 1}, "'label' is an object", "one label"),
    ],
)
def test_labels_that_cannot_be_used(tmp_path, label, got, remedy):
    path = write(tmp_path / "a.jsonl", json.dumps({"text": "t", "label": label}))
    error = refused(lambda: examples(path), got=got, remedy=remedy)
    assert error.got.startswith(f"{path}:1: ")
    assert error.exit_code == 2


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_whole_numbers_beside_an_empty_cell_are_labels_alike_in_every_kind_of_table(tmp_path, kind):
    """The empty cell makes the column of pandas one of fractions."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"text": ["pay", "work", "box"], "label": [1, 2, None]})
    path = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_parquet(path)
    faults = []
    read = list(read_examples(path, on_unreadable=faults.append))
    assert [(example.text, example.label) for example in read] == [("pay", "1"), ("work", "2")]
    assert [example.label for example in read] == [one.label for one in read_dataset(table)]
    assert len(faults) == 1


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
        ('["A"]', "a list", "a JSON object"),
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
