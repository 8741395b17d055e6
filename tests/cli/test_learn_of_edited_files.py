"""A sorted file that a person edited where it lies has not moved, and one equal to it has."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from commands import call

from protolabel import LabelSpace

SPACE, TEXT, EDITED = "s.space", "please pay the bill for the roof", "a bill for the cellar"


@pytest.fixture
def out(tmp_path, monkeypatch) -> Path:
    """A sorted folder with one file twice, of which somebody edited the first copy."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the bill of 9 EUR"], "invoice")
        space.add(["a post as cook", "a post as cook now"], "job")
        space.configure(threshold=0.2)
    Path("in").mkdir()
    Path("in/a.txt").write_text(TEXT)
    call("label", SPACE, "in", "--sort-into", "sorted")
    Path("sorted/invoice/a.txt").write_text(EDITED)
    os.rename("in", "inbox")
    call("label", SPACE, "inbox", "--sort-into", "sorted")
    assert Path("sorted/invoice/a (2).txt").read_text() == TEXT
    return Path("sorted")


@pytest.mark.parametrize("name", ["a.txt", "a (2).txt", "b.txt"])
@pytest.mark.parametrize("move", [os.rename, shutil.move])
def test_only_the_file_that_moved_is_learned(out, name, move):
    (out / "job/more").mkdir(parents=True)
    move(out / "invoice/a (2).txt", out / "job/more" / name)
    assert call("learn", SPACE, out).stdout.splitlines()[0] == (
        f"invoice/a (2).txt -> job/more/{name}"
    )
    words = call("learn", SPACE, out, "--yes")
    assert "invoice/a.txt" not in words.stdout + words.stderr
    with LabelSpace(SPACE, background=False) as space:
        texts = {one.text for about in space.classes() for one in space.show(about.name)[1]}
    assert TEXT in texts
    assert EDITED not in texts
