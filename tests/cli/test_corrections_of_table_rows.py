"""One row of a table is corrected by its place, its id or its key, whatever column is its text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from commands import call, records
from fast_cases import crossed, few
from office_files import xlsx, zipped

from protolabel import LabelSpace

HEADER = ["Ticket", "Date", "Details"]
ROWS = [
    ["1000", "2026-03-01", "please pay the amount"],
    ["1001", "2026-03-02", "the password is forgotten"],
    ["1002", "2026-03-03", "sunny, then rain"],
]
TABLES = {
    "t.csv": "t.csv:3",
    "t.tsv": "t.tsv:3",
    "t.jsonl": "t.jsonl:2",
    "t.json": "t.json:item 2",
    "t.xlsx": "t.xlsx/Tickets:3",
    "t.parquet": "t.parquet:2",
    "a.zip": "a.zip/in/t.csv:3",
    "b.zip": "b.zip/in/t.xlsx/Tickets:3",
}
FIELD = ("--text-field", "Details")


def separated(delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([HEADER, *ROWS])
    return text.getvalue()


def write(name: str) -> None:
    objects = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    book = xlsx(Tickets=[HEADER, *ROWS], Prices=[["cost"], [1.5]])
    if name == "t.parquet":
        table = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet").write_table(table.Table.from_pylist(objects), name)
        return
    contents: dict[str, bytes] = {
        "t.csv": separated(",").encode(),
        "t.tsv": separated("\t").encode(),
        "t.jsonl": "".join(json.dumps(one) + "\n" for one in objects).encode(),
        "t.json": json.dumps(objects).encode(),
        "t.xlsx": book,
        "a.zip": zipped({"in/t.csv": separated(",")}),
        "b.zip": zipped({"in/t.xlsx": book}),
    }
    Path(name).write_bytes(contents[name])


@pytest.fixture
def space(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "t.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as opened:
        opened.add(["pay the amount due", "my password", "the weather"], ["bill", "login", "sky"])
    return path


def labelled(space: Path, table: str, *fields: str) -> dict[str, str]:
    """Label the rows of a table; return the names of the second one."""
    write(table)
    call("label", space, table, *fields, "--id-field", "Ticket")
    (row,) = (one for one in records("review", space, "--all", "--json") if one["id"] == "1001")
    assert row["source"] == TABLES[table]
    return {"place": row["source"], "id": "1001", "key": row["key"], "short key": row["key"][:8]}


def taught(space: Path, label: str) -> list[str]:
    (listed,) = records("show", space, label, "--json")
    return [one["text"] for one in listed["members"] if one["source"]]


@pytest.mark.parametrize(("table", "option"), crossed(TABLES, ["--to", "--not"]))
def test_a_row_is_corrected_with_the_field_that_the_message_names(space, table, option):
    names = labelled(space, table, *FIELD)
    for name in names.values():
        error = call("correct", space, name, option, "sky", code=2).stderr
        assert "no text field among its fields ('Ticket', 'Date', 'Details')" in error
        assert "--text-field" in error
        assert "such as" not in error
    for name in names.values():
        call("correct", space, name, option, "sky", *FIELD)
        (row,) = (one for one in records("review", space, "--all", "--json") if one["id"] == "1001")
        assert (row["label"], row["by"]) == ("sky", "person") or option == "--not"
        assert ROWS[1][2] in call("show", space, "sky").stdout
        assert taught(space, "sky") == [ROWS[1][2]] * (option == "--to")
        call("undo", space)


@pytest.mark.parametrize("named", ["place", "id", "key"])
@pytest.mark.parametrize("table", ["t.csv", "t.jsonl", "t.xlsx"])
def test_a_row_whose_text_is_remembered_needs_no_field(space, table, named):
    call("set", space, "remember", "text")
    name = labelled(space, table, *FIELD)[named]
    call("correct", space, name, "--to", "sky")
    assert taught(space, "sky") == [ROWS[1][2]]


@pytest.mark.parametrize("option", ["--to", "--not"])
@pytest.mark.parametrize("table", few(TABLES, ["t.csv", "t.parquet", "b.zip"]))
def test_a_row_that_holds_another_text_by_now_is_refused_by_its_place(
    space, table, option, monkeypatch
):
    """The remembered text of its place was taught, which stands there no longer."""
    call("set", space, "remember", "text")
    place = labelled(space, table, *FIELD)["place"]
    monkeypatch.setitem(globals(), "ROWS", [ROWS[0], ["999", "", "a new row"], *ROWS[1:]])
    write(table)
    error = call("correct", space, place, option, "sky", code=2).stderr
    assert f"'{place}' holds another document than the one that was answered there" in error
    assert taught(space, "sky") == []
    call("label", space, table, *FIELD, "--id-field", "Ticket")
    call("correct", space, place, option, "sky")
    assert "a new row" in call("show", space, "sky").stdout


def test_a_row_is_known_by_its_text_beside_one_that_stood_in_its_place(space, monkeypatch):
    call("set", space, "remember", "text")
    place = labelled(space, "t.csv", *FIELD)["place"]
    monkeypatch.setitem(globals(), "ROWS", [ROWS[0], ["1007", "", "a row beside it"], ROWS[2]])
    write("t.csv")
    call("label", space, "t.csv", *FIELD, "--id-field", "Ticket")
    call("correct", space, place, "--to", "sky")
    assert taught(space, "sky") == ["a row beside it"]


@pytest.mark.parametrize("named", ["place", "id", "key"])
@pytest.mark.parametrize("table", ["t.csv", "t.xlsx"])
def test_a_row_that_is_read_by_another_column_is_told_of_the_field(
    space, table, named, monkeypatch
):
    """The table has a column that is taken for the text, and another one was labelled."""
    monkeypatch.setitem(globals(), "HEADER", ["Ticket", "text", "Details"])
    name = labelled(space, table, *FIELD)[named]
    error = call("correct", space, name, "--to", "sky", code=2).stderr
    assert "holds another document" in error
    assert "--text-field" in error
    call("correct", space, name, "--to", "sky", *FIELD)
    assert taught(space, "sky") == [ROWS[1][2]]


def test_a_sheet_without_the_column_is_told_of_the_field(space):
    """Another sheet has a text column, so the workbook is read by rows, and this sheet left out."""
    Path("w.xlsx").write_bytes(xlsx(A=[["text"], ["alpha one"]], Tickets=[HEADER, *ROWS]))
    error = call("correct", space, "w.xlsx/Tickets:3", "--to", "sky", code=2).stderr
    assert "w.xlsx/Tickets:1: no text field among its fields" in error
    call("correct", space, "w.xlsx/Tickets:3", "--to", "sky", *FIELD)
    assert taught(space, "sky") == [ROWS[1][2]]


def test_a_sheet_that_is_not_there_does_not_lead_to_the_whole_workbook(space):
    write("t.xlsx")
    error = call("correct", space, "t.xlsx/Nowhere:3", "--to", "sky", code=2).stderr
    assert "no text field" in error
    assert "such as" not in error
    error = call("correct", space, "t.xlsx/Nowhere:3", "--to", "sky", *FIELD, code=2).stderr
    assert "such as 't.xlsx/Tickets:2'" in error


@pytest.mark.parametrize("option", ["--to", "--not"])
@pytest.mark.parametrize("name", ["t.xlsx", "b.zip/in/t.xlsx", "a.zip/in/t.csv"])
def test_a_table_that_becomes_one_example_says_so_as_label_does(space, option, name):
    write(name.partition("/")[0])
    notice = f"{name}: has no text column and is read as one document"
    assert notice in call("label", space, name.partition("/")[0]).stderr
    assert notice in call("correct", space, name, option, "sky").stderr


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("name", ["t.xlsx", "b.zip/in/t.xlsx", "a.zip/in/t.csv"])
def test_in_python_the_log_says_so(space, name, preview, caplog):
    write(name.partition("/")[0])
    with LabelSpace(space) as opened:
        (opened.preview if preview else opened).correct(name, "sky")
        (opened.preview if preview else opened).refute(name, "bill")
    notice = f"{name}: has no text column and is read as one document"
    assert caplog.messages == [notice, notice]


def test_in_python_the_log_says_which_column_is_the_text(space, caplog):
    Path("t.csv").write_text("Ticket,body\n1000,please pay\n")
    with LabelSpace(space) as opened:
        opened.correct("t.csv:2", "bill")
        opened.correction("t.csv:2", "sky", reading={"on_notice": None})
    assert caplog.messages == ["t.csv:1: column 'body' is read as the text"]


def test_the_field_is_refused_where_no_file_is_read(space):
    error = call("correct", space, "nothing", "--to", "sky", *FIELD, code=2).stderr
    assert "no example and no file 'nothing'" in error
    (listed,) = records("show", space, "bill", "--json")
    example = listed["members"][0]["id"]
    error = call("correct", space, example, "--to", "sky", *FIELD, code=2).stderr
    assert f"--text-field, and no file {example!r}" in error
    names = labelled(space, "t.csv", *FIELD)
    Path("t.csv").unlink()
    error = call("correct", space, names["id"], "--to", "sky", *FIELD, code=2).stderr
    assert "'t.csv:3' was answered, and is not there now" in error
