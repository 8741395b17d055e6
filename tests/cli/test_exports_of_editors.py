"""An export that an editor or a shell has written again is known as one, whatever its encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from commands import call

SAVED = {
    "with a byte order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "as PowerShell writes it": lambda text: text.encode("utf-16"),
    "in UTF-16, big end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "in UTF-32": lambda text: text.encode("utf-32"),
    "with a blank line above": lambda text: b"\n" + text.encode(),
    "with spaces": lambda text: text.replace('{"protolabel', '{ "protolabel', 1).encode(),
}


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    call("init", "own.space", "--encoder", "hashing")
    call("describe", "own.space", "größe", "the size of a thing; żółw")
    call("init", "other.space", "--encoder", "hashing")
    return call("export", "own.space").stdout


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
@pytest.mark.parametrize("door", ["file", "standard input"])
def test_it_is_imported_whole(export: str, saved, door: str, tmp_path: Path):
    raw = saved(export)
    (tmp_path / "export.jsonl").write_bytes(raw)
    if door == "file":
        call("import", "other.space", "export.jsonl")
    else:
        call("import", "other.space", "-", stdin=raw)
    assert call("export", "other.space").stdout == export


def test_where_documents_are_read_an_export_is_named_and_no_field_is_asked_for(
    export: str, tmp_path: Path
):
    (tmp_path / "export.jsonl").write_bytes(SAVED["with a byte order mark"](export))
    for command in (("label", "own.space"), ("add", "own.space", "größe")):
        result = call(*command, "export.jsonl", code=2)
        assert "export of a label space" in result.stderr
        assert "--text-field" not in result.stderr


@pytest.mark.parametrize("saved", list(SAVED.values())[:4], ids=list(SAVED)[:4])
def test_so_is_an_export_of_an_annotation_tool(saved, tmp_path: Path, export: str):
    record = '{"text": "größe", "label": "a", "answer": "accept", "_input_hash": 1}\n'
    (tmp_path / "plain.jsonl").write_text(record, encoding="utf-8")
    (tmp_path / "saved.jsonl").write_bytes(saved(record))
    words = call("import", "own.space", "plain.jsonl", "--new").stderr
    assert "Prodigy" in words
    assert call("import", "other.space", "saved.jsonl", "--new").stderr == words.replace(
        "plain", "saved"
    )
