"""Parquet files: one document a row, as of every table."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.errors import InputError, MissingPackageError
from protolabel.readers import read_documents, read_examples

pyarrow = pytest.importorskip("pyarrow")
pytest.importorskip("pyarrow.parquet")


def write(path, columns: dict, **options):
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return path


COLUMNS = {
    "Body": ["pay the bill", "", None, "my cv"],
    "label": pyarrow.array(["bill", "bill", "cv", "cv"]).dictionary_encode(),
    "id": [7, 8, 9, 10],
    "n": [1.5, float("nan"), None, 2.0],
    "raw": [b"x", b"y", None, b"z"],
}


@pytest.mark.parametrize("name", ["t.parquet", "t.txt"])
def test_rows_are_documents_and_examples(tmp_path, name):
    path = write(tmp_path / name, COLUMNS, row_group_size=2)
    notices = []
    documents = list(read_documents(path, on_notice=notices.append))
    assert [d.id for d in documents] == ["7", "8", "9", "10"]
    assert [d.source for d in documents] == [f"{path}:{n}" for n in range(1, 5)]
    assert [d.text for d in documents] == ["pay the bill", "", "", "my cv"]
    assert [bool(d.unreadable) for d in documents] == [False, True, True, False]
    assert any("raw" in notice.message for notice in notices)
    faults: list = []
    examples = list(read_examples(path, on_unreadable=faults.append))
    assert [(e.label, e.text) for e in examples] == [("bill", "pay the bill"), ("cv", "my cv")]
    assert len(faults) == 2


def test_embeddings_are_read(tmp_path):
    path = write(tmp_path / "t.parquet", {"id": ["a", "b"], "embedding": [[1.0, 2.0], [3.0, 4.5]]})
    assert [d.embedding.tolist() for d in read_documents(path)] == [[1, 2], [3, 4.5]]


def test_a_table_equals_the_same_rows_as_json_lines(tmp_path):
    rows = [{"text": f"té\nxt {n}\u2028", "id": f"i{n}", "ok": n % 2 == 0} for n in range(1000)]
    names = list(rows[0])
    parquet = write(tmp_path / "t.parquet", {name: [r[name] for r in rows] for name in names})
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    both = [[(d.id, d.text) for d in read_documents(p)] for p in (parquet, tmp_path / "t.jsonl")]
    assert both[0] == both[1]


def test_a_missing_library_is_named_with_its_extra(tmp_path, monkeypatch):
    path = write(tmp_path / "t.parquet", COLUMNS)
    monkeypatch.setattr("protolabel.system.extras.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"pip install 'protolabel\[tables\]'"):
        list(read_documents(path))


def test_a_text_that_begins_like_one_is_a_text(tmp_path):
    (tmp_path / "a.txt").write_text("PAR1 is a mark")
    (document,) = read_documents(tmp_path / "a.txt")
    assert document.text == "PAR1 is a mark"


def _whole(tmp_path_factory) -> bytes:
    return write(tmp_path_factory.mktemp("whole") / "t.parquet", COLUMNS).read_bytes()


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(at=st.integers(0, 5000), piece=st.binary(min_size=1, max_size=8))
def test_any_damage_is_one_error_or_none(tmp_path_factory, at, piece):
    whole = _whole(tmp_path_factory)
    at %= len(whole)
    path = tmp_path_factory.mktemp("damaged") / "t.parquet"
    path.write_bytes(whole[:at] + piece + whole[at + len(piece) :])
    try:
        list(read_documents(path, on_unreadable=lambda fault: None))
    except InputError as error:
        assert str(path) in error.got
