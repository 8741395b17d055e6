"""Rows and messages that have moved since they were answered: where the label space finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from office_files import xlsx, zipped
from stored import store_of
from texts_in_files import csv_table, json_array, messages

from protolabel import LabelSpace, read_documents
from protolabel.label_space.answer_path import remembered_places
from protolabel.label_space.answer_path.remembered_places import RememberedPlaces

BILL, JOB, NEW = "please pay 10 EUR for the bill", "I apply for a post as driver", "Sunny and warm"
IDS = {BILL: "T1", JOB: "T2", NEW: "T3"}


def with_ids(texts: list[str]) -> bytes:
    return "\n".join(["id,text", *(f"{IDS[text]},{text}" for text in texts), ""]).encode()


def workbook(texts: list[str]) -> bytes:
    rows = [["id", "text"], *([IDS[text], text] for text in texts)]
    return xlsx(Sheet=rows, Other=[["id", "text"], ["T9", "another sheet"], ["T1", "and its T1"]])


INPUTS = {
    "t.csv": csv_table,
    "ids.csv": with_ids,
    "t.json": json_array,
    "t.mbox": messages,
    "t.xlsx": workbook,
    "a.zip": lambda texts: zipped({"in/t.csv": with_ids(texts)}),
}


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "apply for work as driver"], ["invoice", "job"])
    return "s.space"


def places(space: str) -> set[tuple[str, str, str]]:
    listed = records("review", space, "--all", "--json")
    return {(one["key"], one["id"], one["source"]) for one in listed}


@pytest.mark.parametrize(
    ("command", "name"),
    [*(("label", name) for name in INPUTS), ("stream", "ids.csv"), ("stream", "t.json")],
)
def test_the_label_space_has_the_places_that_a_plain_run_gives_it(space, command, name):
    """The place in the file of answers alone had moved."""
    path = f"in/{name}"
    resumed = (command, space, path, "--out", "a.jsonl", *["--resume"] * (command == "label"))
    Path(path).write_bytes(INPUTS[name]([BILL, JOB, BILL]))
    call(*resumed)
    before = places(space)
    Path(path).write_bytes(INPUTS[name]([NEW, NEW, JOB, BILL, BILL]))
    call(*resumed)
    after = places(space)
    assert len(after - before) >= 2
    call("label", space, path)
    assert places(space) == after


def csv_of_equal_rows() -> bytes:
    """Of equal rows the last one is remembered, and stands where it stood."""
    return csv_table([BILL, JOB, BILL])


@pytest.mark.parametrize("content", [with_ids([BILL, JOB]), csv_of_equal_rows()])
def test_a_row_that_stands_where_it_stood_is_written_nowhere(space, content):
    Path("t.csv").write_bytes(content)
    resumed = ("label", space, "t.csv", "--out", "a.jsonl", "--resume")
    call(*resumed)
    with LabelSpace(space) as opened:
        mark = store_of(opened).answers.mark()
    call(*resumed)
    with LabelSpace(space) as opened:
        assert store_of(opened).answers.mark() == mark


def test_places_are_written_as_soon_as_many_wait(space, monkeypatch):
    monkeypatch.setattr(remembered_places, "MOST_WAITING", 2)
    Path("t.csv").write_bytes(with_ids([BILL, JOB]))
    call("label", space, "t.csv")
    Path("t.csv").write_bytes(with_ids([NEW, BILL, JOB]))
    with LabelSpace(space) as opened, RememberedPlaces(opened.view()) as noted:
        for document in read_documents("t.csv"):
            noted.note(document)
        assert {source for _, _, source in places(space)} == {"t.csv:3", "t.csv:4"}


def test_what_was_forgotten_is_not_remembered_by_its_new_place(space):
    Path("t.csv").write_bytes(with_ids([BILL, JOB]))
    resumed = ("label", space, "t.csv", "--out", "a.jsonl", "--resume")
    call(*resumed)
    call("forget", space, "--source", "T1", "--yes")
    Path("t.csv").write_bytes(with_ids([NEW, BILL, JOB]))
    call(*resumed)
    assert sorted(identity for _, identity, _ in places(space)) == ["T2", "T3"]


def taught(space: str, label: str) -> list[str]:
    (listed,) = records("show", space, label, "--json")
    return [one["text"] for one in listed["members"] if one["source"]]


@pytest.mark.parametrize("resumes", [False, True])
@pytest.mark.parametrize("name", ["ids.csv", "t.xlsx", "a.zip"])
def test_a_row_is_corrected_by_its_id_after_others_were_put_above_it(space, name, resumes):
    path = f"in/{name}"
    Path(path).write_bytes(INPUTS[name]([BILL, JOB]))
    resumed = ("label", space, "in", "--out", "a.csv", "--resume")
    call(*resumed)
    Path(path).write_bytes(INPUTS[name]([NEW, BILL, JOB]))
    if resumes:
        call(*resumed)
    call("correct", space, "T2", "--to", "invoice")
    assert taught(space, "invoice") == [JOB]


def test_a_row_whose_text_changed_is_not_corrected_as_if_it_had_not(space):
    Path("t.csv").write_bytes(with_ids([BILL, JOB]))
    call("label", space, "t.csv")
    Path("t.csv").write_text(f"id,text\nT3,{NEW}\nT1,{BILL}\nT2,now something else\n")
    error = call("correct", space, "T2", "--to", "invoice", code=2).stderr
    assert "holds another document than the one of the name 'T2'" in error
    assert taught(space, "invoice") == []


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("ids.csv", "in/ids.csv/T2"),
        ("t.xlsx", "in/t.xlsx/T2"),
        ("t.xlsx", "in/t.xlsx/Sheet/T2"),
        ("a.zip", "in/a.zip/in/t.csv/T2"),
        ("a.zip", "in/a.zip/T2"),
    ],
)
def test_a_row_is_named_by_its_file_and_its_id(space, name, named):
    Path(f"in/{name}").write_bytes(INPUTS[name]([NEW, JOB, BILL]))
    call("correct", space, named, "--to", "invoice")
    assert taught(space, "invoice") == [JOB]


def test_an_id_of_two_sheets_names_neither(space):
    Path("in/t.xlsx").write_bytes(workbook([JOB, BILL]))
    error = call("correct", space, "in/t.xlsx/T1", "--to", "job", code=2).stderr
    assert "2 rows of that id" in error
    assert "'in/t.xlsx/Sheet:3'" in error
    call("correct", space, "in/t.xlsx/Other/T1", "--to", "job")
    assert taught(space, "job") == ["and its T1"]


def test_an_id_is_looked_for_in_a_folder_that_was_labelled(space):
    Path("in/ids.csv").write_bytes(with_ids([BILL, JOB]))
    Path("other.csv").write_bytes(with_ids([NEW]).replace(b"T3", b"T2"))
    call("label", space, "in", "other.csv")
    call("correct", space, "T2", "--to", "invoice", "--in", "in")
    assert taught(space, "invoice") == [JOB]
    assert (
        "0 files 'T3' in in"
        in call("correct", space, "T3", "--to", "job", "--in", "in", code=2).stderr
    )


def test_a_row_that_is_found_by_its_id_is_read_with_the_notices_of_its_table(space):
    Path("t.csv").write_text(f"id,body\nT1,{BILL}\nT2,{JOB}\n")
    call("label", space, "t.csv")
    Path("t.csv").write_text(f"id,body\nT3,{NEW}\nT1,{BILL}\nT2,{JOB}\n")
    words = "column 'body' is read as the text"
    assert call("correct", space, "T2", "--to", "invoice").stderr.count(words) == 1
