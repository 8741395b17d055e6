"""Cells of a workbook that stand beside its table, or far from all others."""

from __future__ import annotations

import io
import zipfile

import pytest
from office_files import xlsx, zipped

from protolabel import read_documents
from protolabel.errors import InputError

ROWS = [["id", "text"], [1, "please pay the bill"], [2, "I apply for work", "", "ask Bob!"]]


def test_a_remark_beside_a_table_is_left_out_and_its_row_is_read(tmp_path):
    path, notices = tmp_path / "w.xlsx", []
    path.write_bytes(xlsx(S=[*ROWS, [3, "a letter", "see above"]]))
    documents = list(read_documents(path, on_notice=notices.append))
    assert [one.text for one in documents] == [ROWS[1][1], ROWS[2][1], "a letter"]
    (notice,) = notices
    assert notice.source == f"{path}/S"
    assert notice.message == "has cells in columns without a name in the header, which are left out"


def test_a_row_of_a_csv_file_with_more_cells_than_names_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text\n1,please pay, or not\n")
    with pytest.raises(InputError, match="quote fields"):
        list(read_documents(path))


def with_last_cell_at(place: str) -> bytes:
    """Return a workbook whose last cell stands at another place."""
    with zipfile.ZipFile(io.BytesIO(xlsx(S=[["id", "text"], [1, "a"], ["far"]]))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    sheet = bytes(parts["xl/worksheets/s1.xml"]).decode()
    parts["xl/worksheets/s1.xml"] = sheet.replace('"A3"', f'"{place}"')
    return zipped(parts)


@pytest.mark.parametrize(
    ("place", "columns"), [("XFD1048576", "16,384 columns"), ("CV1048576", "100 columns")]
)
def test_a_cell_far_from_all_others_is_named_as_what_makes_a_sheet_too_large(
    place, columns, tmp_path
):
    """The process that reads it ended: it made room for the whole rectangle."""
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_last_cell_at(place))
    with pytest.raises(InputError, match=f"1,048,576 rows and {columns}.* empty a cell that lies"):
        list(read_documents(path))
