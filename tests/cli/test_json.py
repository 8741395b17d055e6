"""The JSON of the commands has the keys that docs/json.md lists in its tables, in that order."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from commands import call, records
from json_page import PAGE, keys


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("json") / "a.space"
    call("init", path, "--encoder", "hashing")
    rows = [{"text": f"pay bill {n}", "label": ("x", "y", "z")[n % 3]} for n in range(12)]
    call("import", path, "-", stdin="\n".join(map(json.dumps, rows)))
    return path


def test_answers(space):
    (answer,) = records("label", space, "--text", "pay", "--json")
    assert list(answer) == keys("`protolabel label`: one answer a document")
    assert list(answer["evidence"]) == keys("`evidence`")


def test_skipped_documents(space):
    (skipped,) = records(
        "label", space, "-", "--skip-bad", "--json", stdin='{"embedding": [1.0]}', code=6
    )
    assert list(skipped) == keys("`protolabel label`: one answer a document", 1)


def test_files_of_answers(space, tmp_path):
    for name in ("a.jsonl", "a.csv"):
        (run,) = records("label", space, "--text", "pay", "--out", tmp_path / name, "--json")
        assert list(run) == keys("`label --out`", 1)
    answer = json.loads((tmp_path / "a.jsonl").read_text())
    assert [key for key in answer if key not in keys("`protolabel label`: one answer a document")] \
        == keys("`label --out`")  # fmt: skip
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = csv.DictReader(file).fieldnames
    section = PAGE.split("has the columns", 1)[1].split(". In it", 1)[0]
    assert columns == re.findall(r"`([^`]+)`", section)


def test_classes(space):
    assert list(records("classes", space, "--json")[0]) == keys("`protolabel classes` and `show`")


def test_changes(space):
    (change,) = records("describe", space, "x", "words", "--json")
    assert list(change) == keys("Changes")
    assert list(records("history", space, "--json")[0]) == keys("Changes", 3)


def test_comparisons(space):
    (moved,) = records("reencode", space, "--encoder", "hashing:64", "--dry-run", "--json")
    assert list(moved["comparison"]) == keys("`comparison`")


def test_exports(space):
    header, one, example, *_ = records("export", space, "--vectors")
    assert list(header) == keys("`protolabel export`")
    assert list(one) == keys("`protolabel export`", 1)
    listed = [key for key in keys("`protolabel export`", 2) if key.isidentifier()]
    assert list(example) == [key for key in listed if key != "image"]


def test_exit_codes():
    from protolabel import errors
    from protolabel.cli.reading import SOME_SKIPPED

    section = PAGE.split("## Exit codes\n", 1)[1].split("\n## ", 1)[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", section, flags=re.MULTILINE)}
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and hasattr(k, "exit_code")]
    assert {k.exit_code for k in kinds} | {0, SOME_SKIPPED, 130} == codes
