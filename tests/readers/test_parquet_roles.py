"""A column of a Parquet file is the text, the label or the id, whatever its type."""

from __future__ import annotations

import json

import pytest
from commands import call, class_sizes

from protolabel.readers import read_documents, read_examples
from protolabel.readers.truth import read_named_labels

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
LISTS = [["cv"], ["invoice", "urgent"], []]
TEXTS = ["I apply", "pay today", "the weather"]


def write(path, columns):
    parquet.write_table(pa.table(columns), path)
    return path


def list_columns():
    words = pa.array(["cv", "invoice", "urgent"]).dictionary_encode()
    numbers = pa.array([[0], [1, 2], []], pa.list_(pa.int32()))
    categories = pa.ListArray.from_arrays([0, 1, 3, 3], words)
    return {
        "list": pa.array(LISTS),
        "large list": pa.array(LISTS, pa.large_list(pa.large_string())),
        "categories": categories,
        "numbers": numbers,
        "Label Studio": pa.array([{"choices": labels} for labels in LISTS]),
    }


@pytest.mark.parametrize("kind", list_columns())
def test_a_list_of_labels_is_those_labels(tmp_path, kind):
    """Before, the column was left out: `no label field among its fields ('id', 'text')`."""
    path = write(tmp_path / "a.parquet", {"text": TEXTS, "label": list_columns()[kind]})
    examples = list(read_examples(path, several_labels=True, on_unreadable=lambda fault: None))
    expected = [("I apply", "cv"), ("pay today", "invoice"), ("pay today", "urgent")]
    if kind == "numbers":
        expected = [("I apply", "0"), ("pay today", "1"), ("pay today", "2")]
    assert [(e.text, e.label) for e in examples] == expected


@pytest.mark.parametrize("name", ["label", "labels", "Category", "kinds"])
def test_the_column_of_the_list_may_have_any_name_that_a_label_has(tmp_path, name):
    path = write(tmp_path / "a.parquet", {"text": TEXTS[:2], name: LISTS[:2]})
    options = {"label_field": name} if name == "kinds" else {}
    examples = list(read_examples(path, several_labels=True, **options))
    assert [e.label for e in examples] == ["cv", "invoice", "urgent"]


def test_the_command_imports_it_and_takes_it_as_truth(tmp_path):
    space, path = tmp_path / "s.space", tmp_path / "a.parquet"
    call("init", space, "--encoder", "hashing", "--labels", "several")
    write(path, {"id": ["a", "b"], "text": TEXTS[:2], "label": LISTS[:2]})
    call("import", space, path, "--new")
    assert class_sizes(space) == {"cv": 1, "invoice": 1, "urgent": 1}
    truth = write(tmp_path / "truth.parquet", {"id": ["a", "b", "c"], "label": LISTS})
    rows = [(row.id, row.labels) for row in read_named_labels(str(truth))]
    assert rows == list(zip("abc", map(tuple, LISTS), strict=True))
    documents = write(tmp_path / "d.parquet", {"id": list("abc"), "text": TEXTS})
    done = call("evaluate", "--space", space, documents, "--truth", truth, "--json")
    assert json.loads(done.stdout)


def test_lists_of_other_columns_are_left_out_with_a_notice(tmp_path):
    notices: list = []
    path = write(tmp_path / "a.parquet", {"text": TEXTS, "tokens": LISTS, "content": LISTS})
    (first, *_) = read_documents(path, on_notice=notices.append)
    assert first.text == "I apply"
    assert ["tokens, content" in notice.message for notice in notices] == [True]


@pytest.mark.parametrize("type_", [pa.binary(), pa.large_binary(), pa.binary(2)])
def test_bytes_are_the_text_that_they_spell(tmp_path, type_):
    """So does Spark write texts for old programs."""
    columns = {"text": ["ab", "cd"], "label": ["cv", "ok"], "id": ["x1", "x2"]}
    bytes_ = {
        name: pa.array([v.encode() for v in column], type_) for name, column in columns.items()
    }
    path = write(tmp_path / "a.parquet", bytes_)
    examples = [(e.text, e.label, e.id) for e in read_examples(path)]
    assert examples == [("ab", "cv", "x1"), ("cd", "ok", "x2")]


def test_an_id_of_bytes_that_spell_nothing_is_their_digits(tmp_path):
    keys = pa.array([b"\xff\x00\x01", b"\xff\x00\x02"])
    path = write(tmp_path / "a.parquet", {"text": TEXTS[:2], "key": keys, "raw": keys})
    notices: list = []
    documents = list(read_documents(path, id_field="key", on_notice=notices.append))
    assert [d.id for d in documents] == ["ff0001", "ff0002"]
    assert any(notice.message.endswith("left out: raw") for notice in notices)
