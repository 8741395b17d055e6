"""Hugging Face datasets, by what their objects look like: the package itself is never imported."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from pictures import drawn

from protolabel import LabelSpace, read_dataset
from protolabel.errors import InputError


@dataclass
class ClassLabel:
    """As `datasets.ClassLabel`: names, and rows that hold their numbers."""

    names: list[str]
    dtype: str = "int64"


@dataclass
class Value:
    dtype: str


@dataclass
class Sequence:
    feature: object


class Image:
    """As `datasets.Image`, known by its name."""


@dataclass
class Split:
    features: dict[str, object]
    rows: list[dict] = field(default_factory=list)

    def __iter__(self):
        return iter(self.rows)


KINDS = ClassLabel(["bill", "cv"])


def test_numbers_become_the_names_of_classes_and_rows_without_one_are_left_out():
    rows = [("pay", 0), ("work", 1), ("open", -1), ("none", None)]
    split = Split(
        {"text": Value("string"), "kind": KINDS}, [{"text": t, "kind": k} for t, k in rows]
    )
    examples = list(read_dataset(split))
    assert [(e.text, e.label) for e in examples] == [("pay", "bill"), ("work", "cv")]
    assert "datasets" not in sys.modules
    space = LabelSpace.create(encoder="hashing")
    assert space.add(read_dataset(split)).detail["new"] == 2


def test_labels_may_be_words_or_lists_of_one():
    words = Split(
        {"body": Value("string"), "label": Value("string")}, [{"body": "p", "label": "b"}]
    )
    words.rows += [{"body": "q", "label": blank} for blank in ("", " ", None)]
    assert [(e.text, e.label) for e in read_dataset(words)] == [("p", "b")]
    rows = [{"text": "p", "labels": [1]}, {"text": "q", "labels": []}]
    lists = Split({"text": 0, "labels": Sequence(KINDS)}, rows)
    assert [(e.text, e.label) for e in read_dataset(lists)] == [("p", "cv")]
    lists.rows[0]["labels"] = [0, 1]
    with pytest.raises(InputError, match="row 0: 2 labels"):
        list(read_dataset(lists))


def test_images_are_taken_as_bytes_or_as_pillow_holds_them():
    from PIL import Image as Pillow

    content = drawn("bar", 1)
    split = Split({"image": Image(), "label": KINDS}, [
        {"image": {"bytes": content, "path": None}, "label": 0},
        {"image": Pillow.new("L", (4, 4)), "label": 1},
    ])  # fmt: skip
    first, second = read_dataset(split)
    assert first.image == content
    assert second.image.startswith(b"\x89PNG")


def test_what_is_no_split_or_lacks_a_column_is_refused():
    split = Split({"text": Value("string"), "label": KINDS})
    with pytest.raises(InputError, match=r"give one split: dataset\['train'\]"):
        read_dataset({"train": split, "test": split})
    with pytest.raises(InputError, match="a dataset of type list"):
        read_dataset([{"text": "pay"}])
    with pytest.raises(InputError, match="no 'topic' among its fields"):
        read_dataset(split, label="topic")
    with pytest.raises(InputError, match="no text field"):
        read_dataset(Split({"label": KINDS}))
    with pytest.raises(InputError, match="row 0: the label 9"):
        list(read_dataset(Split(split.features, [{"text": "pay", "label": 9}])))
