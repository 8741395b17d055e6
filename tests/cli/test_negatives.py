""" "Not this" at the command line: correct --not, add --not, a field of a file, show, undo."""

from __future__ import annotations

import json

import pytest
from commands import call, records

from protolabel import LabelSpace

LETTER = "please pay attention to my work and my studies"


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "mail.space"
    call("init", path, "--encoder", "hashing")
    call("add", path, "invoice", "--text", "please pay the amount due", "--text", "pay the bill")
    call("add", path, "cv", "--text", "my work and studies so far", "--text", "I apply")
    (tmp_path / "letter.txt").write_text(LETTER)
    return path


def negatives(path) -> list[tuple[str, str | None]]:
    with LabelSpace(path, background=False) as opened:
        return [(one.label, one.text) for one in opened.negatives()]


def labelled(path) -> str | None:
    (answer,) = records("label", path, "--text", LETTER, "--json")
    return answer["label"]


def test_correct_says_what_a_document_is_not(space, tmp_path):
    label = labelled(space)
    out = call("correct", space, tmp_path / "letter.txt", "--not", label, "--preview").stdout
    assert out.startswith(f"preview of version 4: added 1 negative example (not '{label}')")
    assert negatives(space) == []
    out = call("correct", space, tmp_path / "letter.txt", "--not", label).stdout
    assert f"added 1 negative example (not '{label}')" in out
    assert labelled(space) != label
    (about,) = records("show", space, label, "--json")
    assert [(one["id"], one["text"]) for one in about["negatives"]] == [("n1", LETTER)]
    assert "n1" in call("show", space, label).stdout
    call("undo", space)
    assert (negatives(space), labelled(space)) == ([], label)
    call("redo", space)
    call("remove", space, "n1")
    assert labelled(space) == label


def test_add_takes_documents_that_are_not_of_a_class(space, tmp_path):
    call("add", space, "invoice", tmp_path / "letter.txt", "--not", "--text", "rain and wind")
    assert negatives(space) == [("invoice", "rain and wind"), ("invoice", LETTER)]
    again = call("add", space, "invoice", "--not", "--text", LETTER, "--text", "snow and ice")
    assert "added 1 negative example" in again.stdout
    assert again.stderr == ""  # a negative example that is here already is never here twice
    assert len(negatives(space)) == 3
    assert "no class named" in call("add", space, "letter", "--not", "--text", "x y", code=3).stderr


def test_a_field_of_a_file_says_what_a_row_is_not(space, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        json.dumps({"text": LETTER, "not_label": "invoice"}) + "\n"
        + json.dumps({"text": "my degree", "label": "cv", "not_label": ["invoice"]}) + "\n"
        + json.dumps({"text": "pay now", "label": "invoice"}) + "\n"
    )  # fmt: skip
    call("import", space, rows)
    table = tmp_path / "rows.csv"
    table.write_text("text,label,not_label\nsnow and hail,,cv\nmy thesis,cv,\n")
    call("import", space, table)
    assert negatives(space) == [
        ("invoice", LETTER), ("invoice", "my degree"), ("cv", "snow and hail"),
    ]  # fmt: skip
    with LabelSpace(space, background=False) as opened:
        assert {c.name: c.examples for c in opened.classes()} == {"invoice": 3, "cv": 4}
    for to in ("lines.jsonl", "folder"):
        target = tmp_path / to
        if to == "folder":
            call("export", space, "--to", target)
        else:
            target.write_text(call("export", space).stdout)
        call("init", tmp_path / f"{to}.space", "--encoder", "hashing")
        call("import", tmp_path / f"{to}.space", target)
        assert sorted(negatives(tmp_path / f"{to}.space")) == sorted(negatives(space))


def test_a_row_that_says_only_what_it_is_not_is_no_test_document(space, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"text": LETTER, "not_label": "invoice"}) + "\n")
    assert "no label field" in call("evaluate", "--space", space, rows, code=2).stderr


def test_correct_needs_one_of_the_two(space, tmp_path):
    for options in ((), ("--to", "cv", "--not", "invoice")):
        out = call("correct", space, tmp_path / "letter.txt", *options, code=2).stderr
        assert "expected the class that the document has, or classes that it is not of" in out
