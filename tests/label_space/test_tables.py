"""A table of pandas or polars as examples: its columns are found and named as for documents."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from protolabel import LabelSpace
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
