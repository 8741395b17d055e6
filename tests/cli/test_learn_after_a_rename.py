"""`protolabel learn` and `label --sort-into` after a class was renamed, or merged into another."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from sorted_folders import BILL, JOB, places, sort


@pytest.fixture
def out(own_mail, inbox, tmp_path) -> Path:
    """A sorted folder whose ``cv`` holds a bill that was learned as one of that class."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "invoice/a.txt").rename(out / "cv/a.txt")
    call("learn", own_mail, out, "--yes")
    return out


def texts(space: Path, label: str) -> set[str]:
    return {member["text"] for member in records("show", space, label, "--json")[0]["members"]}


def class_names(space: Path) -> set[str]:
    return {row["name"] for row in records("classes", space, "--json")}


FORMER = "a folder of a former name"
RENAME = [("rename", "cv", "application")]
MERGE = [("describe", "application", "somebody applies"),
         ("merge", "cv", "application", "--into", "application")]  # fmt: skip
BOTH = [("rename", "cv", "resume"), ("merge", "resume", "--into", "application")]
CHANGES = pytest.mark.parametrize("changes", [RENAME, MERGE, BOTH], ids=["rename", "merge", "both"])


def carry_out(space: Path, changes: list[tuple[str, ...]]) -> None:
    for command, *arguments in changes:
        call(command, space, *arguments)


@CHANGES
def test_a_file_that_goes_back_to_the_review_is_taken_back_from_the_class_of_now(
    changes, own_mail, out
):
    carry_out(own_mail, changes)
    assert BILL in texts(own_mail, "application")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    (offer,) = records("learn", own_mail, out, "--json")
    assert offer["was_label"] == "application"
    assert len(offer["taken_back"]) == 1
    words = call("learn", own_mail, out, "--yes").stdout
    assert "taken back: an example of 'application' no longer" in words
    assert BILL not in texts(own_mail, "application")
    assert records("learn", own_mail, out, "--json") == []


def member(space: Path, label: str) -> str:
    (one,) = (m["id"] for m in records("show", space, label, "--json")[0]["members"]
              if m["text"] == BILL)  # fmt: skip
    return one


@pytest.mark.parametrize("command", ["split", "move", "correct"])
def test_a_file_whose_example_got_another_class_since_is_taken_back_from_there(
    command, own_mail, out
):
    if command == "split":
        call("add", own_mail, "cv", "--text", JOB)
        call("split", own_mail, "cv", "--part", f"other={member(own_mail, 'cv')}")
    elif command == "move":
        call("move", own_mail, member(own_mail, "cv"), "--to", "other", "--new")
    else:
        call("correct", own_mail, member(own_mail, "cv"), "--to", "other", "--new")
    assert BILL in texts(own_mail, "other")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    (offer,) = records("learn", own_mail, out, "--json")
    assert offer["taken_back"] == [member(own_mail, "other")]
    words = call("learn", own_mail, out, "--yes").stdout
    assert "taken back: an example of 'other' no longer" in words
    assert BILL not in texts(own_mail, "other") | texts(own_mail, "invoice")
    assert records("learn", own_mail, out, "--json") == []


def test_files_that_are_learned_and_files_that_are_taken_back_are_one_change(own_mail, out):
    version = records("info", own_mail, "--json")[0]["version"]
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    (out / "_review/b.txt").rename(out / "cv/b.txt")
    call("learn", own_mail, out, "--yes")
    assert records("info", own_mail, "--json")[0]["version"] == version + 1
    call("undo", own_mail)
    assert BILL in texts(own_mail, "cv")
    assert (out / "cv/b.txt").read_text() not in texts(own_mail, "cv")


@CHANGES
def test_a_file_in_the_folder_of_the_old_name_is_an_example_of_the_class_of_now(
    changes, own_mail, out
):
    carry_out(own_mail, changes)
    (out / "_review/b.txt").rename(out / "cv/b.txt")
    assert "(the folder of 'application')" in call("learn", own_mail, out, "--yes").stdout
    assert class_names(own_mail) == {"invoice", "application"}
    assert (out / "cv/b.txt").read_text() in texts(own_mail, "application")


@CHANGES
def test_files_that_follow_their_class_to_its_folder_are_no_corrections(changes, own_mail, out):
    carry_out(own_mail, changes)
    (out / "cv").rename(out / "application")
    assert records("learn", own_mail, out, "--json") == []
    (out / "application/a.txt").rename(out / "_review/a.txt")
    (offer,) = records("learn", own_mail, out, "--json")
    assert len(offer["taken_back"]) == 1


def test_a_copy_in_the_folder_of_the_old_name_keeps_the_example(own_mail, out):
    (out / "invoice/sub/deep/c.txt").rename(out / "cv/c.txt")  # equal to a.txt
    call("learn", own_mail, out, "--yes")
    call("rename", own_mail, "cv", "application")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    assert (
        "a copy of the file is still in that folder" in call("learn", own_mail, out, "--yes").stderr
    )
    assert BILL in texts(own_mail, "application")


def test_a_correction_that_was_undone_is_offered_for_the_class_of_now(own_mail, out):
    call("undo", own_mail)
    call("rename", own_mail, "cv", "application")
    (offer,) = records("learn", own_mail, out, "--json")
    assert (offer["label"], offer["undone"], offer["new_class"]) == ("application", True, False)


def test_a_class_that_takes_the_old_name_gets_no_file_of_the_other(own_mail, out):
    call("rename", own_mail, "cv", "application")
    call("add", own_mail, "cv", "--text", "degree and career")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    call("learn", own_mail, out, "--yes")
    assert BILL not in texts(own_mail, "application")
    assert texts(own_mail, "cv") == {"degree and career"}


def test_a_taking_back_that_was_undone_is_offered_whatever_class_has_the_old_name(own_mail, out):
    call("rename", own_mail, "cv", "application")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    call("add", own_mail, "cv", "--text", "degree and career")
    offers_once(own_mail, out, "application")


def test_a_taking_back_that_was_undone_is_offered_whatever_class_had_the_new_name(own_mail, out):
    """It was looked for in the class that had that name when the file was learned."""
    call("rename", own_mail, "invoice", "bill")
    call("rename", own_mail, "cv", "invoice")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    offers_once(own_mail, out, "invoice")


def test_a_taking_back_that_was_undone_is_offered_where_its_example_is_now(own_mail, out):
    call("rename", own_mail, "cv", "application")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    call("move", own_mail, member(own_mail, "application"), "--to", "other", "--new")
    offers_once(own_mail, out, "other")


def offers_once(space: Path, out: Path, label: str) -> None:
    """Check that the example of a file in the review is offered, from its class of now."""
    assert BILL in texts(space, label)
    (offer,) = records("learn", space, out, "--json")
    assert (offer["place"], offer["undone"]) == ("_review/a.txt", True)
    assert offer["taken_back"] == [member(space, label)]
    call("learn", space, out, "--yes")
    assert BILL not in texts(space, label)
    assert records("learn", space, out, "--json") == []


def test_a_changed_file_is_sorted_under_the_present_name_of_its_class(own_mail, inbox, out):
    call("rename", own_mail, "cv", "application")
    (inbox / "a.txt").write_text(JOB + " again")
    assert sort(own_mail, inbox, out)["a.txt"] == "application"
    assert places(out)["application/a.txt"] == JOB + " again"


@CHANGES
def test_a_learned_file_in_the_folder_of_a_former_name_is_named(changes, own_mail, inbox, out):
    """A run with --again left it there without a word, as did `learn`."""
    again = ("label", own_mail, inbox, "--sort-into", out, "--again", "all")
    assert FORMER not in call(*again).stderr + call("learn", own_mail, out).stderr
    carry_out(own_mail, changes)
    words = f"1 file that people moved stays in {FORMER}: cv/a.txt (now 'application')"
    for command in (again, (*again, "--preview"), ("learn", own_mail, out, "--yes")):
        assert words in " ".join(call(*command).stderr.split())
    assert FORMER not in call(*again[:-2]).stderr
    assert set(places(out)) >= {"cv/a.txt", "application/sub/a.txt"}
    (out / "cv/a.txt").rename(out / "application/a.txt")
    done = call("learn", own_mail, out).stderr
    assert "nothing to take: to note where people have put files" in done
    assert FORMER not in done + call(*again).stderr
    call("learn", own_mail, out, "--yes")
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr
    assert FORMER not in call(*again).stderr


def test_what_is_offered_anyway_is_named_once(own_mail, out):
    call("rename", own_mail, "cv", "application")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    assert FORMER not in call("learn", own_mail, out).stderr
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    (out / "_review/a.txt").rename(out / "cv/a.txt")
    assert FORMER not in call("learn", own_mail, out).stderr


def test_a_file_in_the_folder_of_a_class_that_took_the_old_name_is_named(own_mail, inbox, out):
    call("rename", own_mail, "cv", "application")
    call("add", own_mail, "cv", "--text", "degree and career")
    assert f"{FORMER}: cv/a.txt" in " ".join(call("learn", own_mail, out).stderr.split())
