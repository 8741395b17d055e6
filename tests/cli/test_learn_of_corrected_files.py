"""A file that a person corrected since it was moved in a sorted folder: the correction counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records, run
from pseudo_terminals import in_terminal

from protolabel import LabelSpace

SPACE, TEXT = "s.space", "a post as driver of the horse"


@pytest.fixture
def out(tmp_path, monkeypatch) -> Path:
    """A sorted folder with a file that a person moved from ``job`` to ``invoice``."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the bill of 9 EUR"], "invoice")
        space.add(["a post as cook", "a post as cook now"], "job")
        space.configure(threshold=0.2)
    Path("in").mkdir()
    Path("in/a.txt").write_text(TEXT)
    call("label", SPACE, "in", "--sort-into", "sorted", "--by", "move")
    Path("sorted/invoice").mkdir(exist_ok=True)
    Path("sorted/job/a.txt").rename("sorted/invoice/a.txt")
    return Path("sorted")


def texts(label: str) -> set[str]:
    return {member["text"] for member in records("show", SPACE, label, "--json")[0]["members"]}


@pytest.mark.parametrize("learned", [False, True], ids=["moved", "learned"])
def test_a_correction_of_a_moved_file_stands_when_the_folder_is_learned(out, learned):
    if learned:
        call("learn", SPACE, out, "--yes")
    call("correct", SPACE, "sorted/invoice/a.txt", "--to", "job")
    words = call("learn", SPACE, out, "--yes").stderr
    assert "invoice/a.txt (corrected to job)" in words
    assert TEXT in texts("job")
    assert TEXT not in texts("invoice")
    (out / "invoice/a.txt").rename(out / "job/a.txt")
    assert "corrected to" not in call("learn", SPACE, out, "--yes").stderr


@pytest.mark.parametrize("learned", [False, True], ids=["moved", "learned"])
def test_what_a_moved_file_is_not_stands_when_the_folder_is_learned(out, learned):
    if learned:
        call("learn", SPACE, out, "--yes")
    call("correct", SPACE, "sorted/invoice/a.txt", "--not", "invoice")
    assert "invoice/a.txt (not invoice)" in call("learn", SPACE, out, "--yes").stderr
    assert TEXT not in texts("invoice")


def test_a_file_put_there_by_hand_keeps_the_class_that_it_was_corrected_to(out):
    Path("sorted/job/b.txt").write_text("the weather is sunny with wind")
    call("correct", SPACE, "sorted/job/b.txt", "--to", "forecast", "--new")
    assert "job/b.txt (corrected to forecast)" in call("learn", SPACE, out, "--yes").stderr
    assert texts("forecast") == {"the weather is sunny with wind"}


def test_a_file_that_is_corrected_to_the_class_of_its_folder_is_learned_there(out):
    call("correct", SPACE, "sorted/invoice/a.txt", "--to", "job")
    call("correct", SPACE, "sorted/invoice/a.txt", "--to", "invoice")
    assert "corrected to job" not in call("learn", SPACE, out, "--yes").stderr
    assert TEXT in texts("invoice")


def test_a_move_after_the_correction_was_sorted_is_learned(out):
    call("learn", SPACE, out, "--yes")
    (out / "invoice/a.txt").rename(out / "job/a.txt")
    assert [one["label"] for one in records("learn", SPACE, out, "--json")] == ["job"]


@pytest.mark.parametrize("statement", [("--to", "job"), ("--not", "invoice")])
def test_a_correction_by_another_process_stands_while_the_folder_waits_at_its_question(
    out, statement
):
    """Before, the older move overruled it without a word."""
    Path("sorted/invoices").mkdir()
    Path("sorted/invoices/b.txt").write_text("pay this invoice for the tea")
    moves = records("learn", SPACE, out, "--json")
    words = in_terminal(
        *("learn", SPACE, out, "--yes"),
        meanwhile=lambda: run("correct", SPACE, "sorted/invoice/a.txt", *statement),
    )
    words = " ".join(words.split())
    assert "a decision of another process on 1 document of the folder while it was read" in words
    assert TEXT not in texts("invoice")
    assert "invoices" not in [one["name"] for one in records("classes", SPACE, "--json")]
    assert len(moves) == 2
    assert "invoice/a.txt" in call("learn", SPACE, out, "--yes", "--new").stderr
    assert TEXT not in texts("invoice")
    assert texts("invoices") == {"pay this invoice for the tea"}


def test_a_decision_on_another_document_holds_up_no_reading_of_a_folder(out):
    Path("in/c.txt").write_text("the bill for the roof")
    Path("sorted/invoices").mkdir()
    Path("sorted/invoices/b.txt").write_text("pay this invoice for the tea")
    in_terminal(
        *("learn", SPACE, out, "--yes"),
        meanwhile=lambda: run("correct", SPACE, "in/c.txt", "--to", "invoice"),
    )
    assert TEXT in texts("invoice")
    assert texts("invoices") == {"pay this invoice for the tea"}


@pytest.mark.parametrize("option", ["--accept", "--dismiss"])
def test_a_suggestion_is_decided_on_by_the_path_where_the_sorted_file_lies(out, option):
    call("add", SPACE, "rider", "--text", TEXT + " now", "--text", "driver of the horse", "--new")
    words = call("review", SPACE, option, "in/a.txt").stdout
    call("review", SPACE, "--reconsider")
    (out / "invoice/a.txt").rename(out / "job/a.txt")
    assert call("review", SPACE, option, "sorted/job/a.txt").stdout == words
