"""Tables of pandas, and of what has the methods of polars, go in by the names of their columns."""

from __future__ import annotations

import re
from pathlib import Path

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
    with pytest.raises(InputError, match=r"give read_dataset\(table, text='text', label='label'\)"):
        evaluate(table, encoder=WordEncoder(), plan=plan)


IDS = [  # an id in a table, and the text that it is at every door; None: refused with its row
    ("x", "x"), (" x ", " x "), (7, "7"), (7.0, "7"), (-1, "-1"), (2**60, str(2**60)),
    (1.5, None), (True, None), (float("inf"), None), ("\ud800", None), ([1], None), (b"x", None),
]  # fmt: skip
EMPTY = [None, float("nan"), pd.NA, pd.NaT]


def table_of(kind, **columns):
    return kind({
        name: pd.Series(values, dtype=object) if kind is pd.DataFrame else values
        for name, values in columns.items()
    })  # fmt: skip


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay", "cv"], ["bill", "cv"])
        yield space


def ids_at_both_doors(space, table, **columns):
    """Return the ids of a table as documents to label and as examples, or why one is refused."""
    doors = (
        lambda: [a.id for a in space.label_many(table, **columns)],
        lambda: [e.id for e in read_dataset(table, **columns)],
    )
    outcomes = []
    for door in doors:
        try:
            outcomes.append(door())
        except InputError as error:
            outcomes.append(str(error).split(";")[0])
    return outcomes


@KINDS
@pytest.mark.parametrize(("value", "identity"), IDS)
def test_an_id_is_the_same_text_at_both_doors(space, kind, value, identity):
    table = table_of(kind, text=["pay", "cv"], label=["bill", "cv"], id=["first", value])
    labelled, read = ids_at_both_doors(space, table)
    if identity is None:
        assert labelled.startswith("row 1")
        assert read.startswith("row 1")
    else:
        assert labelled == read == ["first", identity]


@KINDS
@pytest.mark.parametrize("empty", EMPTY)
def test_without_an_id_a_document_is_refused_and_an_example_gets_one(space, kind, empty):
    table = table_of(kind, text=["pay", "cv"], label=["bill", "cv"], id=[1.0, empty])
    labelled, read = ids_at_both_doors(space, table)
    assert labelled.startswith("row 1: the id")
    assert read == ["1", ""]


@KINDS
@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        ({}, ["1", "2"]),
        ({"id": "key"}, ["8", "9"]),
        ({"text": "body"}, ["1", "2"]),
        ({"text": "body", "id": "key"}, ["8", "9"]),
    ],
)
def test_both_doors_read_the_same_columns(space, kind, columns, ids):
    table = table_of(
        kind, key=[8, 9], id=[1, 2], body=["pay", "cv"], text=["cv", "pay"], label=["bill", "cv"]
    )
    assert ids_at_both_doors(space, table, **columns) == [ids, ids]
    texts = ["pay", "cv"] if "text" in columns else ["cv", "pay"]
    assert [e.text for e in read_dataset(table, **columns)] == texts
    names = ["bill" if text == "pay" else "cv" for text in texts]
    assert [a.alternatives[0].label for a in space.label_many(table, **columns)] == names


@KINDS
@pytest.mark.parametrize("columns", [{"text": "bode"}, {"id": "kez"}])
def test_both_doors_refuse_a_column_that_is_not_there(space, kind, columns):
    table = table_of(kind, text=["pay"], label=["bill"])
    for outcome in ids_at_both_doors(space, table, **columns):
        assert isinstance(outcome, str)
        assert next(iter(columns.values())) in outcome
        assert "label" in outcome  # the columns that are there


@pytest.mark.parametrize(
    "keys",
    [
        [17, 18], [17.0, 18.0], ["17", "x"], pd.array([17, 18], "Int64"),
        pd.array(["a", "b"], "string"),
    ],
    ids=["int", "float", "str", "Int64", "string"],
)  # fmt: skip
def test_answers_are_joined_to_their_rows_as_documented(space, keys):
    page = (Path(__file__).parents[2] / "docs" / "every-day.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^.*\.merge\(.*$", page, re.MULTILINE)
    mails = pd.DataFrame({"key": keys, "body": ["pay the bill", "my cv"]})
    frame = space.label_many(mails, text="body", id="key").to_frame()
    joined = eval(code, {"mails": mails, "frame": frame})
    assert joined["key"].tolist() == list(keys)
    assert joined["body"].tolist() == mails["body"].tolist()
    assert joined["label"].tolist() == frame["label"].tolist()
