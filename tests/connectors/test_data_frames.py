"""Tables of pandas, and of what has the methods of polars, go in by the names of their columns."""

from __future__ import annotations

import pandas as pd
import pytest
from fakes import WordEncoder
from spelt_numbers import spelt

from protolabel import LabelSpace, evaluate, read_dataset
from protolabel.errors import InputError
from protolabel.evaluation.plan import Plan

ROWS = {
    "key": [7, 8, 9, 10],
    "body": ["pay the bill", "my cv", "pay", "a cv"],
    "kind": ["bill", "cv", "bill", None],
}


class Series:
    """A column as polars has it."""

    def __init__(self, values):
        self._values = values

    def to_list(self):
        return list(self._values)


class Frame:
    """A table as polars has it."""

    def __init__(self, data):
        self._data, self.columns = data, list(data)

    def iter_rows(self):
        return zip(*self._data.values(), strict=True)

    def __getitem__(self, name):
        return Series(self._data[name])


KINDS = pytest.mark.parametrize("kind", [pd.DataFrame, Frame])


@KINDS
def test_rows_are_examples_with_their_ids(kind):
    table = kind(ROWS)
    examples = list(read_dataset(table, text="body", label="kind", id="key"))
    assert [(e.id, e.label, e.text) for e in examples] == [
        ("7", "bill", "pay the bill"), ("8", "cv", "my cv"), ("9", "bill", "pay"),
    ]  # fmt: skip
    assert [e.id for e in read_dataset(table, text="body", label="kind")] == ["", "", ""]
    named = kind({"id": [1], "text": ["pay"], "label": ["bill"]})
    assert [e.id for e in read_dataset(named)] == ["1"]
    with pytest.raises(InputError, match="no 'bode' among its fields"):
        read_dataset(table, text="bode", label="kind")
    with pytest.raises(InputError, match="no 'kez' among its fields"):
        read_dataset(table, text="body", label="kind", id="kez")


@KINDS
def test_rows_are_labelled_and_keep_their_ids(kind):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(read_dataset(kind(ROWS), text="body", label="kind", id="key"))
        answers = list(space.label_many(kind(ROWS), text="body", id="key"))
        assert [a.id for a in answers] == ["7", "8", "9", "10"]
        assert [a.id for a in space.view().label_many(kind(ROWS), text="body")] == list("0123")
        plain = list(space.label_many(ROWS["body"]))
        assert [a.alternatives for a in answers] == [a.alternatives for a in plain]
        table = pd.DataFrame(ROWS)
        frame = space.label_many(table, text="body", id="key").to_frame()
        joined = table.assign(id=table["key"].astype(str)).merge(frame, on="id")
        assert joined["body"].tolist() == ROWS["body"]


def test_rows_are_evaluated():
    table = pd.DataFrame({
        "text": [
            f"{word} {spelt(n)} {spelt(n * 7)}" for word in ("pay", "cv", "note") for n in range(6)
        ],
        "label": [word for word in ("pay", "cv", "note") for n in range(6)],
    })  # fmt: skip
    plan = Plan(ways=(2,), shots=(1,), query=1, episodes=3, draws=2)
    assert evaluate(read_dataset(table), encoder=WordEncoder(), plan=plan).classes == 3
    with pytest.raises(InputError, match=r"give read_dataset\(table\)"):
        evaluate(table, encoder=WordEncoder(), plan=plan)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, 1.5, True])
def test_a_row_without_an_id_is_refused_with_its_number(missing):
    table = pd.DataFrame({"text": ["a", "b"], "id": pd.Series([1, missing], dtype=object)})
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay", "cv"], ["bill", "cv"])
        with pytest.raises(InputError, match="row 1: the id"):
            list(space.label_many(table))
