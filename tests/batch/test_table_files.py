"""Answers as Parquet and XLSX: the columns of the CSV file, whole or not there, never a formula."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from commands import call

from protolabel.batch import table_files
from protolabel.batch.answer_lines import COLUMNS
from protolabel.batch.table_files import TableFile
from protolabel.columns.csv_lines import csv_line, text_of_cell
from protolabel.errors import InputError

parquet = pytest.importorskip("pyarrow.parquet")
openpyxl = pytest.importorskip("openpyxl")
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    " =1",
    "\n=1",
    "＝1",
    "http://x.example",
    "a" * 40_000,
]


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    space = tmp_path_factory.mktemp("tables") / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows = [{"text": f"please pay bill {n}", "label": "invoice"} for n in range(6)]
    rows += [{"text": f"I apply for job {n}", "label": "=cv"} for n in range(6)]
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    return space


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for n, name in enumerate(["a.txt", "=cmd.txt", "é\n.txt", "+1.txt"]):
        (folder / name).write_text(f"pay bill {n}" if n % 2 else f"I apply for job {n}")
    with open(os.fsencode(folder) + b"/\xe9.txt", "w") as file:  # a name that is not UTF-8
        file.write("pay bill")
    return folder


def rows_of(path: Path) -> list[dict]:
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    (sheet,) = openpyxl.load_workbook(path).worksheets
    header, *rows = sheet.iter_rows()
    assert all(cell.data_type in "sn" and cell.hyperlink is None for row in rows for cell in row)
    names = [cell.value for cell in header]
    return [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_a_table_has_the_columns_and_answers_of_the_lines(suffix, mail, inbox, tmp_path):
    out, lines = tmp_path / f"answers{suffix}", tmp_path / "answers.jsonl"
    call("label", mail, inbox, "--out", out)
    call("label", mail, inbox, "--out", lines)
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    rows = rows_of(out)
    assert len(rows) == len(records) == 5
    assert {row["label"] for row in rows} == {"invoice", "=cv"}
    for row, record in zip(rows, records, strict=True):
        assert list(row) == list(COLUMNS)
        plain = {name: record[name] for name in COLUMNS if name in record}
        for name, value in plain.items():
            same = row[name] == (pytest.approx(value) if isinstance(value, float) else value)
            assert same or (suffix == ".xlsx" and "\n" in str(value)), (name, row[name], value)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith((".", "answers."))) == [
        f".answers{suffix}.lines.jsonl", f".answers{suffix}.lines.jsonl.run.json",
        "answers.jsonl", "answers.jsonl.run.json", f"answers{suffix}",
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_a_table_of_somebody_else_is_never_replaced(suffix, mail, inbox, tmp_path):
    out = tmp_path / f"answers{suffix}"
    out.write_text("mine")
    error = call("label", mail, inbox, "--out", out, code=2).stderr
    assert "exists already" in error
    assert "--resume" not in error
    error = call("label", mail, inbox, "--out", out, "--resume", code=2).stderr
    assert "lines.jsonl, which keeps its answers for later runs" in error
    assert out.read_text() == "mine"
    with pytest.raises(InputError, match="exists already"):
        TableFile(out)


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_the_command_of_yesterday_with_resume_answers_what_is_new(suffix, mail, inbox, tmp_path):
    out = tmp_path / f"answers{suffix}"
    command = ("label", mail, inbox, "--out", out)
    call(*command)
    assert "add --resume" in call(*command, code=2).stderr
    (inbox / "new.txt").write_text("pay bill 7")
    summary = call(*command, "--resume").stderr
    assert "1 document: 1 labelled" in summary
    assert "5 answered by an earlier run" in summary
    rows = rows_of(out)
    assert len(rows) == 6
    assert rows[-1]["id"] == "new.txt"
    call(*command, "--resume", "--again", "all")
    assert sorted(row["key"] for row in rows_of(out)) == sorted(row["key"] for row in rows)


def record(text: str) -> dict:
    return dict.fromkeys(COLUMNS) | {"id": text, "alternatives": [], "evidence": None}


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_or_a_link(text, tmp_path):
    path = tmp_path / "a.xlsx"
    with TableFile(path) as table:
        table.write(record(text), b"\0" * 16)
    (row,) = rows_of(path)
    assert row["id"][:20].strip() == text[:20].strip()
    (cells,) = csv.reader([csv_line([text])])
    assert cells[0].lstrip()[:1] not in "=+-@＝"
    assert text_of_cell(cells[0]) == " ".join(text.splitlines())
    assert text_of_cell(text_of_cell(csv_line(["plain"]).strip())) == "plain"


def test_a_parquet_file_of_several_row_groups_holds_all_rows(monkeypatch, tmp_path):
    monkeypatch.setattr(table_files, "ROWS_AT_ONCE", 3)
    path = tmp_path / "a.parquet"
    with TableFile(path) as table:
        for n in range(7):
            table.write(record(str(n)), b"\0" * 16)
    assert [row["id"] for row in rows_of(path)] == list("0123456")
    assert parquet.ParquetFile(path).num_row_groups == 3


def test_a_full_sheet_keeps_what_it_has_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(table_files, "MOST_ROWS", 2)
    path = tmp_path / "a.xlsx"
    with pytest.raises(Exception, match="more than 2 answers for one sheet"), TableFile(path) as t:
        for n in range(3):
            t.write(record(str(n)), b"\0" * 16)
    assert [row["id"] for row in rows_of(path)] == ["0", "1"]
