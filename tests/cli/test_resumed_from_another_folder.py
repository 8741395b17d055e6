"""--resume from another working folder than that in which a file of answers was begun."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from commands import call

from protolabel import LabelSpace

BILL, JOB, NEW = "please pay the bill", "I apply for work as driver", "apply as a driver"
FOLDERS = ["in", "=in"]  # cells of CSV that begin like a formula have an apostrophe before them


@pytest.fixture
def day(tmp_path, monkeypatch) -> Path:
    """The folder of the first run."""
    folder = tmp_path / "day"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add([BILL, JOB], ["invoice", "job"])
    return folder


def write(folder: str, first: str, *more: str) -> None:
    """Write a file, a table with ids and one without, whose first text may change, and rows more"""
    Path(folder).mkdir(exist_ok=True)
    Path(folder, "x.txt").write_text(first)
    Path(folder, "y.txt").write_text(JOB)
    rows = [first, JOB, *more]
    ids = [f"{n},{text}" for n, text in enumerate(rows)]
    Path(folder, "t.csv").write_text("\n".join(["id,text", *ids, ""]))
    items = [{"text": text} for text in (*more, JOB, BILL)]
    Path(folder, "u.json").write_text(json.dumps(items))


def answers(out: str) -> list[tuple[str, ...]]:
    """Source, id, label and key of each line, in order of their sources."""
    if out.endswith(".xlsx"):
        openpyxl = pytest.importorskip("openpyxl")
        head, *cells = openpyxl.load_workbook(out).active.values
        rows = [dict(zip(head, row, strict=True)) for row in cells]
    else:
        lines = Path(out).read_text(encoding="utf-8-sig").splitlines()
        rows = list(csv.DictReader(lines) if out.endswith(".csv") else map(json.loads, lines))
    return sorted((row["source"], row["id"], row["label"], row["key"]) for row in rows)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("out", ["a.jsonl", "a.csv", "a.xlsx"])
def test_a_run_from_another_folder_leaves_what_one_from_the_first_would(
    day, monkeypatch, out, folder
):
    write(folder, BILL)
    call("label", "s.space", folder, "--out", out)
    write(folder, NEW, BILL)
    monkeypatch.chdir("..")
    done = call("label", "day/s.space", f"day/{folder}", "--out", f"day/{out}", "--resume").stderr
    assert "2 documents had changed" in done
    monkeypatch.chdir(day)
    call("label", "s.space", folder, "--out", f"fresh-{out}")
    assert answers(out) == answers(f"fresh-{out}")
    file = os.stat(out).st_ino
    call("label", "s.space", folder, "--out", out, "--resume")
    monkeypatch.chdir("/")
    again = (f"{day}/s.space", f"{day}/{folder}", "--out", f"{day}/{out}", "--resume")
    call("label", *again)
    assert os.stat(day / out).st_ino == file  # nothing has moved: it is not written again
    monkeypatch.chdir(day)
    write(folder, JOB, BILL)
    assert "2 documents had changed" in call("label", *again).stderr


def test_a_file_of_answers_that_says_no_folder_is_extended_from_where_it_was_begun(day):
    write("in", BILL)
    daily = ("label", "s.space", "in", "--out", "a.jsonl", "--resume")
    call(*daily)
    run = json.loads(Path("a.jsonl.run.json").read_text())
    assert run.pop("folder") == str(day)
    Path("a.jsonl.run.json").write_text(json.dumps(run))
    write("in", NEW)
    assert "2 documents had changed" in call(*daily).stderr
    call("label", "s.space", "in", "--out", "fresh.jsonl")
    assert answers("a.jsonl") == answers("fresh.jsonl")


def test_a_pipe_keeps_its_name(day, monkeypatch):
    daily = ("label", f"{day}/s.space", "-", "--format", "csv", "--out", f"{day}/a.jsonl")
    call(*daily, stdin=f"text\n{BILL}\n")
    monkeypatch.chdir("..")
    done = call(*daily, "--resume", stdin=f"text\n{BILL}\n{JOB}\n").stderr
    assert "1 answered by an earlier run" in done
    sources = [source for source, *_ in answers(f"{day}/a.jsonl")]
    assert sources == ["stdin:2", "stdin:3"]


@pytest.mark.parametrize("name", ["t.csv", "=t.csv"])
@pytest.mark.parametrize("out", ["a.jsonl", "a.csv"])
def test_of_a_table_with_a_bad_row_answers_are_kept_whatever_it_is_called(day, out, name):
    Path(name).write_text(f"id,text\n1,{BILL}\n2,{JOB}\n")
    call("label", "s.space", name, "--out", out)
    Path(name).write_text(f"id,text\n1,{NEW}\n2;{JOB}\n")
    call("label", "s.space", name, "--out", out, "--resume", "--skip-bad", code=6)
    assert len(answers(out)) == 3
