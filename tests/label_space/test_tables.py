"""A table of pandas or polars as examples: its columns are found and named as for documents."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from protolabel import LabelSpace, read_dataset
from protolabel.errors import InputError

ROWS = [("D1", "please pay the bill", "invoice"), ("D2", "my work so far", "cv")]


@pytest.fixture
def space():
    with LabelSpace.create(encoder="hashing", background=False) as one:
        yield one


@pytest.mark.parametrize("name", ["pandas", "polars"])
@pytest.mark.parametrize("named", [False, True])
def test_the_rows_of_a_table_become_examples(space, name, named, caplog):
    package = pytest.importorskip(name)
    heads = ("nr", "words", "kind") if named else ("id", "body", "category")
    table = package.DataFrame(
        {head: list(cells) for head, cells in zip(heads, zip(*ROWS, strict=True), strict=True)}
    )
    with caplog.at_level(logging.WARNING):
        if named:
            space.add(table, "kind", text="words", id="nr")
        else:
            space.add(table)
    words = [record.getMessage() for record in caplog.records]
    assert (not words) is named
    if not named:
        assert "the column 'body' is read as the text" in words[1]
        assert "the column 'category' is read as the label" in words[0]
    members = [m for label in ("invoice", "cv") for m in space.show(label)[1]]
    assert [(m.id, m.text, m.label) for m in members] == ROWS
    answers = list(space.label_many(table, text="words" if named else None))
    assert [answer.label for answer in answers] == ["invoice", "cv"]


def test_numbers_are_labels_rows_without_one_are_left_out_and_a_preview_takes_it_too(space, caplog):
    table = pd.DataFrame({"text": ["pay", "work", "box"], "label": [1, 2, 1]})
    assert len(space.add(table).detail["examples"]) == 3
    assert sorted(one.name for one in space.classes()) == ["1", "2"]
    holes = pd.DataFrame({"text": ["more", "cv", "x"], "label": ["a", None, " "]})
    assert len(space.add(holes).detail["examples"]) == 1
    assert space.preview.add(table).to_dict()
    assert "2 rows without a label are left out" in caplog.text


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_row_without_a_label_is_left_out_in_every_way_of_reading(space, name):
    package = pytest.importorskip(name)
    table = package.DataFrame({"text": ["more", "cv", "x", "y"], "label": ["a", None, " ", ""]})
    assert [one.label for one in read_dataset(table)] == ["a"]
    assert len(space.add(table).detail["examples"]) == 1


def test_one_row_without_a_label_is_named_as_one(space, caplog):
    space.add(pd.DataFrame({"text": ["more", "cv"], "label": ["a", ""]}))
    assert "1 row without a label is left out" in caplog.text


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_whole_numbers_stay_whole_beside_an_empty_cell(space, name):
    """The empty cell makes the column of pandas one of fractions."""
    package = pytest.importorskip(name)
    table = package.DataFrame({"text": ["pay", "work", "box"], "label": [1.0, None, 2.0]})
    space.add(table)
    assert sorted(one.name for one in space.classes()) == ["1", "2"]
    read = read_dataset(table)
    assert [one.label for one in read] == ["1", "2"]
    table = package.DataFrame({"text": ["pay", "work", "box"], "label": [1.5, None, 2.0]})
    with pytest.raises(InputError, match=r"row 0: 'label' is a number with a fraction") as error:
        space.add(table)
    code = error.value.remedy.removeprefix("make them texts: ")
    column = eval(code, {"table": table})
    space.add(package.DataFrame({"text": table["text"], "label": column}))
    assert sorted(one.name for one in space.classes()) == ["1", "1.5", "2", "2.0"]


def test_the_argument_that_is_wrong_is_named(space):
    table = pd.DataFrame({"body": ["pay", "cv"], "kind": ["a", "b"], "nr": [1, 2]})
    for arguments, remedy in (
        ({"label": "kid", "text": "body"}, "label='kind'"),
        ({"label": "kind", "text": "boddy"}, "text='body'"),
        ({"label": "kind", "text": "body", "id": "nrr"}, "id='nr'"),
        ({"label": "xyz", "text": "body"}, "label="),
    ):
        with pytest.raises(InputError) as error:
            space.add(table, **arguments)
        assert error.value.remedy == f"name one that is there: {remedy}"
    with pytest.raises(InputError) as error:
        list(space.label_many(table, text="boddy"))
    assert error.value.remedy == "name one that is there: text='body'"


def test_a_column_that_stands_twice_is_renamed_as_the_advice_says(space):
    table = pd.DataFrame([["pay the bill", "a", "b"]], columns=["text", "label", "label"])
    with pytest.raises(InputError, match=r"2 columns 'label'") as error:
        space.add(table, "label", text="text")
    exec(error.value.remedy.removeprefix("rename one of them: "), {"table": table})
    space.add(table, "label 2", text="text")
    assert [one.name for one in space.classes()] == ["b"]


@pytest.mark.parametrize("as_name", [int, str])
def test_columns_whose_names_are_numbers(space, as_name):
    table = pd.DataFrame([["pay", "a", 7], ["cv", "b", 8]])
    space.add(table, as_name(1), text=as_name(0), id=as_name(2))
    assert sorted(one.name for one in space.classes()) == ["a", "b"]
    assert space.show("a")[1][0].id == "7"
    answers = space.label_many(table, text=as_name(0), id=as_name(2))
    assert [answer.id for answer in answers] == ["7", "8"]
    examples = read_dataset(table, text=as_name(0), label=as_name(1), id=as_name(2))
    assert [one.id for one in examples] == ["7", "8"]


def test_a_table_of_arrow_is_converted_as_the_advice_says(space):
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"text": ["pay", "cv"], "label": ["a", "b"]})
    for refused in (
        lambda: space.add(table),
        lambda: space.add(table, "label", text="text"),
        lambda: list(space.label_many(table)),
        lambda: list(space.label_many(table, text="text")),
        lambda: read_dataset(table),
    ):
        with pytest.raises(InputError, match=r"a table of type pyarrow\S*Table") as error:
            list(refused())
        assert error.value.remedy == "convert it: table.to_pandas()"
    space.add(table.to_pandas())
    assert sorted(one.name for one in space.classes()) == ["a", "b"]


def test_a_row_may_have_several_labels_where_documents_may():
    cells = [["urgent", "bill"], np.array(["bill"], object), "late"]
    table = pd.DataFrame({"text": ["pay now", "pay", "box"], "labels": cells})
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        space.add(table)
        assert sorted(one.name for one in space.classes()) == ["bill", "late", "urgent"]
    with LabelSpace.create(encoder="hashing", background=False) as space:
        with pytest.raises(InputError):
            space.add(table, "labels")
        assert space.classes() == []


def test_a_missing_text_is_named_with_the_code_that_leaves_it_out(space):
    table = pd.DataFrame({"text": ["pay", None], "label": ["a", "b"]})
    with pytest.raises(InputError, match=r"row 1: (None|nan)") as refused:
        space.add(table)
    rest = eval(refused.value.remedy.removeprefix("leave empty rows out: "), {"table": table})
    assert len(space.add(rest).detail["examples"]) == 1
    with pytest.raises(InputError, match="leave text= and id= out"):
        space.add(["pay"], "a", text="text")
