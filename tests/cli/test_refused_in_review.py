"""`review` says that a person has refused the class of a document, and no more than that."""

from __future__ import annotations

import pytest
from commands import call, records

PAY, WORK = "please pay the amount", "my work and my studies"


@pytest.fixture
def space(tmp_path, monkeypatch):
    """A label space that has called a letter an invoice, which a person has refused."""
    monkeypatch.chdir(tmp_path)
    call("init", "mail.space", "--encoder", "hashing")
    call("describe", "mail.space", "invoice", PAY)
    call("describe", "mail.space", "cv", WORK)
    call("set", "mail.space", "remember", "text")
    (tmp_path / "letter.txt").write_text(PAY + " soon")
    call("label", "mail.space", "letter.txt")
    assert listed()["label"] == "invoice"
    call("correct", "mail.space", "letter.txt", "--not", "invoice")
    return tmp_path / "mail.space"


def listed() -> dict:
    (document,) = records("review", "mail.space", "--all", "--list", "--json")
    return document


def row() -> str:
    """The line of the letter in the table, from the label on."""
    table = call("review", "mail.space", "--all", "--list").stdout
    (line,) = [one for one in table.splitlines() if "letter.txt" in one]
    return " ".join(line.partition("letter.txt")[2].split())


def test_a_refused_answer_is_a_person_s_word_and_nobody_s_label(space):
    assert row().startswith("not invoice person ")
    document = listed()
    assert (document["label"], document["by"]) == (None, "nobody")
    assert document["refused"] == ["invoice"]


def test_the_next_answer_is_the_label_space_s_and_the_class_stays_refused(space):
    call("label", "mail.space", "letter.txt")
    document = listed()
    assert (document["by"], document["refused"]) == ("label space", ["invoice"])
    assert document["label"] == "cv"
    assert row().startswith("cv (not invoice) label space ")


def test_an_answer_that_declines_is_told_from_no_answer(space):
    call("set", "mail.space", "threshold", "0.99")
    call("label", "mail.space", "letter.txt")
    assert listed()["by"] == "label space"
    assert row().startswith("none of these (not invoice) label space ")


@pytest.mark.parametrize("command", [("undo",), ("review", "--reconsider")])
def test_nothing_is_refused_once_it_is_taken_back(space, command):
    call(command[0], "mail.space", *command[1:])
    assert row().startswith("invoice label space ")
    assert "refused" not in listed()


def test_a_person_s_label_says_it_all(space):
    call("correct", "mail.space", "letter.txt", "--to", "cv")
    assert row().startswith("cv person ")
    assert "refused" not in listed()


def test_a_refused_class_has_the_name_that_it_has_now(space):
    call("rename", "mail.space", "invoice", "bill")
    assert row().startswith("not bill person ")


def test_another_class_that_is_refused_leaves_the_answer(space):
    call("undo", "mail.space")
    call("correct", "mail.space", "letter.txt", "--not", "cv")
    document = listed()
    assert (document["label"], document["by"]) == ("invoice", "label space")
    assert document["refused"] == ["cv"]
    assert row().startswith("invoice (not cv) label space ")


@pytest.mark.parametrize(("threshold", "words"), [
    (None, "not invoice"), ("0.99", "none of these (not invoice)"),
])  # fmt: skip
def test_all_that_is_said_of_a_suggestion_calls_the_refused_answer_the_same(
    space, threshold, words
):
    """The table of moves called it none of these, and so did what was accepted or dismissed."""
    if threshold:
        call("set", "mail.space", "threshold", threshold)
        call("label", "mail.space", "letter.txt")
        call("set", "mail.space", "threshold", "off")
    call("add", "mail.space", "reminder", "--text", PAY + " soon indeed")
    (moves, _, rows) = call("review", "mail.space", "--list").stdout.partition("because")
    (move,) = [" ".join(line.split()) for line in moves.splitlines() if "reminder" in line]
    assert move == f"{words} reminder 1"
    (row,) = [" ".join(line.split()) for line in rows.splitlines() if "letter.txt" in line]
    assert f"letter.txt {words} reminder" in row
    kept = call("review", "mail.space", "--dismiss-all").stdout
    assert f"letter.txt: stays {words}\n" in kept


@pytest.mark.parametrize("decision", ["--dismiss", "--accept"])
def test_what_a_decision_about_a_suggestion_refuses_is_no_answer_any_more(space, decision):
    """By dismissing it, a person refuses the class; by accepting it, the one before."""
    (space.parent / "work.txt").write_text("my studies of the amount")
    call("label", "mail.space", "work.txt")
    call("add", "mail.space", "diploma", "--text", "my studies of the amount of work")
    (suggestion,) = records("review", "mail.space", "--from", "cv", "--json")
    assert (suggestion["id"], suggestion["answer"]["label"]) == ("work.txt", "diploma")
    call("review", "mail.space", decision, "work.txt")
    refused = "diploma" if decision == "--dismiss" else "cv"
    (answer,) = records("label", "mail.space", "work.txt", "--json")
    assert answer["label"] != refused
    assert refused not in {one["label"] for one in answer["alternatives"]}
