"""A row of a table by the path of what holds it and its id."""

from __future__ import annotations

import zipfile

import pytest
from office_files import xlsx

from protolabel.errors import InputError
from protolabel.readers.one_document import read_document


def test_a_row_is_taken_by_its_workbook_in_an_archive_and_its_id(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for name, words in (("in/a.xlsx", "the bill"), ("b.xlsx", "the job")):
            rows = [["id", "text"], ["3", f"{words} of May"], ["4", f"{words} of June"]]
            archive.writestr(name, xlsx(Data=rows))
        archive.writestr("c.csv", "id,text\n7,a note\n")
    path = tmp_path / "z.zip"
    for name, text in (
        ("in/a.xlsx/4", "the bill of June"), ("in/a.xlsx/Data/4", "the bill of June"),
        ("b.xlsx/3", "the job of May"), ("c.csv/7", "a note"), ("7", "a note"),
    ):  # fmt: skip
        assert read_document(f"{path}/{name}").text == text
    with pytest.raises(InputError, match="2 rows of that id"):
        read_document(f"{path}/4")
    for name in ("b.xls/3", "a.xlsx/4", "b.xlsx/7"):
        with pytest.raises(InputError, match="none of them of that name"):
            read_document(f"{path}/{name}")
