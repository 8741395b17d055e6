"""Several labels a document at the command line: rows, answers, files, corrections, sorting."""

from __future__ import annotations

import csv
import json

import pytest
from commands import call, records

from protolabel import LabelSpace
from protolabel.label_space.changes import Relabel

NAMES = ["anna", "berta", "carl", "dora", "emil", "frida", "gustav", "hanna"]
WORDS = {"bill": "pay bill money due", "job": "cv work study degree", "post": "ship box parcel"}


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """A label space of several labels, from rows with a list of labels each."""
    folder = tmp_path_factory.mktemp("several")
    rows = []
    for name in NAMES:
        for one, other in (("bill", "job"), ("job", "post"), ("post", "bill")):
            rows.append({"text": f"{WORDS[one]} {name} {one}", "labels": [one]})
            rows.append(
                {"text": f"{WORDS[one]} {WORDS[other]} {name} {other}", "labels": [one, other]}
            )
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    call("init", folder / "mail.space", "--encoder", "hashing", "--labels", "several")
    call("import", folder / "mail.space", path)
    return folder / "mail.space"


def test_lists_of_labels_come_in_from_json_and_from_csv(space, tmp_path):
    assert [c["examples"] for c in records("classes", space, "--json")] == [24, 24, 24]
    table = tmp_path / "rows.csv"
    table.write_text('text,label\n"the parcel is due","post | bill"\nthe box,post\n')
    other = tmp_path / "other.space"
    call("init", other, "--encoder", "hashing", "--labels", "several")
    call("import", other, table, "--label-separator", "|")
    names = {c["name"]: c["examples"] for c in records("classes", other, "--json")}
    assert names == {"post": 2, "bill": 1}
    call("add", other, "bill", "--also", "job", "--text", "pay for the cv")
    assert [c["examples"] for c in records("classes", other, "--json")] == [2, 2, 1]
    copy = tmp_path / "copy.space"
    call("init", copy, "--encoder", "hashing")
    call("import", copy, "-", stdin=call("export", space).stdout)
    assert [c["examples"] for c in records("classes", copy, "--json")] == [24, 24, 24]
    assert records("label", copy, "--text", "x", "--json")[0]["labels"] == []


def test_an_answer_names_all_labels_in_sentences_json_and_csv(space, tmp_path):
    text = "pay bill money due ship box parcel"
    printed = call("label", space, "--text", text).stdout
    assert "bill  " in printed
    assert "post  " in printed
    (answer,) = records("label", space, "--text", text, "--json")
    assert {one["label"] for one in answer["labels"]} == {"bill", "post"}
    assert all(one["probability"] >= answer["threshold"] for one in answer["labels"])
    (tmp_path / "in.txt").write_text(text)
    out = tmp_path / "out.csv"
    call("label", space, tmp_path / "in.txt", "--out", out)
    with out.open(newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert sorted(row["label"].split("; ")) == ["bill", "post"]
    again = call("label", space, tmp_path / "in.txt", "--out", out, "--resume")
    assert "answered by an earlier run" in again.stderr


def test_a_correction_with_several_classes(space, tmp_path):
    copy = tmp_path / "copy.space"
    copy.write_bytes(space.read_bytes())
    name = records("show", copy, "post", "--json")[0]["members"][0]["id"]
    call("correct", copy, name, "--to", "post", "--to", "bill", "--to", "job")
    with LabelSpace(copy, background=False) as opened:
        text = next(e.text for e in opened.show("post")[1] if e.id == name)
        assert all(any(e.text == text for e in opened.show(c)[1]) for c in WORDS)
    call("undo", copy)
    call("set", copy, "labels", "one")
    error = call("correct", copy, name, "--to", "post", "--to", "bill", code=2).stderr
    assert "post" in error


def test_a_document_of_two_labels_is_one_document_by_its_name_or_source(space, tmp_path):
    """It has an example of each label, and one name."""
    copy, file = tmp_path / "copy.space", tmp_path / "a.txt"
    copy.write_bytes(space.read_bytes())
    file.write_text("pay for the parcel")
    call("correct", copy, file, "--to", "bill", "--to", "post")
    file.unlink()

    def labels():
        with LabelSpace(copy, background=False) as opened:
            return [c for c in WORDS if any(e.source == str(file) for e in opened.show(c)[1])]

    for name in ("a.txt", file):
        call("correct", copy, name, "--to", "bill")
        assert labels() == ["bill"]
        call("undo", copy)
        call("correct", copy, name, "--not", "post")
        assert labels() == ["bill"]
        call("undo", copy)
    with LabelSpace(copy, background=False) as opened:
        opened.commit(Relabel("a.txt", ["job"]))
    assert labels() == ["job"]
    call("undo", copy)
    error = call("remove", copy, "a.txt", code=2).stderr
    assert "2 examples have the file name 'a.txt'" in error


def test_a_class_that_is_named_twice_gets_one_example(space, tmp_path):
    copy = tmp_path / "copy.space"
    copy.write_bytes(space.read_bytes())
    classes = ("bill", "--also", "post", "--also", " bill", "--also", "post")
    output = call("add", copy, *classes, "--text", "a parcel to pay")
    assert "added 2 examples" in output.stdout
    assert "already" not in output.stdout + output.stderr


def test_a_file_of_several_labels_is_for_a_person_to_place(space, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "one.txt").write_text("pay bill money due")
    (inbox / "two.txt").write_text("pay bill money due ship box parcel")
    call("label", space, inbox, "--sort-into", tmp_path / "sorted")
    assert (tmp_path / "sorted/bill/one.txt").exists()
    assert (tmp_path / "sorted/_review/two.txt").exists()
    (tmp_path / "sorted/post").mkdir(exist_ok=True)
    (tmp_path / "sorted/_review/two.txt").rename(tmp_path / "sorted/post/two.txt")
    copy = tmp_path / "copy.space"
    copy.write_bytes(space.read_bytes())
    call("learn", copy, tmp_path / "sorted", "--yes")
    assert records("show", copy, "post", "--json")[0]["examples"] == 25


def test_info_and_evaluate_speak_of_labels(space):
    words = call("info", space).stdout
    assert "a document may have several" in words
    assert "micro F1" in call("evaluate", "--space", space).stdout
    (record,) = records("evaluate", "--space", space, "--json")
    assert record["settings"]["labels"] == "several"
    assert next(iter(record["shares"])) == "micro F1, over all labels"
