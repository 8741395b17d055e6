"""Where an answer differs from what a person decided on that very document, `label` says so."""

from __future__ import annotations

import pytest
from commands import call, records
from sorted_folders import BILL, sort

WORDS = "another answer than a person decided"


@pytest.fixture
def contradicted(own_mail, inbox, tmp_path):
    """A label space in which a correction does not outweigh the other examples."""
    (inbox / "a.txt").write_text(BILL + " " + "please pay the bill " * 20)
    sort(own_mail, inbox, tmp_path / "sorted")
    call("correct", own_mail, inbox / "a.txt", "--to", "cv")
    for n in range(12):
        text = f"please pay the bill {n} " + "please pay the bill " * 20
        call("add", own_mail, "invoice", "--text", text)
    return own_mail


def test_the_summary_counts_the_documents_and_the_command_lists_them(contradicted, inbox, tmp_path):
    (answer,) = [
        one for one in records("label", contradicted, inbox, "--json") if one["id"] == "a.txt"
    ]
    assert answer["label"] == "invoice"  # the correction is outweighed
    out = tmp_path / "a.csv"
    words = " ".join(call("label", contradicted, inbox, "--out", out).stderr.split())
    assert f"1 document has {WORDS}: `protolabel review" in words
    assert "--decided` lists them" in words
    (listed,) = records("review", contradicted, "--decided", "--json")
    assert (listed["id"], listed["label"], listed["answer"]["label"]) == (
        "a.txt", "cv", "invoice",
    )  # fmt: skip
    listing = call("review", contradicted, "--decided").stdout
    assert f"1 document of 4 would get {WORDS.replace('answer', 'answer now')}" in listing
    again = call("label", contradicted, inbox, "--sort-into", tmp_path / "sorted", "--again", "all")
    assert f"1 document has {WORDS}" in " ".join(again.stderr.split())


def test_nothing_is_said_where_the_answer_follows_or_the_class_is_gone(
    contradicted, own_mail, inbox, tmp_path
):
    assert WORDS in " ".join(call("label", own_mail, inbox).stderr.split())
    call("retire", own_mail, "cv")
    assert WORDS not in " ".join(call("label", own_mail, inbox).stderr.split())
    call("undo", own_mail)
    call("correct", own_mail, inbox / "a.txt", "--to", "invoice")
    assert WORDS not in call("label", own_mail, inbox).stderr
    assert records("review", own_mail, "--decided", "--json") == []


def test_a_list_of_decided_documents_decides_nothing(contradicted):
    for options in (["--all"], ["--declined"], ["--accept-all"], ["--to", "cv"]):
        assert "--decided" in call("review", contradicted, "--decided", *options, code=2).stderr


def test_a_learned_file_stays_and_is_not_counted(own_mail, inbox, tmp_path):
    out = tmp_path / "sorted"
    sort(own_mail, inbox, out)
    (out / "cv/sub/a.txt").rename(out / "invoice/job.txt")
    call("learn", own_mail, out, "--yes")
    again = call("label", own_mail, inbox, "--sort-into", out, "--again", "all")
    assert WORDS not in again.stderr
