"""A Parquet file of a Hugging Face dataset names the classes of its numbers in its metadata."""

from __future__ import annotations

import json

import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples
from protolabel.readers.truth import read_named_labels

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
TEXTS = ["I apply", "pay today", "the weather"]


def write(path, columns, features):
    info = json.dumps({"info": {"features": features}})
    table = pa.table(columns).replace_schema_metadata({"huggingface": info})
    parquet.write_table(table, path)
    return path


CLASSES = {"names": ["neg", "pos"], "_type": "ClassLabel"}
FEATURES = {"text": {"dtype": "string", "_type": "Value"}, "label": CLASSES}


def test_a_file_of_the_hub_has_the_names_of_its_classes(tmp_path):
    """Before, the classes were '0', '1' and '-1'."""
    notices: list = []
    path = write(tmp_path / "a.parquet", {"text": TEXTS, "label": [1, 0, -1]}, FEATURES)
    examples = list(read_examples(path, on_notice=notices.append))
    assert [(e.text, e.label) for e in examples] == [("I apply", "pos"), ("pay today", "neg")]
    assert [e.source for e in examples] == [f"{path}:1", f"{path}:2"]
    assert any("1 row without a label" in notice.message for notice in notices)
    assert [d.text for d in read_documents(path)] == TEXTS


@pytest.mark.parametrize(
    "feature", [{"feature": CLASSES, "_type": "Sequence"}, [CLASSES], {"feature": CLASSES}]
)
def test_lists_of_class_numbers_have_their_names_too(tmp_path, feature):
    columns = {"text": TEXTS, "labels": [[0, 1], [], [1]]}
    path = write(tmp_path / "a.parquet", columns, {"labels": feature})
    examples = read_examples(path, several_labels=True)
    expected = [("I apply", "neg"), ("I apply", "pos"), ("the weather", "pos")]
    assert [(e.text, e.label) for e in examples] == expected


def test_names_of_a_column_that_is_left_out_add_none(tmp_path):
    columns = {"text": TEXTS[:1], "label": ["cv"], "tokens": [[0, 1]]}
    path = write(tmp_path / "a.parquet", columns, {"tokens": [CLASSES], "gone": CLASSES})
    assert [e.label for e in read_examples(path)] == ["cv"]


def test_a_truth_of_the_hub_says_nothing_of_rows_without_a_label(tmp_path):
    path = write(tmp_path / "a.parquet", {"id": ["a", "b"], "label": [1, -1]}, FEATURES)
    assert [(r.id, r.labels) for r in read_named_labels(str(path))] == [("a", ("pos",))]


def test_class_numbers_beside_an_empty_row_are_floats_and_have_their_names(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": TEXTS, "label": [0.0, 1.0, None]}, FEATURES)
    assert [(e.text, e.label) for e in read_examples(path)] == [
        ("I apply", "neg"), ("pay today", "pos"),
    ]  # fmt: skip


def test_a_number_without_a_name_is_an_error_as_in_a_dataset(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": TEXTS[:1], "label": [2]}, FEATURES)
    with pytest.raises(InputError, match=r"row 1: the label 2; expected 0 to 1, or -1 for none"):
        list(read_examples(path))


@pytest.mark.parametrize("metadata", [b"no JSON", b"[]", b'{"info": {"features": {"label": 3}}}'])
def test_metadata_that_say_nothing_are_no_error(tmp_path, metadata):
    table = pa.table({"text": TEXTS, "label": [1, 0, 1]})
    table = table.replace_schema_metadata({"huggingface": metadata})
    parquet.write_table(table, path := tmp_path / "a.parquet")
    assert [e.label for e in read_examples(path)] == ["1", "0", "1"]
