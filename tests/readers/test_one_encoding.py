"""A source has one encoding: what one line rules out is not said of another one."""

from __future__ import annotations

import pytest

from protolabel.readers import read_documents

TELLING = "Prosím zaplaťte částku 40 EUR"  # 0x9D of ť is no byte of Windows-1252
ALIKE = "Žádám o práci kuchaře"  # reads as a Western text in Windows-1252, with wrong letters
ROW = "plain words"


@pytest.mark.parametrize("rows", [(TELLING, ALIKE), (ALIKE, TELLING), (ROW, TELLING, ROW, ALIKE)])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_rows_of_one_table_are_not_read_in_an_encoding_that_another_row_rules_out(
    tmp_path, rows, one_by_one, monkeypatch
):
    if one_by_one:  # as from a slow pipe, whose next line is not there yet
        monkeypatch.setattr("protolabel.readers.plain_text._CHUNK", 1)
    path = tmp_path / "semi.csv"
    table = "".join(f"{n};{row}\n" for n, row in enumerate(rows))
    path.write_bytes(f"id;text\n{table}".encode("cp1250"))
    faults, notices = [], []
    documents = list(read_documents(path, on_unreadable=faults.append, on_notice=notices.append))
    alike_came_first = one_by_one and rows[0] == ALIKE
    assert [d.text for d in documents if d.text == ROW] == [ROW] * rows.count(ROW)
    assert len(documents) == rows.count(ROW) + alike_came_first
    assert bool(notices) == alike_came_first
    refused = 1 if alike_came_first else 2
    assert len(faults) == refused
    for fault in faults:
        message = str(fault.error)
        assert "iconv -f WINDOWS-1250 -t UTF-8" in message
        assert f"is not {'Windows-1252' if alike_came_first else 'UTF-8'}" in message
