"""Fixtures: label spaces on the toy encoder. Caches of the user are never touched by a test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakes import WordEncoder
from protolabel import Example, LabelSpace

os.environ["PROTOLABEL_CACHE"] = "off"


@pytest.fixture
def space() -> LabelSpace:
    """Three classes: bill (described, 2 examples), cv (1 example), box (described)."""
    made = LabelSpace.create(encoder=WordEncoder(), background=False)
    fill(made)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The same in a file, closed."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=WordEncoder(), background=False) as made:
        fill(made)
    return where


def fill(space: LabelSpace) -> None:
    """Versions 2 to 4."""
    space.describe({"bill": "pay bill", "box": "ship box"})
    space.add([Example("bill", "pay pay bill", id="b1"), Example("bill", "bill", id="b2")])
    space.add("cv work", "cv")
