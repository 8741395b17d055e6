"""A file whose name is not in UTF-8, as older systems wrote them, is read like any other."""

from __future__ import annotations

import os

import pytest
from office_folder import KINDS
from sources import texts, write

NOT_UTF8 = os.fsdecode("Müller".encode("latin-1"))
PRINTED = "M\\xfcller"


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_each_kind_is_read_whatever_its_name(tmp_path, kind):
    content, _ = KINDS[kind]("plain", "please pay the bill of March", 1)
    write(tmp_path / "plain" / f"plain.{kind}", content)
    write(tmp_path / NOT_UTF8 / f"{NOT_UTF8}.{kind}", content)
    by_id, same = texts(tmp_path / "plain"), texts(tmp_path / NOT_UTF8)
    assert "please pay the bill of March" in " ".join(by_id.values())
    assert [i.replace(PRINTED, "plain") for i in same] == list(by_id)
    assert list(same.values()) == list(by_id.values())


def test_a_parquet_file_is_read_whatever_its_name(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / f"{NOT_UTF8}.parquet"
    with path.open("wb") as stream:
        parquet.write_table(pa.table({"id": ["1", "2"], "text": ["pay", "work"]}), stream)
    assert texts(path) == {"1": "pay", "2": "work"}
