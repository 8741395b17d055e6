"""Options that would have no effect are refused by name, and nothing is done."""

from __future__ import annotations

import json

import pytest
from commands import call

ROWS = [
    {"id": "a", "text": "please pay the bill", "label": "invoice"},
    {"id": "b", "text": "my cv is enclosed", "label": "application"},
    {"id": "c", "text": "return the heater", "label": "recall"},
]
READING: dict[str, str | None] = {
    "--text-field": "zz", "--id-field": "zz", "--encoding": "koi8-r", "--format": "csv",
}  # fmt: skip
OF_LABELS: dict[str, str | None] = {"--label-field": "zz", "--label-separator": ";"}
SKIP_BAD: dict[str, str | None] = {"--skip-bad": None}
NESTED: dict[str, str | None] = {"--nested": None}

# command, the options that do nothing there
CASES: dict[str, tuple[list[str], dict[str, str | None]]] = {
    "an export": (["import", "other.space", "export.jsonl"], READING | OF_LABELS | NESTED),
    "a table": (["import", "a.space", "more.jsonl"], NESTED),
    "label": (["label", "a.space", "--text", "pay now"], READING),
    "add": (["add", "a.space", "invoice", "--text", "pay now"], READING | OF_LABELS),
    "next": (["next", "a.space"], READING | SKIP_BAD),
    "discover": (["discover", "a.space"], READING | SKIP_BAD | {"--new": None}),
    "risk": (["risk", "a.space"], READING | OF_LABELS | SKIP_BAD),
    "a stream": (["risk", "a.space", "--stream", "more.jsonl"], OF_LABELS),
    "a folder": (["export", "a.space", "--to", "folder"], {"--vectors": None}),
}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "more.jsonl").write_text(json.dumps({"text": "pay at once", "label": "invoice"}))
    for name in ("a.space", "other.space"):
        call("init", name, "--encoder", "hashing")
    call("import", "a.space", "rows.jsonl")
    (tmp_path / "export.jsonl").write_text(call("export", "a.space").stdout)
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_an_option_that_would_have_no_effect_is_refused(desk, case):
    command, options = CASES[case]
    for option, value in options.items():
        error = call(*command, option, *([] if value is None else [value]), code=2).stderr
        assert f"protolabel: {option} " in error, error
        assert "expected" in error
    assert not (desk / "folder").exists()


def test_the_true_format_of_an_export_is_no_fault(desk):
    call("import", "other.space", "export.jsonl", "--format", "jsonl")
