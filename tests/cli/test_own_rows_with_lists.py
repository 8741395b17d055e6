"""Own rows with lists of labels are no export of doccano: nothing in them is dropped."""

from __future__ import annotations

import json

import pytest
from commands import call, records

OWN = (
    {"id": "K1", "text": "pay the roof", "label": ["invoice"], "not_label": "urgent"},
    {"id": "K2", "text": "ring me", "label": ["urgent"]},
)


def rows(path, *objects):
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("field", ["label", "labels"])
def test_ids_and_classes_that_a_row_is_not_of_come_in(order, field, several, tmp_path):
    named = [{field if key == "label" else key: row[key] for key in row} for row in OWN]
    done = call("import", several, rows(tmp_path / "nl.jsonl", *named[::order]))
    assert "doccano" not in done.stderr
    examples = [one for one in records("export", several) if "text" in one]
    assert {one["id"] for one in examples if "label" in one} == {"K1", "K2"}
    assert [one["not_label"] for one in examples if "not_label" in one] == ["urgent"]


def test_one_label_may_stand_beside_lists(several, tmp_path):
    table = [{"text": "pay", "label": ["invoice"]}, {"text": "ring me", "label": "urgent"}]
    call("import", several, rows(tmp_path / "a.jsonl", *table))
    assert [one["examples"] for one in records("classes", several, "--json")] == [1, 1]


@pytest.mark.parametrize("bad", ["", None, "x" * 201, "none of these"])
def test_a_row_with_a_label_that_cannot_be_is_skipped_whole(bad, several, tmp_path):
    table = [{"text": "pay", "label": ["invoice"]}, {"text": "both", "label": ["invoice", bad]}]
    done = call("import", several, rows(tmp_path / "a.jsonl", *table), "--skip-bad", code=6)
    assert "a.jsonl:2" in done.stderr
    assert [one["examples"] for one in records("classes", several, "--json")] == [1]


def test_rows_with_numbers_as_ids_keep_these_and_the_classes_they_are_not_of(several, tmp_path):
    numbered = [{**OWN[1], "id": 1}, {**OWN[0], "id": 2}]
    done = call("import", several, rows(tmp_path / "n.jsonl", *numbered))
    assert "doccano" not in done.stderr
    examples = [one for one in records("export", several) if "text" in one]
    assert {one["id"] for one in examples if "label" in one} == {"1", "2"}
    assert [one["not_label"] for one in examples if "not_label" in one] == ["urgent"]


def test_documents_with_the_comments_of_doccano_are_of_doccano(several, tmp_path):
    table = [
        {"id": 1, "text": "pay", "label": ["invoice"], "Comments": []},
        {"id": 2, "text": "x", "label": [], "Comments": []},
    ]
    done = call("import", several, rows(tmp_path / "a.jsonl", *table))
    assert "an export of doccano: 1 example; left out: 1 without an answer" in done.stderr
