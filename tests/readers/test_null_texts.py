"""A text that is null in a JSON file is said to be null, not to be missing."""

from __future__ import annotations

import json

import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents


@pytest.mark.parametrize("ending", ["jsonl", "json"])
@pytest.mark.parametrize(
    ("row", "field", "choice"),
    [
        ({"text": None}, "text", None),
        ({"text": None}, "text", "text"),
        ({"body": None}, "body", "body"),
        ({"a": {"b": None}}, "a.b", "a.b"),
        ({"text": None, "image": None}, "text", None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_null_text_is_named_as_what_it_is(tmp_path, ending, row, field, choice, first):
    path = tmp_path / f"q.{ending}"
    good = json.loads(json.dumps(row).replace("null", '"pay the bill"', 1))
    rows = [row] if first else [good, row]
    path.write_text(json.dumps(rows) if ending == "json" else "\n".join(map(json.dumps, rows)))
    with pytest.raises(InputError) as refused:
        list(read_documents([path], text_field=choice))
    assert refused.value.got.endswith(f": {field!r} is null")
    assert "field" not in refused.value.remedy
