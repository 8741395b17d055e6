"""With --resume, an answer names its document by the number that its row or message has now."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from commands import call
from texts_in_files import csv_table, json_array, messages

from protolabel import LabelSpace

BILL, JOB, NEW = "please pay 10 EUR for the bill", "I apply for a post as driver", "Sunny and warm"


def csv_with_ids(texts: list[str]) -> bytes:
    return "\n".join(["id,text", *(f"{text[:3]},{text}" for text in texts), ""]).encode()


INPUTS = {"t.json": json_array, "t.csv": csv_table, "ids.csv": csv_with_ids, "t.mbox": messages}


def answers(out: str) -> list[tuple[str, str, str]]:
    """Source, id and label of each line, in order."""
    if out.endswith(".xlsx"):
        openpyxl = pytest.importorskip("openpyxl")
        head, *cells = openpyxl.load_workbook(out).active.values
        rows = [dict(zip(head, row, strict=True)) for row in cells]
    else:
        lines = Path(out).read_text(encoding="utf-8-sig").splitlines()
        rows = list(csv.DictReader(lines) if out.endswith(".csv") else map(json.loads, lines))
    return [(row["source"], row["id"], row["label"]) for row in rows]


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv", "a.xlsx"])
@pytest.mark.parametrize("name", INPUTS)
def test_a_second_run_leaves_what_one_run_over_the_present_input_writes(bills_and_jobs, name, out):
    Path(name).write_bytes(INPUTS[name]([BILL, JOB]))
    call("label", bills_and_jobs, name, "--out", out)
    Path(name).write_bytes(INPUTS[name]([NEW, JOB, BILL]))
    call("label", bills_and_jobs, name, "--out", out, "--resume")
    call("label", bills_and_jobs, name, "--out", f"fresh-{out}")
    assert sorted(answers(out)) == sorted(answers(f"fresh-{out}"))
    file = os.stat(out).st_ino
    call("label", bills_and_jobs, name, "--out", out, "--resume")
    assert os.stat(out).st_ino == file  # nothing has moved since: it is not written again


def test_of_a_line_of_csv_whose_row_has_another_number_all_else_stays(tmp_path, monkeypatch):
    """Cells that begin like a formula have an apostrophe before them, once."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(
        "e.space", encoder="hashing", metric="euclidean", background=False
    ) as bills_and_jobs:
        bills_and_jobs.add(["please pay the bill", "apply for work as driver"], ["-misc", "@job"])
    rows = ["+491,please pay", "-2,driver work apply"]
    for n in range(3):  # each day a row is put on top
        Path("t.csv").write_text("\n".join(["id,text", *rows, ""]))
        call("label", "e.space", "t.csv", "--out", "a.csv", "--resume")
        call("label", "e.space", "t.csv", "--out", f"fresh{n}.csv")
        lines, fresh = (Path(name).read_text().splitlines() for name in ("a.csv", f"fresh{n}.csv"))
        assert sorted(lines) == sorted(fresh)
        rows.insert(0, f"{n},sunny day {n}")


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv"])
def test_equal_rows_keep_their_numbers(bills_and_jobs, out):
    Path("t.csv").write_bytes(csv_table([BILL, JOB, BILL]))
    call("label", bills_and_jobs, "t.csv", "--out", out)
    file, before = os.stat(out).st_ino, answers(out)
    call("label", bills_and_jobs, "t.csv", "--out", out, "--resume")
    assert (os.stat(out).st_ino, answers(out)) == (file, before)


def test_answers_are_compared_with_the_labels_of_the_rows_as_they_stand(bills_and_jobs):
    Path("t.json").write_bytes(json_array([BILL, JOB]))
    call("label", bills_and_jobs, "t.json", "--out", "a.jsonl")
    Path("t.json").write_bytes(json_array([JOB, BILL]))
    call("label", bills_and_jobs, "t.json", "--out", "a.jsonl", "--resume")
    Path("truth.csv").write_text("id,label\nt.json:1,job\nt.json:2,invoice\n")
    assert "100.0 %" in call("evaluate", "--answers", "a.jsonl", "--truth", "truth.csv").stdout


def customers(first: list[str]) -> bytes:
    """A table whose ids are the numbers of three customers, and lines put on top of it."""
    rows = [f"{n % 3},please pay the bill of month {n}" for n in range(30)]
    return "\n".join(["id,text", *first, *rows, ""]).encode()


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv", "a.xlsx"])
def test_a_run_that_ends_at_a_bad_row_keeps_the_answers_to_rows_of_the_same_id(bills_and_jobs, out):
    Path("t.csv").write_bytes(customers([]))
    call("label", bills_and_jobs, "t.csv", "--out", out)
    before = answers(out)
    Path("t.csv").write_bytes(customers(["0,a new letter", "1,another one", "2;no comma"]))
    call("label", bills_and_jobs, "t.csv", "--out", out, "--resume", code=2)
    labels = sorted(label for _, _, label in before)
    assert len(answers(out)) == 32
    call("label", bills_and_jobs, "t.csv", "--out", out, "--resume", "--skip-bad", code=6)
    assert len(answers(out)) == 32
    Path("t.csv").write_bytes(customers(["0,a new letter", "1,another one"]))
    call("label", bills_and_jobs, "t.csv", "--out", out, "--resume")
    after = answers(out)
    assert len(after) == 32
    assert sorted(label for source, _, label in after if int(source[6:]) > 3) == labels


@pytest.mark.parametrize("at", [0, 1, 2])
def test_wherever_a_bad_row_stands_answers_to_rows_of_its_id_are_kept(bills_and_jobs, at):
    Path("t.csv").write_text(f"id,text\n0,{BILL}\n0,{JOB}\n")
    call("label", bills_and_jobs, "t.csv", "--out", "a.jsonl")
    rows = [f"0,{NEW}", "0,More rain tomorrow"]
    rows.insert(at, f"0;{BILL}")
    Path("t.csv").write_text("\n".join(["id,text", *rows, ""]))
    call("label", bills_and_jobs, "t.csv", "--out", "a.jsonl", "--resume", "--skip-bad", code=6)
    assert len(answers("a.jsonl")) == 4


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv"])
def test_a_changed_row_replaces_its_answer_once_its_table_is_read_to_its_end(bills_and_jobs, out):
    Path("in").mkdir()
    Path("in/a.csv").write_text(f"id,text\n1,{BILL}\n2,{JOB}\n")
    Path("in/b.csv").write_text(f"id,text\n1,{BILL}\n2,{JOB}\n")
    call("label", bills_and_jobs, "in", "--out", out)
    Path("in/a.csv").write_text(f"id,text\n1,{NEW}\n2,{JOB}\n")
    Path("in/b.csv").write_text(f"id,text\n1,{NEW}\n2;{JOB}\n")
    call("label", bills_and_jobs, "in", "--out", out, "--resume", "--skip-bad", code=6)
    sources = sorted(source for source, _, _ in answers(out))
    assert sources == ["in/a.csv:2", "in/a.csv:3", "in/b.csv:2", "in/b.csv:2", "in/b.csv:3"]
    Path("in/b.csv").write_text(f"id,text\n1,{NEW}\n2,{JOB}\n")
    call("label", bills_and_jobs, "in", "--out", out, "--resume")
    assert len(answers(out)) == 4
