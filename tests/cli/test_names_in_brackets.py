"""A cell that is the name of a class, such as ``[2024]``, is that class and no list."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from commands import call, class_sizes, records
from fast_cases import crossed

from protolabel import LabelSpace, read_examples

TEXTS = {"[2024]": "pay bill amount due", "cv": "apply job work"}


@pytest.fixture(params=["one", "several"])
def space(request, tmp_path):
    path = tmp_path / "a.space"
    call("init", path, "--encoder", "hashing", "--labels", request.param)
    for label, text in TEXTS.items():
        call("add", path, label, *(f"--text={text} {n}" for n in ("one", "two", "three")))
    return path


TABLES = {
    "a.csv": "text,label\nnew bill,[2024]\n",
    "a.jsonl": '{"text": "new bill", "label": "[2024]"}\n',
}


@pytest.mark.parametrize("name", TABLES)
def test_an_import_takes_it_for_the_class(name, space, tmp_path):
    (tmp_path / name).write_text(TABLES[name])
    call("import", space, tmp_path / name)
    assert class_sizes(space) == {"[2024]": 4, "cv": 3}


def test_so_does_one_of_what_a_document_is_not(space, tmp_path):
    (tmp_path / "a.csv").write_text("text,not_label\nnew bill,[2024]\n")
    call("import", space, tmp_path / "a.csv")
    assert class_sizes(space) == {"[2024]": 3, "cv": 3}
    negatives = [one["not_label"] for one in records("export", space) if "not_label" in one]
    assert negatives == ["[2024]"]


def test_in_the_field_labels_it_is_the_class_too(tmp_path):
    call("init", tmp_path / "b.space", "--encoder", "hashing", "--labels", "several")
    call("add", tmp_path / "b.space", "[2024]", "--text", TEXTS["[2024]"])
    (tmp_path / "a.jsonl").write_text('{"text": "new bill", "label": "cv", "labels": "[2024]"}\n')
    call("import", tmp_path / "b.space", tmp_path / "a.jsonl")
    assert class_sizes(tmp_path / "b.space") == {"[2024]": 2, "cv": 1}


def test_a_list_of_classes_that_is_the_name_of_none_stays_a_list(tmp_path):
    call("init", tmp_path / "b.space", "--encoder", "hashing", "--labels", "several")
    (tmp_path / "a.csv").write_text("text,label\nnew bill,[2024]\n")
    call("import", tmp_path / "b.space", tmp_path / "a.csv")
    assert class_sizes(tmp_path / "b.space") == {"2024": 1}


def test_in_python_a_table_and_a_file_are_read_so(space, tmp_path):
    (tmp_path / "a.csv").write_text(TABLES["a.csv"])
    with LabelSpace(space) as opened:
        opened.add(pd.DataFrame({"text": ["new bill"], "label": ["[2024]"]}))
        names = {one.name for one in opened.classes()}
        (read,) = read_examples(tmp_path / "a.csv", is_class=names.__contains__)
    assert read.label == "[2024]"
    assert class_sizes(space) == {"[2024]": 4, "cv": 3}


@pytest.mark.parametrize(
    ("answers", "truth"),
    crossed(["b.csv", "b.jsonl", "b.xlsx", "b.parquet"], ["csv", "jsonl"]),
)
def test_answers_and_their_truth_are_compared_by_it(answers, truth, space, tmp_path):
    for label, text in TEXTS.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{label[1:3]}.txt").write_text(text)
    call("label", space, tmp_path / "in", "--out", tmp_path / answers)
    rows = [{"id": f"{label[1:3]}.txt", "label": label} for label in TEXTS]
    lines = (
        map(json.dumps, rows)
        if truth == "jsonl"
        else pd.DataFrame(rows).to_csv(index=False).splitlines()
    )
    (tmp_path / f"t.{truth}").write_text("\n".join(lines))
    args = ("--space", space, "--truth", tmp_path / f"t.{truth}")
    assert "100.0 %" in call("evaluate", "--answers", tmp_path / answers, *args).stdout
    documents = [tmp_path / "other.txt"]
    documents[0].write_text("pay bill amount due now and then")
    (tmp_path / f"t.{truth}").write_text(
        "id,label\nother.txt,[2024]\n"
        if truth == "csv"
        else '{"id": "other.txt", "label": "[2024]"}\n'
    )
    assert "labels of no class here" not in call("evaluate", *documents, *args).stdout


def test_labelled_data_is_evaluated_by_it(space, tmp_path):
    (tmp_path / "a.csv").write_text("text,label\nnew bill amount due,[2024]\nI apply for work,cv\n")
    assert "'2024'" not in call("evaluate", "--space", space, tmp_path / "a.csv").stdout
