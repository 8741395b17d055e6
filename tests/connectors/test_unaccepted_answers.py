"""Labels that people rejected or ignored in Prodigy, in files that have lost its hashes.

Whatever the file has become, none of these is ever a positive example.
"""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest
from commands import call, records
from fakes import WordEncoder

from protolabel import LabelSpace, read_annotations, read_dataset, read_examples
from protolabel.connectors.annotations import tool_of
from protolabel.errors import InputError

ROWS = [
    {"text": "A cook", "label": "INV", "answer": "reject"},
    {"text": "What", "label": "INV", "answer": "ignore"},
    {"text": "Pay", "label": "INV", "answer": "accept"},
]


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("more", [{}, {"_view_id": "classification"}, {"_task_hash": 1}])
def test_rows_without_hashes_are_recognised(more, tmp_path):
    path = lines(tmp_path / "p.jsonl", [row | more for row in ROWS])
    assert tool_of(path) == "Prodigy"
    annotations = read_annotations(path)
    examples = [(e.text, e.label, e.negative) for e in annotations.examples]
    assert examples == [("A cook", "INV", True), ("Pay", "INV", False)]
    assert annotations.left_out == {"that people ignored": 1}
    call("init", tmp_path / "a.space", "--encoder", "hashing")
    call("import", tmp_path / "a.space", path)
    (record,) = records("classes", tmp_path / "a.space", "--json")
    assert record["examples"] == 1


def test_lists_of_labels_without_hashes(tmp_path):
    rows = [
        {"text": "both", "label": ["a", "b"], "answer": "accept"},
        {"text": "neither", "label": ["a", "b"], "answer": "reject"},
    ]
    annotations = read_annotations(lines(tmp_path / "p.jsonl", rows), several_labels=True)
    assert [(e.text, e.label, e.negative) for e in annotations.examples] == [
        ("both", "a", False), ("both", "b", False),
    ]  # fmt: skip
    assert sum(annotations.left_out.values()) == 1


@pytest.mark.parametrize("answer", ["reject", "ignore"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx", "parquet"])
def test_other_tables_with_such_an_answer_are_refused(suffix, answer, tmp_path):
    """The first row says no answer, so that the file is no dataset of Prodigy."""
    rows = [{"text": "Pay", "kind": "INV", "answer": ""}]
    rows.append({"text": "A cook", "kind": "INV", "answer": answer})
    path = tmp_path / f"p.{suffix}"
    if suffix == "jsonl":
        lines(path, rows)
    elif suffix == "csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    elif suffix == "parquet":
        pd.DataFrame(rows).to_parquet(path)
    else:
        workbook = pytest.importorskip("xlsxwriter").Workbook(str(path))
        sheet = workbook.add_worksheet()
        for at, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
            sheet.write_row(at, 0, cells)
        workbook.close()
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    args = (space, path, "--label-field", "kind")
    error = call("import", *args, code=2).stderr
    assert f":{2 + (suffix not in ('jsonl', 'parquet'))}: 'answer' is {answer!r}" in error
    call("import", *args, "--skip-bad", code=6)
    (record,) = records("classes", space, "--json")
    assert record["examples"] == 1
    error = call("add", space, "INV", path, "--label-field", "kind", code=2).stderr
    assert f"'answer' is {answer!r}" in error
    error = call("evaluate", path, "--label-field", "kind", "--encoder", "hashing", code=2).stderr
    assert f"'answer' is {answer!r}" in error


def test_blanks_around_such_an_answer_do_not_matter(tmp_path):
    (tmp_path / "p.csv").write_text("text,label,answer\nA cook,INV, reject \n")
    with pytest.raises(InputError, match="'answer' is 'reject'"):
        list(read_examples(tmp_path / "p.csv"))


def test_a_row_that_only_says_of_which_class_it_is_not_may_be_rejected(tmp_path):
    path = lines(tmp_path / "p.jsonl", [{"text": "A cook", "not_label": "INV", "answer": "reject"}])
    (example,) = read_examples(path, negatives=True)
    assert (example.label, example.negative) == ("INV", True)


def test_tables_in_python_are_refused_too():
    frame = pd.DataFrame(ROWS)
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        with pytest.raises(InputError, match="row 0: 'answer' is 'reject'"):
            space.add(frame)
        space.add(frame[frame["answer"] == "accept"])
    with pytest.raises(InputError, match="row 0: 'answer' is 'reject'"):
        list(read_dataset(frame))


def test_an_answer_that_is_the_label_or_the_text_is_that(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,answer\nplease,reject\n")
    (example,) = read_examples(path, label_field="answer")
    assert example.label == "reject"
    frame = pd.DataFrame({"text": ["please"], "answer": ["reject"]})
    assert [e.label for e in read_dataset(frame, label="answer")] == ["reject"]
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(frame, label="answer", text="text")
        assert [one.name for one in space.classes()] == ["reject"]
