"""The number at the end of a row's name, in each form that readers write."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel import read_documents
from protolabel.errors import InputError
from protolabel.evaluation.truth import truth_of
from protolabel.identity.row_numbers import row_number, without_number
from protolabel.readers.truth import NamedLabels

TABLES = {
    "t.csv": ("text\none\ntwo\n", ["2", "3"]),
    "t.tsv": ("text\tlabel\none\ta\ntwo\tb\n", ["2", "3"]),
    "t.jsonl": ('{"text": "one"}\n{"text": "two"}\n', ["1", "2"]),
    "t.json": ('[{"text": "one"}, {"text": "two"}]', ["1", "2"]),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_row_of_a_table_has_the_table_and_a_number(tmp_path, name):
    path, (content, numbers) = tmp_path / name, TABLES[name]
    path.write_text(content)
    rows = [row_number(one.source) for one in read_documents(path)]
    assert [row and (row.table, row.number) for row in rows] == [(str(path), n) for n in numbers]


def test_the_row_of_an_array_of_numbers_has_the_array_and_a_number(tmp_path):
    path = tmp_path / "t.npy"
    np.save(path, np.ones((2, 3), np.float32))
    rows = [row_number(one.source) for one in read_documents(path)]
    assert [row and (row.table, row.number) for row in rows] == [(str(path), "0"), (str(path), "1")]


@pytest.mark.parametrize("name", ["", "a.txt", "12", "a.json:item", "a.json:item x", "a/item 3"])
def test_another_name_has_no_number(name):
    assert row_number(name) is None
    assert without_number(name) == name


@pytest.mark.parametrize("name", ["a.csv:3", "a.npy:row 3", "a.json:item 3"])
def test_answers_to_rows_that_have_no_id_are_known_as_such(name):
    answer = NamedLabels("", name, ("invoice",), "answers.jsonl:1")
    with pytest.raises(InputError, match="these answers name rows of a table"):
        truth_of([answer], [NamedLabels("m1", "", ("invoice",), "truth.csv:2")])
