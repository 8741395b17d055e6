"""`--skip-bad` leaves a row of several labels out whole: with some of them it would mean less."""

from __future__ import annotations

import json

import pytest
from commands import call, class_sizes, records

from protolabel import LabelSpace

WEEK_1 = "id,text,label\n1,please pay the attached invoice,invoice;urgent\n2,my cv is enclosed,cv\n"


@pytest.fixture
def space(tmp_path):
    call("init", tmp_path / "a.space", "--encoder", "hashing", "--labels", "several")
    (tmp_path / "week1.csv").write_text(WEEK_1)
    call("import", tmp_path / "a.space", tmp_path / "week1.csv", "--label-separator", ";")
    return tmp_path / "a.space"


def test_a_row_whose_id_is_taken_brings_none_of_its_labels(space, tmp_path):
    table = tmp_path / "week2.csv"
    table.write_text("id,text,label\n1,the last reminder,invoice;urgent\n3,call me,urgent\n")
    done = call("import", space, table, "--label-separator", ";", "--skip-bad", code=6)
    assert "week2.csv:2: example id '1' is taken" in done.stderr
    assert "1 document skipped" in done.stderr
    assert class_sizes(space) == {"invoice": 1, "urgent": 2, "cv": 1}


def test_a_table_that_comes_twice_adds_nothing(space, tmp_path):
    command = ("import", space, tmp_path / "week1.csv", "--label-separator", ";", "--skip-bad")
    error = call(*command, code=2).stderr
    assert error.count("is taken") == 2
    assert "no example that can be used" in error
    assert class_sizes(space) == {"invoice": 1, "urgent": 1, "cv": 1}


def test_a_known_row_is_known_in_any_order_of_its_labels(space, tmp_path):
    table = tmp_path / "week2.csv"
    table.write_text(WEEK_1.replace("invoice;urgent", "urgent;invoice") + "3,call me,urgent\n")
    command = ("import", space, table, "--label-separator", ";", "--skip-bad", "--skip-known")
    assert "taken" not in call(*command).stderr
    assert class_sizes(space) == {"invoice": 1, "urgent": 2, "cv": 1}


@pytest.mark.parametrize("labels", [["urgent", "cv"], ["cv", "urgent"], ["cv", "none of these"]])
def test_a_row_with_a_class_that_takes_no_example_brings_no_other(labels, space, tmp_path):
    call("retire", space, "cv")
    rows = [{"text": "my cv, at once", "labels": labels}, {"text": "call me", "labels": ["urgent"]}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = call("import", space, tmp_path / "a.jsonl", "--skip-bad", code=6)
    assert done.stderr.count("a.jsonl:1: ") == 1
    assert "1 document skipped" in done.stderr
    assert class_sizes(space)["urgent"] == 2


def test_a_row_that_is_of_one_class_and_not_of_another_is_one_row(space, tmp_path):
    row = {"id": "1", "text": "the last reminder", "label": "invoice", "not_label": ["cv"]}
    more = {"text": "call me", "label": "urgent"}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(more)}\n")
    call("import", space, tmp_path / "a.jsonl", "--skip-bad", code=6)
    assert all("not_label" not in one for one in records("export", space))


def test_further_classes_of_a_document_that_is_skipped_are_not_added(space, tmp_path):
    table = tmp_path / "more.csv"
    table.write_text("id,text\n1,the last reminder\n3,pay today\n")
    call("add", space, "invoice", table, "--also", "urgent", "--skip-bad", code=6)
    assert class_sizes(space) == {"invoice": 2, "urgent": 2, "cv": 1}


def test_a_record_of_an_export_that_is_skipped_takes_the_other_labels_along(space, tmp_path):
    other = tmp_path / "other.space"
    call("init", other, "--encoder", "hashing", "--labels", "several")
    call("add", other, "cv", "-", stdin='{"id": "1", "text": "another document"}\n')
    export = call("export", space).stdout
    call("import", other, "-", "--skip-bad", stdin=export, code=6)
    assert class_sizes(other) == {"cv": 2, "invoice": 0, "urgent": 0}


def test_records_in_python_come_whole_or_not_at_all(space, tmp_path):
    with LabelSpace(space, background=False) as full:
        exported = list(full.view().export())
    path = tmp_path / "other.space"
    with LabelSpace.create(path, encoder="hashing", background=False, labels="several") as other:
        other.add("another document", "cv")
        (id_,) = (one.id for one in other.show("cv")[1])
        for record in exported:
            if record.get("id") == "1":
                record["id"] = id_
        places = []
        other.import_records(exported, on_unusable=lambda place, error: places.append(place))
        assert len(places) == 1
        assert {one.name: one.examples for one in other.classes()} == {
            "cv": 2, "invoice": 0, "urgent": 0,
        }  # fmt: skip
