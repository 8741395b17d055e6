"""A field of ids that somebody names is there, or the table is refused, whatever its format."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from commands import call

from protolabel import read_documents
from protolabel.errors import InputError

TABLES = {
    "a.jsonl": '{"ticket_id": "T-1", "text": "pay"}\n{"ticket_id": "T-2", "text": "apply"}\n',
    "a.json": '[{"ticket_id": "T-1", "text": "pay"}, {"ticket_id": "T-2", "text": "apply"}]',
    "a.csv": "ticket_id,text\nT-1,pay\nT-2,apply\n",
    "a.tsv": "ticket_id\ttext\nT-1\tpay\nT-2\tapply\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_misspelt_field_of_ids_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TABLES[name])
    ids = [d.id for d in read_documents([path], id_field="ticket_id")]
    assert ids == ["T-1", "T-2"]
    with pytest.raises(InputError, match=r"no .*'ticketid'.*ticket_id"):
        list(read_documents([path], id_field="ticketid"))


def test_a_row_without_an_id_among_others_has_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"nr": "T-1", "text": "pay"}\n{"text": "apply"}\n')
    assert [d.id for d in read_documents([path], id_field="nr")] == ["T-1", "a.jsonl:2"]


def test_the_advice_names_a_field_that_works(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(TABLES["a.jsonl"])
    call("init", "a.space", "--encoder", "hashing")
    call("add", "a.space", "bill", "--text", "pay")
    message = call("label", "a.space", "a.jsonl", "--id-field", "ticketid", code=2).stderr
    assert "ticket_id" in message
    call("label", "a.space", "a.jsonl", "--id-field", "ticket_id")


def test_parquet_has_ids_of_every_usual_type(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    keys = [uuid.UUID(int=5), uuid.UUID(int=6)]
    columns = {
        "uuid": (pa.array([key.bytes for key in keys], pa.uuid()), [str(key) for key in keys]),
        "whole": (pa.array([Decimal(71), Decimal(72)], pa.decimal128(20, 0)), ["71", "72"]),
    }
    for name, (column, ids) in columns.items():
        path = tmp_path / f"{name}.parquet"
        parquet.write_table(pa.table({"id": column, "text": ["pay", "apply"]}), path)
        assert [d.id for d in read_documents([path])] == ids
    path = tmp_path / "nested.parquet"
    meta = pa.array([{"doc": "A7", "page": 1}, {"doc": "B8", "page": 2}])
    parquet.write_table(pa.table({"meta": meta, "text": ["pay", "apply"]}), path)
    assert [d.id for d in read_documents([path], id_field="meta.doc")] == ["A7", "B8"]
    path = tmp_path / "days.parquet"
    days = pa.array([1, 2], pa.timestamp("s"))
    parquet.write_table(pa.table({"day": days, "text": ["pay", "apply"]}), path)
    with pytest.raises(InputError, match="'day'"):
        list(read_documents([path], id_field="day"))


def test_a_whole_number_that_an_empty_cell_made_a_fraction_is_an_id(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 7.0, "text": "pay"}\n{"id": 8.5, "text": "apply"}\n')
    documents = read_documents([path])
    assert next(documents).id == "7"
    with pytest.raises(InputError, match="a string or a whole number"):
        next(documents)
