"""What `label` says and does where an answer is unsure, or where none can be declined."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import call, records
from settled_spaces import WORDS, make_settled
from sorted_folders import places, sort

from protolabel import Example, LabelSpace
from protolabel.words.certainty import percent

STRANGE = "summer pay garden evening music everybody welcome"


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Path:
    return make_settled(tmp_path_factory.mktemp("unsure") / "a.space")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A label space with too few examples for a calibration."""
    path = tmp_path_factory.mktemp("small") / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as label_space:
        label_space.add([Example(label, words) for label, words in WORDS.items()])
    return path


@pytest.fixture
def letters(tmp_path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text(STRANGE)
    (folder / "b.txt").write_text("pay the bill: the amount is due by transfer")
    return folder


def test_a_run_that_could_decline_nothing_says_so_and_what_it_needs(small, letters, tmp_path):
    """Before, letters of an unknown type went into folders of other types in silence."""
    line = "  no document could be declined: "
    runs = [
        ("label", small, letters, "--sort-into", tmp_path / "sorted"),
        ("label", small, letters, "--sort-into", tmp_path / "other", "--preview"),
        ("label", small, letters),
        ("label", small, letters, "--out", tmp_path / "a.jsonl"),
        ("stream", small, letters),
    ]
    assert [line in call(*run).stderr for run in runs] == [True] * len(runs)
    needs = records("info", small, "--json")[0]["calibration"]["reason"]
    assert needs.startswith("needs 3 classes and 10 different examples")
    assert f"{line}{needs}\n" in call(*runs[2]).stderr
    (letters / "blank.txt").write_text(" \n")
    assert "  no other document could be declined: needs" in call(*runs[2]).stderr


def test_nothing_is_said_of_declining_where_documents_can_be_declined(space, mail, letters):
    for path in (space, mail):  # its owner switched the threshold off; its owner set one
        assert "could be declined" not in call("label", path, letters).stderr


def test_none_of_these_stands_beside_a_class_where_it_is_likelier(space, letters, tmp_path):
    """Before, a person read `delivery_note 7%`, and nowhere that none of these had 85 %."""
    (record,) = records("label", space, letters / "a.txt", "--json")
    assert record["label"]
    assert record["none_probability"] > record["chance"]
    words = f"{percent(record['chance'])}, none of these {percent(record['none_probability'])}"
    label = record["label"]
    assert f"{label}  {words}  score" in call("label", space, letters / "a.txt").stdout
    listed = call("label", space, letters, "--sort-into", tmp_path / "sorted").stdout
    assert f"a.txt -> {label}/a.txt  {words}\n" in listed
    assert listed.count("none of these") == 1
    with LabelSpace(space, background=False) as label_space:
        assert str(label_space.label(STRANGE)).endswith(f", {words})")
    preview = call("retire", space, label, "--preview").stdout
    assert f"{label} {words}" in " ".join(preview.split())


def test_files_below_a_chance_go_to_the_review_as_the_summary_advises(space, letters, tmp_path):
    out, sorting = tmp_path / "sorted", ("label", space, letters, "--sort-into")
    first = call(*sorting, out)
    advice = "--review-below 50% puts such files into _review; with --again all, also"
    assert "1 file sorted although none of these is likelier (" in first.stderr
    assert f"%): {advice}" in first.stderr
    label = records("label", space, letters / "a.txt", "--json")[0]["label"]
    same = call(*sorting, out, "--again", "all")
    assert "->" not in same.stdout  # each file is answered as before, so that none has a line
    for remark in (first.stderr, same.stderr):  # before, nothing named the file that it counts
        assert f"({label}/a.txt " in remark
    moved = call(*sorting, out, "--review-below", "50%", "--again", "all")
    assert set(places(out)) == {"_review/a.txt", "bill/b.txt"}
    assert "1 file: 0 sorted, 1 for review; 1 file answered again, as before\n" in moved.stderr
    assert "likelier" not in moved.stderr
    assert "%, less than the 50% that is asked for)" in moved.stdout
    assert sort(space, letters, tmp_path / "new", "--review-below", "0.5") == {
        "a.txt": "_review", "b.txt": "bill",
    }  # fmt: skip
    journal = (out / ".protolabel/journal.jsonl").read_text().splitlines()
    entries = {entry["place"]: entry for entry in map(json.loads, journal) if "place" in entry}
    assert entries["_review/a.txt"]["label"] is None


def test_without_a_calibration_no_file_has_the_chance_that_is_asked_for(small, letters, tmp_path):
    outcomes = records(
        "label", small, letters, "--sort-into", tmp_path / "s", "--review-below", "1%", "--json"
    )
    assert {outcome["label"] for outcome in outcomes} == {None}
    assert all("a chance is asked for, and there is none" in one["reason"] for one in outcomes)


def test_each_file_counts_once_in_the_summary_and_a_fault_in_the_run_that_met_it(
    mail, inbox, tmp_path
):
    """Before, 50 files became 98, and a fault of an earlier run ended each later one with 6."""
    space, out = Path(shutil.copy(mail, tmp_path / "own.space")), tmp_path / "out"
    (inbox / "bad.txt").write_bytes(b"\0\1\2")
    (inbox / "blank.txt").write_text(" \n")
    call("label", space, inbox, "--sort-into", out, code=6)
    call("add", space, "nonsense", "--text", "zzz qqq xxx")
    done = call("label", space, inbox, "--sort-into", out, "--again", "changed", code=0)
    assert done.stderr.splitlines()[0] == (
        "1 file: 1 sorted, 0 for review; 5 files answered again, as before, 2 of them for review"
    )
    (inbox / "worse.txt").write_bytes(b"\0\1\2")
    again = ("label", space, inbox, "--sort-into", out, "--again", "declined")
    assert call(*again, code=6).stderr.splitlines()[0] == (
        "1 file: 0 sorted, 1 for review; 2 files answered again, as before, 2 of them for review; "
        "4 files as an earlier run left them"
    )
    (out / "invoice/a.txt").unlink()
    words = call("label", space, inbox, "--sort-into", out, "--again", "all").stderr
    assert "6 files answered again, as before, 3 of them for review\n" in words
    assert "left alone: 1 file that somebody moved or removed" in words
