"""`correct` finds a row by the name of its file and its id, wherever the file lies."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records

ROWS = "id,text\nT1,please pay the bill\nT2,apply for work as cook\n"


@pytest.mark.parametrize("name", ["t.csv/T2", "sub/t.csv/T2", "in/sub/t.csv/T2", "t.csv:3", "T2"])
@pytest.mark.parametrize("folder", [(), ("--in", "in")], ids=["alone", "in a folder"])
def test_a_row_is_corrected_by_its_file_and_its_id(name, folder, bills_and_jobs):
    if folder and name.startswith(("in/", "t.csv:")):
        pytest.skip("a path from elsewhere")
    Path("in/sub").mkdir(parents=True)
    Path("in/sub/t.csv").write_text(ROWS)
    Path("in/sub/other.csv").write_text("id,text\nT3,please pay the amount\n")
    call("label", bills_and_jobs, "in")
    call("correct", bills_and_jobs, name, "--to", "invoice", *folder)
    rows = records("review", bills_and_jobs, "--list", "--all", "--json")
    assert [row["id"] for row in rows if row.get("by") == "person"] == ["T2"]
