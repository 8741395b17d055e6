"""The rows of a table that are left out for one reason are one line, and one count with --quiet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call, records
from fast_cases import crossed
from office_files import xlsx
from spelt_numbers import spelt

from protolabel.batch.skipped import Skipped
from protolabel.cli.skipped_lines import SkippedLines

ROWS = [[f"text {n}", "" if n % 2 else "bill" if n % 4 else "login"] for n in range(30)]
PLACES = {"h.csv": "h.csv (3, 5, 7 and 12 more)", "h.xlsx": "h.xlsx/S (3, 5, 7 and 12 more)",
          "h.jsonl": "h.jsonl (2, 4, 6 and 12 more)"}  # fmt: skip


@pytest.fixture
def space(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    call("init", "a.space", "--encoder", "hashing")
    words = {"bill": "please pay the amount", "login": "my password", "sky": "sunny, then rain"}
    rows = [{"text": f"{words[c]} {spelt(n)}", "label": c} for c in words for n in range(6)]
    call("import", "a.space", "-", "--new", stdin="\n".join(map(json.dumps, rows)))
    return tmp_path / "a.space"


def write(name: str) -> None:
    table = [["text", "label"], *ROWS]
    objects = [{"text": text, "label": label or None} for text, label in ROWS]
    contents = {
        "h.csv": "".join(",".join(row) + "\n" for row in table).encode(),
        "h.xlsx": xlsx(S=table),
        "h.jsonl": "".join(json.dumps(one) + "\n" for one in objects).encode(),
    }
    Path(name).write_bytes(contents[name])


def command(name: str, space: Path, table: str) -> tuple[object, ...]:
    return {
        "import": ("import", space, table, "--skip-bad"),
        "evaluate": ("evaluate", table, "--encoder", "hashing", "--skip-bad"),
        "evaluate --space": ("evaluate", table, "--space", space, "--skip-bad"),
        "risk": ("risk", space, "--held-out", table, "--skip-bad"),
    }[name]


COMMANDS = ["import", "evaluate", "evaluate --space", "risk"]


def skipped_lines(error: str) -> list[str]:
    return [line for line in error.splitlines() if "skipped" in line]


@pytest.mark.parametrize(("name", "table"), crossed(COMMANDS, PLACES))
def test_rows_without_a_label_are_one_line(space, table, name):
    write(table)
    error = call(*command(name, space, table), code=6).stderr
    lines = skipped_lines(" ".join(error.split()).replace(" skipped", "\nskipped"))
    (line,) = (line for line in lines if PLACES[table] in line)
    assert f"skipped 15 rows of {PLACES[table]}: " in line
    assert "label" in line
    assert error.count(f"{table}:") + error.count("/S:") <= 1


@pytest.mark.parametrize("name", COMMANDS)
def test_quiet_says_how_many_and_no_more(space, name):
    write("h.csv")
    error = call(*command(name, space, "h.csv"), "-q", code=6).stderr
    assert error.splitlines() == ["15 documents skipped"]


def test_other_reasons_and_other_files_have_lines_of_their_own(space):
    write("h.csv")
    Path("more.csv").write_text("text,label\none,\n,bill\ntwo,\nthree,\nfour,bill\n")
    error = " ".join(
        call("import", space, "h.csv", "more.csv", "--skip-bad", code=6).stderr.split()
    )
    assert "skipped 15 rows of h.csv (3, 5, 7 and 12 more): the label is empty" in error
    assert "skipped more.csv:2: the label is empty" in error
    assert "skipped more.csv:3: " in error
    assert "skipped 2 rows of more.csv (4, 5): the label is empty" in error
    assert "19 documents skipped" in error


def test_the_reasons_are_told_before_an_error_refers_to_them(space):
    Path("none.csv").write_text("text,label\none,\ntwo,\n")
    error = " ".join(call("import", space, "none.csv", "--skip-bad", code=2).stderr.split())
    assert error.index("skipped 2 rows of none.csv (2, 3)") < error.index("see the reasons above")


def test_documents_that_are_no_rows_of_a_table_have_a_line_each(capsys):
    """What was named twice was two rows without a number; ``x`` was a row of ``x alone``."""
    with SkippedLines() as lines:
        for source in ("a.txt", "a.txt", "x", "x alone:3", "t.json:item 1", "t.json:item 2"):
            lines.add(Skipped(source, "no text"))
    assert skipped_lines(capsys.readouterr().err) == [
        "skipped a.txt: no text",
        "skipped a.txt: no text",
        "skipped x: no text",
        "skipped x alone:3: no text",
        "skipped 2 rows of t.json (item 1, item 2): no text",
    ]


def test_programs_get_each_row(space):
    write("h.csv")
    lines = records("import", space, "h.csv", "--skip-bad", "--json", code=6)
    assert sum("skipped" in line for line in lines) == 15
