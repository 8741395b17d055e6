"""A file whose name ends like that of a row, such as ``Call 10:30``, is no row of another file."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records

from protolabel import Document, LabelSpace
from protolabel.identity.document_key import document_key, row_of
from protolabel.identity.former_keys import FormerKeys
from protolabel.identity.row_numbers import STDIN_NAME

SPACE = "s.space"
BILL, JOB = "please pay 99 EUR for the chairs of this month", "I apply for a post as driver"
FILES = {"Call 10": JOB, "Call 10:30": BILL, "Call 10:45": BILL, "Call 10:30.txt": JOB + " again"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    try:
        for name, text in FILES.items():
            Path("in", name).write_text(text)
    except OSError:
        pytest.skip("no colon can be in the name of a file here")
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "a post as cook"], ["invoice", "job"])
        space.answer_log.remember("text")


def decided() -> dict[str, object]:
    rows = records("review", SPACE, "--list", "--all", "--json")
    return {row["source"]: row["by"] for row in rows if "key" in row}


def test_each_such_file_is_a_document_of_its_own_that_its_name_means():
    call("label", SPACE, "in")
    assert set(decided()) == {f"in/{name}" for name in FILES}
    for name in FILES:
        call("correct", SPACE, name, "--to", "refund", "--new")
        with LabelSpace(SPACE, background=False) as space:
            assert [one.text for one in space.show("refund")[1]] == [FILES[name]]
        call("undo", SPACE)


def test_the_answer_to_such_a_file_takes_the_place_of_that_before_it_was_edited():
    call("label", SPACE, "in", "--out", "o.jsonl")
    Path("in/Call 10:30").write_text(JOB + " or teacher")
    done = call("label", SPACE, "in", "--out", "o.jsonl", "--resume")
    assert "row" not in done.stderr
    assert sorted(row["source"] for row in records("label", SPACE, "in", "--json")) == sorted(
        f"in/{name}" for name in FILES
    )
    lines = Path("o.jsonl").read_text().splitlines()
    assert len(lines) == len(FILES)
    assert set(decided()) == {f"in/{name}" for name in FILES}


def test_what_was_decided_of_such_a_file_leaves_with_its_old_content():
    """That of a row stays, since the row may come again."""
    call("label", SPACE, "in")
    call("correct", SPACE, "Call 10:30", "--to", "invoice")
    Path("in/Call 10:30").write_text(JOB + " or teacher")
    call("label", SPACE, "in")
    listed = [row for row in records("review", SPACE, "--list", "--all", "--json") if "key" in row]
    assert len(listed) == len(FILES)
    assert decided()["in/Call 10:30"] == "label space"


def test_a_line_of_a_pipe_is_a_row_whatever_files_there_are():
    Path(f"{STDIN_NAME}:1").write_text(BILL)
    assert row_of(f"{STDIN_NAME}:1") is not None


def test_a_file_does_not_lie_in_the_one_whose_name_it_begins_with():
    call("label", SPACE, "in")
    with LabelSpace(SPACE, background=False) as space:
        space.answer_log.forget("in/Call 10")
    assert set(decided()) == {f"in/{name}" for name in FILES if name != "Call 10"}


def test_a_row_stays_a_row_where_no_file_has_its_name_and_where_it_was_sent():
    assert row_of("in/Call 10:30") is None
    assert row_of("in/Call 10:31") is not None
    assert row_of("in/Call 10:30", folder="") is not None
    assert row_of("Call 10:30", folder="in") is None


def test_such_a_file_is_known_by_the_key_that_it_had_as_a_row():
    document = Document("Call 10:30", BILL, source="in/Call 10:30", has_own_id=False)
    former = FormerKeys.of(document).keys
    Path("in/Call 10:30").unlink()
    assert document_key(document) in former
