"""docs/json.md has the keys of `train` and `adapt` as they are written, in that order."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

pytest.importorskip("torch")

from protolabel.training.adapt import Adapted
from protolabel.training.outcome import Trained

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


def documented(command: str) -> list[str]:
    section = (
        PAGE.read_text(encoding="utf-8").split(f"## `protolabel {command}`")[1].split("## ")[0]
    )
    cells = re.findall("^[|] (`[^|]*) [|]", section, re.MULTILINE)
    return [key for cell in cells for key in re.findall("`([a-z_]+)`", cell)]


@pytest.mark.parametrize(
    ("command", "record", "more"), [("train", Trained, []), ("adapt", Adapted, ["version"])]
)
def test_the_page_has_the_keys_in_the_order_written(command, record, more):
    assert documented(command) == [field.name for field in fields(record)] + more
