"""The items of a JSON array are known again by a later run, wherever they stand by then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call

TEXTS = ["pay the bill", "wet rain", "an order of two chairs"]


@pytest.fixture
def space(tmp_path) -> Path:
    path = tmp_path / "mail.space"
    call("init", path, "--encoder", "hashing")
    call("add", path, "invoice", "--text", "pay the invoice")
    return path


def write(path: Path, texts: list[str]) -> None:
    objects = [json.dumps({"text": text}) for text in texts]
    is_array = path.suffix == ".json"
    path.write_text(f"[{', '.join(objects)}]" if is_array else "\n".join(objects))


@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
@pytest.mark.parametrize("out", ["answers.jsonl", "answers.csv"])
def test_an_item_that_is_put_before_the_others_is_answered_alone(space, tmp_path, name, out):
    table = tmp_path / name
    daily = ("label", space, table, "--out", tmp_path / out, "--resume")
    write(table, TEXTS[:2])
    call(*daily)
    write(table, [TEXTS[2], *TEXTS[:2]])
    done = call(*daily).stderr
    assert "1 labelled" in done
    assert "2 answered by an earlier run" in done
    assert "changed" not in done
